//! The contract between the client and whatever moves bytes.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use crate::BoxError;

/// Why a request got no answer, and whether the server can have seen it.
///
/// Transports of this project return it as it is. Any other error that comes out of a service is
/// classified by [`TransportError::from_box`].
///
/// ```
/// use mm_core::{Delivery, TransportError, TransportErrorKind};
///
/// let error = TransportError::new(TransportErrorKind::Connect, Delivery::NotSent);
/// assert_eq!(error.to_string(), "could not connect to the server");
/// ```
pub struct TransportError {
    kind: TransportErrorKind,
    delivery: Delivery,
    source: Option<BoxError>,
}

/// Whether a request can have reached the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// No byte of it left: safe to send again, whatever it was.
    NotSent,
    /// It may have been carried out.
    MaybeSent,
}

/// What went wrong on the way to the server or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The name did not resolve, or no connection could be made.
    Connect,
    /// The TLS handshake failed: certificate, name or protocol.
    Tls,
    /// A proxy on the way refused.
    Proxy,
    /// Nothing came in time.
    Timeout,
    /// The connection ended before the answer did.
    Closed,
    /// What came is not HTTP, or not the HTTP that was asked for.
    Protocol,
    /// Reading the request's own body failed, such as a file that shrank while it was sent.
    RequestBody,
    /// The answer is larger than the client is willing to hold.
    TooLarge,
    /// The answer could not be written to where it was to go, such as a full disk.
    Save,
    /// The client itself held the request back, such as for want of a token. The source says why.
    Local,
    /// Anything else.
    Other,
}

impl TransportErrorKind {
    /// Whether what fails for this reason fails for it again, until somebody mends it.
    #[must_use]
    pub const fn is_lasting(self) -> bool {
        match self {
            Self::Tls
            | Self::Proxy
            | Self::Protocol
            | Self::RequestBody
            | Self::TooLarge
            | Self::Save
            | Self::Local => true,
            Self::Connect | Self::Timeout | Self::Closed | Self::Other => false,
        }
    }
}

impl TransportError {
    /// An error without a deeper cause.
    #[must_use]
    pub const fn new(kind: TransportErrorKind, delivery: Delivery) -> Self {
        Self { kind, delivery, source: None }
    }

    /// Adds the cause, which [`source`](StdError::source) then returns.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Classifies the error of any service.
    ///
    /// A `TransportError` anywhere in the chain is taken as it is. Otherwise refused and unreachable
    /// connections are known not to have carried anything; all else may have been sent.
    #[must_use]
    pub fn from_box(error: BoxError) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(own) => return *own,
            Err(other) => other,
        };
        let mut kind = TransportErrorKind::Other;
        let mut delivery = Delivery::MaybeSent;
        let mut next: Option<&(dyn StdError + 'static)> = Some(&*error);
        while let Some(cause) = next {
            if let Some(own) = cause.downcast_ref::<Self>() {
                (kind, delivery) = (own.kind, own.delivery);
                break;
            }
            if let Some(io) = cause.downcast_ref::<io::Error>() {
                // An I/O error hides what it wraps from `source`.
                if let Some(inner) = io.get_ref() {
                    next = Some(inner);
                    continue;
                }
                (kind, delivery) = classify_io(io);
                break;
            }
            next = cause.source();
        }
        Self { kind, delivery, source: Some(error) }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// Whether the server can have seen the request.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Takes the cause out.
    #[must_use]
    pub fn into_source(self) -> Option<BoxError> {
        self.source
    }
}

impl TransportErrorKind {
    /// A short name that stays the same, for logs and metrics: `connect`, `timeout`, `request_body`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Timeout => "timeout",
            Self::Closed => "closed",
            Self::Protocol => "protocol",
            Self::RequestBody => "request_body",
            Self::TooLarge => "too_large",
            Self::Save => "save",
            Self::Local => "local",
            Self::Other => "other",
        }
    }
}

fn classify_io(error: &io::Error) -> (TransportErrorKind, Delivery) {
    use io::ErrorKind as Io;
    match error.kind() {
        // These come from connecting, before anything was written.
        Io::ConnectionRefused
        | Io::HostUnreachable
        | Io::NetworkUnreachable
        | Io::AddrNotAvailable
        | Io::NotFound => (TransportErrorKind::Connect, Delivery::NotSent),
        Io::TimedOut => (TransportErrorKind::Timeout, Delivery::MaybeSent),
        Io::ConnectionReset
        | Io::ConnectionAborted
        | Io::BrokenPipe
        | Io::UnexpectedEof
        | Io::NotConnected => (TransportErrorKind::Closed, Delivery::MaybeSent),
        _ => (TransportErrorKind::Other, Delivery::MaybeSent),
    }
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "could not connect to the server",
            Self::Tls => "could not agree on TLS with the server",
            Self::Proxy => "the proxy refused the connection",
            Self::Timeout => "no answer in time",
            Self::Closed => "the connection ended before the answer did",
            Self::Protocol => "the other side does not speak HTTP as expected",
            Self::RequestBody => "the request body could not be read",
            Self::TooLarge => "the answer is larger than the limit",
            Self::Save => "the answer could not be saved",
            Self::Local => "the client held the request back",
            Self::Other => "the request failed on its way",
        })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("delivery", &self.delivery)
            .field("source", &self.source)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_is_known_not_to_be_sent() {
        let error = TransportError::from_box(io::Error::from(io::ErrorKind::ConnectionRefused).into());
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert_eq!(error.kind(), TransportErrorKind::Connect);
    }

    #[test]
    fn an_unknown_error_may_have_been_sent() {
        let error = TransportError::from_box("odd".into());
        assert_eq!(error.delivery(), Delivery::MaybeSent);
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("odd"));
    }

    #[test]
    fn an_own_error_is_found_inside_another() {
        let own = TransportError::new(TransportErrorKind::Timeout, Delivery::NotSent);
        let error = TransportError::from_box(io::Error::other(own).into());
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
    }
}
