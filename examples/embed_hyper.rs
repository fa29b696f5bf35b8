//! For programs that have a client of hyper-util already: ours is built over it and uses its connections.
//!
//! ```text
//! cargo run --example embed_hyper
//! ```
//!
//! The fake server is on a real port here. With `MM_URL` and `MM_TOKEN` set it is yours; this small client has no TLS,
//! so the URL begins with `http:`.

use std::env;

use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::rt::TokioExecutor;
use mm_mock::Town;
use mm_tower::api::users::GetUser;
use mm_tower::core::BoxError;
use mm_tower::{Body, Client};
use tower::ServiceExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let town = Town::new();
    // Serves until it is dropped.
    let listener = town.fake.listen().await?;
    let (url, token) = match (env::var("MM_URL"), env::var("MM_TOKEN")) {
        (Ok(url), Ok(token)) => (url, token.into()),
        _ => (listener.url(), town.alice.token),
    };

    // What the program has: connection pool, proxies, TLS as it likes them. The body type is the one thing it has to
    // agree on with us.
    let hyper: HyperClient<_, Body> = HyperClient::builder(TokioExecutor::new()).build_http();

    // `build` takes any service from `http::Request<Body>` to `http::Response`. `classify` tells connections that were
    // refused from those that were lost; without it every failure counts as one that the server may have seen,
    // and what must not happen twice is not tried again.
    let client = Client::builder(url)?.token(token).build(hyper.map_err(mm_hyper::classify));

    let me = client.send(GetUser::me()).await?;
    println!("@{} over a hyper-util client, from {}", me.username, client.base_url());

    // Nobody listens on this port, so nothing was sent, and the error knows.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let hyper: HyperClient<_, Body> = HyperClient::builder(TokioExecutor::new()).build_http();
    let client = Client::builder(format!("http://{nowhere}"))?.no_retry().token("any");
    match client.build(hyper.map_err(mm_hyper::classify)).send(GetUser::me()).await {
        Ok(_) => return Err("somebody answered".into()),
        Err(error) => println!("{:?}, as it should be: {error}", error.kind()),
    }
    Ok(())
}
