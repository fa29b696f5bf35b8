//! Threads: what the replies make of their first post, and who follows them.

use mm_types::{Channel, Post, PostId, Priority, ThreadResponse, Timestamp, User, UserId};

use super::{Audience, Event, Table, World};
use crate::Failure;

/// Who has to do with which thread.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    pub(crate) members: Table<(PostId, UserId), ThreadMember>,
}

/// A user's place in a thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct ThreadMember {
    pub(crate) thread: PostId,
    pub(crate) user: UserId,
    pub(crate) following: bool,
    /// Up to when the user has read it.
    pub(crate) viewed: Timestamp,
    /// The same before the user's last reply, which is what the event about that reply tells.
    viewed_before: Timestamp,
    /// The reply that brought the user in, if one did.
    since: PostId,
    pub(crate) mentions: i64,
    pub(crate) updated: Timestamp,
}

impl Threads {
    /// 404 `app.user.get_thread_membership_for_user.not_found`.
    pub(crate) fn member(&self, thread: PostId, user: UserId) -> Result<&ThreadMember, Failure> {
        self.members.get(&(thread, user)).ok_or_else(|| {
            let id = "app.user.get_thread_membership_for_user.not_found";
            Failure::new(404, id, "User thread membership doesn't exist")
        })
    }

