//! What is read: values, the answer around them, and answers that are none.

use http_body_util::BodyExt as _;
use mm_core::ErrorKind;
use mm_core::api::users::{
    GetChannelMembersWithTeamDataForUser, GetKnownUsers, GetUser, GetUsers, RevokeAllSessions,
};
use mm_core::types::UserId;
use wiremock::ResponseTemplate;

use super::{ALICE, answering, app_error, builder, client, json, requests};
use crate::hyper::support::{Server, transport, whole_story};

/// What is JSON from one end to the other would be the same again.
const JSON: usize = 1;
/// What is not was cut off, or is not the server's.
const NO_JSON: usize = 4;

/// The error that an answer of success makes, after this many tries.
async fn unreadable(tries: usize, answer: ResponseTemplate) -> mm_core::Error {
    let server = answering(answer).await;
    let error = client(&server).send(GetUser::me()).await.expect_err("no user");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unreadable, "GetUser"), "{error}");
    assert_eq!(requests(&server).await.len(), tries);
    error
}

#[tokio::test]
async fn done_is_read_whether_it_is_said_or_not() {
    for answer in [json(200, r#"{"status":"OK"}"#), json(200, ""), ResponseTemplate::new(204)] {
        let server = answering(answer).await;
        client(&server).send(RevokeAllSessions::new(UserId::ME)).await.expect("done");
    }
}

#[tokio::test]
async fn a_list_that_is_null_is_empty() {
    for empty in ["null", "[]", "null\n"] {
        let server = answering(json(200, empty)).await;
        assert!(client(&server).send(GetKnownUsers::new()).await.expect("a list").is_empty());
    }
}

#[tokio::test]
async fn a_list_may_come_as_one_document_a_line() {
    let rows = [
        r#"{"channel_id":"4xp9fdt77pncbef59f4k1qe83o","team_name":"acme"}"#,
        r#"{"channel_id":"q5r8w3zsjbdz5x1fmyjrwk6qbe","team_name":"zoo"}"#,
    ];
    let as_list = json(200, &format!("[{}]", rows.join(",")));
    let as_lines = ResponseTemplate::new(200).set_body_raw(rows.join("\n") + "\n", "application/x-ndjson");
    for answer in [as_list, as_lines] {
        let server = answering(answer).await;
        let all = GetChannelMembersWithTeamDataForUser::new(UserId::ME).all();
        let rows = client(&server).send(all).await.expect("rows");
        let teams: Vec<_> = rows.iter().map(|row| row.team_name.as_str()).collect();
        assert_eq!(teams, ["acme", "zoo"]);
        assert_eq!(
            super::line(&super::request(&server).await),
            "GET /api/v4/users/me/channel_members?page=-1"
        );
    }
}

#[tokio::test]
async fn any_success_is_one() {
    for status in [200, 201, 202] {
        let server = answering(json(status, ALICE)).await;
        assert_eq!(client(&server).send(GetUser::me()).await.expect("a user").username, "alice");
    }
}

#[tokio::test]
async fn an_answer_of_a_newer_or_sloppy_server_is_read() {
    let body = r#"
        {"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc", "username": "alice", "roles": null, "props": null, "brand_new": {"x": [1]},
         "create_at": 1.7e12, "nickname": "\u00e9\ud83c\udf89", "last_picture_update": null}"#;
    let server = answering(json(200, body)).await;
    let user = client(&server).send(GetUser::me()).await.expect("a user");
    assert_eq!((user.nickname.as_str(), user.roles.is_empty()), ("é\u{1F389}", true));
}

#[tokio::test]
async fn what_an_answer_says_about_itself_is_at_hand() {
    let server = answering(
        json(200, ALICE)
            .insert_header("ETag", "\"11.6.0.yhwnfy5nzbn9jd5e9wtq7hmjpc.1700000000000\"")
            .append_header("X-Ratelimit-Limit", "101")
            .append_header("X-Ratelimit-Limit", "11")
            .append_header("X-Ratelimit-Remaining", "57")
            .append_header("X-Ratelimit-Remaining", "3")
            .append_header("X-Ratelimit-Reset", "1")
            .append_header("X-Ratelimit-Reset", "4"),
    )
    .await;
    let answer = client(&server).send_with_meta(GetUser::me()).await.expect("a user");
    assert_eq!(answer.value.username, "alice");
    assert_eq!(answer.meta.status, 200);
    assert_eq!(answer.meta.request_id(), Some("q5r8w3zsjbdz5x1fmyjrwk6qbe"));
    assert_eq!(answer.meta.server_version(), Some("11.6.0.11.6.0.c3b8d7ab44c7134d.false"));
    assert_eq!(answer.meta.etag(), Some("\"11.6.0.yhwnfy5nzbn9jd5e9wtq7hmjpc.1700000000000\""));
    let limit = answer.meta.rate_limit().expect("limits");
    assert_eq!((limit.limit, limit.remaining, limit.reset), (11, 3, 4));
}

#[tokio::test]
async fn a_caller_may_read_into_a_type_of_the_own() {
    #[derive(serde::Deserialize)]
    struct Row {
        username: String,
    }
    let server = answering(json(200, r#"[{"username":"alice","id":7},{"username":"bob"}]"#)).await;
    let rows: Vec<Row> = client(&server).send_as(GetUsers::new()).await.expect("rows");
    let names: Vec<_> = rows.iter().map(|row| row.username.as_str()).collect();
    assert_eq!(names, ["alice", "bob"]);
    let error = client(&server).send_as::<Vec<bool>>(GetUsers::new()).await.expect_err("no truth values");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unreadable, "GetUsers"));
}

#[tokio::test]
async fn a_caller_may_have_the_answer_untouched() {
    for (answer, status, text) in [
        (json(200, ALICE), 200, ALICE),
        (ResponseTemplate::new(418).set_body_raw("I'm a teapot", "text/plain"), 418, "I'm a teapot"),
        (ResponseTemplate::new(200).set_body_raw("<html>", "text/html"), 200, "<html>"),
    ] {
        let server = answering(answer.insert_header("X-Extra", "kept")).await;
        let response = client(&server).send_raw(GetUser::me()).await.expect("an answer");
        assert_eq!(
            (response.status().as_u16(), &response.headers()["x-extra"]),
            (status, &"kept".parse().expect("text"))
        );
        assert_eq!(response.into_body().collect().await.expect("a body").to_bytes(), text);
    }
    let server = answering(app_error(403, "api.context.permissions.app_error")).await;
    let response = client(&server).send_raw(GetUser::me()).await.expect("an answer, if not a success");
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn a_web_page_is_no_answer_though_it_says_200() {
    let page = "<!DOCTYPE html><html><body>Please sign in, s3cret</body></html>";
    let error = unreadable(NO_JSON, ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    assert!(error.to_string().contains("web page; check the base URL"), "{error}");
    assert!(!whole_story(&error).contains("s3cret"));
    assert_eq!(error.decode().expect("an answer").body(), page, "it is there for those who ask");
    // Without a content type it is seen for what it is not.
    unreadable(NO_JSON, ResponseTemplate::new(200).set_body_bytes(page)).await;
}

#[tokio::test]
async fn the_content_type_of_json_does_not_matter() {
    for kind in ["text/plain; charset=utf-8", "application/octet-stream", "application/json; charset=UTF-8"] {
        let server = answering(ResponseTemplate::new(200).set_body_raw(ALICE, kind)).await;
        assert_eq!(client(&server).send(GetUser::me()).await.expect("a user").username, "alice");
    }
}

#[tokio::test]
async fn a_second_document_behind_the_first_is_an_error_though_it_says_200() {
    let torn = format!("{ALICE}{}", r#"{"id":"api.marshal_error","message":"s3cret","status_code":500}"#);
    let error = unreadable(JSON, json(200, &torn)).await;
    assert!(error.to_string().contains("more than one JSON value"), "{error}");
    assert!(error.to_string().contains("q5r8w3zsjbdz5x1fmyjrwk6qbe"), "{error}");
    assert!(!whole_story(&error).contains("s3cret"));
}

#[tokio::test]
async fn half_a_document_and_none_are_errors() {
    for half in [&ALICE[..30], "{", "", "  ", "\u{feff}{}"] {
        unreadable(NO_JSON, json(200, half)).await;
    }
    let no_text =
        ResponseTemplate::new(200).set_body_raw(&b"{\"username\":\"\xff\"}"[..], "application/json");
    unreadable(JSON, no_text).await;
    unreadable(JSON, ResponseTemplate::new(204)).await;
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_a_lost_answer() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"username\":\"alice\"}",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"username\":\"alice\"}\r\n",
    ] {
        let server = Server::last_words(answer).await;
        let client = builder(&server.url("")).no_retry().build(transport());
        let error = client.send(GetUser::me()).await.expect_err("half a user");
        assert_eq!((error.kind(), error.operation()), (ErrorKind::MaybeSent, "GetUser"));
        assert!(error.to_string().contains("the connection ended before the answer did"), "{error}");
    }
}
