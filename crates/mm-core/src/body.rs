//! The body of a request or an answer: nothing, bytes in memory, or a stream.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;

use crate::BoxError;

type DynBody = UnsyncBoxBody<Bytes, BoxError>;
type Remake = Arc<dyn Fn() -> Body + Send + Sync>;

/// What a request or an answer carries.
///
/// Empty and in-memory bodies can be sent any number of times; a stream once, unless it was given a
/// way to start over with [`Body::remade_by`].
///
/// ```
/// use mm_core::Body;
///
/// let body = Body::from("hello");
/// assert_eq!(body.len(), Some(5));
/// assert!(body.try_clone().is_some());
/// ```
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream {
        inner: DynBody,
        remaining: Option<u64>,
        remake: Option<Remake>,
    },
}

impl Body {
    /// A body without content.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Kind::Empty)
    }

    /// A body that is produced while it is sent. Its length is known if `body` says so exactly.
    pub fn stream<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let remaining = body.size_hint().exact();
        Self(Kind::Stream { inner: body.map_err(Into::into).boxed_unsync(), remaining, remake: None })
    }

    /// A stream that will hold exactly `len` bytes. If it turns out shorter or longer, sending fails
    /// with an error that says so.
    pub fn sized_stream<B>(body: B, len: u64) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(Kind::Stream {
            inner: body.map_err(Into::into).boxed_unsync(),
            remaining: Some(len),
            remake: None,
        })
    }

    /// Makes a stream repeatable: `remake` returns the same content from its beginning, so that a
    /// retry can send it again.
    ///
    /// Has no effect on bodies in memory, which are repeatable anyway.
    #[must_use]
    pub fn remade_by(self, remake: impl Fn() -> Body + Send + Sync + 'static) -> Self {
        match self.0 {
            Kind::Stream { inner, remaining, .. } => {
                Self(Kind::Stream { inner, remaining, remake: Some(Arc::new(remake)) })
            }
            other => Self(other),
        }
    }

    /// A stream seen through `wrap`, which is called anew whenever it starts over. A body in memory stays as it is.
    #[must_use]
    pub fn map_stream(self, wrap: impl Fn(Body) -> Body + Send + Sync + 'static) -> Self {
        match self.0 {
            Kind::Stream { inner, remaining, remake } => {
                let wrapped = wrap(Self(Kind::Stream { inner, remaining, remake: None }));
                match remake {
                    Some(remake) => wrapped.remade_by(move || wrap(remake())),
                    None => wrapped,
                }
            }
            other => Self(other),
        }
    }

    /// The number of bytes left to send, if it is known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Kind::Empty => Some(0),
            Kind::Bytes(bytes) => Some(bytes.len() as u64),
            Kind::Stream { remaining, .. } => *remaining,
        }
    }

    /// Whether the body is known to hold nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether the body is produced while it is read.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        matches!(self.0, Kind::Stream { .. })
    }

    /// A second body with the same content, or `None` for a stream that cannot start over.
    ///
    /// Take it before anything of the first one was read.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        match &self.0 {
            Kind::Empty => Some(Self::empty()),
            Kind::Bytes(bytes) => Some(Self(Kind::Bytes(bytes.clone()))),
            Kind::Stream { remake, remaining, .. } => {
                let remake = remake.as_ref()?;
                let mut fresh = remake();
                if let Kind::Stream { remaining: fresh_remaining, remake: fresh_remake, .. } = &mut fresh.0 {
                    *fresh_remaining = fresh_remaining.or(*remaining);
                    *fresh_remake = Some(Arc::clone(remake));
                }
                Some(fresh)
            }
        }
    }

    /// The content, if it is in memory.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Empty => Some(&[]),
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Stream { .. } => None,
        }
    }

    /// The content, if it is in memory; else the body back.
    ///
    /// # Errors
    ///
    /// Hands a stream back unread.
    pub fn into_bytes(self) -> Result<Bytes, Self> {
        match self.0 {
            Kind::Empty => Ok(Bytes::new()),
            Kind::Bytes(bytes) => Ok(bytes),
            stream @ Kind::Stream { .. } => Err(Self(stream)),
        }
    }
}

impl fmt::Debug for Body {
    /// Says how much there is, never what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Empty => f.write_str("Body(empty)"),
            Kind::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Stream { remaining: Some(len), .. } => write!(f, "Body(stream of {len} bytes)"),
            Kind::Stream { remaining: None, .. } => f.write_str("Body(stream)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() { Self::empty() } else { Self(Kind::Bytes(bytes)) }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Kind::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Kind::Stream { inner, remaining, .. } => {
                let frame = ready!(Pin::new(inner).poll_frame(cx));
                Poll::Ready(match (frame, remaining) {
                    (Some(Ok(frame)), Some(left)) => {
                        let got = frame.data_ref().map_or(0, |data| data.remaining() as u64);
                        match left.checked_sub(got) {
                            Some(rest) => {
                                *left = rest;
                                Some(Ok(frame))
                            }
                            None => Some(Err(WrongLength::TooLong.into())),
                        }
                    }
                    (None, Some(left)) if *left > 0 => {
                        let missing = std::mem::take(left);
                        Some(Err(WrongLength::TooShort(missing).into()))
                    }
                    (frame, _) => frame,
                })
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Bytes(_) => false,
            // A stream that is over too early still has that to say, which nobody would ask for after "true".
            Kind::Stream { inner, remaining, .. } => {
                inner.is_end_stream() && remaining.is_none_or(|left| left == 0)
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.0, self.len()) {
            (Kind::Stream { inner, .. }, None) => inner.size_hint(),
            (_, len) => SizeHint::with_exact(len.unwrap_or(0)),
        }
    }
}

/// A sized stream held another number of bytes than it had promised.
#[derive(Debug)]
enum WrongLength {
    TooLong,
    TooShort(u64),
}

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the body is longer than the length it was announced with"),
            Self::TooShort(missing) => {
                write!(f, "the body ended {missing} bytes before the length it was announced with")
            }
        }
    }
}

impl std::error::Error for WrongLength {}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use http_body_util::Full;

    use super::*;

    #[test]
    fn a_stream_shorter_than_announced_is_not_over_before_it_has_said_so() {
        let mut body = Body::sized_stream(Full::new(Bytes::from_static(b"12345")), 10);
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut next = || Pin::new(&mut body).poll_frame(&mut context);
        assert!(matches!(next(), Poll::Ready(Some(Ok(_)))));
        assert!(!body.is_end_stream());
        let mut next = || Pin::new(&mut body).poll_frame(&mut context);
        assert!(matches!(next(), Poll::Ready(Some(Err(_)))));
        assert!(body.is_end_stream());
    }

    #[test]
    fn a_wrapped_stream_can_start_over_if_it_could_before() {
        let plain = || Body::stream(Full::new(Bytes::from_static(b"12345")));
        let wrap = |body: Body| Body::stream(http_body_util::Limited::new(body, 3));
        assert!(plain().map_stream(wrap).try_clone().is_none());
        let first = plain().remade_by(plain).map_stream(wrap);
        let second = first.try_clone().unwrap();
        let third = second.try_clone().unwrap();
        let mut context = Context::from_waker(std::task::Waker::noop());
        for mut body in [first, second, third] {
            let frame = Pin::new(&mut body).poll_frame(&mut context);
            assert!(matches!(frame, Poll::Ready(Some(Err(_)))), "longer than what it is wrapped in allows");
        }
    }
}
