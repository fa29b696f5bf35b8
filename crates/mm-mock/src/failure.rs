//! Why the server says no.

use std::fmt;

use http::{Response, StatusCode};
use mm_core::Body;
use mm_types::AppError;

/// An answer with an error status: almost always the server's own error, named by an id.
pub struct Failure(Box<Kind>);

enum Kind {
    App(AppError),
    Other(Response<Body>),
}

impl Failure {
    /// An error with the server's id and sentence for it.
    #[must_use]
    pub fn new(status: u16, id: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = AppError::default();
        error.id = id.into();
        error.message = message.into();
        error.status_code = i64::from(status);
        Self(Box::new(Kind::App(error)))
    }

    /// An answer that is not the server's JSON, sent as it is: a limiter's text, an empty 404.
    #[must_use]
    pub fn response(response: Response<Body>) -> Self {
        Self(Box::new(Kind::Other(response)))
    }

    /// 403: the caller's roles do not allow it.
    #[must_use]
    pub fn permissions() -> Self {
        Self::new(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
    }

    /// 401: no session, or one that has ended.
    #[must_use]
    pub fn session() -> Self {
        Self::new(
            401,
            "api.context.session_expired.app_error",
            "Invalid or expired session, please login again.",
        )
    }

    /// 400: a path or query argument.
    #[must_use]
    pub fn url_param(name: &str) -> Self {
        let message = format!("Invalid or missing {name} parameter in request URL.");
        Self::new(400, "api.context.invalid_url_param.app_error", message)
    }

    /// 400: a key of the body. The server uses it for some query arguments too.
    #[must_use]
    pub fn body_param(name: &str) -> Self {
        let message = format!("Invalid or missing {name} in request body.");
        Self::new(400, "api.context.invalid_body_param.app_error", message)
    }

    /// 400: a body that should have been a JSON array.
    #[must_use]
    pub fn payload() -> Self {
        Self::new(400, "api.payload.parse.error", "An error occurred while parsing the payload.")
    }

    /// 413: more bytes than the server takes.
    #[must_use]
    pub fn too_large() -> Self {
        let message = "The request body is too large. Please reduce its size and try again.";
        Self::new(413, "api.context.request_body_too_large.app_error", message)
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Kind::App(error) => u16::try_from(error.status_code)
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            Kind::Other(response) => response.status(),
        }
    }

    /// The error's id; empty if it is not the server's own.
    #[must_use]
    pub fn id(&self) -> &str {
        match &*self.0 {
            Kind::App(error) => &error.id,
            Kind::Other(_) => "",
        }
    }

    /// The server's own error, to be put into an answer about many things.
    #[must_use]
    pub fn into_app_error(self) -> Option<AppError> {
        match *self.0 {
            Kind::App(error) => Some(error),
            Kind::Other(_) => None,
        }
    }

    /// The same for another request; `None` if it is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        match &*self.0 {
            Kind::App(error) => Some(error.clone().into()),
            Kind::Other(response) => {
                let mut copy = Response::new(response.body().try_clone()?);
                *copy.status_mut() = response.status();
                *copy.headers_mut() = response.headers().clone();
                Some(Self::response(copy))
            }
        }
    }

    /// The answer. `request_id` is empty for routes that do not exist.
    pub(crate) fn into_response(self, request_id: &str) -> Response<Body> {
        let status = self.status();
        match *self.0 {
            Kind::App(mut error) => {
                error.request_id = request_id.to_owned();
                // A model without floats can always be written.
                let mut response = Response::new(Body::from(serde_json::to_vec(&error).unwrap_or_default()));
                *response.status_mut() = status;
                let json = http::HeaderValue::from_static("application/json");
                response.headers_mut().insert(http::header::CONTENT_TYPE, json);
                response
            }
            Kind::Other(response) => response,
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self(Box::new(Kind::App(error)))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({} {})", self.status().as_u16(), self.id())
    }
}
