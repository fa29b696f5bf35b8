use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};

use crate::EndpointInfo;
use crate::meta::request_id;

/// How many bytes [`DecodeError::excerpt`] shows around the fault.
const EXCERPT: usize = 80;

/// A successful answer that could not be read.
///
/// Neither `Display` nor `Debug` show anything of the answer, because it may hold secrets; ask
/// [`excerpt`](Self::excerpt) or [`body`](Self::body) for it.
pub struct DecodeError {
    operation: &'static str,
    inner: Unreadable,
}

/// Why a codec cannot read an answer: a [`DecodeError`] before the operation is known.
pub struct Unreadable(Box<Inner>);

struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    reason: String,
    line: usize,
    column: usize,
}

impl Unreadable {
    /// Keeps the answer, and says what is wrong with it. The reason must not quote the answer.
    pub fn new(head: http::response::Parts, body: Bytes, reason: impl Into<String>) -> Self {
        let (status, headers) = (head.status, head.headers);
        Self(Box::new(Inner { status, headers, body, reason: reason.into(), line: 0, column: 0 }))
    }

    pub(crate) fn json(head: http::response::Parts, body: Bytes, error: &serde_json::Error) -> Self {
        let reason = if error.is_eof() {
            "the JSON ends too early".to_owned()
        } else if error.to_string().starts_with("trailing characters") {
            "more than one JSON value: the server failed in the middle of its answer".to_owned()
        } else {
            without_values(&error.to_string())
        };
        let mut unreadable = Self::new(head, body, reason);
        (unreadable.0.line, unreadable.0.column) = (error.line(), error.column());
        unreadable
    }

    /// The error of an operation.
    #[must_use]
    pub fn of(self, info: &EndpointInfo) -> DecodeError {
        DecodeError { operation: info.operation, inner: self }
    }
}

/// serde quotes what it found (`invalid type: string "…"`), and that may be a secret.
fn without_values(message: &str) -> String {
    let mut kept = String::with_capacity(message.len());
    let mut quoted = false;
    let mut escaped = false;
    for char in message.chars() {
        match (quoted, char) {
            (true, _) if escaped => escaped = false,
            (true, '\\') => escaped = true,
            (true, '"') => {
                kept.push_str("…\"");
                quoted = false;
            }
            (true, _) => {}
            (false, '"') => {
                kept.push('"');
                quoted = true;
            }
            (false, other) => kept.push(other),
        }
    }
    kept
}

impl DecodeError {
    /// The operation: `GetUser`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.0.status
    }

    /// The headers of the answer.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.0.headers
    }

    /// The server's name for this request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.inner.0.headers)
    }

    /// What is wrong, without any of the answer's values.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.inner.0.reason
    }

    /// Line and column of the fault, both from 1; (0, 0) if it is not at one place.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.inner.0.line, self.inner.0.column)
    }

    /// The whole answer. May hold secrets.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.inner.0.body
    }

    /// The answer around the fault. May hold secrets.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let line = self.inner.0.line.saturating_sub(1);
        let line = self.inner.0.body.split(|byte| *byte == b'\n').nth(line).unwrap_or(&[]);
        let start = self.inner.0.column.saturating_sub(EXCERPT / 2).min(line.len());
        let end = (start + EXCERPT).min(line.len());
        String::from_utf8_lossy(&line[start..end]).into_owned()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { status, headers, body, reason, .. } = &*self.inner.0;
        write!(
            f,
            "{}: unreadable answer: {reason} (status {}, {} bytes",
            self.operation,
            status.as_u16(),
            body.len()
        )?;
        if let Some(content_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
            write!(f, " of {content_type}")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, ", request id {id}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("operation", &self.operation)
            .field("status", &self.inner.0.status)
            .field("reason", &self.inner.0.reason)
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unreadable").field("reason", &self.0.reason).finish_non_exhaustive()
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_no_value_of_the_answer() {
        assert_eq!(
            without_values(r#"id: invalid type: string "se\"cret", expected i64 at line 1"#),
            r#"id: invalid type: string "…", expected i64 at line 1"#
        );
    }
}
