//! How users sort the channels in their sidebars.

use mm_macros::model;

use crate::{ChannelId, SidebarCategoryId, TeamId, UserId, open_enum::open_enum};

open_enum! {
    /// What the channels of a category are sorted by.
    pub enum SidebarCategorySorting {
        /// What the client thinks best.
        Unset = "",
        /// The order of the list.
        Manual = "manual",
        /// The last post.
        Recent = "recent",
        /// Their names.
        Alphabetical = "alpha",
    }

    /// Who made a category.
    pub enum SidebarCategoryType {
        /// The server, for channels that are nowhere else.
        Channels = "channels",
        /// The server, for direct and group messages that are nowhere else.
        DirectMessages = "direct_messages",
        /// The server, for favourites.
        Favorites = "favorites",
        /// The user.
        Custom = "custom",
    }
}

/// A part of a user's sidebar in one team.
#[model]
pub struct SidebarCategory {
    pub id: SidebarCategoryId,
    pub user_id: UserId,
    pub team_id: TeamId,
    /// Its place among the others. Not told by old servers, such as 5.37.
    pub sort_order: i64,
    pub sorting: SidebarCategorySorting,
    #[model(rename = "type")]
    pub kind: SidebarCategoryType,
    pub display_name: String,
    pub muted: bool,
    pub collapsed: bool,
}

/// A part of a user's sidebar, and what is in it.
#[model]
pub struct SidebarCategoryWithChannels {
    #[model(flatten)]
    pub category: SidebarCategory,
    /// In the order they are shown in, if that is by hand.
    pub channel_ids: Vec<ChannelId>,
}
