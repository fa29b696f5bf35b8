//! How many allocations an operation costs, exactly.

use std::hint::black_box;

use mm_core::api::posts::CreatePost;
use mm_core::api::users::GetUser;
use mm_core::{Body, BoxError, Endpoint as _};
use mm_types::{ChannelId, Post, PostList, User};

use crate::sample;

/// An operation, what it allocates, and how much it may.
pub(crate) struct Count {
    pub(crate) what: &'static str,
    pub(crate) allocations: u64,
    pub(crate) at_most: u64,
}

fn count(what: &'static str, at_most: u64, run: impl FnOnce()) -> Count {
    Count { what, allocations: allocation_counter::measure(run).count_total, at_most }
}

/// Counts everything that needs no connection.
pub(crate) fn all() -> Result<Vec<Count>, BoxError> {
    let channel: ChannelId = "c1111111111111111111111111".parse()?;
    let create = CreatePost::new(channel, "hello");
    let me = GetUser::me();
    let user = sample::user(1).to_string();
    let post = sample::post(1).to_string();
    let posts = sample::post_list();
    let users = sample::users_page();
    Ok(vec![
        count("encode get-me", 4, || drop(black_box(me.to_request()))),
        count("encode create-post", 5, || drop(black_box(create.to_request()))),
        count("decode a user", 24, || {
            drop(black_box(GetUser::decode(http::Response::new(Body::from(user)))));
        }),
        count("decode a post", 10, || drop(black_box(serde_json::from_str::<Post>(&post)))),
        count("decode 200 posts", 1_400, || drop(black_box(serde_json::from_str::<PostList>(&posts)))),
        count("decode 200 users", 4_000, || drop(black_box(serde_json::from_str::<Vec<User>>(&users)))),
    ])
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_operation_allocates_more_than_it_may() {
        for count in super::all().unwrap() {
            assert!(
                count.allocations <= count.at_most,
                "{}: {} > {}",
                count.what,
                count.allocations,
                count.at_most
            );
        }
    }
}
