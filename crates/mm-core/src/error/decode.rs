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
            let reason = without_values(&error.to_string());
            match index_at(&body, error.line(), error.column()) {
                Some(index) => in_list(index, &reason),
                None => reason,
            }
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

/// serde quotes what it found (`invalid type: string "…"`, integer `…`), and that may be a secret.
fn without_values(message: &str) -> String {
    // What else stands in backticks are names of ours: of fields, and of what was expected.
    const VALUES: [&str; 4] = ["integer ", "floating point ", "character ", "unknown variant "];
    let mut kept = String::with_capacity(message.len());
    let mut quote = None;
    let mut escaped = false;
    for char in message.chars() {
        match (quote, char) {
            (Some(_), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(end), char) if char == end => {
                kept.extend(['…', end]);
                quote = None;
            }
            (Some(_), _) => {}
            (None, char) => {
                if char == '"' || char == '`' && VALUES.iter().any(|kind| kept.ends_with(kind)) {
                    quote = Some(char);
                }
                kept.push(char);
            }
        }
    }
    kept
}

/// Which row of a document that is a list a place is in. Lists are read without knowing what they are read into, so
/// nothing but the place tells which row was at fault.
fn index_at(body: &[u8], line: usize, column: usize) -> Option<usize> {
    let before: usize =
        body.split(|byte| *byte == b'\n').take(line.checked_sub(1)?).map(|line| line.len() + 1).sum();
    // The column is that of the last byte that was read, from 1.
    let read = body.get(..before + column.checked_sub(1)?)?;
    let (mut index, mut depth, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for byte in read.trim_ascii_start().strip_prefix(b"[")? {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => index += 1,
            _ => {}
        }
    }
    Some(index)
}

/// A reason with the row's number in front of the path that it may begin with.
fn in_list(index: usize, reason: &str) -> String {
    let has_path = reason.split_once(": ").is_some_and(|(path, _)| !path.contains(char::is_whitespace));
    match (has_path, reason.starts_with('[')) {
        (true, true) => format!("[{index}]{reason}"),
        (true, false) => format!("[{index}].{reason}"),
        (false, _) => format!("[{index}]: {reason}"),
    }
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
        f.write_str("); see `Error::decode`, and look before repeating a write")
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
        assert_eq!(
            without_values("code: invalid type: integer `123456`, expected text"),
            "code: invalid type: integer `…`, expected text"
        );
        assert_eq!(
            without_values("unknown variant `secret`, expected `one` or `two`"),
            "unknown variant `…`, expected `one` or `two`"
        );
        assert_eq!(without_values("missing field `name`"), "missing field `name`");
    }

    #[test]
    fn the_row_of_a_list_is_found_by_its_place() {
        let reason = |body: &str| {
            let error = serde_json::from_str::<Vec<Vec<bool>>>(body).expect_err("no truth value");
            index_at(body.as_bytes(), error.line(), error.column())
        };
        assert_eq!(reason("[7]"), Some(0));
        assert_eq!(reason("[[true, false], [true, 7], []]"), Some(1));
        assert_eq!(reason("\n[ [],\n [],\n[\"a, [\\\"\"]\n]"), Some(2));
        assert_eq!(reason("{}"), None);
        assert_eq!(in_list(3, "id: invalid type"), "[3].id: invalid type");
        assert_eq!(in_list(3, "invalid type: map"), "[3]: invalid type: map");
    }
}
