//! Settings, with the values of a new server.

use std::time::Duration;

use crate::Rate;

/// What an administrator could set.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The largest JSON body, in bytes.
    pub max_payload: usize,
    /// The largest file, in bytes.
    pub max_file_size: usize,
    /// Wrong passwords before an account is locked.
    pub max_login_attempts: i64,
    /// The rate limit; none on a new server.
    pub rate_limit: Option<Rate>,
    /// How long a session lasts.
    pub session_length: Duration,
    /// How long a session of a browser or program lasts without a request.
    pub session_idle: Duration,
    /// Sessions a user can have; the one unused for longest makes room for another.
    pub max_sessions: usize,
    /// Whether people may have personal access tokens. Bots always may.
    pub user_access_tokens: bool,
    /// Whether bots can be made.
    pub bot_creation: bool,
    /// Whether whoever can reach the server may make an account.
    pub open_server: bool,
    /// The mail domains that new users may have, separated by commas; empty for all.
    pub mail_domains: String,
    /// Whether an address counts only once the user opened a link sent to it.
    pub verify_email: bool,
    /// Whether people see each other's mail addresses.
    pub show_email: bool,
    /// Whether people see each other's full names.
    pub show_full_name: bool,
    /// The shortest password, in bytes.
    pub password_length: usize,
    /// Whether a new password ends the user's other sessions.
    pub new_password_ends_sessions: bool,
    /// Whether second factors can be set up.
    pub mfa: bool,
    /// Whether users may deactivate themselves.
    pub self_deactivation: bool,
    /// Whether bots are turned off with their owner.
    pub bots_end_with_owner: bool,
    /// Active people from which on administrators are warned.
    pub user_limit: usize,
    /// Active people the server can have.
    pub user_hard_limit: usize,
    /// Whether deleting a user for good is allowed.
    pub user_deletion: bool,
    /// Whether deleting a team for good is allowed.
    pub team_deletion: bool,
    /// Whether deleting a channel for good is allowed.
    pub channel_deletion: bool,
    /// Whether deleting a post for good is allowed.
    pub post_deletion: bool,
    /// Whether links to files work without a session.
    pub public_links: bool,
    /// Whether guests can be made; needs a licence on a real server.
    pub guest_accounts: bool,
    /// How long the server waits for integrations, and how long they may open a dialog.
    pub integration_timeout: Duration,
    /// The longest message, in characters.
    pub max_post_size: usize,
    /// The most members a team can have.
    pub max_users_per_team: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_payload: 300_000,
            max_file_size: 100 * 1024 * 1024,
            max_login_attempts: 10,
            rate_limit: None,
            session_length: Duration::from_secs(4320 * 3600),
            session_idle: Duration::from_secs(43_200 * 60),
            max_sessions: 500,
            user_access_tokens: false,
            bot_creation: false,
            open_server: false,
            mail_domains: String::new(),
            verify_email: false,
            show_email: true,
            show_full_name: true,
            password_length: 8,
            new_password_ends_sessions: true,
            mfa: false,
            self_deactivation: false,
            bots_end_with_owner: true,
            user_limit: 200,
            user_hard_limit: 250,
            user_deletion: false,
            team_deletion: false,
            channel_deletion: false,
            post_deletion: false,
            public_links: false,
            guest_accounts: false,
            integration_timeout: Duration::from_secs(30),
            max_post_size: 16_383,
            max_users_per_team: 50,
        }
    }
}
