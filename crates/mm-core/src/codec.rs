//! How an answer is read, and written by a fake.

mod download;

use std::marker::PhantomData;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use http::{Response, StatusCode, response};
use mm_types::StatusOk;
use serde::de::DeserializeOwned;

use crate::endpoint::ResponseKind;
pub use crate::error::Unreadable;
use crate::{Body, Endpoint};

pub use download::Download;

/// Reads the answers of an operation.
pub trait Codec: Send + Sync + 'static {
    /// What is read.
    type Output: Send;

    /// Which kind of answer it reads. A client collects all but streams before it decodes.
    const KIND: ResponseKind;

    /// Whether an answer of this status is one to decode.
    #[must_use]
    fn is_success(status: StatusCode) -> bool {
        status.is_success()
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    fn decode(response: Response<Body>) -> Result<Self::Output, Unreadable>;
}

/// The other direction, for servers and fakes.
#[cfg(feature = "server")]
pub trait Encode: Codec {
    /// Writes an answer, without its status.
    ///
    /// # Errors
    ///
    /// If the value cannot be written.
    fn encode(output: Self::Output) -> Result<Response<Body>, crate::BoxError>;
}

/// A JSON document.
///
/// The whole body is checked for UTF-8 once and decoded in place. An answer that is cut off, or has
/// a second document behind the first, is an error; so is an HTML page, whatever its status.
#[derive(Debug)]
pub struct Json<T>(PhantomData<fn() -> T>);

/// Operations that answer a JSON document, which callers may read into a type of their own.
pub trait AnswersJson: Endpoint {
    /// Reads an answer of status 2xx into a type of the caller's own.
    ///
    /// # Errors
    ///
    /// As [`Endpoint::decode`].
    fn decode_as<T: DeserializeOwned + Send + 'static>(
        response: Response<Body>,
    ) -> Result<T, crate::DecodeError> {
        Json::<T>::decode(response).map_err(|unreadable| unreadable.of(Self::INFO))
    }
}

impl<T: DeserializeOwned + Send + 'static, E: Endpoint<Codec = Json<T>>> AnswersJson for E {}

impl<T: DeserializeOwned + Send + 'static> Codec for Json<T> {
    type Output = T;
    const KIND: ResponseKind = ResponseKind::Json;

    fn decode(response: Response<Body>) -> Result<T, Unreadable> {
        let (head, body) = in_memory(response)?;
        if content_type(&head.headers).starts_with("text/html") {
            let hint = "JSON was expected, but this is a web page; check the base URL and its subpath";
            return Err(Unreadable::new(head, body, hint));
        }
        let Ok(text) = simdutf8::basic::from_utf8(&body) else {
            return Err(Unreadable::new(head, body, "JSON was expected, but this is not UTF-8 text"));
        };
        // Values may be large, so they are handed on as they come.
        let error = match mm_types::json::from_str(text) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        nothing(text).ok_or_else(|| no_json(head, body, &error))
    }
}

/// Why an answer that is no JSON is none.
#[cold]
fn no_json(head: response::Parts, body: Bytes, error: &serde_json::Error) -> Unreadable {
    if body.is_empty() {
        Unreadable::new(head, body, "JSON was expected, but the body is empty")
    } else {
        Unreadable::json(head, body, error)
    }
}

/// Servers write `null` for a list or map without entries, now and then.
fn nothing<T: DeserializeOwned>(text: &str) -> Option<T> {
    let is_null = text.trim() == "null";
    is_null.then(|| serde_json::from_str("[]").or_else(|_| serde_json::from_str("{}")).ok())?
}

#[cfg(feature = "server")]
impl<T: DeserializeOwned + serde::Serialize + Send + 'static> Encode for Json<T> {
    fn encode(output: T) -> Result<Response<Body>, crate::BoxError> {
        let body = serde_json::to_vec(&output)?;
        with_type("application/json", body.into())
    }
}

