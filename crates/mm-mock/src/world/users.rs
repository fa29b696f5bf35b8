//! Accounts.

use mm_types::{NotifyProps, Secret, Timestamp, Timezone, User, UserId};

use super::{Table, World};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Users {
    pub(crate) rows: Table<UserId, Account>,
}

/// A user with what only the server knows.
#[derive(Debug, Default, Clone)]
pub(crate) struct Account {
    pub(crate) user: User,
    /// Empty for bots, who cannot log in.
    pub(crate) password: Secret,
    /// The key of the one-time codes; empty without a second factor.
    pub(crate) mfa_key: Secret,
    /// The last 30-second step whose code was used.
    pub(crate) mfa_last_step: u64,
}

impl Users {
    /// 404 `app.user.missing_account.const`.
    pub(crate) fn get(&self, id: UserId) -> Result<&Account, Failure> {
        self.rows.get(&id).ok_or_else(missing)
    }

    /// 404 `app.user.missing_account.const`.
    pub(crate) fn get_mut(&mut self, id: UserId) -> Result<&mut Account, Failure> {
        self.rows.get_mut(&id).ok_or_else(missing)
    }

    /// By name in any case.
    pub(crate) fn by_username(&self, name: &str) -> Option<&Account> {
        self.rows.iter().find(|account| account.user.username.eq_ignore_ascii_case(name))
    }

    pub(crate) fn by_email(&self, email: &str) -> Option<&Account> {
        self.rows.iter().find(|account| account.user.email.eq_ignore_ascii_case(email))
    }

    /// The way the server lists users: by name.
    pub(crate) fn sorted(&self) -> Vec<&Account> {
        let mut all: Vec<&Account> = self.rows.iter().collect();
        all.sort_by(|a, b| a.user.username.cmp(&b.user.username));
        all
    }
}

fn missing() -> Failure {
    Failure::new(404, "app.user.missing_account.const", "Unable to find the user.")
}

/// A user as the user is shown in the answer about one.
pub(crate) fn as_self(user: &User) -> User {
    let mut shown = user.clone();
    shown.password = Secret::default();
    shown.mfa_secret = Secret::default();
    shown.mfa_used_timestamps = Vec::new();
    shown.auth_data = None;
    shown.last_login = Timestamp::UNSET;
    shown
}

/// A user as others see the user. In lists `auth_data` is the empty text.
pub(crate) fn as_other(user: &User, viewer_is_admin: bool) -> User {
    let mut shown = as_self(user);
    shown.email_verified = false;
    shown.allow_marketing = false;
    shown.last_password_update = Timestamp::UNSET;
    shown.failed_attempts = 0;
    if !viewer_is_admin {
        shown.notify_props = NotifyProps::new();
        shown.mfa_active = false;
    }
    shown.auth_data = Some(Secret::default());
    shown
}

impl World {
    /// How one user sees another, in lists.
    pub(crate) fn shown_to(&self, viewer: UserId, user: &User) -> User {
        as_other(user, self.is_admin(viewer))
    }

    pub(crate) fn is_admin(&self, user: UserId) -> bool {
        self.users.get(user).is_ok_and(|account| account.user.is_system_admin())
    }

    /// Adds an account. Fills in id, times, roles and the usual settings where they are empty; checks nothing.
    pub(crate) fn add_user(&mut self, mut user: User, password: Secret) -> UserId {
        if user.id.is_empty() {
            user.id = self.new_id();
        }
        let now = self.now();
        for time in [&mut user.create_at, &mut user.update_at, &mut user.last_password_update] {
            if time.is_unset() {
                *time = now;
            }
        }
        let defaults = [
            (&mut user.roles, "system_user".to_owned()),
            (&mut user.locale, "en".to_owned()),
            (&mut user.email, format!("{}@example.com", user.username)),
        ];
        for (field, default) in defaults {
            if field.is_empty() {
                *field = default;
            }
        }
        if !user.is_bot {
            user.remote_id.get_or_insert_default();
            if user.notify_props.is_empty() {
                user.notify_props = default_notify_props();
            }
        }
        if user.timezone.is_empty() {
            user.timezone = Timezone::from([
                ("automaticTimezone", ""),
                ("manualTimezone", ""),
                ("useAutomaticTimezone", "true"),
            ]);
        }
        let id = user.id;
        self.users.rows.insert(id, Account { user, password, ..Account::default() });
        id
    }
}

fn default_notify_props() -> NotifyProps {
    NotifyProps::from([
        ("channel", "true"),
        ("comments", "never"),
        ("desktop", "mention"),
        ("desktop_sound", "true"),
        ("desktop_threads", "all"),
        ("email", "true"),
        ("email_threads", "all"),
        ("first_name", "false"),
        ("mention_keys", ""),
        ("push", "mention"),
        ("push_status", "online"),
        ("push_threads", "all"),
    ])
}
