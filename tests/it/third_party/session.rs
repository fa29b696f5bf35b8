//! Logging in, asking who one is, and the ways to ask wrongly.

use super::{Answer, exchange, get, town};

const LOGIN: &str = "POST /api/v4/users/login HTTP/1.1\nUser-Agent: curl/8.5.0\nAccept: */*\nContent-Type: application/x-www-form-urlencoded";

/// What stands around every answer of server 11.6 that its API gave.
const AROUND: [&str; 8] = [
    "content-length",
    "content-type",
    "permissions-policy",
    "referrer-policy",
    "vary",
    "x-content-type-options",
    "x-request-id",
    "x-version-id",
];

#[track_caller]
fn has_headers(answer: &Answer, more: &[&str]) {
    let mut expected: Vec<_> = AROUND.iter().chain(more).copied().collect();
    // A real server always says what time it is.
    expected.push("date");
    expected.sort_unstable();
    // What the end of the connection adds.
    let names: Vec<_> = answer.names().into_iter().filter(|name| *name != "connection").collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn curl_logs_in_and_asks_who_it_is() {
    let (town, listener) = town().await;
    // `curl -d '…'` says that it is a form; the server does not look.
    let body = format!(r#"{{"login_id":"alice","password":"{}"}}"#, mm_mock::PASSWORD);
    let login = exchange(&listener, LOGIN, &body).await;
    assert_eq!((login.status, &login.json()["username"]), (200, &"alice".into()));
    has_headers(&login, &["token"]);
    assert_eq!(login.header("token").len(), 26);
    assert_eq!(login.header("content-type"), "application/json");

    for scheme in ["Bearer", "bearer", "BEARER", "Token", "token"] {
        let head =
            format!("GET /api/v4/users/me HTTP/1.1\nAuthorization: {scheme} {}", login.header("token"));
        let me = exchange(&listener, &head, "").await;
        assert_eq!((me.status, &me.json()["id"]), (200, &town.alice.id.as_str().into()), "{scheme}");
        has_headers(&me, &["etag", "expires"]);
        assert!(me.json().get("password").is_none_or(|password| password == ""));
    }
    let head = format!("GET /api/v4/users/me HTTP/1.1\nCookie: MMAUTHTOKEN={}", login.header("token"));
    assert_eq!(exchange(&listener, &head, "").await.status, 200);
}

#[tokio::test]
async fn a_wrong_password_is_answered_as_by_a_real_server() {
    let (_town, listener) = town().await;
    let answer = exchange(&listener, LOGIN, r#"{"login_id":"alice","password":"wrong"}"#).await;
    assert_eq!(answer.error(), (401, "api.user.login.invalid_credentials_email_username".to_owned()));
    has_headers(&answer, &[]);
    let json = answer.json();
    assert_eq!(json["message"], "Enter a valid email or username and/or password.");
    assert_eq!((&json["detailed_error"], &json["status_code"]), (&"".into(), &401.into()));
    assert_eq!(json["request_id"], answer.header("x-request-id"));
}

#[tokio::test]
async fn no_token_and_a_wrong_one_are_401() {
    let (_town, listener) = town().await;
    for header in ["", "Authorization: Bearer zzzzzzzzzzzzzzzzzzzzzzzzzz", "Authorization: Basic YTpi"] {
        let answer = exchange(&listener, &format!("GET /api/v4/users/me HTTP/1.1\n{header}"), "").await;
        assert_eq!(answer.error(), (401, "api.context.session_expired.app_error".to_owned()), "{header}");
    }
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_a_bare_404() {
    let (town, listener) = town().await;
    for (method, path) in [
        ("PATCH", "/api/v4/users/me"),
        ("GET", "/api/v4/users/me/"),
        ("POST", "/api/v4/users/mfa"),
        ("GET", "/api/v4/nothing"),
        ("HEAD", "/api/v4/system/ping"),
    ] {
        let head = get(&town, path, "").replacen("GET", method, 1);
        let answer = exchange(&listener, &head, "").await;
        let names: Vec<_> = answer.names().into_iter().filter(|name| *name != "connection").collect();
        assert_eq!(
            (answer.status, names),
            (404, vec!["content-length", "content-type", "date"]),
            "{method} {path}"
        );
        assert_eq!(answer.header("content-type"), "application/json");
        if method == "HEAD" {
            assert!(answer.body.is_empty());
            continue;
        }
        assert_eq!(answer.error().1, "api.context.404.app_error");
        let detail = format!(
            "There doesn't appear to be an api call for the url='{path}'.  Typo? are you missing a team_id or user_id as part of the url?"
        );
        assert_eq!(answer.json()["detailed_error"], detail);
        assert!(answer.json().get("request_id").is_none());
    }
}

#[tokio::test]
async fn a_tag_that_is_still_true_is_a_304() {
    let (town, listener) = town().await;
    let first = exchange(&listener, &get(&town, "/api/v4/users/me", ""), "").await;
    let tag = first.header("etag");
    assert!(!tag.is_empty());
    let again =
        exchange(&listener, &get(&town, "/api/v4/users/me", &format!("If-None-Match: {tag}")), "").await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag));
    let other = exchange(&listener, &get(&town, "/api/v4/users/me", "If-None-Match: other"), "").await;
    assert_eq!((other.status, &other.body), (200, &first.body));
}

#[tokio::test]
async fn pages_that_make_no_sense_are_the_first_page() {
    let (town, listener) = town().await;
    let first = exchange(&listener, &get(&town, "/api/v4/users?page=0&per_page=2", ""), "").await;
    assert_eq!(first.json().as_array().map(Vec::len), Some(2));
    for page in ["-1", "abc", "", "1e3", "99999999999999999999"] {
        let path = format!("/api/v4/users?page={page}&per_page=2");
        let answer = exchange(&listener, &get(&town, &path, ""), "").await;
        assert_eq!((answer.status, answer.json()), (200, first.json()), "{page}");
    }
    let all = exchange(&listener, &get(&town, "/api/v4/users?per_page=-5", ""), "").await;
    assert_eq!((all.status, all.json().as_array().map(Vec::len)), (200, Some(5)));
    let beyond = exchange(&listener, &get(&town, "/api/v4/users?page=9", ""), "").await;
    assert_eq!((beyond.status, beyond.body.as_slice()), (200, b"[]".as_slice()));
}

#[tokio::test]
async fn an_answer_is_never_packed_for_those_who_did_not_ask() {
    let (town, listener) = town().await;
    let answer = exchange(&listener, &get(&town, "/api/v4/users/me", ""), "").await;
    assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("", "Accept-Encoding"));
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
}

#[tokio::test]
async fn a_body_in_chunks_is_a_body() {
    let (_town, listener) = town().await;
    let json = format!(r#"{{"login_id":"alice","password":"{}"}}"#, mm_mock::PASSWORD);
    let (one, two) = json.split_at(10);
    let chunks = format!("{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n", one.len(), two.len());
    let mut stream = tokio::net::TcpStream::connect(listener.addr()).await.expect("the server listens");
    let head = "POST /api/v4/users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut answer = String::new();
    tokio::io::AsyncWriteExt::write_all(&mut stream, format!("{head}{chunks}").as_bytes())
        .await
        .expect("it reads");
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}
