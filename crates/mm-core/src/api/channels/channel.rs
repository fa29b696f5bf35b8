//! One channel.

use mm_types::{Channel, ChannelBannerInfo, ChannelId, ChannelStats, Patch, PostId, PostList, TeamId};

use crate::Endpoint;

/// Fetches a channel, a direct or group message included.
///
/// Members may, and for public channels all members of the team.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}", response = Channel)]
#[non_exhaustive]
pub struct GetChannel {
    /// Which.
    pub channel_id: ChannelId,
    /// Looks with the rights of a reviewer of flagged posts; needs `flagged_post_id`.
    pub as_content_reviewer: Option<bool>,
    /// The flagged post that is reviewed.
    pub flagged_post_id: Option<PostId>,
}

/// Fetches a channel of a team by its name.
///
/// A private channel of others is 404, as one that is not there.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/teams/{team_id}/channels/name/{channel_name}", response = Channel)]
#[non_exhaustive]
pub struct GetChannelByName {
    /// In which team. Direct and group messages are found in any team.
    pub team_id: TeamId,
    /// The part of the address, not what is displayed. Upper and lower case are the same.
    pub channel_name: String,
    /// Finds archived channels too.
    pub include_deleted: Option<bool>,
}

/// Writes a channel anew.
///
/// Header and purpose that are left out are emptied, while name and display name stay:
/// [`PatchChannel`] changes only what it names. Needs to manage the channel's properties.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/channels/{channel_id}", response = Channel)]
#[non_exhaustive]
pub struct UpdateChannel {
    /// Which.
    #[endpoint(repeated = "id")]
    pub channel_id: ChannelId,
    /// The part of the address: lower-case letters, digits, dashes and underscores.
    pub name: Option<String>,
    /// What people read: at most 64 runes.
    pub display_name: Option<String>,
    /// What the channel is for: at most 250 runes.
    pub purpose: Option<String>,
    /// Markdown above the channel: at most 1024 runes.
    pub header: Option<String>,
}

/// Changes some properties of a channel.
///
/// Members of a direct or group message may change its header, others need to manage the
/// channel's properties. A patch that names nothing is 400 on newer servers. The default channel
/// keeps its name.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/channels/{channel_id}/patch", response = Channel)]
#[non_exhaustive]
pub struct PatchChannel {
    /// Which.
    pub channel_id: ChannelId,
    /// The part of the address. Cannot be empty.
    pub name: Option<String>,
    /// What people read: at most 64 runes. Cannot be empty.
    pub display_name: Option<String>,
    /// What the channel is for: at most 250 runes.
    pub purpose: Patch<String>,
    /// Markdown above the channel: at most 1024 runes.
    pub header: Patch<String>,
    /// Whether groups decide who is in.
    pub group_constrained: Option<bool>,
    /// Whether posts are translated; needs a licence and the feature turned on.
    pub autotranslation: Option<bool>,
    /// A line on top of the channel, with a licence. Keys that are none stay as they are; turn it off with `enabled`.
    pub banner_info: Option<ChannelBannerInfo>,
    /// The sidebar category that new members find it in. Servers newer than 11.6.
    pub default_category_name: Patch<String>,
    /// The sidebar category that all members find it in. Servers newer than 11.6.
    pub managed_category_name: Patch<String>,
}

/// Fetches the pinned posts of a channel. All in one go.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}/pinned", response = PostList, etag)]
#[non_exhaustive]
pub struct GetPinnedPosts {
    /// Of which channel.
    pub channel_id: ChannelId,
}

/// Counts a channel's members, guests, pinned posts and files. For those who can read it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}/stats", response = ChannelStats)]
#[non_exhaustive]
pub struct GetChannelStats {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// Leaves the files uncounted, which is cheaper for the server; their number is -1 then.
    #[endpoint(flag)]
    pub exclude_files_count: bool,
}
