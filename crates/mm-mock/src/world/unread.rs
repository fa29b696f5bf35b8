//! What people have read of channels.

use std::collections::BTreeMap;

use mm_types::{Channel, ChannelId, ChannelType, ChannelUnreadAt, Post, PostId, Timestamp, UserId};

use super::notes::is_coming_or_going;
use super::{Audience, Event, World};
use crate::Failure;

impl World {
    /// A user looks at channels: those with something unread are read, with their threads unless those are
    /// left alone. The answer is up to when.
    pub(crate) fn view(
        &mut self,
        user: UserId,
        channels: &[ChannelId],
        with_threads: bool,
    ) -> BTreeMap<ChannelId, Timestamp> {
        let (mut times, mut unread) = (BTreeMap::new(), Vec::new());
        for id in channels {
            let (Ok(channel), Ok(member)) = (self.channels.get(*id), self.channels.member(*id, user)) else {
                continue;
            };
            times.insert(*id, channel.last_post_at.max(member.last_viewed_at));
            if channel.total_msg_count > member.msg_count || member.mention_count > 0 {
                unread.push(channel.clone());
            }
        }
        if unread.is_empty() {
            return times;
        }
        let now = self.now();
        for channel in &unread {
            if with_threads {
                self.read_threads_of(channel, user, now);
            }
            self.set_read(channel, user);
        }
        self.tell_viewed(user, &times);
        for channel in unread.iter().filter(|_| with_threads) {
            let mut audience = Audience::user(user);
            audience.channel = channel.id;
            self.emit(Event::new("thread_read_changed").with("timestamp", now.as_millis()), audience);
        }
        times
    }

    fn read_threads_of(&mut self, channel: &Channel, user: UserId, now: Timestamp) {
        let is_there =
            |thread: &PostId| self.posts.any(*thread).is_some_and(|root| root.channel_id == channel.id);
        let members = self.threads.members.iter().filter(|member| member.user == user);
        let unread: Vec<PostId> =
            members.map(|member| member.thread).filter(|thread| is_there(thread)).collect();
        for thread in unread {
            let last = self.last_reply_at(thread);
            self.threads.change(thread, user, |member| {
                if last > member.viewed {
                    (member.mentions, member.viewed, member.updated) = (0, now, now);
                }
            });
        }
    }

    /// Marks a channel as read by a user, up to its last post, and tells the user's other clients.
    pub(crate) fn mark_read(&mut self, channel: &Channel, user: UserId) {
        if self.set_read(channel, user) {
            self.tell_viewed(user, &BTreeMap::from([(channel.id, channel.last_post_at)]));
        }
    }

    /// Whether the user is there.
    fn set_read(&mut self, channel: &Channel, user: UserId) -> bool {
        let Ok(member) = self.channels.member_mut(channel.id, user) else { return false };
        member.last_viewed_at = member.last_viewed_at.max(channel.last_post_at);
        member.last_update_at = channel.last_post_at;
        member.msg_count = channel.total_msg_count;
        member.msg_count_root = channel.total_msg_count_root;
        member.mention_count = 0;
        member.mention_count_root = 0;
        member.urgent_mention_count = 0;
        true
    }

    fn tell_viewed(&mut self, user: UserId, times: &BTreeMap<ChannelId, Timestamp>) {
        let times: serde_json::Map<_, _> =
            times.iter().map(|(id, at)| (id.to_string(), at.as_millis().into())).collect();
        self.emit(Event::new("multiple_channels_viewed").with("channel_times", times), Audience::user(user));
    }

    /// Marks a channel as unread from a post on: 500 for somebody who is not in it.
    pub(crate) fn mark_unread(
        &mut self,
        user: UserId,
        post: &Post,
        with_threads: bool,
    ) -> Result<ChannelUnreadAt, Failure> {
        let channel = self.channels.get(post.channel_id)?.clone();
        if channel.is_deleted() || !self.channels.has_member(channel.id, user) {
            let id = "app.channel.update_last_viewed_at_post.app_error";
            return Err(Failure::new(500, id, "Unable to mark channel as unread."));
        }
        let at = Timestamp::from_millis(post.create_at.as_millis() - 1);
        let is_reply = with_threads && !post.is_root();
        if let (true, Ok(root)) = (is_reply, self.posts.get(post.root_id).cloned()) {
            let mentions = self.mentions_since(&root, user, at);
            self.threads.change(root.id, user, |member| {
                (member.following, member.viewed, member.mentions) = (true, at, mentions);
            });
            let thread = self.thread_of(self.threads.member(root.id, user)?, &root, true);
            let mut audience = Audience::user(user);
            audience.team = channel.team_id;
            self.emit(Event::new("thread_updated").with_json("thread", &thread), audience);
        }
        let posts = || self.posts.in_channel(channel.id).filter(|post| post.create_at > at);
        let counted = || posts().filter(|post| !is_coming_or_going(&post.kind));
        let is_message = matches!(channel.kind, ChannelType::Direct | ChannelType::Group);
        let is_mention = |post: &&Post| {
            if is_message { post.user_id != user } else { self.mentioned(post, &channel).contains(&user) }
        };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let unread = count(counted().count());
        let mentions = count(counted().filter(is_mention).count());
        // With a reply the numbers of first posts are those of a channel that is read.
        let (unread_roots, mentioned_roots) = if is_reply {
            (0, 0)
        } else {
            let roots = || counted().filter(|post| post.is_root());
            (count(roots().count()), count(roots().filter(is_mention).count()))
        };
        let now = self.now();
        let member = self.channels.member_mut(channel.id, user)?;
        member.mention_count = mentions;
        member.mention_count_root = mentioned_roots;
        member.urgent_mention_count = 0;
        member.msg_count = channel.total_msg_count - unread;
        member.msg_count_root = channel.total_msg_count_root - unread_roots;
        member.last_viewed_at = at;
        member.last_update_at = now;
        let mut answer = ChannelUnreadAt::default();
        answer.team_id = channel.team_id;
        answer.user_id = user;
        answer.channel_id = channel.id;
        answer.msg_count = member.msg_count;
        answer.mention_count = member.mention_count;
        answer.mention_count_root = member.mention_count_root;
        answer.msg_count_root = member.msg_count_root;
        answer.last_viewed_at = at;
        let event = Event::new("post_unread")
            .with("msg_count", answer.msg_count)
            .with("msg_count_root", answer.msg_count_root)
            .with("mention_count", answer.mention_count)
            .with("mention_count_root", answer.mention_count_root)
            .with("urgent_mention_count", answer.urgent_mention_count)
            .with("last_viewed_at", at.as_millis())
            .with("post_id", post.id.as_str());
        let mut audience = Audience::user(user);
        (audience.team, audience.channel) = (channel.team_id, channel.id);
        self.emit(event, audience);
        Ok(answer)
    }
}
