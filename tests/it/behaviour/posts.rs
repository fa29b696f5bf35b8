//! Posts and what happens to them.

mod change;
mod create;
mod list;
mod search;
mod thread;

use mm_core::BoxError;
use mm_core::api::channels::{AddChannelMember, CreateChannel};
use mm_core::api::posts::CreatePost;
use mm_core::types::{ChannelId, ChannelType, Post, PostId, PostKind};

use super::Town;

const FORBIDDEN: &str = "api.context.permissions.app_error";
const NO_POST: &str = "app.post.get.app_error";
const BAD_KEY: &str = "api.context.invalid_body_param.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

/// A public channel that alice made and bob is in.
async fn channel(t: &Town) -> Result<ChannelId, BoxError> {
    let channel = t.alice.send(CreateChannel::new(t.team, "quiet", "Quiet")).await?.id;
    t.alice.send(AddChannelMember::new(channel).user_id(t.bob.id)).await?;
    Ok(channel)
}

/// A private channel that only alice is in.
async fn closed(t: &Town) -> Result<ChannelId, BoxError> {
    let op = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    Ok(t.alice.send(op).await?.id)
}

fn reply(root: &Post, message: &str) -> CreatePost {
    CreatePost::new(root.channel_id, message).root_id(root.id)
}

fn ids(posts: &[Post]) -> Vec<PostId> {
    posts.iter().map(|post| post.id).collect()
}

/// Those that people wrote.
fn written<'a>(posts: impl Iterator<Item = &'a Post>) -> Vec<PostId> {
    posts.filter(|post| post.kind == PostKind::Normal).map(|post| post.id).collect()
}
