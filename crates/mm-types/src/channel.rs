//! Channels and who is in them.

mod added;

use std::collections::BTreeMap;

use mm_macros::model;

pub use self::added::AddedMembers;
use crate::{
    ChannelId, ChannelNotifyProps, Patch, PolicyId, RawMap, SchemeId, TeamId, Timestamp, UserId,
    open_enum::open_enum,
};

open_enum! {
    /// Who sees a channel.
    pub enum ChannelType {
        /// Everybody in the team.
        Open = "O",
        /// Its members.
        Private = "P",
        /// Two people, or one alone with themself.
        Direct = "D",
        /// Three to eight people, outside of teams.
        Group = "G",
    }
}

/// A place where posts go: a channel of a team, or a direct or group message.
#[model]
pub struct Channel {
    pub id: ChannelId,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// When it was archived. 0 while it is in use.
    pub delete_at: Timestamp,
    /// Empty for direct and group messages.
    pub team_id: TeamId,
    #[model(rename = "type")]
    pub kind: ChannelType,
    /// Empty for direct messages: show the other user's name.
    pub display_name: String,
    /// The part of the address that names it. For a direct message both user ids with two underscores between.
    pub name: String,
    /// Markdown.
    pub header: String,
    pub purpose: String,
    pub last_post_at: Timestamp,
    pub total_msg_count: i64,
    pub extra_update_at: Timestamp,
    /// Empty for channels that the server made.
    pub creator_id: UserId,
    pub scheme_id: Option<SchemeId>,
    pub props: RawMap,
    /// Whether groups decide who is in.
    pub group_constrained: Option<bool>,
    pub autotranslation: bool,
    /// Whether connected servers have it as well.
    pub shared: Option<bool>,
    /// Without replies in threads.
    pub total_msg_count_root: i64,
    pub policy_id: Option<PolicyId>,
    pub last_root_post_at: Timestamp,
    pub banner_info: Option<Box<ChannelBannerInfo>>,
    /// Whether access rules decide who is in.
    pub policy_enforced: bool,
    pub policy_is_active: bool,
    pub default_category_name: String,
}

impl Channel {
    /// Whether it is archived.
    pub const fn is_deleted(&self) -> bool {
        self.delete_at.is_set()
    }

    /// The other user of a direct message; the caller in a conversation with oneself. None for other channels.
    pub fn other_user(&self, caller: UserId) -> Option<UserId> {
        if self.kind != ChannelType::Direct {
            return None;
        }
        let (one, other) = self.name.split_once("__")?;
        if caller == *one { other } else { one }.parse().ok()
    }
}

/// A line shown on top of a channel.
#[model]
pub struct ChannelBannerInfo {
    pub enabled: Option<bool>,
    /// Markdown.
    pub text: Option<String>,
    /// Such as `#ff8800`.
    pub background_color: Option<String>,
}

/// A user's place in a channel.
#[model]
pub struct ChannelMember {
    pub channel_id: ChannelId,
    pub user_id: UserId,
    /// Names of all roles in the channel, separated by spaces.
    pub roles: String,
    pub last_viewed_at: Timestamp,
    /// How many of the channel's posts the user has seen: subtract from its `total_msg_count`.
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
    pub notify_props: ChannelNotifyProps,
    pub last_update_at: Timestamp,
    pub scheme_guest: bool,
    pub scheme_user: bool,
    pub scheme_admin: bool,
    /// Names of the roles that the scheme flags do not stand for.
    pub explicit_roles: String,
    pub autotranslation_disabled: bool,
}

/// A user's place in a channel, with the channel's team.
#[model]
pub struct ChannelMemberWithTeamData {
    #[model(flatten)]
    pub member: ChannelMember,
    /// Empty for direct and group messages, as are the other two.
    pub team_display_name: String,
    pub team_name: String,
    pub team_update_at: Timestamp,
}

/// A channel with its team.
#[model]
pub struct ChannelWithTeamData {
    #[model(flatten)]
    pub channel: Channel,
    pub team_display_name: String,
    pub team_name: String,
    pub team_update_at: Timestamp,
}

/// A page of channels, and how many there are.
#[model]
pub struct ChannelsWithCount {
    pub channels: Vec<ChannelWithTeamData>,
    /// Of all pages.
    pub total_count: i64,
}

/// How many people, pinned posts and files a channel has.
#[model]
pub struct ChannelStats {
    pub channel_id: ChannelId,
    pub member_count: i64,
    pub guest_count: i64,
    pub pinnedpost_count: i64,
    pub files_count: i64,
}

/// What a user has not read in a channel.
#[model]
pub struct ChannelUnread {
    pub team_id: TeamId,
    pub channel_id: ChannelId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
}

/// What a user has not read in a channel from some post on.
#[model]
pub struct ChannelUnreadAt {
    pub team_id: TeamId,
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub urgent_mention_count: i64,
    pub msg_count_root: i64,
    pub last_viewed_at: Timestamp,
}

/// Up to when channels are read that a user looks at.
#[model]
pub struct ChannelViewResponse {
    /// `OK`.
    pub status: String,
    /// The times of the last posts, by channel.
    pub last_viewed_at_times: BTreeMap<ChannelId, Timestamp>,
}

/// Changes to a channel. A field that is left alone stays as it is.
#[model]
pub struct ChannelPatch {
    pub display_name: Patch<String>,
    pub name: Patch<String>,
    pub header: Patch<String>,
    pub purpose: Patch<String>,
    pub group_constrained: Patch<bool>,
    pub banner_info: Patch<ChannelBannerInfo>,
    pub autotranslation: Patch<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direct_message_knows_the_other_user() {
        let (one, other) = ("abcdefghijklmnopqrstuvwxy1", "abcdefghijklmnopqrstuvwxy2");
        let mut channel = Channel { name: format!("{one}__{other}"), ..Default::default() };
        let (one, other) = (one.parse().expect("an id"), other.parse().expect("an id"));
        assert_eq!(channel.other_user(one), None);
        channel.kind = ChannelType::Direct;
        assert_eq!(channel.other_user(one), Some(other));
        assert_eq!(channel.other_user(other), Some(one));
    }
}
