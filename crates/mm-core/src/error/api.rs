use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use http::{StatusCode, response};
use mm_types::AppError;

use crate::meta::{request_id, retry_after};
use crate::{EndpointInfo, InDoubt};

/// The longest stretch of a plain-text error that `Display` shows, in bytes.
const SHOWN: usize = 200;

/// The server's name for "an earlier request of the same name is not done yet".
const PENDING: &str = "api.post.deduplicate_create_post.pending";

/// An answer with an error status.
///
/// The server's own errors are an [`AppError`]; proxies and limiters answer text or HTML, kept as it came.
#[derive(Clone)]
pub struct ApiError {
    operation: &'static str,
    status: StatusCode,
    headers: HeaderMap,
    body: ErrorBody,
    /// What to do, if it may have been carried out nevertheless.
    in_doubt: Option<&'static str>,
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
    #[must_use]
    pub fn read(info: &EndpointInfo, head: response::Parts, body: Bytes) -> Self {
        let body = match serde_json::from_slice::<AppError>(&body) {
            Ok(error) if !error.id.is_empty() || !error.message.is_empty() => ErrorBody::App(error),
            _ => ErrorBody::Other(body),
        };
        let is_in_doubt = head.extensions.get::<InDoubt>().is_some() || may_be_done(head.status, &body);
        let in_doubt = info.in_doubt.filter(|_| is_in_doubt);
        Self { operation: info.operation, status: head.status, headers: head.headers, body, in_doubt }
    }

    /// The operation: `GetUser`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
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

    /// Whether a login lacks a one-time code: ask for one and log in again with it.
    #[must_use]
    pub fn is_mfa_required(&self) -> bool {
        self.id() == "mfa.validate_token.authenticate.app_error"
    }

    /// Whether the one-time code of a login was wrong, or used before.
    #[must_use]
    pub fn is_mfa_invalid(&self) -> bool {
        self.id() == "api.user.check_user_mfa.bad_code.app_error"
    }

    /// Whether the server demands multi-factor authentication of an account that has not set it up.
    #[must_use]
    pub fn is_mfa_setup_required(&self) -> bool {
        self.id() == "api.context.mfa_required.app_error"
    }

    /// Whether the token was refused: unknown, expired or revoked.
    #[must_use]
    pub fn is_session_expired(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED && self.id() == "api.context.session_expired.app_error"
    }

    /// Whether nobody knows if it was carried out, and there is a way to find out.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.in_doubt.is_some()
    }

    fn hint(&self) -> Option<&'static str> {
        if self.in_doubt.is_some() {
            return self.in_doubt;
        }
        Some(match (self.status.as_u16(), self.id()) {
            (401, "api.context.session_expired.app_error") => "log in again or check the token",
            (401, "mfa.validate_token.authenticate.app_error") => "log in with a one-time code",
            (401, "api.user.check_user_mfa.bad_code.app_error") => "log in with the next one-time code",
            (403, "api.context.mfa_required.app_error") => "set up multi-factor authentication first",
            (403, "api.context.permissions.app_error") => "the account lacks a permission for this",
            (404, "api.context.404.app_error") => {
                "this server has no such operation, or the base URL lacks its subpath"
            }
            (413, _) => "send less at once",
            (429, _) => "call less often",
            // The server hides the id of its internal errors.
            _ if self.app().is_some() => return None,
            (502..=504, _) => "a proxy answered for the server; try again later",
            _ => "this did not come from Mattermost; check the base URL",
        })
    }
}

/// Whether somebody between us and the server gave up on it, or it is still at it.
fn may_be_done(status: StatusCode, body: &ErrorBody) -> bool {
    match (status.as_u16(), body) {
        (502..=504, _) => true,
        (500, ErrorBody::App(error)) => error.id == PENDING,
        _ => false,
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.status)?;
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
        if let Some(hint) = self.hint() {
            write!(f, "; {hint}")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " [request id {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("operation", &self.operation)
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
