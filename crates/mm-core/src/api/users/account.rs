//! Making, changing and closing accounts.

use mm_types::{
    NotifyProps, Patch, Secret, StatusOk, TermsOfServiceId, Timezone, User, UserId, UserProps,
    UserTermsOfService,
};

use crate::Endpoint;

operations![
    CreateUser,
    UpdateUser,
    PatchUser,
    DeleteUser,
    PermanentDeleteAllUsers,
    UpdateUserRoles,
    UpdateUserActive,
    PromoteGuestToUser,
    DemoteUserToGuest,
    RegisterTermsOfServiceAction,
    GetUserTermsOfService,
];

/// Makes an account.
///
/// Without a session it works only where the server lets everybody sign up, or with an invitation. The very first
/// account of a server becomes its administrator. A name or address that is taken is refused, so a second try after
/// an unclear failure shows whether the first one went through.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users", response = User, status = 201, auth = optional)]
#[non_exhaustive]
pub struct CreateUser {
    /// Mail address, unique on the server.
    pub email: String,
    /// 1 to 64 lower-case letters, digits, `.`, `-` and `_`; unique on the server.
    pub username: String,
    /// Needed unless `auth_service` is set. At most 72 bytes; how short it may be is configured.
    pub password: Option<Secret>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Nickname.
    pub nickname: Option<String>,
    /// Job title.
    pub position: Option<String>,
    /// Language, such as `en`.
    pub locale: Option<String>,
    /// Where the user's clock is.
    pub timezone: Option<Timezone>,
    /// What the sign-on service knows the user by.
    pub auth_data: Option<Secret>,
    /// The sign-on service: `ldap`, `saml`, `gitlab` and so on. Administrators only.
    pub auth_service: Option<String>,
    /// What clients and plugins keep at the user.
    pub props: Option<UserProps>,
    /// How the user wants to be notified.
    pub notify_props: Option<NotifyProps>,
    /// The token of an invitation by mail.
    #[endpoint(query, rename = "t")]
    pub invite_token: Option<Secret>,
    /// The invite id of a team, which the new user joins.
    #[endpoint(query, rename = "iid")]
    pub invite_id: Option<Secret>,
}

/// Replaces a user's profile as a whole.
///
/// Every field that is empty in `user` becomes empty, so start from the user as [`GetUser`](super::GetUser) answered
/// it, or use [`PatchUser`]. Own account, or the permission `edit_other_users`. Roles, password and the like are not
/// changed by it. Who changes the own mail address has to send the password in `user`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}", response = User)]
#[non_exhaustive]
pub struct UpdateUser {
    /// Whose. The id in `user` must be the same.
    pub user_id: UserId,
    /// The new profile.
    #[endpoint(body)]
    pub user: User,
}

impl UpdateUser {
    /// For a user who carries the id.
    #[must_use]
    pub fn of(user: User) -> Self {
        Self { user_id: user.id, user }
    }
}

/// Changes some fields of a user's profile.
///
/// Own account, or the permission `edit_other_users`. Fields that a sign-on service provides are refused with 409.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/patch", response = User)]
#[non_exhaustive]
pub struct PatchUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Mail address. Who changes the own one has to send `password` too.
    pub email: Patch<String>,
    /// Name, without `@`.
    pub username: Patch<String>,
    /// The present password, as proof. It is not changed by this.
    pub password: Patch<Secret>,
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
    /// Replaces all keys that clients and plugins keep at the user.
    pub props: Patch<UserProps>,
    /// Replaces all notification settings.
    pub notify_props: Patch<NotifyProps>,
}

/// Deactivates an account, or erases it.
///
/// Nobody can log in to a deactivated account, but its posts stay; [`UpdateUserActive`] brings it back. Own account
/// where the server allows it, else the permission `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/users/{user_id}", response = StatusOk)]
#[non_exhaustive]
pub struct DeleteUser {
    /// Whose.
    pub user_id: UserId,
    /// Erases the account and everything it posted, for good. Answered 401 unless the server's setting
    /// `EnableAPIUserDeletion` is on; over the local socket it always works.
    #[endpoint(flag)]
    pub permanent: bool,
}

/// Erases all users and everything they posted, for good. Works on the local socket alone; over the network it is unknown.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/users", response = StatusOk, since = "5.26", local_only)]
#[non_exhaustive]
pub struct PermanentDeleteAllUsers {}

/// Sets a user's server-wide roles, in the place of those the user has.
///
/// Needs the permission `manage_roles`. Roles of the system console besides `system_admin` need a licence.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/roles", response = StatusOk)]
#[non_exhaustive]
pub struct UpdateUserRoles {
    /// Whose.
    pub user_id: UserId,
    /// Names, separated by spaces: `system_user system_admin`.
    pub roles: String,
}

/// Activates or deactivates an account.
///
/// Deactivating ends all its sessions. Needs the permission to manage users; the own account can be deactivated where
/// the server allows it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/active", response = StatusOk)]
#[non_exhaustive]
pub struct UpdateUserActive {
    /// Whose.
    pub user_id: UserId,
    /// Whether it is active afterwards.
    pub active: bool,
}

/// Makes a regular user of a guest.
///
/// Needs the permission `promote_guest`. Answered 501 for somebody who is no guest, so for a second time too.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/promote", response = StatusOk, retry = idempotent, since = "5.16")]
#[non_exhaustive]
pub struct PromoteGuestToUser {
    /// Whose.
    pub user_id: UserId,
}

/// Makes a guest of a regular user, who keeps the teams and channels joined so far.
///
/// Needs the permission `demote_to_guest`, and guest accounts turned on. Answered 501 for somebody who is a guest
/// already, so for a second time too.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/demote",
    response = StatusOk,
    retry = idempotent,
    since = "5.16",
    licence = "with guest accounts",
)]
#[non_exhaustive]
pub struct DemoteUserToGuest {
    /// Whose.
    pub user_id: UserId,
}

/// Accepts or declines terms of service for the caller, whoever the path names.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/terms_of_service",
    response = StatusOk,
    retry = idempotent,
    since = "5.4",
)]
#[non_exhaustive]
pub struct RegisterTermsOfServiceAction {
    /// The caller: [`UserId::ME`].
    pub user_id: UserId,
    /// Which edition of the terms.
    #[endpoint(rename = "termsOfServiceId")]
    pub terms_of_service_id: TermsOfServiceId,
    /// Whether the caller agrees.
    pub accepted: bool,
}

/// Tells which terms of service the caller agreed to last, whoever the path names. Answered 404 before that.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/terms_of_service", response = UserTermsOfService, since = "5.6")]
#[non_exhaustive]
pub struct GetUserTermsOfService {
    /// The caller: [`UserId::ME`].
    pub user_id: UserId,
}
