//! People.

use mm_macros::model;

use super::Nested;
use crate::{PostId, Preference, User, UserId, UserStatus};

/// Somebody is writing in a channel: the one that the event was broadcast to.
#[model]
pub struct Typing {
    /// The thread's root. Empty outside of threads.
    pub parent_id: PostId,
    pub user_id: UserId,
}

/// The receiver's own status changed. Nobody is told of others.
#[model]
pub struct StatusChange {
    pub status: UserStatus,
    pub user_id: UserId,
}

/// There is a new user.
#[model]
pub struct NewUser {
    pub user_id: UserId,
}

/// A user changed.
#[model]
pub struct UserUpdated {
    /// Complete for the user, nearly so for administrators; for others what the privacy settings leave.
    pub user: Box<User>,
}

/// The receiver has other roles on the server.
#[model]
pub struct UserRoleUpdated {
    pub user_id: UserId,
    /// With spaces between.
    pub roles: String,
}

/// Some account was activated or deactivated.
#[model]
pub struct UserActivationStatusChange {}

/// All guests were deactivated.
#[model]
pub struct GuestsDeactivated {}

/// A setting of the receiver changed.
#[model]
pub struct PreferenceChanged {
    pub preference: Nested<Preference>,
}

/// Settings of the receiver changed.
#[model]
pub struct PreferencesChanged {
    pub preferences: Nested<Vec<Preference>>,
}

/// Settings of the receiver were deleted.
#[model]
pub struct PreferencesDeleted {
    pub preferences: Nested<Vec<Preference>>,
}
