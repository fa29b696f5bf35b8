//! What proves who a user is: password, second factor, mail address.

use mm_types::{MfaRequired, MfaSecret, Secret, StatusOk, User, UserId};

use crate::Endpoint;

operations![
    UpdateUserPassword,
    SendPasswordResetEmail,
    ResetPassword,
    ResetPasswordFailedAttempts,
    UpdateUserMfa,
    GenerateMfaSecret,
    CheckUserMfa,
    SendVerificationEmail,
    VerifyUserEmail,
    VerifyUserEmailWithoutToken,
];

/// Changes a password.
///
/// Who changes the own one has to send the present one; others need the permission to manage users. The user's other
/// sessions end where the server is set so. Repeated blindly it would count as a wrong password, so it is not.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/password", response = StatusOk, retry = once)]
#[non_exhaustive]
pub struct UpdateUserPassword {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// The password from now on. At most 72 bytes; how short it may be is configured.
    pub new_password: Secret,
    /// The present password. Needed for the own account.
    pub current_password: Option<Secret>,
    /// Takes `new_password` for a bcrypt hash that another server made. Not for the own account.
    #[endpoint(flag, text)]
    pub already_hashed: bool,
}

/// Sends a link to choose a new password by mail.
///
/// An address that nobody has is no error. Users of a sign-on service get no mail.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/password/reset/send", response = StatusOk, auth = none)]
#[non_exhaustive]
pub struct SendPasswordResetEmail {
    /// Mail address.
    pub email: String,
}

/// Sets a new password with the token out of a mail. A token works once, and for 24 hours.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/password/reset", response = StatusOk, auth = none)]
#[non_exhaustive]
pub struct ResetPassword {
    /// The token of 64 characters out of the mail's link.
    pub token: Secret,
    /// The password from now on.
    pub new_password: Secret,
}

/// Lets a user try again who gave too many wrong passwords.
///
/// Needs the permission to manage users. Server 5.37 does not have it.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/reset_failed_attempts",
    response = StatusOk,
    id = "resetPasswordFailedAttempts",
    retry = idempotent,
)]
#[non_exhaustive]
pub struct ResetPasswordFailedAttempts {
    /// Whose.
    pub user_id: UserId,
}

/// Turns the second factor on or off.
///
/// Own account, or the permission `edit_other_users`. A code works once, so this is not repeated blindly.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/users/{user_id}/mfa", response = StatusOk, retry = once)]
#[non_exhaustive]
pub struct UpdateUserMfa {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Whether it is on afterwards.
    pub activate: bool,
    /// The code that the authenticator app shows. Needed to turn it on.
    pub code: Option<Secret>,
}

/// Makes the secret for an authenticator app, in the place of an earlier one.
///
/// It counts from [`UpdateUserMfa`] on. Answered 501 where the server has second factors turned off.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/mfa/generate", response = MfaSecret)]
#[non_exhaustive]
pub struct GenerateMfaSecret {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Tells whether somebody needs a second factor to log in.
///
/// Servers from 6.0 on do not have it: log in without a code and look whether one is asked for.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/mfa",
    response = MfaRequired,
    retry = idempotent,
    auth = none,
    until = "5.39",
)]
#[non_exhaustive]
pub struct CheckUserMfa {
    /// Name or mail address.
    pub login_id: String,
}

/// Sends a link by mail that proves the address. An address that nobody has is no error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/email/verify/send", response = StatusOk, auth = none)]
#[non_exhaustive]
pub struct SendVerificationEmail {
    /// Mail address.
    pub email: String,
}

/// Proves a mail address with the token out of a mail. A token works once.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/email/verify", response = StatusOk, auth = none)]
#[non_exhaustive]
pub struct VerifyUserEmail {
    /// The token of 64 characters out of the mail's link.
    pub token: Secret,
}

/// Takes a user's mail address for proven. Administrators only.
///
/// The user in the answer is as it was before.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/email/verify/member",
    response = User,
    retry = idempotent,
    since = "5.24",
)]
#[non_exhaustive]
pub struct VerifyUserEmailWithoutToken {
    /// Whose.
    pub user_id: UserId,
}
