//! What is sent: path, query, body, headers.

use mm_core::api::channels::CreateDirectChannel;
use mm_core::api::posts::CreatePost;
use mm_core::api::teams::GetTeamByName;
use mm_core::api::users::{
    AutocompleteUsers, GetUser, GetUserByEmail, GetUserByUsername, GetUsers, LoginByCwsToken, PatchUser,
    RevokeAllSessions,
};
use mm_core::types::{ChannelId, TeamId, UserId};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use wiremock::ResponseTemplate;

use super::{ALICE, ALICE_ID, CHANNEL, answering, body, builder, client, header, json, line, request};
use crate::hyper::support::{Server, read_request, transport};

/// Everything that a client writes for one request, with the address taken out and the headers in order.
async fn text_of<E: mm_core::Endpoint>(operation: E, answer: &'static str) -> String {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let sender = sender.clone();
        async move {
            let request = read_request(&mut stream).await.expect("a request");
            sender.send(request).expect("the test listens");
            stream.write_all(answer.as_bytes()).await.expect("the client listens");
        }
    })
    .await;
    let client = builder(&server.url("")).token("t0ken").build(transport());
    client.send(operation).await.expect("an answer");
    let text = receiver.recv().await.expect("a request").replace(&server.address.to_string(), "SERVER");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines: Vec<_> = head.split("\r\n").collect();
    lines[1..].sort_unstable();
    format!("{}\n\n{body}", lines.join("\n"))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[tokio::test]
async fn a_read_is_one_line_and_three_headers() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"username\":\"alice\"}";
    let text = text_of(GetUser::me(), answer).await;
    assert_eq!(
        text,
        format!(
            "GET /api/v4/users/me HTTP/1.1\nauthorization: Bearer t0ken\nhost: SERVER\nuser-agent: mattermost-rust/{VERSION}\n\n"
        )
    );
}

#[tokio::test]
async fn a_write_has_its_length_and_type_and_compact_json() {
    let answer = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let channel: ChannelId = CHANNEL.parse().expect("an id");
    let post = CreatePost::new(channel, "line one\n\"two\" \u{1F389} </script>").pending_post_id("me:1");
    let text = text_of(post, answer).await;
    let (head, body) = text.split_once("\n\n").expect("a head");
    assert_eq!(
        head,
        format!(
            "POST /api/v4/posts HTTP/1.1\nauthorization: Bearer t0ken\ncontent-length: {}\ncontent-type: application/json\n\
             host: SERVER\nuser-agent: mattermost-rust/{VERSION}",
            body.len()
        )
    );
    assert_eq!(
        body,
        "{\"channel_id\":\"4xp9fdt77pncbef59f4k1qe83o\",\"message\":\"line one\\n\\\"two\\\" \u{1F389} </script>\",\"pending_post_id\":\"me:1\"}"
    );
}

#[tokio::test]
async fn a_write_without_a_body_says_that_it_is_empty() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}";
    let text = text_of(RevokeAllSessions::new(UserId::ME), answer).await;
    assert!(text.starts_with("POST /api/v4/users/me/sessions/revoke/all HTTP/1.1\n"), "{text}");
    assert!(text.contains("\ncontent-length: 0\n") && text.ends_with("\n\n"), "{text}");
}

#[tokio::test]
async fn what_a_path_cannot_hold_is_escaped_in_it() {
    for (email, path) in [
        ("bob@example.com", "/api/v4/users/email/bob%40example.com"),
        ("a+b@example.com", "/api/v4/users/email/a%2Bb%40example.com"),
        ("50%25@example.com", "/api/v4/users/email/50%2525%40example.com"),
        ("o'neil@example.com", "/api/v4/users/email/o%27neil%40example.com"),
    ] {
        let server = answering(json(200, ALICE)).await;
        client(&server).send(GetUserByEmail::new(email)).await.expect("a user");
        assert_eq!(line(&request(&server).await), format!("GET {path}"));
    }
    let server = answering(json(200, ALICE)).await;
    client(&server).send(GetUserByUsername::new("a.b-c_d")).await.expect("a user");
    assert_eq!(line(&request(&server).await), "GET /api/v4/users/username/a.b-c_d");
}

#[tokio::test]
async fn what_a_query_cannot_hold_is_escaped_in_it() {
    let server = answering(json(200, r#"{"users":[],"out_of_channel":[]}"#)).await;
    let suggest = AutocompleteUsers::new().name("é &=/?#+%\n").limit(5u32);
    client(&server).send(suggest).await.expect("an answer");
    let request = request(&server).await;
    assert_eq!(
        line(&request),
        "GET /api/v4/users/autocomplete?name=%C3%A9%20%26%3D%2F%3F%23%2B%25%0A&limit=5"
    );
    // As the other side reads it.
    let pairs: Vec<_> = request.url.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("name".to_owned(), "é &=/?#+%\n".to_owned()), ("limit".to_owned(), "5".to_owned())]);
}