/// A list that is either one JSON document or one document a line, whichever the server chose.
///
/// The content type tells them apart: `application/x-ndjson` stands for lines. Always written as one document.
#[derive(Debug)]
pub struct JsonOrLines<T>(PhantomData<fn() -> T>);

impl<T: DeserializeOwned + Send + 'static> Codec for JsonOrLines<T> {
    type Output = Vec<T>;
    const KIND: ResponseKind = ResponseKind::Json;

    fn decode(response: Response<Body>) -> Result<Vec<T>, Unreadable> {
        if !content_type(response.headers()).starts_with("application/x-ndjson") {
            return Json::decode(response);
        }
        let (head, body) = in_memory(response)?;
        let rows: Result<Vec<T>, _> = match simdutf8::basic::from_utf8(&body) {
            Ok(text) => serde_json::Deserializer::from_str(text).into_iter().collect(),
            Err(_) => {
                return Err(Unreadable::new(head, body, "JSON was expected, but this is not UTF-8 text"));
            }
        };
        rows.map_err(|error| Unreadable::json(head, body, &error))
    }
}

#[cfg(feature = "server")]
impl<T: DeserializeOwned + serde::Serialize + Send + 'static> Encode for JsonOrLines<T> {
    fn encode(output: Vec<T>) -> Result<Response<Body>, crate::BoxError> {
        Json::encode(output)
    }
}

/// `{"status": "OK"}`: done, nothing to tell. An empty body says the same.
#[derive(Debug)]
#[non_exhaustive]
pub struct Status;

impl Codec for Status {
    type Output = StatusOk;
    const KIND: ResponseKind = ResponseKind::StatusOk;

    fn decode(response: Response<Body>) -> Result<StatusOk, Unreadable> {
        if response.body().is_empty() {
            return Ok(StatusOk::default());
        }
        Json::<StatusOk>::decode(response)
    }
}

#[cfg(feature = "server")]
impl Encode for Status {
    fn encode(output: StatusOk) -> Result<Response<Body>, crate::BoxError> {
        Json::<StatusOk>::encode(output)
    }
}

/// Nothing worth reading.
#[derive(Debug)]
#[non_exhaustive]
pub struct Empty;

impl Codec for Empty {
    type Output = ();
    const KIND: ResponseKind = ResponseKind::Empty;

    fn decode(_: Response<Body>) -> Result<(), Unreadable> {
        Ok(())
    }
}

#[cfg(feature = "server")]
impl Encode for Empty {
    fn encode((): ()) -> Result<Response<Body>, crate::BoxError> {
        Ok(Response::new(Body::empty()))
    }
}

/// Plain text.
#[derive(Debug)]
#[non_exhaustive]
pub struct Text;

impl Codec for Text {
    type Output = String;
    const KIND: ResponseKind = ResponseKind::Text;

    fn decode(response: Response<Body>) -> Result<String, Unreadable> {
        let (head, body) = in_memory(response)?;
        match simdutf8::basic::from_utf8(&body) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(Unreadable::new(head, body, "text was expected, but this is not UTF-8")),
        }
    }
}

#[cfg(feature = "server")]
impl Encode for Text {
    fn encode(output: String) -> Result<Response<Body>, crate::BoxError> {
        with_type("text/plain; charset=utf-8", output.into())
    }
}

/// Bytes, handed over while they arrive.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stream;

/// Undoes percent-encoding; `None` if it is broken or not UTF-8.
pub(crate) fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

impl Codec for Stream {
    type Output = Download;
    const KIND: ResponseKind = ResponseKind::Stream;

    fn decode(response: Response<Body>) -> Result<Download, Unreadable> {
        let (head, body) = response.into_parts();
        Ok(Download { status: head.status, headers: head.headers, body })
    }
}

