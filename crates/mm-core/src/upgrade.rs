//! A connection that has left HTTP.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// A stream of bytes in both directions, of whatever kind the transport has.
///
/// The methods are those of Tokio's `AsyncRead` and `AsyncWrite`, without Tokio: a transport wraps its own kind of stream
/// in a few lines.
pub trait Duplex: Send + Unpin {
    /// Reads into `buffer`, and tells how many bytes. None of them: the other side has ended its direction.
    ///
    /// # Errors
    ///
    /// If the connection is broken.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Takes some of `bytes`, and tells how many.
    ///
    /// # Errors
    ///
    /// If the connection is broken or this direction has been ended.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;

    /// Ready when all that was written is on its way.
    ///
    /// # Errors
    ///
    /// If the connection is broken.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Ends the writing direction. Dropping the stream ends both.
    ///
    /// # Errors
    ///
    /// If the connection is broken.
    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// The bytes behind an answer `101 Switching Protocols`, in the answer's extensions.
///
/// How a transport that is not made of hyper hands over an upgraded connection; one that is needs nothing, as its
/// `OnUpgrade` is understood as well. Whoever finds it first [takes](Self::take) the stream; clones share it.
///
/// ```
/// use std::io;
/// use std::task::{Context, Poll};
///
/// use mm_core::{Body, Duplex, Upgrade};
///
/// /// Says nothing and forgets what it is told.
/// struct Silence;
///
/// impl Duplex for Silence {
///     fn poll_read(&mut self, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
///         Poll::Ready(Ok(0))
///     }
///     fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
///         Poll::Ready(Ok(bytes.len()))
///     }
///     fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
///         Poll::Ready(Ok(()))
///     }
///     fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
///         Poll::Ready(Ok(()))
///     }
/// }
///
/// // The transport:
/// let mut answer = http::Response::new(Body::empty());
/// *answer.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
/// answer.extensions_mut().insert(Upgrade::new(Silence));
///
/// // The client:
/// let upgrade = answer.extensions_mut().remove::<Upgrade>();
/// assert!(upgrade.is_some_and(|upgrade| upgrade.take().is_some()));
/// ```
#[derive(Clone)]
pub struct Upgrade(Arc<Mutex<Option<Box<dyn Duplex>>>>);

impl Upgrade {
    /// Holds this stream.
    pub fn new(stream: impl Duplex + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(stream)))))
    }

    /// The stream, unless somebody has taken it before.
    #[must_use]
    pub fn take(&self) -> Option<Box<dyn Duplex>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Duplex for Broken {
        fn poll_read(&mut self, _: &mut Context<'_>, _: &mut [u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }

        fn poll_write(&mut self, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn a_stream_is_handed_over_once_whoever_asks() {
        let upgrade = Upgrade::new(Broken);
        let other = upgrade.clone();
        assert!(other.take().is_some());
        assert!(upgrade.take().is_none());
    }
}
