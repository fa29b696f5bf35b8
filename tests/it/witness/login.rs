//! Sessions: where the token comes from, where it goes, and where it must not go.

use mm_core::ErrorKind;
use mm_core::api::users::{GetUser, GetUserByEmail, Login};
use wiremock::ResponseTemplate;

use super::{
    ALICE, ALICE_ID, answering, answering_in_turn, app_error, body, builder, client, header, json, line,
    request, requests,
};
use crate::hyper::support::{transport, whole_story};

const TOKEN: &str = "8tgk9ndbtfbrzcmfhpftxhxauw";

fn logged_in() -> ResponseTemplate {
    json(200, ALICE).insert_header("Token", TOKEN)
}

#[tokio::test]
async fn the_token_header_of_a_login_is_sent_from_then_on() {
    let server = answering_in_turn([logged_in(), json(200, ALICE)]).await;
    let client = builder(&server.uri()).build(transport());
    let me = client.log_in(Login::new("alice", "correct horse")).await.expect("a login");
    assert_eq!((me.id.as_str(), client.user_id()), (ALICE_ID, Some(me.id)));
    client.send(GetUser::me()).await.expect("a user");

    let requests = requests(&server).await;
    assert_eq!(line(&requests[0]), "POST /api/v4/users/login");
    assert_eq!(body(&requests[0]), r#"{"login_id":"alice","password":"correct horse"}"#);
    assert_eq!(header(&requests[0], "authorization"), "");
    assert_eq!(line(&requests[1]), "GET /api/v4/users/me");
    assert_eq!(header(&requests[1], "authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn a_one_time_code_is_asked_for_and_goes_with_the_login() {
    let server = answering_in_turn([
        app_error(401, "mfa.validate_token.authenticate.app_error"),
        app_error(401, "api.user.check_user_mfa.bad_code.app_error"),
        logged_in(),
    ])
    .await;
    let client = builder(&server.uri()).build(transport());
    let login = Login::new("alice", "correct horse");
    let error = client.log_in(login.clone()).await.expect_err("no code");
    assert!(error.is_mfa_required() && !error.is_mfa_invalid());
    let error = client.log_in(login.clone().mfa_code("000000")).await.expect_err("a wrong code");
    assert!(error.is_mfa_invalid() && !error.is_mfa_required());
    assert!(client.user_id().is_none());
    client.log_in(login.mfa_code("123456")).await.expect("a login");
    let requests = requests(&server).await;
    assert_eq!(body(&requests[2]), r#"{"login_id":"alice","password":"correct horse","token":"123456"}"#);
    assert_eq!(requests.len(), 3, "a refused login is not repeated");
}

#[tokio::test]
async fn a_logout_ends_the_session_on_both_sides() {
    let server = answering_in_turn([
        logged_in(),
        json(200, r#"{"status":"OK"}"#)
            .insert_header("Set-Cookie", "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly"),
    ])
    .await;
    let client = builder(&server.uri()).build(transport());
    client.log_in(Login::new("alice", "correct horse")).await.expect("a login");
    client.logout().await.expect("a logout");
    let error = client.send(GetUser::me()).await.expect_err("no session");
    assert_eq!(error.kind(), ErrorKind::NotSent);
    assert!(error.to_string().contains("logged out"), "{error}");

    let requests = requests(&server).await;
    assert_eq!(line(&requests[1]), "POST /api/v4/users/logout");
    assert_eq!(header(&requests[1], "authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(body(&requests[1]), "");
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn calls_that_need_a_session_log_in_first_and_once() {
    let server = answering_in_turn([logged_in(), json(200, ALICE), json(200, ALICE)]).await;
    let client = builder(&server.uri()).login("alice", "correct horse").build(transport());
    client.send(GetUser::me()).await.expect("a user");
    client.send(GetUserByEmail::new("a@example.com")).await.expect("a user");
    let lines: Vec<_> = requests(&server).await.iter().map(line).collect();
    assert_eq!(
        lines,
        ["POST /api/v4/users/login", "GET /api/v4/users/me", "GET /api/v4/users/email/a%40example.com"]
    );
}

#[tokio::test]
async fn a_login_whose_token_was_dropped_on_the_way_is_no_login() {
    let server = answering(json(200, ALICE)).await;
    let client = builder(&server.uri()).build(transport());
    let error = client.log_in(Login::new("alice", "correct horse")).await.expect_err("no token");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unreadable, "Login"));
    assert!(error.to_string().contains("`Token` header"), "{error}");
    assert!(client.user_id().is_none());
}

#[tokio::test]
async fn a_token_does_not_follow_a_redirect() {
    let elsewhere = answering(json(200, ALICE)).await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/api/v4/users/me", elsewhere.uri());
        let server = answering(ResponseTemplate::new(status).insert_header("Location", target)).await;
        let error = client(&server).send(GetUser::me()).await.expect_err("no user");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Api, "GetUser"));
        assert!(error.to_string().contains("base URL"), "{error}");
        request(&server).await;
    }
    assert!(requests(&elsewhere).await.is_empty());
}

#[tokio::test]
async fn cookies_are_never_sent_back() {
    let cookie = |answer: ResponseTemplate| {
        answer
            .append_header("Set-Cookie", "MMAUTHTOKEN=c00kie; Path=/; HttpOnly")
            .append_header("Set-Cookie", "MMUSERID=x; Path=/")
    };
    let server = answering_in_turn([cookie(logged_in()), cookie(json(200, ALICE)), json(200, ALICE)]).await;
    let client = builder(&server.uri()).build(transport());
    client.log_in(Login::new("alice", "correct horse")).await.expect("a login");
    let answer = client.send_with_meta(GetUser::me()).await.expect("a user");
    assert_eq!(answer.meta.headers.get_all("set-cookie").iter().count(), 2);
    assert!(!format!("{answer:?}").contains("c00kie"), "{answer:?}");
    client.send(GetUser::me()).await.expect("a user");
    for request in requests(&server).await {
        assert_eq!(header(&request, "cookie"), "", "{}", line(&request));
    }
}

#[tokio::test]
async fn an_expired_session_is_told_from_other_refusals() {
    let server = answering(app_error(401, "api.context.session_expired.app_error")).await;
    let error = client(&server).send(GetUser::me()).await.expect_err("no session");
    let api = error.api().expect("an answer");
    assert!(api.is_session_expired());
    assert!(error.to_string().contains("log in again or check the token"), "{error}");
    assert!(!whole_story(&error).contains("t0ken"));
}
