//! Channels, direct and group messages, and who is in them.

mod channel;
mod create;
mod list;
mod member;
mod state;
mod view;

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
pub use view::ViewChannel;

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
    ViewChannel,
    GetChannelMembers,
    GetChannelMember,
    GetChannelMembersForUser,
    AddChannelMember,
    RemoveUserFromChannel,
    UpdateChannelMemberSchemeRoles,
];
