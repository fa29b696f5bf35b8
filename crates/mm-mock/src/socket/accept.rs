//! The opening handshake: RFC 6455, section 4.2, and the origin rule.

use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, UPGRADE};
use http::{Response, StatusCode, Uri, request};
use mm_core::Body;

use crate::Failure;
use crate::{base64, totp};

/// What RFC 6455 has the key end with before it is hashed.
const SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
const VERSION: HeaderName = HeaderName::from_static("sec-websocket-version");
const ACCEPT: HeaderName = HeaderName::from_static("sec-websocket-accept");

/// The answer: 101, which the bytes of the socket follow, or a refusal.
pub(super) fn accept(head: &request::Parts) -> Response<Body> {
    let headers = &head.headers;
    if !has_word(headers, &CONNECTION, "upgrade") || !has_word(headers, &UPGRADE, "websocket") {
        return refusal(StatusCode::BAD_REQUEST, headers);
    }
    if text(headers, &VERSION) != "13" {
        return refusal(StatusCode::BAD_REQUEST, headers);
    }
    if !is_welcome(headers, &head.uri) {
        return refusal(StatusCode::FORBIDDEN, headers);
    }
    let key = text(headers, &KEY);
    if base64::decode(key).is_none_or(|bytes| bytes.len() != 16) {
        return refusal(StatusCode::BAD_REQUEST, headers);
    }
    let hash = base64::encode(&totp::sha1(format!("{key}{SUFFIX}").as_bytes()));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(hash) = HeaderValue::from_str(&hash) {
        headers.insert(ACCEPT, hash);
    }
    response
}

/// A page of this server may connect, and whoever is no page.
fn is_welcome(headers: &HeaderMap, uri: &Uri) -> bool {
    if !headers.contains_key(ORIGIN) {
        return true;
    }
    let host = match text(headers, &HOST) {
        "" => uri.authority().map_or("", |authority| authority.as_str()),
        host => host,
    };
    let origin = text(headers, &ORIGIN).parse::<Uri>().ok();
    let origin = origin.filter(|origin| origin.scheme().is_some());
    origin
        .and_then(|origin| origin.into_parts().authority)
        .is_some_and(|authority| authority.as_str() == host)
}

/// The refusal of the library, and behind it the error of the server, which comes too late to decide over
/// the status.
fn refusal(status: StatusCode, asked: &HeaderMap) -> Response<Body> {
    let message = format!("URL Blocked because of CORS. Url: {}", text(asked, &ORIGIN));
    let failure = Failure::new(400, "api.web_socket.connect.upgrade.app_error", message);
    let error = failure.into_app_error().unwrap_or_default();
    // A model without floats can always be written.
    let error = serde_json::to_string(&error).unwrap_or_default();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut response = Response::new(Body::from(format!("{reason}\n{error}")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert(VERSION, HeaderValue::from_static("13"));
    response
}

/// Whether a header that is a list of words holds one.
fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn answer(headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::get("http://chat.example.com/api/v4/websocket");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        accept(&request.body(()).unwrap().into_parts().0)
    }

    const ASKED: [(&str, &str); 4] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        // The example of the RFC.
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    #[test]
    fn the_key_of_the_rfc_is_answered_as_the_rfc_does() {
        let answer = answer(&ASKED);
        assert_eq!(answer.status(), 101);
        assert_eq!(answer.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_handshake_that_lacks_something_is_400() {
        for missing in 0..ASKED.len() {
            let mut headers = ASKED.to_vec();
            let (name, _) = headers.remove(missing);
            let refused = answer(&headers);
            assert_eq!(refused.status(), 400, "{name}");
            assert_eq!(refused.headers()["content-type"], "text/plain; charset=utf-8");
        }
        let short = [&ASKED[..3], &[("sec-websocket-key", "dG9vIHNob3J0")]].concat();
        assert_eq!(answer(&short).status(), 400);
    }

    #[test]
    fn only_pages_of_the_server_itself_may_connect() {
        let from = |origin| answer(&[&ASKED[..], &[("origin", origin)]].concat());
        assert_eq!(from("https://chat.example.com").status(), 101);
        for stranger in ["null", "https://evil.example", "chat.example.com", "https://chat.example.com:444"] {
            assert_eq!(from(stranger).status(), 403, "{stranger}");
        }
    }
}
