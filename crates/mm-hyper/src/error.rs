//! From the errors of hyper, rustls and the operating system to the one error of a transport.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use hyper_util::client::legacy;
use mm_core::{BoxError, Delivery, TransportError, TransportErrorKind};

use crate::body::RequestBodyError;

/// Says what an error of hyper-util's client means: which kind it is, and whether the server can have
/// seen the request.
///
/// [`HyperTransport`](crate::HyperTransport) does this by itself. It is here for programs that bring a
/// hyper-util client of their own:
///
/// ```
/// use hyper_util::client::legacy::Client;
/// use hyper_util::rt::TokioExecutor;
/// use tower::ServiceExt as _;
///
/// let service = Client::builder(TokioExecutor::new())
///     .build_http::<mm_core::Body>()
///     .map_err(mm_hyper::classify);
/// # let _ = service;
/// ```
///
/// The error given stays in the chain of [`source`](StdError::source)s.
#[must_use]
pub fn classify(error: legacy::Error) -> TransportError {
    if let Some(connect) = find::<ConnectError>(&error) {
        // What lies between, "client error (Connect)", says nothing that is not said better inside.
        return connect.clone().into();
    }
    #[cfg(feature = "_tls")]
    if let Some(refused) = crate::tls::refused_late(&error) {
        return refused.with_source(error).into();
    }
    let kind = kind_of(&error).unwrap_or(if error.is_connect() {
        TransportErrorKind::Connect
    } else {
        TransportErrorKind::Other
    });
    // Without a connection nothing was written; and hyper calls a request canceled only while it still
    // holds all of it.
    let not_sent = error.is_connect()
        || error.connect_info().is_none()
        || find::<hyper::Error>(&error).is_some_and(hyper::Error::is_canceled);
    let delivery = if not_sent { Delivery::NotSent } else { Delivery::MaybeSent };
    TransportError::new(kind, delivery).with_source(error)
}

/// What an error of hyper means that ended a call.
pub(crate) fn of_call(error: hyper::Error) -> TransportError {
    // hyper calls a request canceled only while it still holds all of it.
    let delivery = if error.is_canceled() { Delivery::NotSent } else { Delivery::MaybeSent };
    of_hyper(error, delivery)
}

/// What an error of hyper means that ended a connection before it had carried anything.
pub(crate) fn of_connection(error: hyper::Error) -> TransportError {
    of_hyper(error, Delivery::NotSent)
}

fn of_hyper(error: hyper::Error, delivery: Delivery) -> TransportError {
    #[cfg(feature = "_tls")]
    if let Some(refused) = crate::tls::refused_late(&error) {
        return refused.with_source(error).into();
    }
    let kind = kind_of(&error).unwrap_or(TransportErrorKind::Other);
    TransportError::new(kind, delivery).with_source(error)
}

/// What an error while reading a response's body means.
pub(crate) fn of_response_body(error: hyper::Error) -> TransportError {
    // hyper has words but no kind for "the connection failed elsewhere".
    let kind = kind_of(&error).unwrap_or(TransportErrorKind::Closed);
    TransportError::new(kind, Delivery::MaybeSent).with_source(error)
}

/// An error that comes from the request itself, before anything was tried.
pub(crate) fn unsendable(message: &'static str) -> TransportError {
    TransportError::new(TransportErrorKind::Other, Delivery::NotSent).with_source(message)
}

fn kind_of(error: &(dyn StdError + 'static)) -> Option<TransportErrorKind> {
    if find::<RequestBodyError>(error).is_some() {
        return Some(TransportErrorKind::RequestBody);
    }
    #[cfg(feature = "_tls")]
    if find::<rustls::Error>(error).is_some() {
        return Some(TransportErrorKind::Tls);
    }
    if let Some(hyper) = find::<hyper::Error>(error) {
        if hyper.is_parse() {
            return Some(TransportErrorKind::Protocol);
        }
        if hyper.is_timeout() {
            return Some(TransportErrorKind::Timeout);
        }
        if hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() {
            return Some(TransportErrorKind::Closed);
        }
        if hyper.is_user() {
            // hyper has no question for this one: the task that drove the connection is no more, most
            // often because its runtime was shut down.
            let task_is_gone = hyper.to_string() == "dispatch task is gone";
            return Some(if task_is_gone {
                TransportErrorKind::Closed
            } else {
                TransportErrorKind::RequestBody
            });
        }
    }
    match find::<io::Error>(error)?.kind() {
        io::ErrorKind::TimedOut => Some(TransportErrorKind::Timeout),
        // What hyper reports when a chunked body is not one.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Some(TransportErrorKind::Protocol),
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected => Some(TransportErrorKind::Closed),
        _ => None,
    }
}

/// The first error of type `T` in the chain, looking inside I/O errors as well.
pub(crate) fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            // An I/O error skips what it wraps in `source`.
            Some(inner) => Some(inner),
            None => cause.source(),
        };
    }
    None
}

/// Why there is no connection, in words for the person who can do something about it.
#[derive(Debug, Clone)]
pub(crate) struct ConnectError {
    kind: TransportErrorKind,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ConnectError {
    pub(crate) fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into().into());
        self
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ConnectError> for TransportError {
    fn from(error: ConnectError) -> Self {
        Self::new(error.kind, Delivery::NotSent).with_source(error)
    }
}
