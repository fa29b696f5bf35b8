//! Posts.

use std::collections::{HashMap, HashSet};

use mm_types::{ChannelId, Post, PostId, Timestamp, UserId};

use super::notes::is_coming_or_going;
use super::{Table, World, hashtags};
use crate::Failure;

/// Deleted ones too, with the time in `delete_at`.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    rows: Table<PostId, Post>,
    /// Those of a channel and the replies to a post, the oldest first. A post stays where it is.
    by_channel: HashMap<ChannelId, Vec<PostId>>,
    by_root: HashMap<PostId, Vec<PostId>>,
}

impl Posts {
    /// One that was not deleted; 404 `app.post.get.app_error`.
    pub(crate) fn get(&self, id: PostId) -> Result<&Post, Failure> {
        self.any(id).filter(|post| !post.is_deleted()).ok_or_else(missing)
    }

    /// One that was not deleted; 404 `app.post.get.app_error`.
    pub(crate) fn get_mut(&mut self, id: PostId) -> Result<&mut Post, Failure> {
        self.rows.get_mut(&id).filter(|post| !post.is_deleted()).ok_or_else(missing)
    }

    /// One, deleted or not.
    pub(crate) fn any(&self, id: PostId) -> Option<&Post> {
        self.rows.get(&id)
    }

    /// Those of a channel that were not deleted, the oldest first.
    pub(crate) fn in_channel(&self, channel: ChannelId) -> impl DoubleEndedIterator<Item = &Post> {
        self.any_in_channel(channel).filter(|post| !post.is_deleted())
    }

    /// Those of a channel, deleted ones too, the oldest first.
    pub(crate) fn any_in_channel(&self, channel: ChannelId) -> impl DoubleEndedIterator<Item = &Post> {
        self.listed(self.by_channel.get(&channel))
    }

    /// The replies to a post that were not deleted, the oldest first.
    pub(crate) fn replies(&self, root: PostId) -> impl DoubleEndedIterator<Item = &Post> {
        self.any_replies(root).filter(|post| !post.is_deleted())
    }

    /// The replies to a post, deleted ones too, the oldest first.
    pub(crate) fn any_replies(&self, root: PostId) -> impl DoubleEndedIterator<Item = &Post> {
        self.listed(self.by_root.get(&root))
    }

    fn listed<'a>(&'a self, ids: Option<&'a Vec<PostId>>) -> impl DoubleEndedIterator<Item = &'a Post> {
        ids.into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// All of them, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Post> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn insert(&mut self, post: Post) {
        self.by_channel.entry(post.channel_id).or_default().push(post.id);
        if !post.is_root() {
            self.by_root.entry(post.root_id).or_default().push(post.id);
        }
        self.rows.insert(post.id, post);
    }

    /// Marks a post and its replies as deleted.
    pub(crate) fn delete(&mut self, id: PostId, by: UserId, now: Timestamp) {
        for id in self.by_root.get(&id).into_iter().flatten().chain([&id]) {
            if let Some(row) = self.rows.get_mut(id).filter(|row| !row.is_deleted()) {
                row.delete_at = now;
                row.update_at = now;
                row.props.insert("deleteBy", by.as_str());
            }
        }
    }

    /// Erases them for good.
    pub(crate) fn remove(&mut self, ids: &HashSet<PostId>) {
        for id in ids {
            self.rows.remove(id);
        }
        for listed in self.by_channel.values_mut().chain(self.by_root.values_mut()) {
            listed.retain(|id| !ids.contains(id));
        }
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
        self.posts.insert(post);
        id
    }
}