    /// Changes a user's place in a thread. A new one is followed, and nothing of it is read.
    pub(crate) fn change(&mut self, thread: PostId, user: UserId, change: impl FnOnce(&mut ThreadMember)) {
        let key = (thread, user);
        let new = || ThreadMember { thread, user, following: true, ..ThreadMember::default() };
        let mut member = self.members.get(&key).cloned().unwrap_or_else(new);
        change(&mut member);
        self.members.insert(key, member);
    }
}

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

    /// Whether a user follows a thread. `None` for a thread that the user has nothing to do with.
    pub(crate) fn follows(&self, user: UserId, root: &Post) -> Option<bool> {
        self.threads.member(root.id, user).ok().map(|member| member.following)
    }

    /// The first post of a thread with what is known of its replies, to one who reads by threads.
    pub(crate) fn with_replies(&self, viewer: UserId, root: &Post, whole_users: bool) -> Post {
        let mut shown = root.clone();
        shown.reply_count = self.reply_count(root);
        shown.last_reply_at = self.last_reply_at(root.id);
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

    pub(crate) fn last_reply_at(&self, root: PostId) -> Timestamp {
        self.posts.replies(root).map(|reply| reply.create_at).max().unwrap_or_default()
    }

    /// Who follows the thread of a reply and is in its channel.
    pub(crate) fn followers(&self, reply: &Post, channel: &Channel) -> Vec<UserId> {
        let members = self.threads.members.iter();
        let members = members.filter(|member| member.thread == reply.root_id && member.following);
        let users = members.map(|member| member.user);
        users.filter(|user| self.channels.has_member(channel.id, *user)).collect()
    }

    /// A new reply: who began the thread, was mentioned there or wrote it follows it. Those who stopped
    /// follow it again when they are mentioned or write.
    pub(super) fn join_thread(&mut self, reply: &Post) {
        let Some(root) = self.posts.any(reply.root_id).cloned() else { return };
        let Ok(channel) = self.channels.get(reply.channel_id).cloned() else { return };
        let mentioned = self.mentioned(reply, &channel);
        let mut users = vec![root.user_id];
        if channel.kind != mm_types::ChannelType::Direct {
            users.extend(self.named_in(&root, &channel));
        }
        users.extend(&mentioned);
        users.retain(|user| *user != reply.user_id && self.channels.has_member(channel.id, *user));
        users.push(reply.user_id);
        for user in users {
            let is_new = !self.threads.members.contains(&(root.id, user));
            self.threads.change(root.id, user, |member| {
                if is_new {
                    member.since = reply.id;
                }
                member.updated = reply.create_at;
            });
        }
        for user in mentioned {
            self.threads.change(root.id, user, |member| {
                member.following = true;
                member.mentions += 1;
            });
        }
        self.threads.change(root.id, reply.user_id, |member| {
            member.following = true;
            member.mentions = 0;
            member.viewed_before = member.viewed;
            member.viewed = reply.create_at;
        });
    }

    /// Tells everybody who follows a thread of a new reply in it, the author too.
    pub(crate) fn tell_thread(&mut self, reply: &Post, channel: &Channel) {
        let Some(root) = self.posts.any(reply.root_id).cloned() else { return };
        let mentioned = self.mentioned(reply, channel);
        for user in self.followers(reply, channel) {
            let Ok(member) = self.threads.member(root.id, user) else { continue };
            let mut thread = self.thread_of(member, &root, true);
            let (mut mentions, mut replies) = (0, 0);
            if user == reply.user_id {
                thread.last_viewed_at = member.viewed_before;
            } else if member.since != reply.id {
                mentions = thread.unread_mentions - i64::from(mentioned.contains(&user));
                replies = thread.unread_replies - 1;
            }
            self.tell_updated(user, channel, &thread, mentions.max(0), replies.max(0));
        }
    }

    /// A reply was deleted: those whom it mentioned, and who have not read it, have a mention less.
    pub(crate) fn tell_mention_gone(&mut self, reply: &Post) {
        let Some(root) = self.posts.any(reply.root_id).cloned() else { return };
        let Ok(channel) = self.channels.get(reply.channel_id).cloned() else { return };
        for user in self.mentioned(reply, &channel) {
            let Ok(member) = self.threads.member(root.id, user) else { return };
            if member.viewed > reply.create_at || member.mentions == 0 {
                continue;
            }
            self.threads.change(root.id, user, |member| member.mentions -= 1);
            let Ok(member) = self.threads.member(root.id, user) else { return };
            if !member.following {
                return;
            }
            let thread = self.thread_of(member, &root, true);
            self.tell_updated(user, &channel, &thread, 0, 0);
        }
    }

    fn tell_updated(
        &mut self,
        user: UserId,
        channel: &Channel,
        thread: &ThreadResponse,
        mentions: i64,
        replies: i64,
    ) {
        let event = Event::new("thread_updated")
            .with("previous_unread_mentions", mentions)
            .with("previous_unread_replies", replies)
            .with_json("thread", thread);
        let mut audience = Audience::user(user);
        audience.team = channel.team_id;
        self.emit(event, audience);
    }

    /// How many replies a user has not read.
    pub(crate) fn unread_replies(&self, member: &ThreadMember) -> i64 {
        let unread = self.posts.replies(member.thread).filter(|reply| reply.create_at > member.viewed);
        i64::try_from(unread.count()).unwrap_or(i64::MAX)
    }

    /// How many posts of a thread mention a user from some time on.
    pub(crate) fn mentions_since(&self, root: &Post, user: UserId, at: Timestamp) -> i64 {
        let Ok(channel) = self.channels.get(root.channel_id) else { return 0 };
        let posts = self.posts.replies(root.id).chain([root]).filter(|post| post.create_at >= at);
        let mentions = posts.filter(|post| self.mentioned(post, channel).contains(&user));
        i64::try_from(mentions.count()).unwrap_or(i64::MAX)
    }

    /// A thread as one user sees it.
    pub(crate) fn thread_of(&self, member: &ThreadMember, root: &Post, whole_users: bool) -> ThreadResponse {
        let mut thread = ThreadResponse::default();
        let whole = self.with_replies(member.user, root, whole_users);
        thread.id = root.id;
        thread.reply_count = whole.reply_count;
        thread.last_reply_at = whole.last_reply_at;
        thread.last_viewed_at = member.viewed;
        thread.participants = whole.participants;
        thread.unread_replies = self.unread_replies(member);
        thread.unread_mentions = member.mentions;
        let priority = root.metadata.as_ref().and_then(|metadata| metadata.priority.as_ref());
        thread.is_urgent = priority.is_some_and(|priority| priority.priority == Some(Priority::Urgent));
        thread.delete_at = root.delete_at;
        let mut post = root.clone();
        post.metadata = None;
        thread.post = Some(Box::new(post));
        thread
    }
}

fn only_id(id: UserId) -> User {
    let mut user = User::default();
    user.id = id;
    user
}
