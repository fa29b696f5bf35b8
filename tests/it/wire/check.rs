//! Both directions of a request, and both of a response.

use std::fmt::Debug;
use std::task::{Context, Poll, Waker};

use http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use mm_core::codec::Encode as _;
use mm_core::{Args, Body, Codec as _, Output, Part, Serve};
use serde_json::Value;

/// The body of a request.
pub(super) enum Payload {
    Nothing,
    Json(Value),
    Form(&'static str),
    /// Name, file name if it is a file, content.
    Parts(&'static [(&'static str, Option<&'static str>, &'static str)]),
}

/// The body of an answer, or what stands in its place.
pub(super) enum Answer {
    Json(Value),
    Lines(&'static str),
    /// Content type and content.
    Bytes(&'static str, &'static str),
    Location(&'static str),
}

/// Checks a request in both directions.
#[track_caller]
pub(super) fn request<E: Serve + PartialEq + Debug>(operation: &E, head: &'static str, payload: Payload) {
    let request = operation.to_request().unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(format!("{} {}", request.method(), request.uri()), head);
    let content_type = request.headers().get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let content_type = content_type.unwrap_or_default().to_owned();
    let sent = text_of(request.into_body());

    let (_, uri) = head.split_once(' ').unwrap_or_else(|| panic!("no method in {head:?}"));
    let args = Args::of_uri(E::INFO, &Uri::from_static(uri));
    let args = args.unwrap_or_else(|| panic!("{uri} is no path of {:?}", E::INFO));
    let mut args = match payload {
        Payload::Nothing => {
            assert_eq!((content_type.as_str(), sent.as_str()), ("", ""));
            args
        }
        Payload::Json(body) => {
            assert_eq!(content_type, "application/json");
            assert_eq!(json(&sent), body);
            args.with_json(body)
        }
        Payload::Form(body) => {
            assert_eq!(content_type, "application/x-www-form-urlencoded");
            assert_eq!(sent, body);
            args.with_url_encoded(body)
        }
        Payload::Parts(parts) => {
            assert_parts(&content_type, &sent, parts);
            parts.iter().fold(args, |args, (name, file_name, content)| match file_name {
                Some(file_name) => args.with_part(*name, Part::new(*file_name, *content)),
                None => args.with_text(*name, *content),
            })
        }
    };
    let read = E::from_args(&mut args).unwrap_or_else(|error| panic!("cannot be read back: {error}"));
    assert_eq!(&read, operation, "the request is read as another one");
}

/// Checks an answer in both directions, and hands its value over.
#[track_caller]
pub(super) fn response<E: Serve>(_: &E, status: u16, answer: Answer) -> Output<E> {
    assert_eq!(status, E::INFO.status, "the status of success");
    let response = || {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        let (content_type, body) = match &answer {
            Answer::Location(target) => {
                response.headers_mut().insert(LOCATION, HeaderValue::from_static(target));
                return response;
            }
            Answer::Json(body) => ("application/json", body.to_string()),
            Answer::Lines(body) => ("application/x-ndjson", (*body).to_owned()),
            Answer::Bytes(content_type, content) => (*content_type, (*content).to_owned()),
        };
        *response.body_mut() = Body::from(body);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    };
    let decode = || E::decode(response()).unwrap_or_else(|error| panic!("{error} at {:?}", error.position()));
    assert!(E::Codec::is_success(response().status()), "{status} is no success");

    let written = E::Codec::encode(decode()).unwrap_or_else(|error| panic!("{error}"));
    let header =
        |name| written.headers().get(name).map(|value| value.to_str().unwrap_or_default().to_owned());
    let (content_type, location) = (header(CONTENT_TYPE), header(LOCATION));
    let written = text_of(written.into_body());
    match &answer {
        Answer::Location(target) => assert_eq!(location.as_deref(), Some(*target)),
        Answer::Json(body) => assert_same(body, &json(&written)),
        Answer::Lines(lines) => assert_same(&lines.lines().map(json).collect(), &json(&written)),
        Answer::Bytes(expected, content) => {
            assert_eq!((content_type.as_deref(), written.as_str()), (Some(*expected), *content));
        }
    }
    decode()
}

#[track_caller]
fn assert_same(literal: &Value, written: &Value) {
    if let Err(path) = same_but_for_empty(literal, written) {
        panic!("`{path}` differs\n literal: {literal}\n written: {written}");
    }
}

/// Whether two JSON values say the same to a Mattermost client, to which a missing key, `null`, `""`, 0, false, `[]`
/// and `{}` are one: nothing. If not, the path where they differ.
pub(super) fn same_but_for_empty(a: &Value, b: &Value) -> Result<(), String> {
    let nothing = Value::Null;
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys()).try_for_each(|key| {
            let (a, b) = (a.get(key).unwrap_or(&nothing), b.get(key).unwrap_or(&nothing));
            same_but_for_empty(a, b).map_err(|path| format!(".{key}{path}"))
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().try_for_each(|(index, (a, b))| {
                same_but_for_empty(a, b).map_err(|path| format!("[{index}]{path}"))
            })
        }
        _ if a == b || (is_empty(a) && is_empty(b)) => Ok(()),
        _ => Err(String::new()),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_empty),
    }
}

#[track_caller]
fn assert_parts(content_type: &str, sent: &str, parts: &[(&str, Option<&str>, &str)]) {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.unwrap_or_else(|| panic!("no form: {content_type:?}"));
    let mut literal = String::new();
    for (name, file_name, content) in parts {
        literal += &format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        if let Some(file_name) = file_name {
            literal += &format!("; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream");
        }
        literal += &format!("\r\n\r\n{content}\r\n");
    }
    literal += &format!("--{boundary}--\r\n");
    assert_eq!(sent, literal);
}

/// The whole body. What a vector sends is in memory, so nothing is ever waited for.
#[track_caller]
fn text_of(body: Body) -> String {
    let collected = std::pin::pin!(body.collect());
    match collected.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(body)) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Poll::Ready(Err(error)) => panic!("{error}"),
        Poll::Pending => panic!("the body is not in memory"),
    }
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_empty_on_one_side_may_be_missing_on_the_other() {
        let same = |a, b| same_but_for_empty(&a, &b);
        assert_eq!(same(json!({"a": null, "b": 1}), json!({"b": 1, "c": "", "d": {"e": []}})), Ok(()));
        assert_eq!(same(json!({"a": {"b": [1, 2]}}), json!({"a": {"b": [1, 3]}})), Err(".a.b[1]".to_owned()));
        assert_eq!(same(json!([1]), json!([1, 0])), Err(String::new()));
        assert_eq!(same(json!({}), json!({"a": "x"})), Err(".a".to_owned()));
    }
}
