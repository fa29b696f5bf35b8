//! What a handler answers, where a value alone does not say it all.

use http::{HeaderName, HeaderValue, Response, StatusCode};
use mm_core::codec::Encode;
use mm_core::{Body, BoxError};

/// A value with headers or another status. A plain value turns into one by itself.
#[derive(Debug)]
pub struct Answer<T> {
    value: Option<T>,
    status: Option<StatusCode>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Stands for the value.
    raw: Option<Response<Body>>,
}

impl<T> From<T> for Answer<T> {
    fn from(value: T) -> Self {
        Self { value: Some(value), status: None, headers: Vec::new(), raw: None }
    }
}

impl<T> Answer<T> {
    /// The value alone.
    pub fn new(value: T) -> Self {
        value.into()
    }

    /// The JSON text `null`, which some lists are when they are empty.
    #[must_use]
    pub fn null() -> Self {
        Self { value: None, status: None, headers: Vec::new(), raw: None }
    }

    /// An answer that is written already, for those that another value cannot stand for.
    #[must_use]
    pub fn raw(response: Response<Body>) -> Self {
        Self { raw: Some(response), ..Self::null() }
    }

    /// Another status than the operation's own.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header. A value that cannot be one is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }

    /// The answer's tag; a request that has it in `If-None-Match` is answered 304.
    #[must_use]
    pub fn etag(self, tag: impl AsRef<str>) -> Self {
        self.header("etag", tag)
    }
}

impl<T> Answer<Vec<T>> {
    /// A list that is `null` when it is empty.
    #[must_use]
    pub fn null_if_empty(list: Vec<T>) -> Self {
        if list.is_empty() { Self::null() } else { list.into() }
    }
}

pub(crate) fn encode<C: Encode>(answer: Answer<C::Output>, status: u16) -> Result<Response<Body>, BoxError> {
    let mut response = match (answer.raw, answer.value) {
        (Some(response), _) => response,
        (None, Some(value)) => C::encode(value)?,
        (None, None) => {
            let mut null = Response::new(Body::from("null"));
            null.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
            null
        }
    };
    // A download says itself whether it is all or a part.
    if let Some(status) = answer.status {
        *response.status_mut() = status;
    } else if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::from_u16(status)?;
    }
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
