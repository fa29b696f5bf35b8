//! Decoding alone.

use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use mm_core::{Body, BoxError, Endpoint as _};
use mm_tower::api::posts::GetPostsForChannel;
use mm_tower::api::users::GetUsers;
use mm_types::User;

use crate::measure::pair;
use crate::{Row, plain, sample};

pub(crate) async fn all(budget: Duration) -> Result<Vec<Row>, BoxError> {
    let posts = Bytes::from(sample::post_list());
    let users = Bytes::from(sample::users_page());
    let answer = |bytes: &Bytes| Response::new(Body::from(bytes.clone()));
    let our_posts = || ready(GetPostsForChannel::decode(answer(&posts)));
    let our_users = || ready(GetUsers::decode(answer(&users)));
    Ok(vec![
        Row {
            what: "decode 200 posts",
            baseline: "serde_json, plain String structs",
            pair: pair(budget, our_posts, || ready(serde_json::from_slice::<plain::PostList>(&posts)))
                .await?,
            target: 0.62,
        },
        Row {
            what: "decode 200 users",
            baseline: "serde_json, plain String structs",
            pair: pair(budget, our_users, || ready(serde_json::from_slice::<Vec<plain::User>>(&users)))
                .await?,
            target: 0.62,
        },
        Row {
            what: "decode 200 users",
            baseline: "serde_json::from_slice, same types",
            pair: pair(budget, our_users, || ready(serde_json::from_slice::<Vec<User>>(&users))).await?,
            target: 0.95,
        },
    ])
}
