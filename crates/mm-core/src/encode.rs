//! From an operation to its request.

use std::fmt::{self, Display, Write as _};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::uri::PathAndQuery;
use serde::{Serialize, Serializer};

use crate::deduplicate::Named;
use crate::endpoint::BodyKind;
use crate::{Body, EncodeError, Endpoint, header};

/// What is wrong with a field. Becomes an [`EncodeError`] when the operation is known.
#[doc(hidden)]
#[derive(Debug)]
#[non_exhaustive]
pub struct FieldError {
    pub(crate) field: &'static str,
    pub(crate) problem: Problem,
}

/// Why a value cannot be sent.
#[derive(Debug)]
pub(crate) enum Problem {
    Empty,
    Dots,
    Character(char),
    Unserializable(String),
}

impl FieldError {
    pub(crate) fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty; give it a value"),
            Self::Dots => {
                f.write_str("is a dot segment, which would lead to another path; give the name alone")
            }
            Self::Character(char) => {
                write!(f, "holds {char:?}, which cannot stand in a path argument; leave it out")
            }
            Self::Unserializable(why) => write!(f, "cannot be written as JSON: {why}; give it another value"),
        }
    }
}

/// A required id that is empty would be answered 400 or 404, so it is not sent at all.
#[doc(hidden)]
pub fn require(field: &'static str, value: &str) -> Result<(), FieldError> {
    if value.is_empty() { Err(FieldError::new(field, Problem::Empty)) } else { Ok(()) }
}

/// Path and query while they are written, into one buffer.
///
/// A path argument never leaves its segment: what could (`/`, `?`, `#`, dot segments, controls,
/// spaces, non-ASCII) is an error, the rest is percent-encoded where needed.
#[doc(hidden)]
#[derive(Debug)]
pub struct Target {
    /// As long as there is nothing else, which is all there is to many operations.
    first: &'static str,
    /// What there is from then on.
    text: String,
    capacity: usize,
    has_query: bool,
}

impl Target {
    /// The capacity is what is expected of a path that does not consist of one constant part.
    fn with_capacity(capacity: usize) -> Self {
        Self { first: "", text: String::new(), capacity, has_query: false }
    }

    /// Adds a constant part of the path.
    pub fn constant(&mut self, part: &'static str) {
        if self.first.is_empty() && self.text.is_empty() {
            self.first = part;
        } else {
            self.text().push_str(part);
        }
    }

    /// Where to write on.
    fn text(&mut self) -> &mut String {
        if !self.first.is_empty() {
            self.text.reserve(self.capacity);
            self.text.push_str(std::mem::take(&mut self.first));
        }
        &mut self.text
    }

    fn into_bytes(self) -> Bytes {
        if self.text.is_empty() { Bytes::from_static(self.first.as_bytes()) } else { self.text.into() }
    }

    /// Adds a path argument.
    pub fn argument(&mut self, field: &'static str, value: &dyn Display) -> Result<(), FieldError> {
        let text = self.text();
        let start = text.len();
        let mut segment = Segment { text, refused: None };
        // Only `Segment` can fail here, and it notes why.
        let _ = write!(segment, "{value}");
        if let Some(char) = segment.refused {
            return Err(FieldError::new(field, Problem::Character(char)));
        }
        match &text[start..] {
            "" => Err(FieldError::new(field, Problem::Empty)),
            "." | ".." => Err(FieldError::new(field, Problem::Dots)),
            _ => Ok(()),
        }
    }

    /// Adds a query parameter.
    pub fn query(&mut self, name: &'static str, value: &dyn Display) {
        let mark = if std::mem::replace(&mut self.has_query, true) { '&' } else { '?' };
        let text = self.text();
        text.push(mark);
        text.push_str(name);
        text.push('=');
        // Writing to a `String` cannot fail.
        let _ = write!(Escape(text), "{value}");
    }
}

/// Everything but RFC 3986's unreserved characters is escaped.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn push_escaped(text: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if is_unreserved(byte) {
        text.push(char::from(byte));
    } else {
        text.push('%');
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

struct Escape<'a>(&'a mut String);

impl fmt::Write for Escape<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        part.bytes().for_each(|byte| push_escaped(self.0, byte));
        Ok(())
    }
}

