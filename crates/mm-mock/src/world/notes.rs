//! The posts that the server writes itself: who came and went, and what was changed.

use mm_types::{ChannelId, Post, PostId, PostKind, PostProps, TeamId, User, UserId};

use super::World;

/// What of a channel was changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Changed {
    DisplayName,
    Header,
    Purpose,
}

impl World {
    /// Writes a post of a kind that only the server writes, and tells the channel.
    pub(crate) fn note(
        &mut self,
        channel: ChannelId,
        author: UserId,
        kind: PostKind,
        message: impl Into<String>,
        props: impl Into<PostProps>,
    ) -> PostId {
        let mut post = Post::default();
        post.channel_id = channel;
        post.user_id = author;
        post.kind = kind;
        post.message = message.into();
        post.props = props.into();
        let id = self.add_post(post);
        if let Ok(post) = self.posts.get(id).cloned() {
            self.tell_posted(&post, true);
        }
        id
    }

    /// Somebody joined a channel.
    pub(crate) fn note_joined(&mut self, channel: ChannelId, user: UserId) {
        let user = self.named(user);
        let name = &user.username;
        let (kind, message) = if user.is_guest() {
            (PostKind::GuestJoinChannel, format!("{name} joined the channel as guest."))
        } else {
            (PostKind::JoinChannel, format!("{name} joined the channel."))
        };
        self.note(channel, user.id, kind, message, [("username", name.as_str())]);
    }

    /// Somebody put somebody else into a channel.
    pub(crate) fn note_added(&mut self, channel: ChannelId, by: UserId, user: UserId) {
        let (by, user) = (self.named(by), self.named(user));
        let (added, adder) = (&user.username, &by.username);
        let (kind, message) = if user.is_guest() {
            (PostKind::AddGuestToChannel, format!("{added} added to the channel as guest by {adder}."))
        } else {
            (PostKind::AddToChannel, format!("{added} added to the channel by {adder}."))
        };
        let props = [
            ("addedUserId", user.id.as_str()),
            ("addedUsername", added.as_str()),
            ("userId", by.id.as_str()),
            ("username", adder.as_str()),
        ];
        self.note(channel, by.id, kind, message, props);
    }

    /// Somebody left a channel, or was removed from it.
    pub(crate) fn note_gone(&mut self, channel: ChannelId, by: UserId, user: UserId) {
        let user = self.named(user);
        let name = &user.username;
        if by == user.id {
            let message = format!("@{name} left the channel.");
            self.note(channel, by, PostKind::LeaveChannel, message, [("username", name.as_str())]);
        } else {
            let message = format!("@{name} removed from the channel.");
            let props = [("removedUserId", user.id.as_str()), ("removedUsername", name.as_str())];
            self.note(channel, by, PostKind::RemoveFromChannel, message, props);
        }
    }

    /// Somebody joined a team, left it or was removed from it: a post in its first channel.
    pub(crate) fn note_in_team(&mut self, team: TeamId, user: UserId, kind: PostKind) {
        let Ok(channel) = self.channels.by_name(team, "town-square") else { return };
        let channel = channel.id;
        let name = self.named(user).username;
        let what = match kind {
            PostKind::LeaveTeam => "left",
            PostKind::RemoveFromTeam => "removed from",
            _ => "joined",
        };
        self.note(channel, user, kind, format!("{name} {what} the team."), [("username", name.as_str())]);
    }

    /// A channel has another name, header or purpose.
    pub(crate) fn note_changed(
        &mut self,
        channel: ChannelId,
        by: UserId,
        what: Changed,
        old: &str,
        new: &str,
    ) {
        let name = self.named(by).username;
        let (kind, words, key) = match what {
            Changed::DisplayName => (PostKind::DisplayNameChange, "display name", "displayname"),
            Changed::Header => (PostKind::HeaderChange, "header", "header"),
            Changed::Purpose => (PostKind::PurposeChange, "purpose", "purpose"),
        };
        let message = match (what, old, new) {
            (Changed::DisplayName, ..) => {
                format!("{name} updated the channel {words} from: {old} to: {new}")
            }
            (_, "", _) => format!("{name} updated the channel {words} to: {new}"),
            (_, _, "") => format!("{name} removed the channel {words} (was: {old})"),
            _ => format!("{name} updated the channel {words} from: {old} to: {new}"),
        };
        let props = [
            (format!("new_{key}"), new.to_owned()),
            (format!("old_{key}"), old.to_owned()),
            ("username".to_owned(), name),
        ];
        self.note(channel, by, kind, message, PostProps::from_iter(props));
    }

    fn named(&self, user: UserId) -> User {
        self.users.get(user).map(|account| account.user.clone()).unwrap_or_default()
    }
}

/// Whether a post tells that somebody came or went. Such posts do not count in their channel.
pub(crate) fn is_coming_or_going(kind: &PostKind) -> bool {
    matches!(
        kind,
        PostKind::JoinLeave
            | PostKind::AddRemove
            | PostKind::JoinChannel
            | PostKind::LeaveChannel
            | PostKind::JoinTeam
            | PostKind::LeaveTeam
            | PostKind::AddToChannel
            | PostKind::RemoveFromChannel
            | PostKind::AddToTeam
            | PostKind::RemoveFromTeam
    )
}
