//! Posts.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use mm_types::{ChannelId, Post, PostId, Timestamp, UserId};

use super::notes::is_coming_or_going;
use super::{Table, World, hashtags};
use crate::Failure;

/// Deleted ones too, with the time in `delete_at`.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    rows: Table<PostId, Post>,
    by_channel: HashMap<ChannelId, Vec<Place>>,
    by_root: HashMap<PostId, Vec<Place>>,
}

/// Where a post is in a list that is ordered by when they were made. Neither changes.
type Place = (Timestamp, u64);

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
        self.listed(places(&self.by_channel, channel))
    }

    /// As [`any_in_channel`](Self::any_in_channel), those made before a time.
    pub(crate) fn any_before(
        &self,
        channel: ChannelId,
        time: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Post> {
        let places = places(&self.by_channel, channel);
        self.listed(&places[..places.partition_point(|(made_at, _)| *made_at < time)])
    }

    /// As [`any_in_channel`](Self::any_in_channel), those made after a time.
    pub(crate) fn any_after(
        &self,
        channel: ChannelId,
        time: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Post> {
        let places = places(&self.by_channel, channel);
        self.listed(&places[places.partition_point(|(made_at, _)| *made_at <= time)..])
    }

    /// The replies to a post that were not deleted, the oldest first.
    pub(crate) fn replies(&self, root: PostId) -> impl DoubleEndedIterator<Item = &Post> {
        self.any_replies(root).filter(|post| !post.is_deleted())
    }

    /// The replies to a post, deleted ones too, the oldest first.
    pub(crate) fn any_replies(&self, root: PostId) -> impl DoubleEndedIterator<Item = &Post> {
        self.listed(places(&self.by_root, root))
    }

    fn listed<'a>(&'a self, places: &'a [Place]) -> impl DoubleEndedIterator<Item = &'a Post> {
        places.iter().filter_map(|(_, place)| self.rows.at(*place))
    }

    /// All of them, in the order they came.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Post> {
        self.rows.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds one, which has to have an id of its own.
    pub(crate) fn insert(&mut self, post: Post) {
        let (channel, root, made_at) = (post.channel_id, post.root_id, post.create_at);
        let place = self.rows.insert(post.id, post);
        list(self.by_channel.entry(channel).or_default(), (made_at, place));
        if !root.is_empty() {
            list(self.by_root.entry(root).or_default(), (made_at, place));
        }
    }

    /// Marks a post and its replies as deleted.
    pub(crate) fn delete(&mut self, id: PostId, by: UserId, now: Timestamp) {
        let replies: Vec<PostId> = self.any_replies(id).map(|post| post.id).collect();
        for id in replies.into_iter().chain([id]) {
            if let Ok(row) = self.get_mut(id) {
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
        let rows = &self.rows;
        for places in self.by_channel.values_mut().chain(self.by_root.values_mut()) {
            places.retain(|(_, place)| rows.at(*place).is_some());
        }
    }
}

fn places<K: Hash + Eq>(of: &HashMap<K, Vec<Place>>, key: K) -> &[Place] {
    of.get(&key).map_or(&[], Vec::as_slice)
}

/// Nearly always at the end.
fn list(places: &mut Vec<Place>, place: Place) {
    let at = places.partition_point(|other| *other < place);
    places.insert(at, place);
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
