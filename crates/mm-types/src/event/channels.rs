//! Channels and who is in them.

use std::collections::BTreeMap;

use mm_macros::model;

use super::Nested;
use crate::{
    Channel, ChannelBookmarkWithFileInfo, ChannelId, ChannelMember, TeamId, Timestamp,
    UpdateChannelBookmarkResponse, UserId,
};

/// The receiver made a channel.
#[model]
pub struct ChannelCreated {
    pub channel_id: ChannelId,
    /// Empty for direct and group messages.
    pub team_id: TeamId,
}

/// A channel changed. One of the two fields is set.
#[model]
pub struct ChannelUpdated {
    #[model(omit_empty)]
    pub channel: Nested<Channel>,
    /// In the place of the channel when something about its sharing with other servers changed.
    #[model(omit_empty)]
    pub channel_id: Option<ChannelId>,
}

/// A channel became public or private.
#[model]
pub struct ChannelConverted {
    pub channel_id: ChannelId,
}

/// A channel was archived or deleted for good.
#[model]
pub struct ChannelDeleted {
    pub channel_id: ChannelId,
    pub delete_at: Timestamp,
}

/// A channel was taken out of the archive.
#[model]
pub struct ChannelRestored {
    pub channel_id: ChannelId,
}

/// The permissions in a channel changed: the one that the event was broadcast to.
#[model]
pub struct ChannelSchemeUpdated {}

/// The receiver's own place in a channel changed: roles, notifications.
#[model]
pub struct ChannelMemberUpdated {
    #[model(rename = "channelMember")]
    pub channel_member: Nested<ChannelMember>,
}

/// The receiver looked at a channel. From old servers, such as 5.37; later ones send [`MultipleChannelsViewed`].
#[model]
pub struct ChannelViewed {
    pub channel_id: ChannelId,
}

/// The receiver looked at channels.
#[model]
pub struct MultipleChannelsViewed {
    /// When, by channel.
    pub channel_times: BTreeMap<ChannelId, Timestamp>,
}

/// Two people have a direct message now: the channel that the event was broadcast to.
#[model]
pub struct DirectAdded {
    pub creator_id: UserId,
    pub teammate_id: UserId,
}

/// Some people have a group message now: the channel that the event was broadcast to.
#[model]
pub struct GroupAdded {
    pub teammate_ids: Nested<Vec<UserId>>,
}

/// Somebody came into a channel: the one that the event was broadcast to.
///
/// The copy for the one who came names no channel; there is one for the channel as well.
#[model]
pub struct UserAdded {
    pub user_id: UserId,
    pub team_id: TeamId,
}

/// Somebody left a channel or was removed from it. There is one copy for the channel and one for the user.
#[model]
pub struct UserRemoved {
    /// None in the user's copy: it is the receiver.
    #[model(omit_empty)]
    pub user_id: Option<UserId>,
    /// None in the channel's copy: it is the one that the event was broadcast to.
    #[model(omit_empty)]
    pub channel_id: Option<ChannelId>,
    /// Who did it. The user themself when they left.
    pub remover_id: UserId,
}

/// A channel has a new bookmark.
#[model]
pub struct ChannelBookmarkCreated {
    pub bookmark: Nested<ChannelBookmarkWithFileInfo>,
}

/// A bookmark changed.
#[model]
pub struct ChannelBookmarkUpdated {
    pub bookmarks: Nested<UpdateChannelBookmarkResponse>,
}

/// A bookmark was deleted.
#[model]
pub struct ChannelBookmarkDeleted {
    pub bookmark: Nested<ChannelBookmarkWithFileInfo>,
}

/// The bookmarks of a channel have another order.
#[model]
pub struct ChannelBookmarkSorted {
    /// All of them.
    pub bookmarks: Nested<Vec<ChannelBookmarkWithFileInfo>>,
}
