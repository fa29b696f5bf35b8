//! What users set for themselves.

use mm_macros::model;

use crate::UserId;

/// One setting of a user, by category and name.
#[model]
pub struct Preference {
    pub user_id: UserId,
    /// Such as `display_settings`. For some categories the names are ids: of channels, posts or teams.
    pub category: String,
    pub name: String,
    /// Always text, often JSON in it.
    pub value: String,
}

impl Preference {
    /// A setting of a user.
    pub fn new(
        user_id: UserId,
        category: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self { user_id, category: category.into(), name: name.into(), value: value.into() }
    }
}
