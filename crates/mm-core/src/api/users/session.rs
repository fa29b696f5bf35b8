//! Sessions: where a user is logged in.

use mm_types::{Session, SessionId, StatusOk, UserId};

use crate::Endpoint;

operations![GetSessions, RevokeSession, RevokeAllSessions, RevokeSessionsFromAllUsers];

/// Lists a user's sessions, without their tokens. Own ones, or with the permission `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/sessions", response = Vec<Session>)]
#[non_exhaustive]
pub struct GetSessions {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

impl GetSessions {
    /// The caller's.
    #[must_use]
    pub fn me() -> Self {
        Self::new(UserId::ME)
    }
}

/// Ends one session. A session that has ended is unknown, and answered with an error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/sessions/revoke", response = StatusOk, retry = idempotent)]
#[non_exhaustive]
pub struct RevokeSession {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Which one: the session's id, not its token.
    pub session_id: SessionId,
}

/// Ends all sessions of a user: for [`UserId::ME`] that includes the one it is sent with.
///
/// Personal access tokens make a new session with their next use; revoke them to keep a program out.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/sessions/revoke/all",
    response = StatusOk,
    retry = idempotent,
    since = "4.4",
)]
#[non_exhaustive]
pub struct RevokeAllSessions {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Ends all sessions of everybody, the caller's included. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/sessions/revoke/all",
    response = StatusOk,
    retry = idempotent,
    since = "5.14",
)]
#[non_exhaustive]
pub struct RevokeSessionsFromAllUsers {}
