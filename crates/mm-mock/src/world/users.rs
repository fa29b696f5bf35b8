//! Accounts.

mod change;
mod delete;
mod valid;
mod view;

use bytes::Bytes;
use mm_types::{NotifyProps, Secret, User, UserId};

pub(crate) use self::valid::{check, check_password, is_email, is_in_domains, is_translated, is_username};
pub(crate) use self::view::as_self;
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
    /// The picture in the file store. A generated one gets there when it is asked for.
    pub(crate) picture: Option<Bytes>,
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

impl World {
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
            user.timezone = valid::usual_timezone();
        }
        let (id, is_bot) = (user.id, user.is_bot);
        self.users.rows.insert(id, Account { user, password, ..Account::default() });
        if is_bot {
            self.add_bot(id, id);
        } else {
            self.add_default_preferences(id);
        }
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
