//! People and bots.

use mm_macros::model;

use crate::{NotifyProps, RemoteId, Secret, TermsOfServiceId, Timestamp, Timezone, UserId, UserProps};

/// A person or a bot.
///
/// What is filled in depends on who asks: others see no notification settings, and see mail address and full name
/// only when the server's privacy settings allow it.
#[model]
pub struct User {
    pub id: UserId,
    /// 0 when hidden.
    #[model(omit_empty)]
    pub create_at: Timestamp,
    #[model(omit_empty)]
    pub update_at: Timestamp,
    /// When the account was deactivated. 0 while it is active.
    pub delete_at: Timestamp,
    /// Unique, lower case, without the `@`.
    pub username: String,
    /// Only written when an account is made.
    #[model(omit_empty)]
    pub password: Secret,
    /// What the sign-on service knows the user by. Empty where somebody else looks, missing without such a service.
    #[model(omit_empty)]
    pub auth_data: Option<Secret>,
    /// `ldap`, `saml`, `gitlab` and so on. Empty for name and password.
    pub auth_service: String,
    /// Empty when hidden.
    pub email: String,
    #[model(omit_empty)]
    pub email_verified: bool,
    pub nickname: String,
    pub first_name: String,
    pub last_name: String,
    /// Job title.
    pub position: String,
    /// Names of server-wide roles, separated by spaces.
    pub roles: String,
    #[model(omit_empty)]
    pub allow_marketing: bool,
    #[model(omit_empty)]
    pub props: UserProps,
    /// Empty for everybody but the user and administrators.
    #[model(omit_empty)]
    pub notify_props: NotifyProps,
    #[model(omit_empty)]
    pub last_password_update: Timestamp,
    /// 0 while the picture is the generated one.
    #[model(omit_empty)]
    pub last_picture_update: Timestamp,
    /// Wrong passwords since the last login.
    #[model(omit_empty)]
    pub failed_attempts: i64,
    /// Language, such as `en` or `pt-BR`.
    pub locale: String,
    pub timezone: Timezone,
    #[model(omit_empty)]
    pub mfa_active: bool,
    #[model(omit_empty)]
    pub mfa_secret: Secret,
    /// The connected server the user lives on. Empty for local ones; older servers leave it out.
    #[model(omit_empty)]
    pub remote_id: Option<RemoteId>,
    #[model(omit_empty)]
    pub last_activity_at: Timestamp,
    #[model(omit_empty)]
    pub is_bot: bool,
    #[model(omit_empty)]
    pub bot_description: String,
    #[model(omit_empty)]
    pub bot_last_icon_update: Timestamp,
    /// The terms the user agreed to last.
    #[model(omit_empty)]
    pub terms_of_service_id: TermsOfServiceId,
    #[model(omit_empty)]
    pub terms_of_service_create_at: Timestamp,
    pub disable_welcome_email: bool,
    #[model(omit_empty)]
    pub last_login: Timestamp,
    #[model(omit_empty)]
    pub mfa_used_timestamps: Vec<String>,
}

impl User {
    /// Whether the account is deactivated.
    pub const fn is_deactivated(&self) -> bool {
        self.delete_at.is_set()
    }

    /// The names of the user's server-wide roles.
    pub fn role_names(&self) -> impl Iterator<Item = &str> {
        self.roles.split_whitespace()
    }

    /// Whether the user may do everything.
    pub fn is_system_admin(&self) -> bool {
        self.role_names().any(|role| role == "system_admin")
    }

    /// Whether the user is a guest.
    pub fn is_guest(&self) -> bool {
        self.role_names().any(|role| role == "system_guest")
    }

    /// First and last name with one space between; empty when neither is known.
    pub fn full_name(&self) -> String {
        let names = [self.first_name.as_str(), self.last_name.as_str()];
        let known: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        known.join(" ")
    }
}

/// Users that fit what somebody typed.
#[model]
pub struct UserAutocomplete {
    /// In the channel, if one was asked for; else in the team or on the server.
    pub users: Vec<User>,
    /// In the team but not in the channel. Empty unless a channel was asked for.
    #[model(omit_empty)]
    pub out_of_channel: Vec<User>,
    /// Artificial ones.
    #[model(omit_empty)]
    pub agents: Vec<User>,
}

/// How many users there are.
#[model]
pub struct UsersStats {
    pub total_users_count: i64,
}

/// How a user signs on.
#[model]
pub struct UserAuth {
    /// What the service knows the user by.
    #[model(omit_empty)]
    pub auth_data: Option<Secret>,
    /// `ldap`, `saml`, `gitlab` and so on. Empty for name and password.
    #[model(omit_empty)]
    pub auth_service: String,
}

/// That a user agreed to terms of service.
#[model]
pub struct UserTermsOfService {
    pub user_id: UserId,
    pub terms_of_service_id: TermsOfServiceId,
    /// When the user agreed.
    pub create_at: Timestamp,
}

/// The status line that a user wrote; kept as JSON in [`UserProps`].
#[model]
pub struct CustomStatus {
    /// Name without colons.
    pub emoji: crate::EmojiName,
    pub text: String,
    /// `thirty_minutes`, `one_hour`, `four_hours`, `today`, `this_week` or `date_and_time`. Empty means until cleared.
    pub duration: String,
    /// In the form of RFC 3339. `0001-01-01T00:00:00Z` means never.
    pub expires_at: String,
}

/// Changes to a user. A field that is left alone stays as it is.
#[model]
pub struct UserPatch {
    pub username: crate::Patch<String>,
    pub password: crate::Patch<Secret>,
    pub nickname: crate::Patch<String>,
    pub first_name: crate::Patch<String>,
    pub last_name: crate::Patch<String>,
    pub position: crate::Patch<String>,
    pub email: crate::Patch<String>,
    pub props: crate::Patch<UserProps>,
    pub notify_props: crate::Patch<NotifyProps>,
    pub locale: crate::Patch<String>,
    pub timezone: crate::Patch<Timezone>,
    pub remote_id: crate::Patch<RemoteId>,
}
