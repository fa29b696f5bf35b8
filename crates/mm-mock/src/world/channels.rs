//! Channels and their members.

use std::collections::HashSet;

use mm_types::{
    Channel, ChannelId, ChannelMember, ChannelNotifyProps, ChannelType, PostId, TeamId, Timestamp, UserId,
};

use super::teams::role_names;
use super::{Audience, Event, Table, World};
use crate::permission::Scope;
use crate::{Failure, Permission};

#[derive(Debug, Default)]
pub(crate) struct Channels {
    pub(crate) rows: Table<ChannelId, Channel>,
    pub(crate) members: Table<(ChannelId, UserId), ChannelMember>,
}

impl Channels {
    /// 404 `app.channel.get.existing.app_error`.
    pub(crate) fn get(&self, id: ChannelId) -> Result<&Channel, Failure> {
        self.rows.get(&id).ok_or_else(|| missing(id))
    }

    /// 404 `app.channel.get.existing.app_error`.
    pub(crate) fn get_mut(&mut self, id: ChannelId) -> Result<&mut Channel, Failure> {
        self.rows.get_mut(&id).ok_or_else(|| missing(id))
    }

    /// By name in any case, archived ones too; 404 `app.channel.get_by_name.missing.app_error`.
    pub(crate) fn by_name(&self, team: TeamId, name: &str) -> Result<&Channel, Failure> {
        let mut rows = self.rows.iter();
        let found = rows.find(|channel| channel.team_id == team && channel.name.eq_ignore_ascii_case(name));
        found.ok_or_else(no_such_name)
    }

    /// By name in any case, direct and group messages in whatever team;
    /// 404 `app.channel.get_by_name.missing.app_error`.
    pub(crate) fn named(&self, team: TeamId, name: &str, with_archived: bool) -> Result<&Channel, Failure> {
        let found = self.by_name(team, name).or_else(|_| self.by_name(TeamId::default(), name))?;
        if found.is_deleted() && !with_archived { Err(no_such_name()) } else { Ok(found) }
    }

    /// The channel of two users, if there is one.
    pub(crate) fn direct(&self, one: UserId, other: UserId) -> Option<&Channel> {
        self.by_name(TeamId::default(), &direct_name(one, other)).ok()
    }

    /// 404 `app.channel.get_member.missing.app_error`.
    pub(crate) fn member(&self, channel: ChannelId, user: UserId) -> Result<&ChannelMember, Failure> {
        self.members.get(&(channel, user)).ok_or_else(no_member)
    }

    /// 404 `app.channel.get_member.missing.app_error`.
    pub(crate) fn member_mut(
        &mut self,
        channel: ChannelId,
        user: UserId,
    ) -> Result<&mut ChannelMember, Failure> {
        self.members.get_mut(&(channel, user)).ok_or_else(no_member)
    }

    pub(crate) fn has_member(&self, channel: ChannelId, user: UserId) -> bool {
        self.members.contains(&(channel, user))
    }

    /// In the order they came.
    pub(crate) fn members_of(&self, channel: ChannelId) -> impl Iterator<Item = &ChannelMember> {
        self.members.iter().filter(move |member| member.channel_id == channel)
    }

    /// The channels a user is in.
    pub(crate) fn of_user(&self, user: UserId) -> impl Iterator<Item = &Channel> {
        let mine = self.members.iter().filter(move |member| member.user_id == user);
        mine.filter_map(|member| self.rows.get(&member.channel_id))
    }
}

fn missing(id: ChannelId) -> Failure {
    let message = format!("Unable to find the existing channel {id}.");
    Failure::new(404, "app.channel.get.existing.app_error", message)
}

/// 404: no channel of this name.
pub(crate) fn no_such_name() -> Failure {
    Failure::new(404, "app.channel.get_by_name.missing.app_error", "Channel does not exist.")
}

/// 400: another channel of the team has this name, be it archived.
pub(crate) fn name_taken() -> Failure {
    let message = "A channel with that name already exists on the same team.";
    Failure::new(400, "store.sql_channel.save_channel.exists.app_error", message)
}

fn no_member() -> Failure {
    let message = "No channel member found for that user ID and channel ID.";
    Failure::new(404, "app.channel.get_member.missing.app_error", message)
}

