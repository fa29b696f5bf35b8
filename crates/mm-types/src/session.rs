//! Logins, personal access tokens, and the log of what was done.

use mm_macros::model;

use crate::{AuditId, Secret, SessionId, SessionProps, TeamMember, Timestamp, TokenId, UserId};

/// A login, or the use of a personal access token.
#[model]
pub struct Session {
    pub id: SessionId,
    /// Empty in answers.
    pub token: Secret,
    pub create_at: Timestamp,
    /// 0 when it never ends.
    pub expires_at: Timestamp,
    pub last_activity_at: Timestamp,
    pub user_id: UserId,
    /// Where notices for the phone go. Empty for browsers and programs.
    pub device_id: Secret,
    /// Names of the user's server-wide roles, separated by spaces.
    pub roles: String,
    /// Whether an application acts for the user.
    pub is_oauth: bool,
    /// Whether the user was told that it ended.
    pub expired_notify: bool,
    pub props: SessionProps,
    pub team_members: Vec<TeamMember>,
    /// Whether it came over the local socket.
    pub local: bool,
}

/// A token that a user or bot made for a program.
#[model]
pub struct UserAccessToken {
    pub id: TokenId,
    /// Told once, when it is made. Empty afterwards.
    #[model(omit_empty)]
    pub token: Secret,
    pub user_id: UserId,
    pub description: String,
    pub is_active: bool,
}

/// One line of the log of what users did.
#[model]
pub struct Audit {
    pub id: AuditId,
    pub create_at: Timestamp,
    /// Empty when nobody was logged in.
    pub user_id: UserId,
    /// The path of the request.
    pub action: String,
    /// `name=value` pairs, separated by spaces.
    pub extra_info: String,
    pub ip_address: String,
    pub session_id: SessionId,
}