#[cfg(feature = "server")]
impl Encode for Stream {
    fn encode(output: Download) -> Result<Response<Body>, crate::BoxError> {
        let mut response = Response::new(output.body);
        *response.status_mut() = output.status;
        *response.headers_mut() = output.headers;
        Ok(response)
    }
}

/// A redirect that is an answer, not a way: its target is what the caller wants.
#[derive(Debug)]
#[non_exhaustive]
pub struct Redirect;

impl Codec for Redirect {
    /// The target.
    type Output = String;
    const KIND: ResponseKind = ResponseKind::Redirect;

    fn is_success(status: StatusCode) -> bool {
        status.is_redirection() || status.is_success()
    }

    fn decode(response: Response<Body>) -> Result<String, Unreadable> {
        let (head, body) = in_memory(response)?;
        match head.headers.get(LOCATION).and_then(|value| value.to_str().ok()) {
            Some(target) => Ok(target.to_owned()),
            None => Err(Unreadable::new(head, body, "a redirect was expected, but there is no `Location`")),
        }
    }
}

#[cfg(feature = "server")]
impl Encode for Redirect {
    fn encode(output: String) -> Result<Response<Body>, crate::BoxError> {
        let mut response = Response::new(Body::empty());
        response.headers_mut().insert(LOCATION, output.parse()?);
        Ok(response)
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(feature = "server")]
#[expect(clippy::unnecessary_wraps, reason = "the shape of `Encode::encode`")]
fn with_type(content_type: &'static str, body: Body) -> Result<Response<Body>, crate::BoxError> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    Ok(response)
}

fn in_memory(response: Response<Body>) -> Result<(http::response::Parts, Bytes), Unreadable> {
    let (head, body) = response.into_parts();
    match body.into_bytes() {
        Ok(bytes) => Ok((head, bytes)),
        Err(_) => {
            Err(Unreadable::new(head, Bytes::new(), "the body was not collected before it was decoded"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn json(body: &'static str) -> Result<Vec<i64>, Unreadable> {
        Json::<Vec<i64>>::decode(Response::new(Body::from(body)))
    }

    #[test]
    fn a_half_answer_is_never_taken_for_a_whole_one() {
        assert_eq!(json("[1, 2]").unwrap(), [1, 2]);
        for broken in ["", "[", "[1, 2][", r#"[1]{"id":"api.error"}"#] {
            assert!(json(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn null_is_a_list_or_map_without_entries() {
        let null = || Response::new(Body::from(" null\n"));
        assert!(Json::<Vec<i64>>::decode(null()).unwrap().is_empty());
        assert!(Json::<HashMap<String, i64>>::decode(null()).unwrap().is_empty());
        assert_eq!(Json::<Option<i64>>::decode(null()).unwrap(), None);
        assert!(Json::<i64>::decode(null()).is_err());
        assert!(json("nul").is_err() && json("null null").is_err());
    }

    #[test]
    fn a_list_comes_as_one_document_or_line_by_line() {
        let list = |content_type, body| {
            let mut response = Response::new(Body::from(body));
            response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
            JsonOrLines::<Vec<i64>>::decode(response)
        };
        assert_eq!(list("application/json", "[[1],[2]]").unwrap(), [[1], [2]]);
        assert!(list("application/json", "null").unwrap().is_empty());
        assert_eq!(list("application/x-ndjson", "[1]\n[2]\n").unwrap(), [[1], [2]]);
        assert!(list("application/x-ndjson", "").unwrap().is_empty());
        assert!(list("application/x-ndjson", "[1]\n[2").is_err());
    }

    #[test]
    fn a_web_page_is_no_answer() {
        for text in ["<html>", "[1]", ""] {
            let mut page = Response::new(Body::from(text));
            page.headers_mut()
                .insert(CONTENT_TYPE, http::HeaderValue::from_static("text/html; charset=utf-8"));
            assert!(format!("{:?}", Json::<Vec<i64>>::decode(page).unwrap_err()).contains("web page"));
        }
    }
}
