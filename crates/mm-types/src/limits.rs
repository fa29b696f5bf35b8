//! What the server's plan allows.

use mm_macros::model;

use crate::Timestamp;

/// How many people and posts the server may have. All zero for those who do not run it.
#[model]
pub struct ServerLimits {
    /// Where warnings begin. 0 for no limit.
    #[model(rename = "maxUsersLimit")]
    pub max_users_limit: i64,
    /// Where no more users are let in. 0 for no limit.
    #[model(rename = "maxUsersHardLimit")]
    pub max_users_hard_limit: i64,
    #[model(rename = "activeUserCount")]
    pub active_user_count: i64,
    #[model(rename = "singleChannelGuestCount")]
    pub single_channel_guest_count: i64,
    #[model(rename = "singleChannelGuestLimit")]
    pub single_channel_guest_limit: i64,
    /// How many posts can be read. 0 for all.
    #[model(rename = "postHistoryLimit")]
    pub post_history_limit: i64,
    /// When the oldest post was made that can be read. 0 for all.
    #[model(rename = "lastAccessiblePostTime")]
    pub last_accessible_post_time: Timestamp,
}
