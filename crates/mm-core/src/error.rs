//! Why a call failed, split by what the caller can do about it.

mod advice;
mod api;
mod decode;
mod encode;
mod questions;

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;

pub use api::{ApiError, ErrorBody};
pub use decode::{DecodeError, Unreadable};
pub use encode::EncodeError;

use crate::{Delivery, EndpointInfo, Retry, TransportError};

/// Why a call failed.
///
/// Always names the operation. What to do depends on [`kind`](Self::kind); the details are in
/// [`api`](Self::api), or behind [`source`](StdError::source).
///
/// ```
/// use mm_core::{ErrorKind, EncodeError, Endpoint, Error, api::users::GetUserByUsername};
///
/// let error = Error::from(GetUserByUsername::new("../teams").to_request().unwrap_err());
/// assert_eq!(error.kind(), ErrorKind::NotSent);
/// assert_eq!(error.operation(), "GetUserByUsername");
/// assert!(error.to_string().contains("username"));
/// ```
pub struct Error(Box<Repr>);

struct Repr {
    operation: &'static str,
    cause: Cause,
    /// What sending it twice does.
    retry: Retry,
    /// What to do when nobody knows whether it was carried out.
    in_doubt: Option<&'static str>,
}

enum Cause {
    Encode(EncodeError),
    Local(Box<dyn StdError + Send + Sync>),
    Transport(TransportError),
    Api(ApiError),
    Decode(DecodeError),
}

/// What a caller can do about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing reached the server: mend the input, the configuration or the network and call again.
    NotSent,
    /// The server may have done it: look before calling again, unless the operation is idempotent.
    MaybeSent,
    /// The server answered with an error: see [`Error::api`].
    Api,
    /// An answer of success came that cannot be read: the server did it, unless something in between answered in its
    /// place.
    Unreadable,
}

impl Error {
    /// An error of a client's own that happened before anything was sent, such as a missing token.
    pub fn local(operation: &'static str, cause: impl Into<crate::BoxError>) -> Self {
        Self::new(operation, Cause::Local(cause.into()))
    }

    /// The transport's failure, with the operation it happened to.
    #[must_use]
    pub fn transport(info: &EndpointInfo, error: TransportError) -> Self {
        let EndpointInfo { operation, retry, in_doubt, .. } = *info;
        Self(Box::new(Repr { operation, cause: Cause::Transport(error), retry, in_doubt }))
    }

    /// Where the cause itself knows what else there is to know.
    fn new(operation: &'static str, cause: Cause) -> Self {
        Self(Box::new(Repr { operation, cause, retry: Retry::Once, in_doubt: None }))
    }

    /// What the caller can do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Encode(_) | Cause::Local(_) => ErrorKind::NotSent,
            Cause::Transport(error) => match error.delivery() {
                Delivery::NotSent => ErrorKind::NotSent,
                Delivery::MaybeSent => ErrorKind::MaybeSent,
            },
            Cause::Api(error) if error.in_doubt().is_some() => ErrorKind::MaybeSent,
            Cause::Api(_) => ErrorKind::Api,
            Cause::Decode(_) => ErrorKind::Unreadable,
        }
    }

    /// The operation that failed: `GetUser`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The server's own error, if it answered with one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.cause {
            Cause::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The argument that could not be sent, if it was one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match &self.0.cause {
            Cause::Encode(error) => Some(error.field()),
            _ => None,
        }
    }

    /// The transport's failure, if it was one.
    #[must_use]
    pub fn transport_error(&self) -> Option<&TransportError> {
        match &self.0.cause {
            Cause::Transport(error) => Some(error),
            _ => None,
        }
    }

    /// The unreadable answer, if it was one.
    #[must_use]
    pub fn decode(&self) -> Option<&DecodeError> {
        match &self.0.cause {
            Cause::Decode(error) => Some(error),
            _ => None,
        }
    }

    /// The status of the answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.cause {
            Cause::Api(error) => Some(error.status()),
            Cause::Decode(error) => Some(error.status()),
            _ => None,
        }
    }

    /// The server's name for this request (`X-Request-Id`), to be looked up in its log.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Api(error) => error.request_id(),
            Cause::Decode(error) => error.request_id(),
            _ => None,
        }
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self::new(error.operation(), Cause::Encode(error))
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::new(error.operation(), Cause::Api(error))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::new(error.operation(), Cause::Decode(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Encode(error) => error.fmt(f),
            Cause::Api(error) => error.fmt(f),
            Cause::Decode(error) => error.fmt(f),
            Cause::Local(error) => write!(f, "{}: not sent: {error}", self.0.operation),
            Cause::Transport(error) => {
                if let (Delivery::MaybeSent, Some(hint)) = (error.delivery(), self.0.in_doubt) {
                    return write!(f, "{}: {error}; {hint}", self.0.operation);
                }
                let delivery = match error.delivery() {
                    Delivery::NotSent => "not sent",
                    Delivery::MaybeSent => "maybe carried out",
                };
                write!(f, "{}: {delivery}: {error}", self.0.operation)?;
                // The cause knows best how to mend it, and not whether to call again.
                if let Some(cause) = error.source() {
                    write!(f, ": {cause}")?;
                }
                write!(f, "; {}", advice::after_failure(error, self.0.retry))
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Encode(error) => error.fmt(f),
            Cause::Api(error) => error.fmt(f),
            Cause::Decode(error) => error.fmt(f),
            Cause::Local(error) => f.debug_tuple("NotSent").field(&self.0.operation).field(error).finish(),
            Cause::Transport(error) => {
                f.debug_tuple("Transport").field(&self.0.operation).field(error).finish()
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            // Shown by `Display` already, so the chain goes on behind them.
            Cause::Encode(error) => error.source(),
            Cause::Api(error) => error.source(),
            Cause::Decode(error) => error.source(),
            Cause::Local(error) => error.source(),
            Cause::Transport(error) => error.source().and_then(StdError::source),
        }
    }
}

#[cfg(test)]
mod tests;
