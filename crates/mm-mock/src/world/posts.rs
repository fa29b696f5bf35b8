//! Posts.

use mm_types::{ChannelId, Post, PostId, UserId};

use super::notes::is_coming_or_going;
use super::{Table, World, hashtags};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Posts {
    /// Deleted ones too, with the time in `delete_at`.
    pub(crate) rows: Table<PostId, Post>,
}

impl Posts {
    /// One that was not deleted; 404 `app.post.get.app_error`.
    pub(crate) fn get(&self, id: PostId) -> Result<&Post, Failure> {
        self.rows.get(&id).filter(|post| !post.is_deleted()).ok_or_else(missing)
    }

    /// One that was not deleted; 404 `app.post.get.app_error`.
    pub(crate) fn get_mut(&mut self, id: PostId) -> Result<&mut Post, Failure> {
        self.rows.get_mut(&id).filter(|post| !post.is_deleted()).ok_or_else(missing)
    }

    /// Those of a channel that were not deleted, the oldest first.
    pub(crate) fn in_channel(&self, channel: ChannelId) -> impl DoubleEndedIterator<Item = &Post> {
        self.rows.iter().filter(move |post| post.channel_id == channel && !post.is_deleted())
    }

    /// The replies to a post that were not deleted, the oldest first.
    pub(crate) fn replies(&self, root: PostId) -> impl DoubleEndedIterator<Item = &Post> {
        self.rows.iter().filter(move |post| post.root_id == root && !post.is_deleted())
    }
}

fn missing() -> Failure {
    Failure::new(404, "app.post.get.app_error", "Unable to get the post.")
}

impl World {
    /// A post that a user may read: 404 if there is none, 403 if the channel is closed to the user.
    pub(crate) fn readable_post(&self, user: UserId, id: PostId) -> Result<&Post, Failure> {
        let post = self.posts.get(id)?;
        let channel = self.channels.get(post.channel_id)?;
        if self.may_read(user, channel) { Ok(post) } else { Err(Failure::permissions()) }
    }

    /// Adds a post and counts it in its channel, unless it tells that somebody came or went. Fills in id and times; checks nothing and tells nobody.
    pub(crate) fn add_post(&mut self, mut post: Post) -> PostId {
        if post.id.is_empty() {
            post.id = self.new_id();
        }
        if post.create_at.is_unset() {
            post.create_at = self.now();
        }
        post.update_at = post.create_at;
        if post.hashtags.is_empty() {
            post.hashtags = hashtags(&post.message);
        }
        if let Ok(root) = self.posts.get_mut(post.root_id) {
            root.update_at = root.update_at.max(post.create_at);
        }
        let (id, at, is_root) = (post.id, post.create_at, post.is_root());
        let counted = i64::from(!is_coming_or_going(&post.kind));
        if let Some(channel) = self.channels.rows.get_mut(&post.channel_id) {
            channel.last_post_at = channel.last_post_at.max(at);
            channel.total_msg_count += counted;
            if is_root {
                channel.last_root_post_at = channel.last_root_post_at.max(at);
                channel.total_msg_count_root += counted;
            }
        }
        if !is_root {
            self.join_thread(&post);
        }
        self.posts.rows.insert(id, post);
        id
    }
}
