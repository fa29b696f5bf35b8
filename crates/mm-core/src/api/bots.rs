//! Bots: users that programs act as.

use mm_types::{Bot, NotifyProps, Patch, Secret, Timezone, User, UserId, UserProps};

use crate::Endpoint;

operations![ConvertUserToBot, ConvertBotToUser];

/// Makes a bot of a user. Administrators only.
///
/// The user cannot log in any more; the program uses a personal access token.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/convert_to_bot", response = Bot, since = "5.26")]
#[non_exhaustive]
pub struct ConvertUserToBot {
    /// Whose.
    pub user_id: UserId,
}

/// Makes a user of a bot, who logs in with a password from now on. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/bots/{bot_user_id}/convert_to_user", response = User, since = "5.26")]
#[non_exhaustive]
pub struct ConvertBotToUser {
    /// Whose.
    pub bot_user_id: UserId,
    /// The password to log in with.
    pub password: Secret,
    /// Makes the user an administrator.
    #[endpoint(query, flag)]
    pub set_system_admin: bool,
    /// Mail address.
    pub email: Patch<String>,
    /// Name, without `@`.
    pub username: Patch<String>,
    /// First name.
    pub first_name: Patch<String>,
    /// Last name.
    pub last_name: Patch<String>,
    /// Nickname.
    pub nickname: Patch<String>,
    /// Job title.
    pub position: Patch<String>,
    /// Language, such as `en`.
    pub locale: Patch<String>,
    /// Where the user's clock is.
    pub timezone: Patch<Timezone>,
    /// What clients and plugins keep at the user.
    pub props: Patch<UserProps>,
    /// How the user wants to be notified.
    pub notify_props: Patch<NotifyProps>,
}
