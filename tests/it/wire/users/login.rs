use std::collections::HashMap;

use mm_core::api::users::{
    Login, LoginByCwsToken, Logout, MigrateAuthToLdap, MigrateAuthToSaml, SwitchAccountType, UpdateUserAuth,
};

use crate::wire::{ALICE, BOB};

wire! {
    a_user_logs_in: Login::new("alice", "pass word").mfa_code("123456"),
    request: "POST /api/v4/users/login" json {"login_id": "alice", "password": "pass word", "token": "123456"},
    response: 200 json {"id": "alice000000000000000000000", "username": "alice", "roles": "system_user"},
    |user| assert_eq!(user.id, ALICE)
}

wire! {
    a_phone_logs_in:
        Login::new("", "pass").id(ALICE).device_id("android:x").voip_device_id("apple:y").ldap_only(true)
            .magic_link_token("link"),
    request: "POST /api/v4/users/login"
        json {
            "login_id": "", "password": "pass", "id": "alice000000000000000000000", "device_id": "android:x",
            "voip_device_id": "apple:y", "ldap_only": "true", "magic_link_token": "link"
        },
    response: 200 json {"id": "alice000000000000000000000"}
}

wire! {
    a_customer_logs_in_from_the_portal: LoginByCwsToken::new("alice@chat.example", "a&b=c d"),
    request: "POST /api/v4/users/login/cws" form "login_id=alice%40chat.example&cws_token=a%26b%3Dc%20d",
    response: 302 location "https://chat.example",
    |target| assert_eq!(target, "https://chat.example")
}

wire! {
    a_user_logs_out: Logout::new(),
    request: "POST /api/v4/users/logout",
    response: 200 ok
}

wire! {
    an_account_moves_to_another_service:
        SwitchAccountType::new("email", "ldap").email("bob@chat.example").password("pass").new_password("directory")
            .mfa_code("123456").ldap_id("bob.d"),
    request: "POST /api/v4/users/login/switch"
        json {
            "current_service": "email", "new_service": "ldap", "email": "bob@chat.example", "password": "pass",
            "new_password": "directory", "mfa_code": "123456", "ldap_id": "bob.d"
        },
    response: 200 json {"follow_link": "/login?extra=signin_change"},
    |answer| assert_eq!(answer.follow_link, "/login?extra=signin_change")
}

wire! {
    a_service_vouches_for_a_user: UpdateUserAuth::new(BOB, "bob-at-gitlab", "gitlab"),
    request: "PUT /api/v4/users/bob00000000000000000000000/auth"
        json {"auth_data": "bob-at-gitlab", "auth_service": "gitlab"},
    response: 200 json {"auth_data": "bob-at-gitlab", "auth_service": "gitlab"},
    |auth| assert_eq!(auth.auth_service, "gitlab")
}

wire! {
    all_accounts_move_to_the_directory: MigrateAuthToLdap::new("email", "username", false),
    request: "POST /api/v4/users/migrate_auth/ldap"
        json {"from": "email", "match_field": "username", "force": false},
    response: 200 ok
}

wire! {
    all_accounts_move_to_saml:
        MigrateAuthToSaml::new("email", HashMap::from([("bob@chat.example".to_owned(), "bob".to_owned())]), false),
    request: "POST /api/v4/users/migrate_auth/saml"
        json {"from": "email", "matches": {"bob@chat.example": "bob"}, "auto": false},
    response: 200 ok
}
