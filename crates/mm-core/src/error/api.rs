use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use http::{StatusCode, response};
use mm_types::{AppError, error_id};

use super::advice;
use crate::meta::{is_gateway_error, request_id, retry_after};
use crate::{EndpointInfo, InDoubt, ServerVersion};

/// The longest stretch of a plain-text error that `Display` shows, in bytes.
const SHOWN: usize = 200;

/// An answer with an error status.
///
/// The server's own errors are an [`AppError`]; proxies and limiters answer text or HTML, kept as it came.
#[derive(Clone)]
pub struct ApiError {
    pub(super) info: &'static EndpointInfo,
    status: StatusCode,
    headers: HeaderMap,
    body: ErrorBody,
    version: Option<ServerVersion>,
    /// Whether it may have been carried out nevertheless.
    pub(super) maybe_done: bool,
}

/// What came with an error status.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorBody {
    /// The server's own error.
    App(AppError),
    /// Anything else: a proxy's page, a limiter's text, nothing.
    Other(Bytes),
}

impl ApiError {
    /// Reads an answer that is not a success. Never fails: what is not the server's JSON is kept raw.
    ///
    /// A [`ServerVersion`] in its extensions stands for the header that is missing where a server does not know the path.
    #[must_use]
    pub fn read(info: &'static EndpointInfo, head: response::Parts, body: Bytes) -> Self {
        let body = match serde_json::from_slice::<AppError>(&body) {
            Ok(error) if !error.id.is_empty() || !error.message.is_empty() => ErrorBody::App(error),
            _ => ErrorBody::Other(body),
        };
        let version = ServerVersion::read(&head.headers).or_else(|| head.extensions.get().copied());
        let maybe_done = head.extensions.get::<InDoubt>().is_some() || may_be_done(head.status, &body);
        Self { info, status: head.status, headers: head.headers, body, version, maybe_done }
    }

    /// The operation: `GetUser`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.info.operation
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What came with the status.
    #[must_use]
    pub fn body(&self) -> &ErrorBody {
        &self.body
    }

    /// The server's stable name for the error, `api.context.permissions.app_error`; empty if the
    /// answer did not come from the server itself.
    #[must_use]
    pub fn id(&self) -> &str {
        self.app().map_or("", |error| &error.id)
    }

    /// The server's sentence for people, in the language of the request; empty like [`id`](Self::id).
    #[must_use]
    pub fn message(&self) -> &str {
        self.app().map_or("", |error| &error.message)
    }

    /// The server's own error, if it is one.
    #[must_use]
    pub fn app(&self) -> Option<&AppError> {
        match &self.body {
            ErrorBody::App(error) => Some(error),
            ErrorBody::Other(_) => None,
        }
    }

    /// The server's name for this request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
            .or_else(|| self.app().map(|error| error.request_id.as_str()).filter(|id| !id.is_empty()))
    }

    /// How long the server asks to wait, if it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }

    /// The server's version, if it is known: from this answer, or from an earlier one of the same client.
    #[must_use]
    pub fn server_version(&self) -> Option<ServerVersion> {
        self.version
    }

    /// Whether Mattermost wrote it, rather than something on the way.
    pub(super) fn is_from_server(&self) -> bool {
        self.app().is_some() || ServerVersion::read(&self.headers).is_some()
    }

    /// What to do to find out whether it was carried out, if nobody knows, and there is a way.
    pub(super) fn in_doubt(&self) -> Option<&'static str> {
        self.info.in_doubt.filter(|_| self.maybe_done)
    }
}

/// Whether somebody between us and the server gave up on it, or it is still at it.
fn may_be_done(status: StatusCode, body: &ErrorBody) -> bool {
    match body {
        ErrorBody::App(error) if error.id == error_id::SERVER_BUSY => false,
        _ if is_gateway_error(status) => true,
        ErrorBody::App(error) => status.is_server_error() && error.id == error_id::POST_PENDING,
        ErrorBody::Other(_) => false,
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation(), self.status)?;
        match &self.body {
            ErrorBody::App(error) if error.id.is_empty() => write!(f, ": {}", error.message)?,
            ErrorBody::App(error) => write!(f, ": {} ({})", error.message, error.id)?,
            ErrorBody::Other(bytes) => {
                let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
                let text = text.trim();
                if !text.is_empty() && !text.starts_with('<') {
                    write!(f, ": {text}")?;
                }
            }
        }
        f.write_str("; ")?;
        advice::after_refusal(self, f)?;
        if let Some(id) = self.request_id() {
            write!(f, " [request id {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation())
            .field("status", &self.status)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(error) => error.fmt(f),
            Self::Other(bytes) => write!(f, "Other({} bytes)", bytes.len()),
        }
    }
}

impl std::error::Error for ApiError {}
