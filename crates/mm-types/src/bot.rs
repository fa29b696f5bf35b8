//! Bots: users that programs act as.

use mm_macros::model;

use crate::{Patch, Timestamp, UserId};

/// A user that a program acts as.
#[model]
pub struct Bot {
    /// Also the id of its user.
    pub user_id: UserId,
    pub username: String,
    #[model(omit_empty)]
    pub display_name: String,
    #[model(omit_empty)]
    pub description: String,
    /// The id of the user who made it, or the name of the plugin it belongs to: plain text, because the latter is longer.
    pub owner_id: String,
    #[model(omit_empty)]
    pub last_icon_update: Timestamp,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// When it was turned off. 0 while it is on.
    pub delete_at: Timestamp,
}

/// Changes to a bot. A field that is left alone stays as it is.
#[model]
pub struct BotPatch {
    pub username: Patch<String>,
    pub display_name: Patch<String>,
    pub description: Patch<String>,
}
