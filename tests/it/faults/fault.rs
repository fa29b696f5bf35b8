//! What goes wrong.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderValue, Response};
use mm_core::{Body, Serve};
use mm_mock::{FakeServer, Script, Scripted};

/// A fault, and how a row of the table calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Refused,
    ResetBeforeHead,
    ResetBeforeHeadDone,
    ResetAfterHead,
    ResetInBody,
    Silence,
    SilenceDone,
    SilenceAfterHead,
    SilenceInBody,
    SlowBody,
    EndlessBody,
    LimitedText,
    LimitedTwice,
    LimitedJson,
    Page502,
    Page502Done,
    Unavailable,
    UnavailableDone,
    Busy,
    CutJson,
    Page200,
    Page200Done,
    Unauthorized,
    Cookie,
    Pending,
    PendingDone,
    Internal,
}

/// How often it happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    Once,
    Always,
}

impl Fault {
    pub(crate) const ALL: [(Self, &str); 27] = [
        (Self::Refused, "connection refused"),
        (Self::ResetBeforeHead, "reset before the head, not done"),
        (Self::ResetBeforeHeadDone, "reset before the head, done"),
        (Self::ResetAfterHead, "reset after the head"),
        (Self::ResetInBody, "reset in the body"),
        (Self::Silence, "silence, not done"),
        (Self::SilenceDone, "silence, done"),
        (Self::SilenceAfterHead, "silence after the head"),
        (Self::SilenceInBody, "silence in the body"),
        (Self::SlowBody, "slow body"),
        (Self::EndlessBody, "body slower than a try may be"),
        (Self::LimitedText, "429, plain text"),
        (Self::LimitedTwice, "429, headers doubled"),
        (Self::LimitedJson, "429, the operation's own"),
        (Self::Page502, "502 page, not done"),
        (Self::Page502Done, "502 page, done"),
        (Self::Unavailable, "503 Retry-After, not done"),
        (Self::UnavailableDone, "503 Retry-After, done"),
        (Self::Busy, "503 of a busy server"),
        (Self::CutJson, "JSON cut off, head agrees"),
        (Self::Page200, "200 page, not done"),
        (Self::Page200Done, "200 page, done"),
        (Self::Unauthorized, "401 session expired"),
        (Self::Cookie, "cookie pushed"),
        (Self::Pending, "500 pending, not done"),
        (Self::PendingDone, "500 pending, done"),
        (Self::Internal, "500, the server's own"),
    ];

    /// Lets it happen to requests of an operation. A connection is refused by whatever leads to the fake.
    pub(crate) fn ask_for<E: Serve>(self, fake: &FakeServer, times: Times) {
        if let Some(scripted) = self.script(fake.on::<E>()) {
            scripted.times(times.count());
        }
    }

    fn script<E: Serve>(self, on: Script<E>) -> Option<Scripted> {
        Some(match self {
            Self::Refused => return None,
            Self::ResetBeforeHead => on.reset(),
            Self::ResetBeforeHeadDone => on.reset().carried_out(),
            Self::ResetAfterHead => on.truncate(0),
            Self::ResetInBody => on.truncate(9),
            Self::Silence => on.hang(),
            Self::SilenceDone => on.hang().carried_out(),
            Self::SilenceAfterHead => on.stall(0),
            Self::SilenceInBody => on.stall(9),
            Self::SlowBody => on.trickle(300, Duration::from_secs(1)),
            Self::EndlessBody => on.trickle(1, Duration::from_secs(3)),
            Self::LimitedText => on.raw(answer(429, "text/plain", "slow down", None)),
            Self::LimitedTwice => on.rate_limited(Duration::from_secs(2)),
            Self::LimitedJson => on.fail(429, "api.user.send_verification_email.too_many.app_error"),
            Self::Page502 => on.html(502),
            Self::Page502Done => on.html(502).carried_out(),
            Self::Unavailable => on.raw(unavailable()),
            Self::UnavailableDone => on.raw(unavailable()).carried_out(),
            Self::Busy => on.fail(503, "api.context.server_busy.app_error"),
            Self::CutJson => on.shorten(9),
            Self::Page200 => on.html(200),
            Self::Page200Done => on.html(200).carried_out(),
            Self::Unauthorized => on.fail(401, "api.context.session_expired.app_error"),
            Self::Cookie => {
                let cookie = HeaderValue::from_static("MMAUTHTOKEN=pushed; Path=/; HttpOnly");
                on.with_header(SET_COOKIE, cookie)
            }
            Self::Pending => on.fail(500, "api.post.deduplicate_create_post.pending"),
            Self::PendingDone => on.fail(500, "api.post.deduplicate_create_post.pending").carried_out(),
            Self::Internal => on.fail(500, "app.insert_error"),
        })
    }
}

impl Times {
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Once => 1,
            Self::Always => 1000,
        }
    }
}

fn unavailable() -> Response<Body> {
    answer(503, "text/html", "<html>Service Unavailable</html>", Some("2"))
}

pub(super) fn answer(
    status: u16,
    content_type: &'static str,
    text: &'static str,
    wait: Option<&'static str>,
) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status.try_into().expect("a status");
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some(wait) = wait {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(wait));
    }
    response
}
