//! What callers ask of an error before they decide what to do.

use http::StatusCode;
use mm_types::error_id;

use super::{ApiError, Cause, Error, ErrorKind};
use crate::{Delivery, Retry, TransportErrorKind, is_gateway_error, is_rate_limit};

/// Questions about the server's answer, asked of [`ApiError`], or of [`Error`], where the answer is no if it is not one.
macro_rules! questions {
    ($($(#[doc = $doc:literal])* $name:ident = |$error:ident| $answer:expr;)*) => {
        impl ApiError {
            $($(#[doc = $doc])*
            #[must_use]
            pub fn $name(&self) -> bool {
                let $error = self;
                $answer
            })*
        }

        /// # What the server's answer means
        ///
        /// False for errors without an answer of the server.
        impl Error {
            $($(#[doc = $doc])*
            #[must_use]
            pub fn $name(&self) -> bool {
                self.api().is_some_and(ApiError::$name)
            })*
        }
    };
}

questions! {
    /// Whether the token was refused: unknown, expired or revoked (401). Log in again, or check the token.
    is_session_expired = |error| error.status() == StatusCode::UNAUTHORIZED && error.id() == error_id::SESSION_EXPIRED;

    /// Whether a login was refused: wrong name or password, locked, inactive or unverified account, bot (401), no
    /// password (400). Ask the user; trying again locks the account. One-time codes have [questions of their
    /// own](Self::is_mfa_required).
    is_login_refused = |error| {
        let is_about_login = ["api.user.login.", "api.user.check_user_"].iter().any(|start| error.id().starts_with(start));
        let is_refusal = error.status() == StatusCode::UNAUTHORIZED || error.id() == error_id::NO_PASSWORD;
        is_about_login && is_refusal && !error.is_mfa_invalid() && !error.needs_licence() && !error.is_disabled()
    };

    /// Whether a login lacks a one-time code: ask for one and log in again with it.
    is_mfa_required = |error| error.id() == error_id::MFA_REQUIRED;

    /// Whether a one-time code was wrong, or used before. Ask for the next one.
    is_mfa_invalid = |error| matches!(error.id(), error_id::MFA_INVALID | error_id::MFA_INVALID_AT_SETUP);

    /// Whether the server demands multi-factor authentication of an account that has not set it up (403). Its user has to.
    is_mfa_setup_required = |error| error.id() == error_id::MFA_SETUP_REQUIRED;

    /// Whether the account may not do this (403, unless it is about a licence, a setting, an archived channel or
    /// multi-factor authentication). Get a permission, or use another account.
    is_permission_denied = |error| {
        error.status() == StatusCode::FORBIDDEN
            && error.app().is_some()
            && !error.is_mfa_setup_required()
            && !error.is_archived()
            && !error.needs_licence()
            && !error.is_disabled()
    };

    /// Whether the object does not exist (404 from an operation that does). A path that the server does not know is
    /// [another thing](Self::is_unsupported).
    ///
    /// What an account may not see is often answered with 403 instead, whether it exists or not.
    is_not_found = |error| {
        error.status() == StatusCode::NOT_FOUND
            && error.is_from_server()
            && error.id() != error_id::NO_SUCH_ROUTE
            && !error.is_unsupported()
    };

    /// Whether what was to be made is there already: name, mail address, trigger word, membership (400 or 409, by id). Use
    /// that, or choose another name.
    already_exists = |error| {
        error.status().is_client_error() && error.status() != StatusCode::NOT_FOUND && means_exists(error.id())
    };

    /// Whether the channel is archived, so that nothing in it can be changed. Restore it, or leave it alone.
    is_archived = |error| {
        let id = error.id();
        let in_deleted = ["_to_deleted.", "_in_deleted.", ".archived_channel."].iter().any(|part| id.contains(part));
        in_deleted || id == "api.channel.update_channel.deleted.app_error"
    };

    /// Whether something is larger than the server allows: body or file (413), address (414), and by id the
    /// message (400) and what older servers say of files. Send less at once.
    is_too_large = |error| {
        let by_status = matches!(error.status(), StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG);
        let by_id = error.id().contains("too_large") || error.id().contains(".message_length.");
        by_status || by_id || error.id() == error_id::MESSAGE_TOO_LONG_OLD
    };

    /// Whether a limiter refused it (429), so that nothing was done. Call again after the time that
    /// `retry_after` tells; a client with pacing has waited already.
    is_rate_limited = |error| is_rate_limit(error.status(), error.headers());

    /// Whether the server's licence, or the lack of one, does not cover it (by id: mostly 501 or 403, sometimes 400). Ask the
    /// administrator. Which licence the operation needs is in `EndpointInfo::licence`, where it is known.
    needs_licence = |error| {
        let id = error.id();
        let names_licence = id.contains("license") || id.contains("licence");
        // These are about handling licence files.
        let is_about_files = id.starts_with("api.license.") || id.starts_with("model.");
        (names_licence && !is_about_files)
            || matches!(id, error_id::UPGRADE_NEEDED | error_id::NEEDS_ENTERPRISE_EDITION)
    };

    /// Whether the feature is off in the server's settings or not built into it (501, and by id with other statuses). Ask
    /// the administrator.
    is_disabled = |error| {
        const MARKS: [&str; 6] =
            ["disabled", "service_disable.", "not_enable", "not_available", "hosted_signup_unavailable", "featureflag"];
        let by_id = !error.id().starts_with("model.") && MARKS.iter().any(|mark| error.id().contains(mark));
        let by_status = error.status() == StatusCode::NOT_IMPLEMENTED && error.app().is_some();
        (by_id || by_status) && !error.needs_licence() && !error.is_unsupported()
    };

    /// Whether the server does not have the operation: it does not know the path (404 or 405), or its version is known, and is
    /// too old or too new (404 or 501). Do without, or update the server; if nothing works, check the base URL's subpath.
    is_unsupported = |error| {
        error.id() == error_id::NO_SUCH_ROUTE
            || error.status() == StatusCode::METHOD_NOT_ALLOWED
            || error.is_of_other_version()
    };
}

/// Ids of this meaning have a part that ends in it; others have `existing` or `not_exist` in them and mean the opposite.
fn means_exists(id: &str) -> bool {
    let by_part = id.split('.').any(|part| {
        part == "exists"
            || part == "duplicate"
            || part.starts_with("duplicate_")
            || part.ends_with("_exists") && !part.ends_with("not_exists")
    });
    by_part
        || id.starts_with("api.ldap_groups.existing_")
        || matches!(id, error_id::TEAM_EXISTS | error_id::TEAM_EXISTS_OLD)
}

impl ApiError {
    /// Whether nobody knows if it was carried out: something on the way gave up (502, 503, 504), an earlier
    /// try got no answer, or the server is still at it. Look before calling again, unless the operation is idempotent.
    #[must_use]
    pub fn is_maybe_sent(&self) -> bool {
        self.maybe_done
    }

    /// As [`Error::is_retryable`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let is_idempotent = self.info.retry == Retry::Idempotent;
        let is_passing = self.is_rate_limited() || is_gateway_error(self.status());
        is_passing && (is_idempotent || !self.maybe_done)
    }

    /// Whether the server is known to be older or newer than the operation.
    pub(super) fn is_of_other_version(&self) -> bool {
        let by_status = match self.status() {
            StatusCode::NOT_FOUND => !self.is_from_server() || self.id() == error_id::NO_SUCH_ROUTE,
            StatusCode::METHOD_NOT_ALLOWED => true,
            StatusCode::NOT_IMPLEMENTED => !self.needs_licence(),
            _ => false,
        };
        by_status && self.server_version().is_some_and(|version| !self.info.is_in(version))
    }
}

/// # What can have happened
impl Error {
    /// Whether the same call may succeed later, and making it again does no harm: nothing was done, or this operation may be done
    /// twice. Try again after [`retry_after`](Self::retry_after), or a while that grows.
    ///
    /// That is: a connection that failed before anything was sent; a limiter's 429; a server that is busy; and for idempotent
    /// operations lost answers, time-outs, and 502, 503 and 504 too. A client that retries has tried some times already.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match &self.0.cause {
            Cause::Transport(error) => {
                let is_sound = self.is_not_sent() || self.0.retry == Retry::Idempotent;
                is_sound && !error.kind().is_lasting()
            }
            Cause::Api(error) => error.is_retryable(),
            Cause::Encode(_) | Cause::Local(_) | Cause::Decode(_) => false,
        }
    }

    /// Whether nothing reached the server ([`ErrorKind::NotSent`]). Mend the cause and call again.
    #[must_use]
    pub fn is_not_sent(&self) -> bool {
        self.kind() == ErrorKind::NotSent
    }

    /// Whether nobody knows if it was carried out: the connection was lost or silent after sending, or something on the
    /// way gave up (502, 503, 504), or the server is still at it. Look before calling again, unless the operation is
    /// idempotent.
    ///
    /// Wider than [`ErrorKind::MaybeSent`], which leaves answers of those statuses under [`ErrorKind::Api`] where an operation
    /// has no way to find out.
    #[must_use]
    pub fn is_maybe_sent(&self) -> bool {
        match &self.0.cause {
            Cause::Transport(error) => matches!(error.delivery(), Delivery::MaybeSent),
            Cause::Api(error) => error.is_maybe_sent(),
            Cause::Encode(_) | Cause::Local(_) | Cause::Decode(_) => false,
        }
    }

    /// Whether it took too long, for us or for something on the way (504). The server may be done with it
    /// nevertheless: see [`is_maybe_sent`](Self::is_maybe_sent).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let is_ours = self.transport_error().is_some_and(|error| error.kind() == TransportErrorKind::Timeout);
        is_ours || self.status() == Some(StatusCode::GATEWAY_TIMEOUT)
    }

    /// How long the server asks to wait, if it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        self.api().and_then(ApiError::retry_after)
    }
}
