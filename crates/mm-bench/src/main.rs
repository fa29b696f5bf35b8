//! Benchmarks: `cargo run --release -p mm-bench`.
//!
//! One table. Each row is a ratio to a baseline that is timed in the same run, and ends with the target
//! it has to keep. Times are medians and depend on the machine; the ratios are what counts.

mod allocations;
mod bare;
mod canned;
mod measure;
mod plain;
mod sample;

use std::hint::black_box;

use mm_core::BoxError;
use mm_hyper::HyperTransport;
use mm_tower::Client;
use mm_tower::api::posts::CreatePost;
use mm_tower::api::users::{GetUser, GetUsers};
use mm_types::{ChannelId, PostList, User};

use self::bare::{Bare, IdOnly, TwoFields};
use self::measure::{Pair, pair};

struct Row {
    what: &'static str,
    baseline: &'static str,
    pair: Pair,
    target: f64,
}

fn main() -> Result<(), BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rows = runtime.block_on(calls())?;
    rows.extend(runtime.block_on(decoding())?);
    println!(
        "{:<34} {:<38} {:>10} {:>10} {:>7} {:>7}",
        "what", "baseline", "ours", "baseline", "ratio", "target"
    );
    for Row { what, baseline, pair, target } in &rows {
        let mark = if pair.ratio <= *target { "" } else { "  over" };
        let micros = |time: std::time::Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
        println!(
            "{what:<34} {baseline:<38} {:>10} {:>10} {:>7.2} {target:>7.2}{mark}",
            micros(pair.ours),
            micros(pair.baseline),
            pair.ratio
        );
    }
    println!("\n{:<34} {:>12} {:>8}", "allocations", "number", "at most");
    for count in allocations::all()? {
        println!("{:<34} {:>12} {:>8}", count.what, count.allocations, count.at_most);
    }
    Ok(())
}

/// Whole calls over a loopback connection, one after the other.
async fn calls() -> Result<Vec<Row>, BoxError> {
    let address = canned::serve(vec![
        ("/api/v4/users/me", 200, sample::user(1).to_string()),
        ("/api/v4/users?", 200, sample::users_page()),
        ("/api/v4/posts", 201, sample::post(1).to_string()),
    ])?;
    let client = Client::builder(&format!("http://{address}"))?
        .token("tokentokentokentokentoken1")
        .build(HyperTransport::new()?);
    let bare = tokio::sync::Mutex::new(Bare::connect(address).await?);
    let channel: ChannelId = "c1111111111111111111111111".parse()?;
    let page = || GetUsers::new().page(0).per_page(200);

    let get_me = pair(
        400,
        || async { client.send(GetUser::me()).await.map(drop).map_err(Into::into) },
        || async { bare.lock().await.get::<TwoFields>("/api/v4/users/me").await.map(drop) },
    )
    .await?;
    let create_post = pair(
        400,
        || async {
            client.send(CreatePost::new(channel, "hello, world")).await.map(drop).map_err(Into::into)
        },
        || async {
            let body = format!(r#"{{"channel_id":"{channel}","message":"hello, world"}}"#);
            bare.lock().await.post::<TwoFields>("/api/v4/posts", body).await.map(drop)
        },
    )
    .await?;
    let bare_page = || async {
        bare.lock().await.get::<Vec<IdOnly>>("/api/v4/users?page=0&per_page=200").await.map(drop)
    };
    let users =
        pair(20, || async { client.send(page()).await.map(drop).map_err(Into::into) }, bare_page).await?;
    let ids = pair(
        20,
        || async { client.send_as::<Vec<IdOnly>>(page()).await.map(drop).map_err(Into::into) },
        bare_page,
    )
    .await?;
    Ok(vec![
        Row { what: "get-me", baseline: "bare hyper, two fields", pair: get_me, target: 1.30 },
        Row { what: "create-post", baseline: "bare hyper, two fields", pair: create_post, target: 1.25 },
        Row { what: "page of 200 users", baseline: "bare hyper, ids only", pair: users, target: 2.10 },
        Row {
            what: "page of 200 users, ids by send_as",
            baseline: "bare hyper, ids only",
            pair: ids,
            target: 1.05,
        },
    ])
}

/// Decoding alone.
async fn decoding() -> Result<Vec<Row>, BoxError> {
    use mm_core::{Body, Endpoint as _};
    use mm_tower::api::posts::GetPostsForChannel;

    let posts = bytes::Bytes::from(sample::post_list());
    let users = bytes::Bytes::from(sample::users_page());
    let answer = |bytes: &bytes::Bytes| http::Response::new(Body::from(bytes.clone()));
    let post_list = pair(
        40,
        || async { Ok(drop(black_box::<PostList>(GetPostsForChannel::decode(answer(&posts))?))) },
        || async { Ok(drop(black_box::<plain::PostList>(serde_json::from_slice(&posts)?))) },
    )
    .await?;
    let user_page = pair(
        40,
        || async { Ok(drop(black_box::<Vec<User>>(GetUsers::decode(answer(&users))?))) },
        || async { Ok(drop(black_box::<Vec<plain::User>>(serde_json::from_slice(&users)?))) },
    )
    .await?;
    Ok(vec![
        Row {
            what: "decode 200 posts",
            baseline: "serde_json, plain String structs",
            pair: post_list,
            target: 0.62,
        },
        Row {
            what: "decode 200 users",
            baseline: "serde_json, plain String structs",
            pair: user_page,
            target: 0.62,
        },
    ])
}