struct Segment<'a> {
    text: &'a mut String,
    refused: Option<char>,
}

impl fmt::Write for Segment<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for char in part.chars() {
            if !char.is_ascii_graphic() || matches!(char, '/' | '\\' | '?' | '#') {
                self.refused = Some(char);
                return Err(fmt::Error);
            }
            push_escaped(self.text, char as u8);
        }
        Ok(())
    }
}

/// Escapes text for `application/x-www-form-urlencoded` and queries.
pub(crate) fn escape_into(text: &mut String, part: &str) {
    part.bytes().for_each(|byte| push_escaped(text, byte));
}

struct JsonBody<'a, E>(&'a E);

impl<E: Endpoint> Serialize for JsonBody<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_body(serializer)
    }
}

pub(crate) fn request<E: Endpoint>(endpoint: &E) -> Result<http::Request<Body>, EncodeError> {
    let info = E::INFO;
    let mut target = Target::with_capacity(info.path.len() + 48);
    let (content_type, body) = endpoint
        .write_target(&mut target)
        .and_then(|()| payload(endpoint))
        .map_err(|error| EncodeError::new(info, error))?;
    // All that was written is escaped or a constant, so this cannot fail for operations of the derive.
    let path = PathAndQuery::from_maybe_shared(target.into_bytes())
        .map_err(|error| EncodeError::invalid_path(info, &error))?;
    let mut request = http::Request::new(body);
    *request.method_mut() = info.method.clone();
    *request.uri_mut() = path.into();
    if let Some(content_type) = content_type {
        header::set(request.headers_mut(), CONTENT_TYPE, content_type);
    }
    request.extensions_mut().insert(info);
    if endpoint.is_named() {
        request.extensions_mut().insert(Named);
    }
    Ok(request)
}

fn payload<E: Endpoint>(endpoint: &E) -> Result<(Option<HeaderValue>, Body), FieldError> {
    Ok(match E::INFO.body {
        BodyKind::Empty => (None, Body::empty()),
        BodyKind::Json => {
            let mut json = Vec::with_capacity(192);
            serde_json::to_writer(&mut json, &JsonBody(endpoint))
                .map_err(|error| FieldError::new("body", Problem::Unserializable(error.to_string())))?;
            (Some(HeaderValue::from_static("application/json")), Body::from(json))
        }
        BodyKind::Multipart => {
            let (content_type, body) = endpoint.form()?.into_multipart();
            (Some(content_type), body)
        }
        BodyKind::UrlEncoded => {
            let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            (Some(content_type), endpoint.form()?.into_url_encoded())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(value: &str) -> Result<String, String> {
        let mut target = Target::with_capacity(0);
        target.constant("/a/");
        target.argument("name", &value).map_err(|error| error.problem.to_string())?;
        Ok(target.text)
    }

    #[test]
    fn a_path_argument_cannot_leave_its_segment() {
        for bad in ["", ".", "..", "a/b", "a?b", "a#b", "a b", "a\0", "a\\b", "é", "a\n"] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_path_argument_is_escaped_where_needed() {
        assert_eq!(path("+1"), Ok("/a/%2B1".to_owned()));
        assert_eq!(path("a%2Fb"), Ok("/a/a%252Fb".to_owned()));
        assert_eq!(path("x@y.z"), Ok("/a/x%40y.z".to_owned()));
    }

    #[test]
    fn a_query_value_is_escaped() {
        let mut target = Target::with_capacity(0);
        target.constant("/a");
        target.query("q", &"a b&c=d/ü");
        target.query("page", &2);
        assert_eq!(target.into_bytes(), "/a?q=a%20b%26c%3Dd%2F%C3%BC&page=2");
    }

    #[test]
    fn constant_parts_come_where_they_were_added() {
        let mut target = Target::with_capacity(0);
        target.constant("/a/");
        target.constant("b/");
        target.argument("name", &"c").unwrap();
        target.constant("/d");
        assert_eq!(target.into_bytes(), "/a/b/c/d");
        let mut target = Target::with_capacity(0);
        target.constant("/a");
        assert_eq!(target.into_bytes(), "/a");
    }
}
