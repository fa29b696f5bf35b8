//! What to do next: how every message ends.

use std::fmt;

use mm_types::error_id;

use super::ApiError;
use crate::{Delivery, Retry, TransportError, TransportErrorKind};

/// After an answer that says no.
pub(super) fn after_refusal(error: &ApiError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(hint) = error.in_doubt() {
        return f.write_str(hint);
    }
    if error.is_unsupported() {
        return unsupported(error, f);
    }
    if error.needs_licence() {
        f.write_str("it needs a licence ")?;
        f.write_str(error.info.licence.unwrap_or("that this server has not"))?;
        return f.write_str("; ask its administrator");
    }
    if error.is_rate_limited() {
        return match error.retry_after() {
            Some(wait) => write!(f, "call less often, and again in {} s", wait.as_secs_f32().ceil()),
            None => f.write_str("call less often"),
        };
    }
    f.write_str(no_upgrade(error).unwrap_or_else(|| in_words(error)))
}

/// What stands between us and the socket.
fn no_upgrade(error: &ApiError) -> Option<&'static str> {
    const IS_REFUSED: &str = "api.web_socket.connect.upgrade.app_error";
    match error.status().as_u16() {
        _ if error.info.status != 101 => None,
        200..=299 => Some(
            "this is not the event socket: check the base URL, and that a proxy on the way passes on `Connection` and `Upgrade`",
        ),
        403 if error.id() == IS_REFUSED => {
            Some("send no `Origin`, or have the administrator add it to `AllowCorsFrom`")
        }
        400 | 426 if error.id() == IS_REFUSED || !error.is_from_server() => {
            Some("a proxy on the way has to pass on `Connection`, `Upgrade` and `Sec-WebSocket-Key`")
        }
        _ => None,
    }
}

fn in_words(error: &ApiError) -> &'static str {
    type Question = fn(&ApiError) -> bool;
    const CAUSES: [(Question, &str); 10] = [
        (ApiError::is_session_expired, "log in again or check the token"),
        (ApiError::is_mfa_required, "log in with a one-time code"),
        (ApiError::is_mfa_invalid, "take the next one-time code"),
        (ApiError::is_mfa_setup_required, "set up multi-factor authentication first"),
        (ApiError::is_login_refused, "check name, password and account; failed logins lock it"),
        (ApiError::is_disabled, "the feature is off on this server or not built in; ask its administrator"),
        (ApiError::is_archived, "restore the channel first"),
        (ApiError::is_permission_denied, "the account lacks a permission for this"),
        (ApiError::already_exists, "use the one that exists, or choose another name"),
        (ApiError::is_too_large, "send less at once"),
    ];
    if let Some((_, words)) = CAUSES.iter().find(|(is_cause, _)| is_cause(error)) {
        return words;
    }
    match error.status().as_u16() {
        503 if error.id() == error_id::SERVER_BUSY => "try again later",
        502..=504 if error.is_from_server() => maybe_done(error.info.retry, "try again later"),
        502..=504 => match error.info.retry {
            Retry::Idempotent => "a proxy answered for the server; try again later",
            _ => "a proxy answered for the server; it may have been done, so look before calling again",
        },
        _ if !error.is_from_server() => "this did not come from Mattermost; check the base URL",
        404 => "it does not exist, or this account may not see it; check the id",
        409 => "read it again and repeat the change",
        410 => "do without, it is gone for good",
        400..=499 => "the server does not accept the input; change it",
        _ => "the server failed; its log tells why, and its administrator reads it",
    }
}

fn maybe_done(retry: Retry, harmless: &'static str) -> &'static str {
    match retry {
        Retry::Idempotent => harmless,
        Retry::Deduplicated | Retry::Once | Retry::Never => {
            "it may have been done, so look before calling again"
        }
    }
}

/// Names the versions as far as they are known. Of the server's nothing is said that it did not say.
fn unsupported(error: &ApiError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let info = error.info;
    let server = error.server_version().filter(|_| error.is_of_other_version());
    match (info.since, info.until, server) {
        (Some(since), _, Some(server)) if info.is_newer_than(server) => {
            write!(f, "{} needs Mattermost >= {since}, this server is {server}", info.operation)
        }
        (_, Some(until), Some(server)) => write!(
            f,
            "{} is gone since Mattermost {until}, which was the last to have it; this server is {server}",
            info.operation
        ),
        _ if info.local_only => write!(f, "{} is served on the server's local socket alone", info.operation),
        (since, until, _) => {
            f.write_str("this server has no such operation, or the base URL lacks its subpath")?;
            match (since, until) {
                (_, Some(until)) => write!(f, " ({} was last in Mattermost {until})", info.operation),
                (Some(since), None) => write!(f, " ({} needs Mattermost >= {since})", info.operation),
                (None, None) => Ok(()),
            }
        }
    }
}

/// After no answer at all.
pub(super) fn after_failure(error: &TransportError, retry: Retry) -> &'static str {
    use TransportErrorKind as Kind;
    match (error.delivery(), error.kind()) {
        (Delivery::NotSent, Kind::Connect) => "check the address and the network, then call again",
        (Delivery::NotSent, kind) if kind.is_lasting() => "mend that, then call again",
        (Delivery::NotSent, _) => "call again",
        (Delivery::MaybeSent, kind) => {
            let harmless =
                if kind.is_lasting() { "mend that, then call again" } else { "it is safe to call again" };
            maybe_done(retry, harmless)
        }
    }
}
