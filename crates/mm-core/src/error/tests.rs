//! Shapes as servers of 5.37 and 11.6 answer them, and what is told of each.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response};

use super::*;
use crate::api::files::UploadFile;
use crate::api::posts::CreatePost;
use crate::api::teams::InviteGuestsToTeam;
use crate::api::users::{
    CheckUserMfa, GetChannelMembersWithTeamDataForUser, GetUser, Login, PermanentDeleteAllUsers,
};
use crate::types::error_id;
use crate::{Body, Endpoint, InDoubt, ServerVersion, TransportErrorKind};

const V5: &str = "5.37.0.5.37.0.0123456789abcdef0123456789abcdef.false";
const V11: &str = "11.6.0.11.6.0.c3b8d7ab44c7134d4840f93e09a452085cf4c1bb5e1642a5675a3b39f763c97c.false";

type Question = (&'static str, fn(&Error) -> bool);

const QUESTIONS: [Question; 18] = [
    ("already_exists", Error::already_exists),
    ("archived", Error::is_archived),
    ("disabled", Error::is_disabled),
    ("licence", Error::needs_licence),
    ("limited", Error::is_rate_limited),
    ("login", Error::is_login_refused),
    ("maybe", Error::is_maybe_sent),
    ("mfa", Error::is_mfa_required),
    ("mfa_code", Error::is_mfa_invalid),
    ("mfa_setup", Error::is_mfa_setup_required),
    ("not_found", Error::is_not_found),
    ("not_sent", Error::is_not_sent),
    ("permission", Error::is_permission_denied),
    ("retryable", Error::is_retryable),
    ("session", Error::is_session_expired),
    ("timeout", Error::is_timeout),
    ("too_large", Error::is_too_large),
    ("unsupported", Error::is_unsupported),
];

/// The questions that are answered by yes.
fn yes(error: &Error) -> String {
    let names = QUESTIONS.iter().filter(|(_, asks)| asks(error)).map(|(name, _)| *name);
    names.collect::<Vec<_>>().join(" ")
}

fn answered<E: Endpoint>(status: u16, headers: &[(&'static str, &str)], body: &str) -> Error {
    let mut head = Response::builder().status(status);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    let (head, ()) = head.body(()).expect("a head").into_parts();
    ApiError::read(E::INFO, head, body.to_owned().into()).into()
}

/// An error of the server, with its usual headers.
fn app<E: Endpoint>(status: u16, id: &str) -> Error {
    let headers = [("content-type", "application/json"), ("x-version-id", V11), ("x-request-id", "r1")];
    let headers = if id == "api.context.404.app_error" { &headers[..1] } else { &headers };
    let body = format!(r#"{{"id":"{id}","message":"No.","detailed_error":"","status_code":{status}}}"#);
    answered::<E>(status, headers, &body)
}

fn lost<E: Endpoint>(kind: TransportErrorKind, delivery: Delivery) -> Error {
    Error::transport(E::INFO, TransportError::new(kind, delivery))
}

#[test]
fn each_id_means_what_the_server_means_by_it() {
    let cases = [
        (401, "api.context.session_expired.app_error", "session"),
        (400, "api.context.session_expired.app_error", ""),
        (401, "api.user.login.invalid_credentials_email_username", "login"),
        (401, "api.user.login.invalid_credentials_sso", "login"),
        (401, "api.user.check_user_login_attempts.too_many.app_error", "login"),
        (401, "api.user.login.inactive.app_error", "login"),
        (400, "api.user.login.blank_pwd.app_error", "login"),
        (401, "api.user.check_user_mfa.bad_code.app_error", "mfa_code"),
        (401, "mfa.activate.bad_token.app_error", "mfa_code"),
        (401, "mfa.validate_token.authenticate.app_error", "mfa"),
        (401, "model.oauth.validate_grant.credentials.app_error", ""),
        (403, "api.context.mfa_required.app_error", "mfa_setup"),
        (403, "api.context.permissions.app_error", "permission"),
        (403, "api.reaction.save_reaction.user_id.app_error", "permission"),
        (403, "api.user.reset_password_failed_attempts.permissions.app_error", "permission"),
        (404, "app.post.get.app_error", "not_found"),
        (404, "app.channel.get.existing.app_error", "not_found"),
        (404, "app.user.missing_account.const", "not_found"),
        (404, "app.user.get_thread_membership_for_user.not_found", "not_found"),
        (404, "<untranslated>", "not_found"),
        (404, "api.context.404.app_error", "unsupported"),
        (400, "app.user.save.username_exists.app_error", "already_exists"),
        (400, "store.sql_user.save.email_exists.app_error", "already_exists"),
        (400, "store.sql_channel.save_channel.exists.app_error", "already_exists"),
        (400, "store.sql_team.save_team.existing.app_error", "already_exists"),
        (400, "app.team.save.existing.app_error", "already_exists"),
        (400, "api.emoji.create.duplicate.app_error", "already_exists"),
        (400, "api.command.duplicate_trigger.app_error", "already_exists"),
        (400, "api.ldap_groups.existing_group_name_error", "already_exists"),
        (500, "api.file.file_exists.app_error", ""),
        (400, "app.role.check_roles_exist.role_not_found", ""),
        (400, "app.update_scheduled_post.existing_scheduled_post.not_exist", ""),
        (400, "api.post.create_post.can_not_post_to_deleted.error", "archived"),
        (403, "api.reaction.save.archived_channel.app_error", "archived"),
        (400, "api.channel.update_channel.deleted.app_error", "archived"),
        (400, "model.post.is_valid.message_length.app_error", "too_large"),
        (400, "model.post.is_valid.msg.app_error", "too_large"),
        (413, "api.context.request_body_too_large.app_error", "too_large"),
        (400, "api.emoji.create.too_large.app_error", "too_large"),
        (414, "basic_security_check.url.too_long_error", "too_large"),
        (400, "model.user.pre_save.password_too_long.app_error", ""),
        (501, "api.license_error", "licence"),
        (403, "api.no_license", "licence"),
        (501, "api.ldap_groups.license_error", "licence"),
        (400, "api.scheduled_posts.license_error", "licence"),
        (501, "api.data_spillage.error.license", "licence"),
        (403, "api.channel.get_channel_moderations.license.error", "licence"),
        (501, "ent.compliance.licence_disable.app_error", "licence"),
        (403, "api.license.upgrade_needed.app_error", "licence"),
        (400, "api.server.cws.needs_enterprise_edition", "licence"),
        (501, "license_error.feature_unavailable", "licence"),
        (400, "api.license.add_license.invalid.app_error", ""),
        (400, "api.license.client.old_format.app_error", ""),
        (501, "app.plugin.disabled.app_error", "disabled"),
        (501, "api.remote_cluster.service_not_enabled.app_error", "disabled"),
        (400, "api.create_terms_of_service.custom_terms_of_service_disabled.app_error", "disabled"),
        (403, "api.team.is_team_creation_allowed.disabled.app_error", "disabled"),
        (500, "app.eport.generate_presigned_url.featureflag.app_error", "disabled"),
        (501, "api.admin.ldap.not_available.app_error", "disabled"),
        (501, "app.pap.get_policy.app_error", "disabled"),
        (501, "<untranslated>", "disabled"),
        (401, "api.user.login.guest_accounts.disabled.error", "disabled"),
        (401, "api.user.login.guest_accounts.license.error", "licence"),
        (500, "api.post.deduplicate_create_post.pending", "maybe"),
        (500, "", ""),
        (400, "api.context.invalid_body_param.app_error", ""),
        (400, "anything.of.tomorrow", ""),
    ];
    for (status, id, expected) in cases {
        assert_eq!(yes(&app::<CreatePost>(status, id)), expected, "{status} {id}");
    }
}

#[test]
fn a_limit_is_told_from_an_operations_own_429() {
    let limiter =
        [("content-type", "text/plain; charset=utf-8"), ("x-ratelimit-reset", "3"), ("retry-after", "4")];
    let error = answered::<CreatePost>(429, &limiter, "limit exceeded\n");
    assert_eq!(yes(&error), "limited retryable");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(4)));
    assert_eq!(yes(&answered::<GetUser>(429, &[], "")), "limited retryable");
    assert_eq!(yes(&app::<CreatePost>(429, "api.upgrade_to_enterprise.app_error")), "");
}

#[test]
fn a_limit_after_a_lost_answer_leaves_it_open_whether_it_was_done() {
    let mut head = Response::builder().status(429).body(()).expect("a head").into_parts().0;
    head.extensions.insert(InDoubt);
    let error = |info| Error::from(ApiError::read(info, head.clone(), "limit exceeded\n".into()));
    assert_eq!(yes(&error(UploadFile::INFO)), "limited maybe");
    assert_eq!(yes(&error(GetUser::INFO)), "limited maybe retryable");
}

#[test]
fn calling_again_is_sound_if_nothing_was_done_or_if_it_may_be_done_twice() {
    use TransportErrorKind as Kind;
    let cases = [
        (Kind::Connect, Delivery::NotSent, "not_sent retryable", "not_sent retryable"),
        (Kind::Tls, Delivery::NotSent, "not_sent", "not_sent"),
        (Kind::Timeout, Delivery::NotSent, "not_sent retryable timeout", "not_sent retryable timeout"),
        (Kind::Timeout, Delivery::MaybeSent, "maybe timeout", "maybe retryable timeout"),
        (Kind::Closed, Delivery::MaybeSent, "maybe", "maybe retryable"),
        (Kind::TooLarge, Delivery::MaybeSent, "maybe", "maybe"),
    ];
    for (kind, delivery, write, read) in cases {
        assert_eq!(yes(&lost::<UploadFile>(kind, delivery)), write, "{kind:?}");
        assert_eq!(yes(&lost::<CreatePost>(kind, delivery)), write, "{kind:?}");
        assert_eq!(yes(&lost::<GetUser>(kind, delivery)), read, "{kind:?}");
    }
    for (status, read) in
        [(502, "maybe retryable"), (503, "maybe retryable"), (504, "maybe retryable timeout")]
    {
        assert_eq!(yes(&answered::<GetUser>(status, &[], "<html>")), read);
        assert_eq!(yes(&answered::<UploadFile>(status, &[], "<html>")), read.replace(" retryable", ""));
    }
    assert_eq!(yes(&Error::local("GetUser", "no token")), "not_sent");
}

#[test]
fn an_object_that_is_missing_a_path_that_is_unknown_and_another_server_are_different_404s() {
    assert_eq!(yes(&answered::<GetUser>(404, &[("x-version-id", V11)], "")), "not_found");
    assert_eq!(yes(&answered::<GetUser>(404, &[], "<html>nginx</html>")), "");
    let plain = r#"{"id":"api.context.404.app_error","message":"Sorry, we could not find the page.","status_code":404}"#;
    assert_eq!(
        yes(&answered::<GetUser>(404, &[("content-type", "text/plain; charset=utf-8")], plain)),
        "unsupported"
    );
    assert_eq!(yes(&answered::<GetUser>(405, &[], "")), "unsupported");
}

/// The 404 of an unknown path has no headers of Mattermost, so what is known of the server came with another answer.
fn unknown_path<E: Endpoint>(server: Option<&str>) -> String {
    let body = r#"{"id":"api.context.404.app_error","message":"No.","status_code":404}"#;
    let mut head = Response::builder().status(404).body(()).expect("a head").into_parts().0;
    if let Some(version) = server {
        head.extensions.insert(ServerVersion::parse(version).expect("a version"));
    }
    let error = Error::from(ApiError::read(E::INFO, head, body.into()));
    assert_eq!(yes(&error), "unsupported");
    error.to_string()
}

#[test]
fn an_operation_that_is_newer_than_the_server_says_so() {
    let message = unknown_path::<GetChannelMembersWithTeamDataForUser>(Some(V5));
    assert_eq!(
        message,
        "GetChannelMembersWithTeamDataForUser: 404 Not Found: No. (api.context.404.app_error); \
         GetChannelMembersWithTeamDataForUser needs Mattermost >= 6.2, this server is 5.37.0"
    );
    let error = answered::<GetChannelMembersWithTeamDataForUser>(
        501,
        &[("x-version-id", V5)],
        r#"{"id":"api.x","message":"No."}"#,
    );
    assert_eq!(yes(&error), "unsupported");
    assert!(error.to_string().ends_with("needs Mattermost >= 6.2, this server is 5.37.0"), "{error}");
    let other = answered::<GetChannelMembersWithTeamDataForUser>(
        404,
        &[("x-version-id", V5)],
        r#"{"id":"app.user.missing_account.const","message":"No."}"#,
    );
    assert_eq!(yes(&other), "not_found", "a server that looks for the object has the operation");
}

#[test]
fn an_operation_that_is_gone_says_so() {
    assert_eq!(
        unknown_path::<CheckUserMfa>(Some(V11)),
        "CheckUserMfa: 404 Not Found: No. (api.context.404.app_error); \
         CheckUserMfa is gone since Mattermost 5.39, which was the last to have it; this server is 11.6.0"
    );
}

#[test]
fn an_operation_of_the_local_socket_says_so() {
    let message = unknown_path::<PermanentDeleteAllUsers>(Some(V11));
    let advice = "; PermanentDeleteAllUsers is served on the server's local socket alone";
    assert!(message.ends_with(advice), "{message}");
}

#[test]
fn nothing_is_said_of_a_server_that_did_not_tell_its_version_or_should_have_the_operation() {
    let advice = "this server has no such operation, or the base URL lacks its subpath";
    for (message, end) in [
        (unknown_path::<GetUser>(Some(V11)), ""),
        (unknown_path::<GetUser>(None), ""),
        (
            unknown_path::<GetChannelMembersWithTeamDataForUser>(None),
            " (GetChannelMembersWithTeamDataForUser needs Mattermost >= 6.2)",
        ),
        (unknown_path::<CheckUserMfa>(None), " (CheckUserMfa was last in Mattermost 5.39)"),
        (unknown_path::<CheckUserMfa>(Some(V5)), " (CheckUserMfa was last in Mattermost 5.39)"),
    ] {
        assert!(message.ends_with(&format!("{advice}{end}")), "{message}");
        assert!(!message.contains("this server is"), "{message}");
    }
}

#[test]
fn each_refusal_ends_with_what_to_do_next() {
    let cases = [
        (app::<GetUser>(401, "api.context.session_expired.app_error"), "log in again or check the token"),
        (app::<Login>(401, "mfa.validate_token.authenticate.app_error"), "log in with a one-time code"),
        (app::<Login>(401, "api.user.check_user_mfa.bad_code.app_error"), "take the next one-time code"),
        (
            app::<Login>(401, "api.user.login.invalid_credentials_email_username"),
            "check name, password and account; failed logins lock it",
        ),
        (
            app::<GetUser>(403, "api.context.mfa_required.app_error"),
            "set up multi-factor authentication first",
        ),
        (app::<GetUser>(403, "api.context.permissions.app_error"), "the account lacks a permission for this"),
        (
            app::<GetUser>(404, "app.user.missing_account.const"),
            "it does not exist, or this account may not see it; check the id",
        ),
        (
            app::<CreatePost>(400, "api.post.create_post.can_not_post_to_deleted.error"),
            "restore the channel first",
        ),
        (
            app::<CreatePost>(400, "api.emoji.create.duplicate.app_error"),
            "use the one that exists, or choose another name",
        ),
        (app::<CreatePost>(413, "api.context.request_body_too_large.app_error"), "send less at once"),
        (
            app::<InviteGuestsToTeam>(501, "api.team.invite_guests_to_channels.license.error"),
            "it needs a licence with guest accounts; ask its administrator",
        ),
        (
            app::<GetUser>(501, "api.license_error"),
            "it needs a licence that this server has not; ask its administrator",
        ),
        (
            app::<GetUser>(501, "app.plugin.disabled.app_error"),
            "the feature is off on this server or not built in; ask its administrator",
        ),
        (
            app::<CreatePost>(400, "api.context.invalid_body_param.app_error"),
            "the server does not accept the input; change it",
        ),
        (app::<GetUser>(409, "x.y"), "read it again and repeat the change"),
        (app::<GetUser>(410, "x.y"), "do without, it is gone for good"),
        (app::<GetUser>(500, "x.y"), "the server failed; its log tells why, and its administrator reads it"),
        (app::<GetUser>(503, "api.context.server_busy.app_error"), "try again later"),
    ];
    for (error, advice) in cases {
        let (status, id) = (error.status().expect("an answer"), error.api().expect("an answer").id());
        let operation = error.operation();
        assert_eq!(error.to_string(), format!("{operation}: {status}: No. ({id}); {advice} [request id r1]"));
    }
}

#[test]
fn a_server_that_is_busy_has_done_nothing() {
    let busy = app::<Login>(503, error_id::SERVER_BUSY);
    assert!(busy.is_retryable() && !busy.is_maybe_sent(), "{busy}");
    let other = app::<Login>(503, "x.y");
    assert!(!other.is_retryable() && other.is_maybe_sent(), "{other}");
}

#[test]
fn answers_that_are_not_of_the_server_say_where_to_look() {
    let message = |error: Error| error.to_string();
    assert_eq!(
        message(answered::<GetUser>(502, &[], "<html>secret")),
        "GetUser: 502 Bad Gateway; a proxy answered for the server; try again later"
    );
    assert_eq!(
        message(answered::<UploadFile>(502, &[], "<html>secret")),
        "UploadFile: 502 Bad Gateway; a proxy answered for the server; it may have been done, so look before calling again"
    );
    assert_eq!(
        message(answered::<GetUser>(404, &[], "nothing here")),
        "GetUser: 404 Not Found: nothing here; this did not come from Mattermost; check the base URL"
    );
    assert_eq!(
        message(answered::<GetUser>(429, &[("retry-after", "4")], "limit exceeded\n")),
        "GetUser: 429 Too Many Requests: limit exceeded; call less often, and again in 4 s"
    );
    let pending = message(app::<CreatePost>(500, "api.post.deduplicate_create_post.pending"));
    assert!(pending.contains("; maybe posted: ask `recipes::find_posted`"), "{pending}");
}

#[test]
fn a_call_without_an_answer_says_whether_to_call_again() {
    use TransportErrorKind as Kind;
    let cases = [
        (
            lost::<GetUser>(Kind::Connect, Delivery::NotSent),
            "GetUser: not sent: could not connect to the server; check the address and the network, then call again",
        ),
        (
            lost::<GetUser>(Kind::Tls, Delivery::NotSent),
            "GetUser: not sent: could not agree on TLS with the server; mend that, then call again",
        ),
        (
            lost::<GetUser>(Kind::Closed, Delivery::NotSent),
            "GetUser: not sent: the connection ended before the answer did; call again",
        ),
        (
            lost::<GetUser>(Kind::Timeout, Delivery::MaybeSent),
            "GetUser: maybe carried out: no answer in time; it is safe to call again",
        ),
        (
            lost::<GetUser>(Kind::TooLarge, Delivery::MaybeSent),
            "GetUser: maybe carried out: the answer is larger than the limit; mend that, then call again",
        ),
        (
            lost::<UploadFile>(Kind::Timeout, Delivery::MaybeSent),
            "UploadFile: maybe carried out: no answer in time; it may have been done, so look before calling again",
        ),
    ];
    for (error, message) in cases {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn an_unreadable_answer_and_an_unsendable_field_say_what_to_do() {
    let mut answer = Response::new(Body::from(r#"{"username": "s3cr"#));
    *answer.headers_mut() =
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let error = Error::from(GetUser::decode(answer).expect_err("half an answer"));
    assert_eq!(yes(&error), "");
    assert_eq!(
        error.to_string(),
        "GetUser: unreadable answer: the JSON ends too early (status 200, 18 bytes of application/json); \
         see `Error::decode`, and look before repeating a write"
    );
    let name = crate::api::users::GetUserByUsername::new("..");
    let error = Error::from(name.to_request().expect_err("another path"));
    assert_eq!(yes(&error), "not_sent");
    assert_eq!(
        error.to_string(),
        "GetUserByUsername: not sent: `username` is a dot segment, which would lead to another path; give the name alone"
    );
}
