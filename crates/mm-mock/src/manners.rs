//! What the server puts around every answer.

use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, EXPIRES, HeaderValue, IF_NONE_MATCH, SET_COOKIE, VARY,
};
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use mm_core::Body;

use crate::Failure;

/// The release that the fake is like.
pub(crate) const VERSION: &str = "11.6.0";

pub(crate) const VERSION_ID: &str =
    "11.6.0.11.6.0.3f1c9d0a7be84625c1d7f09e6b3a58241fd06c97e2b84a35d9107ce6f2a3b845.false";

/// The longest path with query, in bytes.
pub(crate) const LONGEST_URL: usize = 2048;

/// The head of an answer that a handler gave.
pub(crate) fn dress(response: &mut Response<Body>, method: &Method, request_id: &str) {
    let bodiless = is_bodiless(response.status());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", id);
    }
    headers.insert("x-version-id", HeaderValue::from_static(VERSION_ID));
    secure(headers);
    if *method == Method::GET {
        headers.entry(EXPIRES).or_insert(HeaderValue::from_static("0"));
    }
    if !bodiless {
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    measure(response);
}

fn secure(headers: &mut HeaderMap) {
    headers.insert("permissions-policy", HeaderValue::from_static(""));
    headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.entry(VARY).or_insert(HeaderValue::from_static("Accept-Encoding"));
}

fn measure(response: &mut Response<Body>) {
    if let (false, Some(length)) = (is_bodiless(response.status()), response.body().len()) {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

fn is_bodiless(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// Turns an answer whose tag the client already has into a 304.
pub(crate) fn not_modified(response: Response<Body>, asked: &HeaderMap) -> Response<Body> {
    // Compared byte by byte: the server knows neither quotes nor lists.
    let known = match (asked.get(IF_NONE_MATCH), response.headers().get(ETAG)) {
        (Some(asked), Some(tag)) => asked == tag,
        _ => false,
    };
    if !known || response.status() != StatusCode::OK {
        return response;
    }
    let mut bare = Response::new(Body::empty());
    *bare.status_mut() = StatusCode::NOT_MODIFIED;
    for name in [ETAG, CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&name) {
            bare.headers_mut().insert(name, value.clone());
        }
    }
    bare
}

/// The answer to a path that does not exist, or not with this method.
pub(crate) fn unknown_route(uri: &Uri) -> Response<Body> {
    let failure = Failure::new(404, "api.context.404.app_error", "Sorry, we could not find the page.");
    let detail = format!(
        "There doesn't appear to be an api call for the url='{}'.  \
         Typo? are you missing a team_id or user_id as part of the url?",
        uri.path()
    );
    let failure = failure.into_app_error().map_or_else(Failure::session, |mut error| {
        error.detailed_error = detail;
        error.into()
    });
    let mut response = failure.into_response("");
    measure(&mut response);
    response
}

/// The answer to a path and query of more than [`LONGEST_URL`] bytes.
pub(crate) fn too_long_url(request_id: &str) -> Response<Body> {
    let message = "The URL is too long to be processed.";
    let mut response =
        Failure::new(414, "basic_security_check.url.too_long_error", message).into_response(request_id);
    secure(response.headers_mut());
    measure(&mut response);
    response
}

/// Takes the session's cookie away from a browser.
pub(crate) fn clear_cookie(response: &mut Response<Body>) {
    let cookie = HeaderValue::from_static("MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
    response.headers_mut().append(SET_COOKIE, cookie);
}
