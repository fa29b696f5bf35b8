//! The client against servers that are not ours, with every request and answer written out.
//!
//! Client and fake are made from the same description of each operation; what both have wrong shows here.

mod answers;
mod downloads;
mod errors;
mod login;
mod pages;
mod requests;
mod retries;
mod uploads;

use std::time::Duration;

use mm_tower::{Client, ClientBuilder, RetryConfig};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::hyper::support::transport;

const ALICE: &str = r#"{"id":"yhwnfy5nzbn9jd5e9wtq7hmjpc","create_at":1700000000000,"username":"alice"}"#;
const ALICE_ID: &str = "yhwnfy5nzbn9jd5e9wtq7hmjpc";
const CHANNEL: &str = "4xp9fdt77pncbef59f4k1qe83o";
const FILE: &str = "s1gk3ny4ibd35jrtnmeti5uf1a";

/// A server that gives everybody the same answer.
async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::builder().start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// A server that gives each of these answers once, one after the other.
async fn answering_in_turn(answers: impl IntoIterator<Item = ResponseTemplate>) -> MockServer {
    let server = MockServer::builder().start().await;
    for answer in answers {
        Mock::given(any()).respond_with(answer).up_to_n_times(1).mount(&server).await;
    }
    server
}

/// What the server answers when all is well.
fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .set_body_raw(body, "application/json")
        .insert_header("X-Request-Id", "q5r8w3zsjbdz5x1fmyjrwk6qbe")
        .insert_header("X-Version-Id", "11.6.0.11.6.0.c3b8d7ab44c7134d.false")
}

/// The server's own error.
fn app_error(status: u16, id: &str) -> ResponseTemplate {
    json(
        status,
        &format!(
            r#"{{"id":"{id}","message":"No.","detailed_error":"","request_id":"q5r8w3zsjbdz5x1fmyjrwk6qbe","status_code":{status}}}"#
        ),
    )
}

/// Settings of a client for a server at this URL, which sends again at once.
fn builder(url: &str) -> ClientBuilder {
    let retry = RetryConfig::default().base_delay(Duration::from_micros(1));
    Client::builder(url).expect("the server's address").retry(retry)
}

fn client(server: &MockServer) -> Client {
    builder(&server.uri()).token("t0ken").build(transport())
}

async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("requests are recorded")
}

/// The one request that came.
async fn request(server: &MockServer) -> Request {
    let mut requests = requests(server).await;
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

/// `GET /path?query` of a request.
fn line(request: &Request) -> String {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{} {}{query}", request.method, request.url.path())
}

/// A header's value, empty if there is none.
fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(&request.body).expect("text")
}
