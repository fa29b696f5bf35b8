//! Groups of users, from a directory or made by hand.

use mm_macros::model;

use crate::{GroupId, Timestamp, UserId, open_enum::open_enum};

open_enum! {
    /// Where a group comes from. Those of plugins begin with `plugin_`.
    pub enum GroupSource {
        /// From a directory.
        Ldap = "ldap",
        /// Made by hand.
        Custom = "custom",
    }
}

/// A group of users.
#[model]
pub struct Group {
    pub id: GroupId,
    /// What it is mentioned by, without the `@`. None when it cannot be.
    #[model(omit_empty)]
    pub name: Option<String>,
    pub display_name: String,
    pub description: String,
    pub source: GroupSource,
    /// What the directory knows it by.
    pub remote_id: Option<String>,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    /// Whether it decides who is in some team or channel.
    pub has_syncables: bool,
    #[model(omit_empty)]
    pub member_count: Option<i64>,
    /// Whether it can be mentioned.
    pub allow_reference: bool,
    /// How many of its members are in the channel that was asked about.
    #[model(omit_empty)]
    pub channel_member_count: Option<i64>,
    #[model(omit_empty)]
    pub channel_member_timezones_count: Option<i64>,
    pub member_ids: Vec<UserId>,
}

/// A user's place in a group.
#[model]
pub struct GroupMember {
    pub group_id: GroupId,
    pub user_id: UserId,
    pub create_at: Timestamp,
    /// 0 while the user is in.
    pub delete_at: Timestamp,
}
