//! Lists in pages: what is asked for, in which order, and how often.

use mm_core::api::posts::GetPostsForChannel;
use mm_core::api::users::GetUsers;
use mm_core::types::ChannelId;
use wiremock::matchers::{any, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use super::{CHANNEL, app_error, client, json, line, requests};

/// A list of users, `page` by `page`.
struct Users(usize);

impl Respond for Users {
    fn respond(&self, request: &wiremock::Request) -> ResponseTemplate {
        let number = |name: &str| -> usize {
            let pair = request.url.query_pairs().find(|(key, _)| key == name);
            pair.expect("an argument").1.parse().expect("a number")
        };
        let (page, size) = (number("page"), number("per_page"));
        let rows: Vec<_> = (0..self.0)
            .skip(page * size)
            .take(size)
            .map(|user| format!(r#"{{"username":"user{user}"}}"#))
            .collect();
        json(200, &format!("[{}]", rows.join(",")))
    }
}

async fn users(count: usize) -> MockServer {
    let server = MockServer::builder().start().await;
    Mock::given(any()).respond_with(Users(count)).mount(&server).await;
    server
}

/// The pages that were asked for, sorted: those asked for at once come in any order.
async fn pages(server: &MockServer) -> Vec<u32> {
    let page = |request: &wiremock::Request| {
        let pair = request.url.query_pairs().find(|(key, _)| key == "page");
        pair.map_or(0, |(_, page)| page.parse().expect("a number"))
    };
    let mut pages: Vec<_> = requests(server).await.iter().map(page).collect();
    pages.sort_unstable();
    pages
}

#[tokio::test]
async fn a_short_list_is_one_request() {
    let server = MockServer::builder().start().await;
    let two = json(200, r#"[{"username":"a"},{"username":"b"}]"#);
    Mock::given(any()).respond_with(two).mount(&server).await;
    let rows = client(&server).stream(GetUsers::new()).collect_all().await.expect("users");
    assert_eq!(rows.len(), 2);
    let requests = requests(&server).await;
    assert_eq!(requests.iter().map(line).collect::<Vec<_>>(), ["GET /api/v4/users?per_page=200"]);
}

#[tokio::test]
async fn rows_come_in_the_servers_order_one_page_after_the_other() {
    let server = MockServer::builder().start().await;
    Mock::given(query_param_is_missing("page"))
        .respond_with(json(200, r#"[{"username":"a"},{"username":"b"}]"#))
        .mount(&server)
        .await;
    Mock::given(query_param("page", "1"))
        .respond_with(json(200, r#"[{"username":"c"},{"username":"d"}]"#))
        .mount(&server)
        .await;
    Mock::given(query_param("page", "2"))
        .respond_with(json(200, r#"[{"username":"e"}]"#))
        .mount(&server)
        .await;
    let mut stream = client(&server).stream(GetUsers::new().per_page(2u32)).prefetch(1);
    let mut names = String::new();
    while let Some(user) = stream.next().await {
        names += &user.expect("a user").username;
    }
    assert_eq!(names, "abcde");
    let lines: Vec<_> = requests(&server).await.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "GET /api/v4/users?per_page=2",
            "GET /api/v4/users?page=1&per_page=2",
            "GET /api/v4/users?page=2&per_page=2"
        ]
    );
}

#[tokio::test]
async fn a_list_that_ends_with_a_full_page_takes_one_more_request() {
    let server = users(4).await;
    let operation = GetUsers::new().page(0u32).per_page(2u32);
    let rows = client(&server).stream(operation).prefetch(1).collect_all().await.expect("users");
    assert_eq!((rows.len(), pages(&server).await), (4, vec![0, 1, 2]));
}

#[tokio::test]
async fn pages_that_are_asked_for_at_once_come_out_in_order() {
    let server = users(37).await;
    let operation = GetUsers::new().page(0u32).per_page(2u32);
    let rows = client(&server).stream(operation).collect_all().await.expect("users");
    let names: Vec<_> = rows.into_iter().map(|user| user.username).collect();
    let expected: Vec<_> = (0..37).map(|user| format!("user{user}")).collect();
    assert_eq!(names, expected);
    let mut pages = pages(&server).await;
    // They arrive over several connections, in any order. All of the list, each once; and of those beyond its end, which
    // are given up when it is found, no others than are asked for at once.
    pages.sort_unstable();
    let beyond = pages.split_off(19);
    assert_eq!(pages, (0..19).collect::<Vec<_>>());
    assert!(
        beyond.is_sorted_by(|one, next| one < next) && beyond.iter().all(|page| *page < 19 + 8),
        "{beyond:?}"
    );
}

#[tokio::test]
async fn nothing_is_asked_for_before_the_first_row_is_and_nothing_after_the_last_one_wanted() {
    let server = users(1000).await;
    let mut stream = client(&server).stream(GetUsers::new().page(3u32).per_page(5u32)).prefetch(1);
    assert!(requests(&server).await.is_empty());
    let first = stream.next().await.expect("a row").expect("a user");
    assert_eq!(first.username, "user15");
    drop(stream);
    let pages = pages(&server).await;
    assert!(pages == [3] || pages == [3, 4], "{pages:?}");
}

#[tokio::test]
async fn an_error_comes_after_the_rows_before_it_and_ends_the_list() {
    let server = MockServer::builder().start().await;
    Mock::given(query_param_is_missing("page"))
        .respond_with(json(200, r#"[{"username":"a"}]"#))
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(app_error(403, "api.context.permissions.app_error")).mount(&server).await;
    let mut stream = client(&server).stream(GetUsers::new().per_page(1u32)).prefetch(1);
    assert_eq!(stream.next().await.expect("a row").expect("a user").username, "a");
    let error = stream.next().await.expect("an error").expect_err("no rights");
    assert_eq!((error.operation(), error.status().map(|status| status.as_u16())), ("GetUsers", Some(403)));
    assert!(stream.next().await.is_none());
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn posts_follow_each_other_by_id() {
    let id = |letter: &str| letter.repeat(26);
    let page = |posts: [&str; 2], before: &str| {
        let [a, b] = posts.map(id);
        json(
            200,
            &format!(
                r#"{{"order":["{a}","{b}"],"posts":{{"{b}":{{"id":"{b}","message":"{}"}},"{a}":{{"id":"{a}","message":"{}"}}}},
                   "next_post_id":"","prev_post_id":"{before}"}}"#,
                posts[1], posts[0]
            ),
        )
    };
    let server = MockServer::builder().start().await;
    Mock::given(query_param_is_missing("before"))
        .respond_with(page(["d", "c"], &id("b")))
        .mount(&server)
        .await;
    Mock::given(query_param("before", id("c"))).respond_with(page(["b", "a"], "")).mount(&server).await;
    let channel: ChannelId = CHANNEL.parse().expect("an id");
    let posts = client(&server).stream(GetPostsForChannel::new(channel)).collect_all().await.expect("posts");
    let messages: Vec<_> = posts.iter().map(|post| post.message.as_str()).collect();
    assert_eq!(messages, ["d", "c", "b", "a"]);
    let lines: Vec<_> = requests(&server).await.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            format!("GET /api/v4/channels/{CHANNEL}/posts?per_page=200"),
            format!("GET /api/v4/channels/{CHANNEL}/posts?per_page=200&before={}", id("c")),
        ]
    );
}
