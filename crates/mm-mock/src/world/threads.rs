//! Threads: what the replies make of their first post.

use mm_types::{Post, PostId, User, UserId};

use super::World;

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
}

fn only_id(id: UserId) -> User {
    let mut user = User::default();
    user.id = id;
    user
}
