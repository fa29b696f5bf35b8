use http::StatusCode;
use mm_core::api::users::{GetUser, GetUsers};

use super::*;
use crate::Town;
use crate::testing::{ask, error, request, send};

#[tokio::test]
async fn a_token_says_who_me_is() {
    let town = Town::new();
    assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap().username, "alice");
    let of_bob = ask(&town.fake, &town.alice, GetUser::new(town.bob.id)).await.unwrap();
    assert!(of_bob.notify_props.is_empty() && of_bob.last_password_update.is_unset());
}

#[tokio::test]
async fn nobody_is_refused_where_a_session_is_needed() {
    let town = Town::new();
    let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &[], "")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error(&answer).id, "api.context.session_expired.app_error");
    assert!(!answer.headers().contains_key("set-cookie"));

    let bad = [("authorization", "Bearer nonsense")];
    let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &bad, "")).await;
    assert_eq!(answer.headers()["set-cookie"], "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
}

#[tokio::test]
async fn an_answer_has_the_headers_of_the_real_server() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let headers = [("authorization", bearer.as_str())];
    let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(header("x-request-id").len(), 26);
    assert!(header("x-version-id").starts_with("11.6.0."));
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("expires"), "0");
    assert_eq!(header("permissions-policy"), "");
    assert_eq!(header("content-length"), answer.body().len().to_string());

    let tag = header("etag");
    let headers = [headers[0], ("if-none-match", tag)];
    let again = send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert!(again.body().is_empty());
    assert_eq!(again.headers()["etag"], tag);
}

#[tokio::test]
async fn an_error_repeats_the_request_id_and_the_status() {
    let town = Town::new();
    let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &[], "")).await;
    assert_eq!(error(&answer).request_id, answer.headers()["x-request-id"].to_str().unwrap());
    assert_eq!(error(&answer).status_code, 401);
}

#[tokio::test]
async fn a_path_that_does_not_exist_is_404_without_a_request_id() {
    let town = Town::new();
    for (method, url) in
        [(Method::GET, "/api/v4/nowhere"), (Method::PATCH, "/api/v4/users/me"), (Method::GET, "/")]
    {
        let answer = send(&town.fake, request(method, url, &[], "")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{url}");
        assert_eq!(error(&answer).id, "api.context.404.app_error");
        assert!(!answer.headers().contains_key("x-request-id"));
        assert!(!answer.headers().contains_key("x-version-id"));
    }
}

#[tokio::test]
async fn an_id_of_another_length_is_named() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let headers = [("authorization", bearer.as_str())];
    let answer = send(&town.fake, request(Method::GET, "/api/v4/users/tooshort", &headers, "")).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(error(&answer).id, "api.context.invalid_url_param.app_error");
    assert_eq!(error(&answer).message, "Invalid or missing user_id parameter in request URL.");
}

#[tokio::test]
async fn an_url_over_2048_bytes_is_414() {
    let town = Town::new();
    let url = format!("/api/v4/users?x={}", "y".repeat(2048));
    let answer = send(&town.fake, request(Method::GET, &url, &[], "")).await;
    assert_eq!(answer.status(), StatusCode::URI_TOO_LONG);
    assert_eq!(error(&answer).request_id.len(), 26);
    assert!(!answer.headers().contains_key("x-request-id"));
}

#[tokio::test]
async fn unreadable_page_numbers_are_not_there() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let url = "/api/v4/users?page=-1&per_page=x";
    let answer = send(&town.fake, request(Method::GET, url, &[("authorization", &bearer)], "")).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_token_in_the_query_is_for_applications_alone() {
    let town = Town::new();
    let url = format!("/api/v4/users/me?access_token={}", town.alice.token.expose());
    let answer = send(&town.fake, request(Method::GET, &url, &[], "")).await;
    assert_eq!(error(&answer).id, "api.context.token_provided.app_error");
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_up_or_nobody_uses_it() {
    let town = Town::new();
    let days = |days: u64| Duration::from_secs(days * 24 * 3600);
    for _ in 0..6 {
        town.fake.advance(days(29));
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
    }
    town.fake.advance(days(6));
    assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap_err().0, 401, "180 days");

    let unused = town.fake.token_for(&town.bob);
    town.fake.advance(days(31));
    assert_eq!(ask(&town.fake, &unused, GetUser::me()).await.unwrap_err().0, 401, "30 days");
}

#[tokio::test]
async fn the_session_unused_for_longest_makes_room() {
    let town = Town::new();
    town.fake.configure(|config| config.max_sessions = 2);
    let second = town.fake.token_for(&town.alice);
    ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
    let third = town.fake.token_for(&town.alice);
    assert!(ask(&town.fake, &second, GetUser::me()).await.is_err());
    assert!(ask(&town.fake, &third, GetUser::me()).await.is_ok());
    assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
}

#[tokio::test]
async fn access_tokens_work_for_bots_and_for_people_where_allowed() {
    let town = Town::new();
    let bot = town.fake.bot("robot").create();
    let (of_bot, of_alice) = (town.fake.access_token_for(&bot), town.fake.access_token_for(&town.alice));
    assert_eq!(ask(&town.fake, &of_bot, GetUser::me()).await.unwrap().id, bot.id);
    assert!(ask(&town.fake, &of_alice, GetUser::me()).await.is_err());
    town.fake.configure(|config| config.user_access_tokens = true);
    assert_eq!(ask(&town.fake, &of_alice, GetUser::me()).await.unwrap().id, town.alice.id);
}

#[tokio::test]
async fn a_rule_of_ones_own_replaces_the_servers() {
    let town = Town::new();
    town.fake.handle(|_, caller, _: GetUsers| {
        let mut user = mm_types::User::default();
        user.id = caller.id;
        Ok(vec![user])
    });
    let users = ask(&town.fake, &town.bob, GetUsers::new()).await.unwrap();
    assert_eq!(users[0].id, town.bob.id);
}

#[tokio::test]
async fn too_many_requests_are_refused_until_time_has_passed() {
    let town = Town::new();
    town.fake.configure(|config| config.rate_limit = Some(crate::Rate::new(1, 1)));
    let get = || async {
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let headers = [("authorization", bearer.as_str())];
        send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await
    };
    assert_eq!(get().await.headers()["x-ratelimit-remaining"], "1");
    assert_eq!(get().await.headers()["x-ratelimit-remaining"], "0");
    let refused = get().await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "1");
    town.fake.advance(Duration::from_secs(1));
    assert_eq!(get().await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let town = Town::new();
    let body = format!(r#"{{"login_id": "{}"}}"#, "x".repeat(300_512));
    let answer = send(&town.fake, request(Method::POST, "/api/v4/users/login", &[], body)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(error(&answer).id, "api.context.request_body_too_large.app_error");
}

#[tokio::test]
async fn two_servers_know_nothing_of_each_other() {
    let (one, other) = (FakeServer::new(), FakeServer::new());
    let token = one.token_for(one.user("alice").create());
    assert!(ask(&one, &token, GetUser::me()).await.is_ok());
    assert!(ask(&one.clone(), &token, GetUser::me()).await.is_ok());
    assert!(ask(&other, &token, GetUser::me()).await.is_err());
}

#[test]
fn no_secret_shows_in_debug() {
    let town = Town::new();
    let text = format!("{town:?}");
    assert!(!text.contains(town.alice.token.expose()) && !text.contains(crate::PASSWORD));
}
