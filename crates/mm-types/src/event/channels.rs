//! Channels and who is in them.

use mm_macros::model;

use crate::{ChannelId, TeamId, UserId};

/// The receiver made a channel.
#[model]
pub struct ChannelCreated {
    pub channel_id: ChannelId,
    /// Empty for direct and group messages.
    pub team_id: TeamId,
}

/// Somebody came into a channel: the one that the event was broadcast to.
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
