//! Personal access tokens: how programs sign on.

use mm_types::{StatusOk, TokenId, UserAccessToken, UserId};

use crate::Endpoint;

operations![
    CreateUserAccessToken,
    GetUserAccessTokensForUser,
    GetUserAccessTokens,
    GetUserAccessToken,
    SearchUserAccessTokens,
    RevokeUserAccessToken,
    DisableUserAccessToken,
    EnableUserAccessToken,
];

/// Makes a personal access token. Its text is in this answer and never again.
///
/// Needs the permission `create_user_access_token`, and `edit_other_users` for others. Where the server has personal
/// access tokens turned off, which is the default, only those of bots work.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/tokens", response = UserAccessToken, since = "4.1")]
#[non_exhaustive]
pub struct CreateUserAccessToken {
    /// Whose: a user or a bot.
    pub user_id: UserId,
    /// What it is for. Must not be empty.
    pub description: String,
}

/// Lists a user's personal access tokens, without their text. Needs the permission `read_user_access_token`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    GET,
    "/api/v4/users/{user_id}/tokens",
    response = Vec<UserAccessToken>,
    paged = number,
    since = "4.1",
)]
#[non_exhaustive]
pub struct GetUserAccessTokensForUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

/// Lists everybody's personal access tokens, without their text. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/tokens", response = Vec<UserAccessToken>, paged = number, since = "4.7")]
#[non_exhaustive]
pub struct GetUserAccessTokens {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

/// Gets one personal access token, without its text. Needs the permission `read_user_access_token`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/tokens/{token_id}", response = UserAccessToken, since = "4.1")]
#[non_exhaustive]
pub struct GetUserAccessToken {
    /// Which one: its id, not its text.
    pub token_id: TokenId,
}

/// Finds personal access tokens by their id, or by their user's id or name. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/tokens/search",
    response = Vec<UserAccessToken>,
    retry = idempotent,
    since = "4.7",
)]
#[non_exhaustive]
pub struct SearchUserAccessTokens {
    /// One of them, whole. Must not be empty.
    pub term: String,
}

/// Deletes a personal access token and ends its sessions.
///
/// Needs the permission `revoke_user_access_token`. One that is gone already is unknown, and answered with an error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/tokens/revoke",
    response = StatusOk,
    retry = idempotent,
    since = "4.1",
)]
#[non_exhaustive]
pub struct RevokeUserAccessToken {
    /// Which one: its id, not its text.
    pub token_id: TokenId,
}

/// Turns a personal access token off and ends its sessions. Needs the permission `revoke_user_access_token`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/tokens/disable",
    response = StatusOk,
    retry = idempotent,
    since = "4.4",
)]
#[non_exhaustive]
pub struct DisableUserAccessToken {
    /// Which one: its id, not its text.
    pub token_id: TokenId,
}

/// Turns a personal access token on again. Needs the permission `create_user_access_token`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/tokens/enable",
    response = StatusOk,
    retry = idempotent,
    since = "4.4",
)]
#[non_exhaustive]
pub struct EnableUserAccessToken {
    /// Which one: its id, not its text.
    pub token_id: TokenId,
}
