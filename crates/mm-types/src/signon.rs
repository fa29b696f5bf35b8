//! Ways to sign on: second factors, and moving from one service to another.

use mm_macros::model;

use crate::Secret;

/// What an authenticator app needs to know.
#[model]
pub struct MfaSecret {
    /// Base32 text, to be typed.
    pub secret: Secret,
    /// The same as a picture to be photographed: base64 of a PNG.
    pub qr_code: Secret,
}

/// Whether somebody needs a code to log in. Servers up to 5.x answer it.
#[model]
pub struct MfaRequired {
    pub mfa_required: bool,
}

/// Moves an account from one way to sign on to another.
#[model]
pub struct SwitchRequest {
    /// `email` for name and password, else `ldap`, `saml`, `gitlab` and so on.
    pub current_service: String,
    pub new_service: String,
    #[model(omit_empty)]
    pub email: String,
    #[model(omit_empty)]
    pub password: Secret,
    #[model(omit_empty)]
    pub new_password: Secret,
    /// The code from the authenticator app, where one is set up.
    #[model(omit_empty)]
    pub mfa_code: Secret,
    #[model(omit_empty)]
    pub ldap_id: String,
}

/// Where to go on after [`SwitchRequest`].
#[model]
pub struct SwitchAnswer {
    /// An address to open in the browser. Empty when everything is done.
    pub follow_link: String,
}

/// How an account signs on.
#[model]
pub struct LoginType {
    /// `ldap`, `saml`, `magic_link` and so on. Empty for name and password.
    pub auth_service: String,
    #[model(omit_empty)]
    pub is_deactivated: bool,
}
