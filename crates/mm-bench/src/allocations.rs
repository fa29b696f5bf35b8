//! How many allocations an operation costs, exactly: `cargo run --release -p mm-bench --bin allocations`.

mod sample;

use std::convert::Infallible;
use std::hint::black_box;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use mm_core::api::posts::CreatePost;
use mm_core::api::users::{GetUser, GetUsers};
use mm_core::socket::Event;
use mm_core::{Body, BoxError, Endpoint as _};
use mm_tower::Client;
use mm_types::event::Posted;
use mm_types::{ChannelId, Post, PostList, User};

/// An operation, what it allocates, and how much it may.
struct Count {
    what: &'static str,
    allocations: u64,
    /// What it came to when it was last looked at: less is a reason to lower it, more one to look again.
    at_most: u64,
}

fn count(what: &'static str, at_most: u64, run: impl FnOnce()) -> Count {
    Count { what, allocations: allocation_counter::measure(run).count_total, at_most }
}

fn main() -> Result<(), BoxError> {
    println!("{:<34} {:>12} {:>8}", "allocations of", "number", "at most");
    for Count { what, allocations, at_most } in all()? {
        let mark = if allocations > at_most { "  over" } else { "" };
        println!("{what:<34} {allocations:>12} {at_most:>8}{mark}");
    }
    Ok(())
}

fn all() -> Result<Vec<Count>, BoxError> {
    let channel: ChannelId = "c1111111111111111111111111".parse()?;
    let create = CreatePost::new(channel, "hello");
    let me = GetUser::me();
    let user = sample::user(1);
    let post = sample::post(1);
    let posts = sample::post_list();
    let users = sample::users_page();
    let posted = sample::posted(1, 7);
    let mut counts = vec![
        count("encode get-me", 7, || drop(black_box(me.to_request()))),
        count("encode create-post", 7, || drop(black_box(create.to_request()))),
        count("decode a user", 11, || drop(black_box(serde_json::from_str::<User>(&user)))),
        count("decode a post", 3, || drop(black_box(serde_json::from_str::<Post>(&post)))),
        count("decode 200 posts", 754, || drop(black_box(serde_json::from_str::<PostList>(&posts)))),
        count("decode 200 users", 2_207, || drop(black_box(serde_json::from_str::<Vec<User>>(&users)))),
        count("an event, envelope", 1, || drop(black_box(Event::read(&posted)))),
        count("an event, with its post", 8, || drop(black_box(post_of(&posted)))),
    ];
    counts.extend(whole_calls(&create)?);
    Ok(counts)
}

/// What a program reads that wants the posts.
fn post_of(frame: &str) -> Option<Post> {
    Event::read(frame).ok()?.data::<Posted>()?.ok()?.post.get().ok()
}

/// Calls through the default client, over a transport that answers at once and allocates one header map.
fn whole_calls(create: &CreatePost) -> Result<[Count; 3], BoxError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let client = |answer: String| {
        let answer = Bytes::from(answer);
        let transport = tower::service_fn(move |_: Request<Body>| {
            let mut response = Response::new(Body::from(answer.clone()));
            response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
            std::future::ready(Ok::<_, Infallible>(response))
        });
        Client::builder("http://chat.example.com")
            .map(|builder| builder.token("tokentokentokentokentoken1").build(transport))
    };
    let users = client(sample::user(1))?;
    let posts = client(sample::post(1))?;
    let pages = client(format!("[{}]", sample::user(1)))?;
    let call_me = || drop(black_box(runtime.block_on(users.send(GetUser::me()))));
    let call_post = || drop(black_box(runtime.block_on(posts.send(create.clone()))));
    let read_page = || drop(black_box(runtime.block_on(pages.stream(GetUsers::new()).collect_all())));
    // The first of each sets up what the rest share.
    call_me();
    call_post();
    read_page();
    Ok([
        count("call get-me", 23, call_me),
        count("call create-post", 17, call_post), // Some of them make it safe to repeat.
        count("stream of one page, one user", 28, read_page),
    ])
}

#[cfg(test)]
mod tests {
    /// The numbers are those of an optimised build; without optimisation some allocations stay that nobody needs.
    fn may_allocate(at_most: u64) -> u64 {
        if cfg!(debug_assertions) { at_most + at_most / 5 + 2 } else { at_most }
    }

    #[test]
    fn no_operation_allocates_more_than_it_may() {
        let counts = super::all().unwrap();
        let over: Vec<_> = counts
            .iter()
            .filter(|count| count.allocations > may_allocate(count.at_most))
            .map(|count| format!("{}: {} > {}", count.what, count.allocations, may_allocate(count.at_most)))
            .collect();
        assert!(over.is_empty(), "{over:?}");
    }
}
