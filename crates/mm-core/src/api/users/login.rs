//! Logging in and out, and which service vouches for whom.

use std::collections::HashMap;

use mm_types::{Secret, StatusOk, SwitchAnswer, User, UserAuth, UserId};

use crate::{Endpoint, codec};

operations![
    Login,
    LoginByCwsToken,
    Logout,
    SwitchAccountType,
    UpdateUserAuth,
    MigrateAuthToLdap,
    MigrateAuthToSaml
];

/// Logs in and answers the user. The session's token is in the answer's `Token` header.
///
/// What is wrong with name or password is not told: the answer is 401 either way. A missing second factor is told, as
/// `mfa.validate_token.authenticate.app_error`. Ten wrong passwords lock the account by default. Each login makes
/// another session, and a code of the authenticator app works once.
///
/// ```
/// use mm_core::{Endpoint, api::users::Login};
///
/// let login = Login::new("alice", "correct horse").mfa_code("123456");
/// let request = login.to_request()?;
/// let body = br#"{"login_id":"alice","password":"correct horse","token":"123456"}"#;
/// assert_eq!(request.body().as_bytes(), Some(body as &[u8]));
/// assert!(!format!("{login:?}").contains("horse"));
/// # Ok::<(), mm_core::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/login", response = User, auth = none)]
#[non_exhaustive]
pub struct Login {
    /// Name or mail address, as far as the server allows to log in with either; or the directory's name for the user.
    pub login_id: String,
    /// The password.
    pub password: Secret,
    /// The code that the authenticator app shows.
    #[endpoint(rename = "token")]
    pub mfa_code: Option<Secret>,
    /// The user's id, to log in with in the place of `login_id`.
    pub id: Option<UserId>,
    /// Where notices for a phone go: makes a session of a phone, and ends the user's other session with it.
    pub device_id: Option<Secret>,
    /// Where calls for a phone go. For servers later than 11.6.
    pub voip_device_id: Option<Secret>,
    /// Looks into the directory alone.
    #[endpoint(flag, text)]
    pub ldap_only: bool,
    /// The token of a link sent by mail, in the place of a password.
    pub magic_link_token: Option<Secret>,
}

/// Logs in to a cloud server with a token of its customer portal.
///
/// The answer is where the browser goes on. A token that is not accepted leads there too, so look for the session
/// cookie rather than at the address.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/login/cws",
    response = String,
    codec = codec::Redirect,
    status = 302,
    url_encoded,
    auth = none,
    licence = "of Mattermost Cloud",
)]
#[non_exhaustive]
pub struct LoginByCwsToken {
    /// Name or mail address.
    pub login_id: String,
    /// The portal's token.
    pub cws_token: Secret,
}

/// Ends the session whose token is sent. Without one, or with one that has ended, there is nothing to do and no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/logout", response = StatusOk, auth = optional, retry = idempotent)]
#[non_exhaustive]
pub struct Logout {}

/// Moves an account from one way to sign on to another.
///
/// From a service back to name and password needs the user's session; the other ways need the password. The answer
/// says where a browser has to go on, if it has to.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/login/switch", response = SwitchAnswer, auth = optional)]
#[non_exhaustive]
pub struct SwitchAccountType {
    /// The present way: `email` for name and password, else `ldap`, `saml`, `gitlab` and so on.
    pub current_service: String,
    /// The way from now on, named as above.
    pub new_service: String,
    /// The account's mail address.
    pub email: Option<String>,
    /// The present password: the directory's when `current_service` is `ldap`.
    pub password: Option<Secret>,
    /// The password from now on, for moves to `email`; the directory's for moves to `ldap`.
    pub new_password: Option<Secret>,
    /// The code that the authenticator app shows, where one is set up.
    pub mfa_code: Option<Secret>,
    /// The directory's name for the user, for moves to `ldap`.
    pub ldap_id: Option<String>,
}

/// Sets which service vouches for a user. Administrators only.
///
/// The answer repeats what was sent.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/auth", response = UserAuth, since = "4.6")]
#[non_exhaustive]
pub struct UpdateUserAuth {
    /// Whose.
    pub user_id: UserId,
    /// What the service knows the user by.
    pub auth_data: Secret,
    /// `ldap`, `saml`, `gitlab` and so on.
    pub auth_service: String,
}

/// Moves all accounts of one way to sign on to the directory. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/migrate_auth/ldap",
    response = StatusOk,
    since = "5.28",
    licence = "with AD/LDAP",
)]
#[non_exhaustive]
pub struct MigrateAuthToLdap {
    /// The present way: `email`, `gitlab`, `saml`, `google` or `office365`.
    pub from: String,
    /// What finds a user in the directory: `email` or `username`.
    pub match_field: String,
    /// Goes on although some users are not found in the directory.
    pub force: bool,
}

/// Moves all accounts of one way to sign on to SAML. Administrators only.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/migrate_auth/saml",
    response = StatusOk,
    since = "5.28",
    licence = "with SAML",
)]
#[non_exhaustive]
pub struct MigrateAuthToSaml {
    /// The present way: `email`, `gitlab`, `ldap`, `google` or `office365`.
    pub from: String,
    /// From mail address to the name that SAML knows the user by. Not needed with `auto`.
    pub matches: HashMap<String, String>,
    /// Takes the mail address for the SAML name of every user.
    pub auto: bool,
}
