//! What of a user is shown to whom.

use mm_types::{NotifyProps, Secret, Timestamp, User, UserId};

use crate::world::World;

/// A user as the user is shown to the user.
pub(crate) fn as_self(user: &User) -> User {
    let mut shown = user.clone();
    shown.password = Secret::default();
    shown.mfa_secret = Secret::default();
    shown.mfa_used_timestamps = Vec::new();
    shown.last_login = Timestamp::UNSET;
    shown
}

impl World {
    /// How one user sees another, in lists.
    pub(crate) fn shown_to(&self, viewer: UserId, user: &User) -> User {
        self.as_other(user, self.is_admin(viewer))
    }

    /// A user as administrators see the user, or as everybody else does.
    pub(crate) fn as_other(&self, user: &User, viewer_is_admin: bool) -> User {
        let mut shown = as_self(user);
        shown.email_verified = false;
        shown.allow_marketing = false;
        shown.last_password_update = Timestamp::UNSET;
        if viewer_is_admin {
            return shown;
        }
        shown.notify_props = NotifyProps::new();
        shown.failed_attempts = 0;
        shown.auth_data = Some(Secret::default());
        shown.auth_service.clear();
        if !self.config.show_email {
            shown.email.clear();
        }
        if !self.config.show_full_name {
            shown.first_name.clear();
            shown.last_name.clear();
        }
        shown
    }

    pub(crate) fn is_admin(&self, user: UserId) -> bool {
        self.users.get(user).is_ok_and(|account| account.user.is_system_admin())
    }
}
