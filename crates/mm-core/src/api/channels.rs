//! Channels, direct and group messages, and who is in them.

mod channel;
mod create;
mod list;
mod member;
mod state;

pub use channel::{
    GetChannel, GetChannelByName, GetChannelStats, GetPinnedPosts, PatchChannel, UpdateChannel,
};
pub use create::{CreateChannel, CreateDirectChannel, CreateGroupChannel};
pub use list::{GetChannelsForTeamForUser, GetPublicChannelsForTeam, SearchChannels};
pub use member::{
    AddChannelMember, GetChannelMember, GetChannelMembers, GetChannelMembersForUser, RemoveUserFromChannel,
    UpdateChannelMemberSchemeRoles,
};
pub use state::{DeleteChannel, RestoreChannel, UpdateChannelPrivacy};

operations![
    CreateChannel,
    CreateDirectChannel,
    CreateGroupChannel,
    GetChannel,
    GetChannelByName,
    GetChannelStats,
    UpdateChannel,
    PatchChannel,
    UpdateChannelPrivacy,
    DeleteChannel,
    RestoreChannel,
    GetPinnedPosts,
    GetPublicChannelsForTeam,
    GetChannelsForTeamForUser,
    SearchChannels,
    GetChannelMembers,
    GetChannelMember,
    GetChannelMembersForUser,
    AddChannelMember,
    RemoveUserFromChannel,
    UpdateChannelMemberSchemeRoles,
];