#[tokio::test]
async fn arguments_that_were_not_given_are_not_sent() {
    let server = answering(json(200, "[]")).await;
    client(&server).send(GetUsers::new()).await.expect("a list");
    assert_eq!(line(&request(&server).await), "GET /api/v4/users");

    let server = answering(json(200, "[]")).await;
    let team: TeamId = "q5r8w3zsjbdz5x1fmyjrwk6qbe".parse().expect("an id");
    let users = GetUsers::new().page(0u32).per_page(2u32).active(true).in_team(team);
    client(&server).send(users).await.expect("a list");
    assert_eq!(
        line(&request(&server).await),
        "GET /api/v4/users?page=0&per_page=2&in_team=q5r8w3zsjbdz5x1fmyjrwk6qbe&active=true"
    );
}

#[tokio::test]
async fn a_change_holds_what_changes_and_what_is_cleared() {
    let server = answering(json(200, ALICE)).await;
    let patch = PatchUser::new(UserId::ME).first_name("Ann").clear_nickname();
    client(&server).send(patch).await.expect("a user");
    let request = request(&server).await;
    assert_eq!(line(&request), "PUT /api/v4/users/me/patch");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(body(&request)).expect("JSON"),
        serde_json::json!({"first_name": "Ann", "nickname": ""})
    );
}

#[tokio::test]
async fn a_body_that_is_a_list_is_sent_as_one() {
    let server = answering(json(201, r#"{"type":"D"}"#)).await;
    let me: UserId = ALICE_ID.parse().expect("an id");
    client(&server).send(CreateDirectChannel::new([me, me])).await.expect("a channel");
    let request = request(&server).await;
    assert_eq!(line(&request), "POST /api/v4/channels/direct");
    assert_eq!(body(&request), format!(r#"["{ALICE_ID}","{ALICE_ID}"]"#));
}

#[tokio::test]
async fn a_form_is_url_encoded_and_a_redirect_is_its_answer() {
    let server = answering(
        ResponseTemplate::new(302)
            .insert_header("Location", "/login/desktop?next=1")
            .insert_header("Set-Cookie", "MMAUTHTOKEN=abc; Path=/; HttpOnly"),
    )
    .await;
    let login = LoginByCwsToken::new("ann+x@example.com", "a&b=c d/é");
    let target = client(&server).send(login).await.expect("a redirect");
    assert_eq!(target, "/login/desktop?next=1");
    let request = request(&server).await;
    assert_eq!(line(&request), "POST /api/v4/users/login/cws");
    assert_eq!(header(&request, "content-type"), "application/x-www-form-urlencoded");
    assert_eq!(body(&request), "login_id=ann%2Bx%40example.com&cws_token=a%26b%3Dc%20d%2F%C3%A9");
    // A login is made without whatever token there is already.
    assert_eq!(header(&request, "authorization"), "");
}

#[tokio::test]
async fn a_subpath_comes_before_every_path() {
    for subpath in ["/company/chat", "/company/chat/"] {
        let server = answering(json(200, r#"{"name":"acme"}"#)).await;
        let client = builder(&format!("{}{subpath}", server.uri())).token("t0ken").build(transport());
        client.send(GetTeamByName::new("acme")).await.expect("a team");
        assert_eq!(line(&request(&server).await), "GET /company/chat/api/v4/teams/name/acme");
    }
}

#[tokio::test]
async fn the_client_says_who_it_is_and_which_languages_it_reads() {
    let server = answering(json(200, ALICE)).await;
    let client = builder(&server.uri())
        .token("t0ken")
        .user_agent("backup-bot/2.1 (+https://example.com)")
        .expect("a name")
        .accept_language("de, en;q=0.5")
        .expect("languages")
        .build(transport());
    client.send(GetUser::me()).await.expect("a user");
    let request = request(&server).await;
    assert_eq!(header(&request, "user-agent"), "backup-bot/2.1 (+https://example.com)");
    assert_eq!(header(&request, "accept-language"), "de, en;q=0.5");
    // Nothing that a browser would send: with it the server answers with cookies.
    for name in ["x-requested-with", "cookie", "origin", "referer", "x-csrf-token"] {
        assert_eq!(header(&request, name), "", "{name}");
    }
}

#[tokio::test]
async fn a_client_without_a_token_sends_none() {
    let server = answering(json(200, ALICE)).await;
    builder(&server.uri()).build(transport()).send(GetUser::me()).await.expect("a user");
    assert!(!request(&server).await.headers.contains_key("authorization"));
}
