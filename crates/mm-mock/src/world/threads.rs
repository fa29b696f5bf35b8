//! Threads: what the replies make of their first post.

use mm_types::{Channel, Post, PostId, Priority, ThreadResponse, User, UserId};

use super::{Audience, Event, World};

impl World {
    /// How many replies the thread of a post has.
    pub(crate) fn reply_count(&self, post: &Post) -> i64 {
        i64::try_from(self.posts.replies(post.thread_id()).count()).unwrap_or(i64::MAX)
    }

    /// Who replied, the one who did so last at the end.
    pub(crate) fn repliers(&self, root: PostId) -> Vec<UserId> {
        let mut users = Vec::new();
        for reply in self.posts.replies(root) {
            users.retain(|user| *user != reply.user_id);
            users.push(reply.user_id);
        }
        users
    }

    /// Whether a user follows a thread: whoever wrote in it does. `None` for a thread that the user
    /// has nothing to do with.
    pub(crate) fn follows(&self, user: UserId, root: &Post) -> Option<bool> {
        let mut repliers = self.posts.replies(root.id).map(|reply| reply.user_id).peekable();
        let takes_part = repliers.peek().is_some() && (root.user_id == user || repliers.any(|id| id == user));
        takes_part.then_some(true)
    }

    /// The first post of a thread with what is known of its replies, to one who reads by threads.
    pub(crate) fn with_replies(&self, viewer: UserId, root: &Post, whole_users: bool) -> Post {
        let mut shown = root.clone();
        shown.reply_count = self.reply_count(root);
        shown.last_reply_at =
            self.posts.replies(root.id).map(|reply| reply.create_at).max().unwrap_or_default();
        shown.is_following = self.follows(viewer, root);
        let repliers = self.repliers(root.id).into_iter();
        shown.participants = if whole_users {
            repliers
                .filter_map(|id| self.users.get(id).ok())
                .map(|account| self.shown_to(viewer, &account.user))
                .collect()
        } else {
            repliers.map(only_id).collect()
        };
        shown
    }

    /// Who follows the thread of a reply and is in its channel: who began it and who replied.
    pub(crate) fn followers(&self, reply: &Post, channel: &Channel) -> Vec<UserId> {
        let Some(root) = self.posts.rows.get(&reply.root_id) else { return Vec::new() };
        let mut users = vec![root.user_id];
        users.extend(self.repliers(root.id).into_iter().filter(|user| *user != root.user_id));
        users.retain(|user| self.channels.has_member(channel.id, *user));
        users
    }

    /// Tells everybody who follows a thread of a new reply in it, the author too.
    pub(crate) fn tell_thread(&mut self, reply: &Post, channel: &Channel) {
        let Some(root) = self.posts.rows.get(&reply.root_id).cloned() else { return };
        for user in self.followers(reply, channel) {
            let (thread, was_mentioned) = self.thread_of(user, &root, reply, channel);
            let is_new = i64::from(user != reply.user_id);
            let event = Event::new("thread_updated")
                .with("previous_unread_mentions", thread.unread_mentions - i64::from(was_mentioned))
                .with("previous_unread_replies", thread.unread_replies - is_new)
                .with_json("thread", &thread);
            let mut audience = Audience::user(user);
            audience.team = channel.team_id;
            self.emit(event, audience);
        }
    }

    /// A thread after a reply as one user sees it, and whether the reply mentions the user. Who replies has
    /// read what came before.
    fn thread_of(
        &self,
        user: UserId,
        root: &Post,
        reply: &Post,
        channel: &Channel,
    ) -> (ThreadResponse, bool) {
        let is_own = user == reply.user_id;
        let own = self.posts.replies(root.id).filter(|other| other.id != reply.id && other.user_id == user);
        let viewed = own.map(|other| other.create_at).max().unwrap_or_default();
        let is_mentioned = |post: &Post| self.mentioned(post, channel).contains(&user);
        let unread: Vec<&Post> = self
            .posts
            .replies(root.id)
            .filter(|other| !is_own && other.user_id != user && other.create_at >= viewed)
            .collect();
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);

        let mut thread = ThreadResponse::default();
        let whole = self.with_replies(user, root, true);
        thread.id = root.id;
        thread.reply_count = whole.reply_count;
        thread.last_reply_at = whole.last_reply_at;
        thread.last_viewed_at = viewed;
        thread.participants = whole.participants;
        thread.unread_replies = count(unread.len());
        thread.unread_mentions = count(unread.iter().filter(|post| is_mentioned(post)).count());
        let priority = root.metadata.as_ref().and_then(|metadata| metadata.priority.as_ref());
        thread.is_urgent = priority.is_some_and(|priority| priority.priority == Some(Priority::Urgent));
        let mut post = root.clone();
        post.metadata = None;
        thread.post = Some(Box::new(post));
        (thread, !is_own && is_mentioned(reply))
    }
}

fn only_id(id: UserId) -> User {
    let mut user = User::default();
    user.id = id;
    user
}
