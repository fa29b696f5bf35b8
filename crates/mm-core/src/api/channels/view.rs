//! Looking at channels.

use mm_types::{ChannelId, ChannelViewResponse, UserId};

use crate::Endpoint;

/// Tells that a user looks at a channel, which reads it up to its last post.
///
/// For others than the caller with `edit_other_users`. The answer says up to when both channels are read.
/// Channels that the user is not in are left out.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/channels/members/{user_id}/view",
    response = ChannelViewResponse,
    retry = idempotent
)]
#[non_exhaustive]
pub struct ViewChannel {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// What the user looks at. None if the user looks elsewhere.
    pub channel_id: Option<ChannelId>,
    /// What the user looked at before, which is read too.
    pub prev_channel_id: Option<ChannelId>,
    /// Leaves threads as they are. Without it those of the channels are read as well.
    pub collapsed_threads_supported: Option<bool>,
}