/// The name of a direct message's channel: both ids, the smaller one first.
pub(crate) fn direct_name(one: UserId, other: UserId) -> String {
    let (first, second) = if one.as_str() <= other.as_str() { (one, other) } else { (other, one) };
    format!("{first}__{second}")
}

impl World {
    /// Whether a user may read a channel: a member, or anybody in the team of a public one.
    pub(crate) fn may_read(&self, user: UserId, channel: &Channel) -> bool {
        let allowed = |permission, scope| self.allows(user, permission, scope);
        allowed(Permission::READ_CHANNEL_CONTENT, Scope::Channel(channel.id))
            || (channel.kind == ChannelType::Open
                && allowed(Permission::READ_PUBLIC_CHANNEL, Scope::Team(channel.team_id)))
    }

    /// Adds a channel. Fills in id and times; checks nothing.
    pub(crate) fn add_channel(&mut self, mut channel: Channel, creator: UserId) -> ChannelId {
        if channel.id.is_empty() {
            channel.id = self.new_id();
        }
        channel.create_at = self.now();
        channel.update_at = channel.create_at;
        channel.creator_id = creator;
        if channel.kind.as_str().is_empty() {
            channel.kind = ChannelType::Open;
        }
        if channel.display_name.is_empty() && !channel.team_id.is_empty() {
            channel.display_name.clone_from(&channel.name);
        }
        let id = channel.id;
        self.channels.rows.insert(id, channel);
        if !creator.is_empty() {
            self.join_channel(id, creator, true);
        }
        id
    }

    /// A channel was archived, or is about to be removed.
    pub(crate) fn tell_channel_deleted(&mut self, channel: &Channel, at: Timestamp) {
        let event = Event::new("channel_deleted")
            .with("channel_id", channel.id.as_str())
            .with("delete_at", at.as_millis());
        self.emit(event, Audience::of_channel(channel));
    }

    /// Removes a channel with everything in it, and tells those who could have known. Checks nothing.
    pub(crate) fn remove_channel(&mut self, channel: &Channel) {
        self.tell_channel_deleted(channel, self.now());
        let id = channel.id;
        let posts: HashSet<PostId> = self.posts.any_in_channel(id).map(|post| post.id).collect();
        self.posts.remove(&posts);
        self.reactions.rows.retain(|reaction| !posts.contains(&reaction.post_id));
        self.threads.members.retain(|member| !posts.contains(&member.thread));
        self.files.rows.retain(|file| file.info.channel_id != id);
        self.hooks.incoming.retain(|hook| hook.channel_id != id);
        self.hooks.outgoing.retain(|hook| hook.channel_id != id);
        self.channels.members.retain(|member| member.channel_id != id);
        self.channels.rows.remove(&id);
    }

    /// The channel of two users, or of one alone; made if there is none yet. Tells nobody.
    pub(crate) fn direct_channel(&mut self, one: UserId, other: UserId) -> Channel {
        if let Some(channel) = self.channels.direct(one, other) {
            return channel.clone();
        }
        let mut channel = Channel::default();
        channel.name = direct_name(one, other);
        channel.kind = ChannelType::Direct;
        channel.shared = Some(false);
        let id = self.add_channel(channel, UserId::default());
        for user in [one, other] {
            self.join_channel(id, user, false);
        }
        let Some(channel) = self.channels.rows.get_mut(&id) else { return Channel::default() };
        // Who made it does not run it.
        channel.creator_id = one;
        channel.clone()
    }

    /// Puts a user into a channel. Tells nobody; checks nothing.
    pub(crate) fn join_channel(&mut self, channel: ChannelId, user: UserId, as_admin: bool) -> ChannelMember {
        let is_guest = self.users.get(user).is_ok_and(|account| account.user.is_guest());
        let mut member = ChannelMember::default();
        member.channel_id = channel;
        member.user_id = user;
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin = as_admin;
        member.roles = role_names("channel", is_guest, as_admin, "");
        member.last_update_at = self.now();
        member.notify_props = ChannelNotifyProps::from([
            ("channel_auto_follow_threads", "off"),
            ("desktop", "default"),
            ("email", "default"),
            ("ignore_channel_mentions", "default"),
            ("mark_unread", "all"),
            ("push", "default"),
        ]);
        self.channels.members.insert((channel, user), member.clone());
        member
    }
}
