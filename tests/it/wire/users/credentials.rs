use mm_core::api::users::{
    CheckUserMfa, GenerateMfaSecret, ResetPassword, ResetPasswordFailedAttempts, SendPasswordResetEmail,
    SendVerificationEmail, UpdateUserMfa, UpdateUserPassword, VerifyUserEmail, VerifyUserEmailWithoutToken,
};
use mm_types::UserId;

use crate::wire::BOB;

wire! {
    the_own_password_is_changed: UpdateUserPassword::new(UserId::ME, "new pass").current_password("old pass"),
    request: "PUT /api/v4/users/me/password" json {"new_password": "new pass", "current_password": "old pass"},
    response: 200 ok
}

wire! {
    a_hash_is_set_for_a_password: UpdateUserPassword::new(BOB, "$2a$10$x").already_hashed(true),
    request: "PUT /api/v4/users/bob00000000000000000000000/password"
        json {"new_password": "$2a$10$x", "already_hashed": "true"},
    response: 200 ok
}

wire! {
    a_forgotten_password_is_asked_for: SendPasswordResetEmail::new("bob@chat.example"),
    request: "POST /api/v4/users/password/reset/send" json {"email": "bob@chat.example"},
    response: 200 ok
}

wire! {
    a_forgotten_password_is_set_anew: ResetPassword::new("token of a mail", "new pass"),
    request: "POST /api/v4/users/password/reset" json {"token": "token of a mail", "new_password": "new pass"},
    response: 200 ok
}

wire! {
    a_locked_account_is_opened: ResetPasswordFailedAttempts::new(BOB),
    request: "POST /api/v4/users/bob00000000000000000000000/reset_failed_attempts",
    response: 200 ok
}

wire! {
    a_second_factor_is_turned_on: UpdateUserMfa::new(UserId::ME, true).code("123456"),
    request: "PUT /api/v4/users/me/mfa" json {"activate": true, "code": "123456"},
    response: 200 ok
}

wire! {
    a_second_factor_is_turned_off: UpdateUserMfa::new(BOB, false),
    request: "PUT /api/v4/users/bob00000000000000000000000/mfa" json {"activate": false},
    response: 200 ok
}

wire! {
    a_second_factor_is_made: GenerateMfaSecret::new(UserId::ME),
    request: "POST /api/v4/users/me/mfa/generate",
    response: 200 json {"secret": "BASE32", "qr_code": "cG5n"},
    |mfa| {
        assert_eq!((mfa.secret.expose(), mfa.qr_code.expose()), ("BASE32", "cG5n"));
        assert!(!format!("{mfa:?}").contains("BASE32"));
    }
}

wire! {
    the_need_for_a_second_factor_is_asked: CheckUserMfa::new("bob"),
    request: "POST /api/v4/users/mfa" json {"login_id": "bob"},
    response: 200 json {"mfa_required": true},
    |answer| assert!(answer.mfa_required)
}

wire! {
    a_mail_that_proves_the_address_is_sent: SendVerificationEmail::new("bob@chat.example"),
    request: "POST /api/v4/users/email/verify/send" json {"email": "bob@chat.example"},
    response: 200 ok
}

wire! {
    a_mail_address_is_proven: VerifyUserEmail::new("token of a mail"),
    request: "POST /api/v4/users/email/verify" json {"token": "token of a mail"},
    response: 200 ok
}

wire! {
    a_mail_address_is_taken_for_proven: VerifyUserEmailWithoutToken::new(BOB),
    request: "POST /api/v4/users/bob00000000000000000000000/email/verify/member",
    response: 200 json {"id": "bob00000000000000000000000", "username": "bob"},
    |user| assert_eq!(user.id, BOB)
}
