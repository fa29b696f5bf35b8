//! Whether a channel is in use, and whether it is public.

use mm_types::{Channel, ChannelId, ChannelType, StatusOk};

use crate::Endpoint;

/// Archives a channel: it can be read, but nobody posts to it any more.
///
/// Needs `delete_public_channel` or `delete_private_channel`, which members have. Not for the default
/// channel, nor for direct and group messages. One that is archived already is 400. Its webhooks go
/// for good.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/channels/{channel_id}", response = StatusOk)]
#[non_exhaustive]
pub struct DeleteChannel {
    /// Which.
    pub channel_id: ChannelId,
    /// Removes it from the database with all its posts, the archived and the default one too. Only where the
    /// server allows it, else 401.
    pub permanent: Option<bool>,
}

/// Takes a channel out of the archive.
///
/// Needs to manage the team. The answer is the channel as it was, with `delete_at` alone changed. One that
/// is in use is 400.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/channels/{channel_id}/restore", response = Channel)]
#[non_exhaustive]
pub struct RestoreChannel {
    /// Which.
    pub channel_id: ChannelId,
}

/// Makes a channel public or private. Its members stay.
///
/// Needs `convert_private_channel_to_public` or `convert_public_channel_to_private`. The default channel
/// cannot be made private. The channel is told even when it was like that before.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/channels/{channel_id}/privacy", response = Channel)]
#[non_exhaustive]
pub struct UpdateChannelPrivacy {
    /// Which.
    pub channel_id: ChannelId,
    /// Public or private; nothing else.
    pub privacy: ChannelType,
}
