//! Preferences: what users set for themselves.

use mm_types::{Preference, StatusOk, UserId};

use crate::Endpoint;

operations![GetPreferences, UpdatePreferences, DeletePreferences];

/// Lists all preferences of a user, in no order.
///
/// One's own, and with `edit_other_users` those of others. An unknown user has none; that is no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/preferences", response = Vec<Preference>)]
#[non_exhaustive]
pub struct GetPreferences {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Sets preferences, all or none of them.
///
/// One that is there is written over. One's own, and with `edit_other_users` those of others. `flagged_post`
/// keeps a post: its id is the name, and the caller has to be able to read it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/preferences", response = StatusOk)]
#[non_exhaustive]
pub struct UpdatePreferences {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// 1 to 100, each with the real id of the same user. Old servers take more, and none.
    #[endpoint(body)]
    pub preferences: Vec<Preference>,
}

/// Deletes preferences. What is not there is no error.
///
/// One's own, and with `edit_other_users` those of others.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/preferences/delete", response = StatusOk, retry = idempotent)]
#[non_exhaustive]
pub struct DeletePreferences {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// 1 to 100, each with the real id of the same user. The values do not matter.
    #[endpoint(body)]
    pub preferences: Vec<Preference>,
}
