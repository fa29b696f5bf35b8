//! Tests: input that cannot be meant is refused before anything is sent, with the operation and the field named.

use mm_types::{ChannelId, Secret, SessionId, TermsOfServiceId, TokenId, UserId};
use serde_json::{Map, Value};

use super::users::{
    GetUser, GetUserByEmail, GetUserByUsername, LoginByCwsToken, PatchUser, PublishUserTyping,
    RegisterTermsOfServiceAction, RevokeSession, RevokeUserAccessToken, UpdateUserMfa,
};
use crate::{Endpoint, ErrorKind, Place, registry};

/// Texts that would end the path segment, lead to another path, or are no URL.
const BAD: [&str; 14] =
    ["", ".", "..", "/", "a/b", "../teams", "a\\b", "?a=b", "#a", "a b", "a\0", "a\r\n", "é", "💥"];

#[track_caller]
fn refused<E: Endpoint>(operation: E, field: &str, bad: &str) {
    match operation.to_request() {
        Ok(request) => panic!("{bad:?} is sent as {}", request.uri()),
        Err(error) => {
            assert_eq!((error.operation(), error.field()), (E::INFO.operation, field));
            let text = error.to_string();
            assert!(text.contains(E::INFO.operation) && text.contains(field), "{text}");
        }
    }
}

#[test]
fn a_bad_name_in_a_path_is_refused() {
    for bad in BAD {
        refused(GetUserByUsername::new(bad), "username", bad);
        refused(GetUserByEmail::new(bad), "email", bad);
    }
}

#[test]
fn a_bad_id_in_a_path_is_refused() {
    for bad in BAD {
        assert!(bad.parse::<UserId>().is_err(), "{bad:?}");
        // What an answer held is not checked when it is read, so it is when it is sent.
        let id: UserId = serde_json::from_value(bad.into()).expect("fits");
        refused(GetUser::new(id), "user_id", bad);
        refused(PatchUser::new(id).nickname("x"), "user_id", bad);
        refused(UpdateUserMfa::new(id, false), "user_id", bad);
    }
}

#[test]
fn an_id_that_is_too_long_is_never_made() {
    let long = "a".repeat(27);
    assert!(long.parse::<UserId>().is_err());
    let error = serde_json::from_value::<UserId>(long.into()).expect_err("27 letters");
    assert!(error.to_string().contains("UserId"), "{error}");
}

#[test]
fn a_required_id_in_a_body_is_not_empty() {
    let me = UserId::ME;
    refused(RevokeSession::new(me, SessionId::default()), "session_id", "");
    refused(RevokeUserAccessToken::new(TokenId::default()), "token_id", "");
    refused(PublishUserTyping::new(me, ChannelId::default()), "channel_id", "");
    let terms = TermsOfServiceId::default();
    refused(RegisterTermsOfServiceAction::new(me, terms, true), "termsOfServiceId", "");
}

#[test]
fn no_operation_lets_a_path_argument_out_of_its_segment() {
    let mut tried = 0;
    for operation in registry() {
        let info = operation.info;
        let required = || info.fields.iter().filter(|field| field.required);
        // Other arguments have types of their own, and are complained about first.
        if !required().all(|field| field.place == Place::Path) {
            continue;
        }
        // A time is a number once it was read, and cannot be anything else in a path.
        for target in info.names(Place::Path).filter(|name| *name != "timestamp") {
            for bad in BAD {
                let argument = |name: &str| match name {
                    _ if name == target => Value::from(bad),
                    "timestamp" => Value::from(1),
                    _ => Value::from("a".repeat(26)),
                };
                let arguments: Map<String, Value> =
                    info.names(Place::Path).map(|name| (name.to_owned(), argument(name))).collect();
                let error = match operation.request(arguments) {
                    Ok(request) => panic!("{info:?} with {target} = {bad:?} is sent as {}", request.uri()),
                    Err(error) => error,
                };
                assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, info.operation));
                assert!(error.to_string().contains(target), "{error}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "only {tried} tried");
}

#[test]
fn a_secret_is_sent_but_never_shown() {
    let login = LoginByCwsToken::new("alice", Secret::from("whispered"));
    assert!(!format!("{login:?}").contains("whispered"));
    let body = login.to_request().expect("a request").into_body();
    assert_eq!(body.as_bytes(), Some(b"login_id=alice&cws_token=whispered" as &[u8]));
}

#[test]
fn clearing_a_field_sends_its_empty_value() {
    let request = PatchUser::new(UserId::ME).clear_nickname().clear_props().to_request().expect("a request");
    assert_eq!(request.body().as_bytes(), Some(br#"{"nickname":"","props":{}}"# as &[u8]));
}
