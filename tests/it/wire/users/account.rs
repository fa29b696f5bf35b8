use mm_core::api::users::{
    CreateUser, DeleteUser, DemoteUserToGuest, GetUserTermsOfService, PatchUser, PermanentDeleteAllUsers,
    PromoteGuestToUser, RegisterTermsOfServiceAction, UpdateUser, UpdateUserActive, UpdateUserRoles,
};
use mm_types::{TermsOfServiceId, Timestamp, Timezone, User, UserId};

use crate::wire::{ALICE, BOB};

ids! {
    TERMS: TermsOfServiceId = b"terms000000000000000000000";
}

wire! {
    an_account_is_made: CreateUser::new("bob@chat.example", "bob").password("pass word").nickname("Bobby"),
    request: "POST /api/v4/users"
        json {"email": "bob@chat.example", "username": "bob", "password": "pass word", "nickname": "Bobby"},
    response: 201 json {"id": "bob00000000000000000000000", "username": "bob", "email": "bob@chat.example"},
    |user| assert_eq!(user.id, BOB)
}

wire! {
    an_account_is_made_with_an_invitation:
        CreateUser::new("bob@chat.example", "bob").invite_token("a token").invite_id("invite1"),
    request: "POST /api/v4/users?t=a%20token&iid=invite1"
        json {"email": "bob@chat.example", "username": "bob"},
    response: 201 json {"id": "bob00000000000000000000000"}
}

wire! {
    a_profile_is_replaced: {
        let mut user = User::default();
        user.id = BOB;
        user.username = "bob".to_owned();
        user.email = "bob@chat.example".to_owned();
        UpdateUser::of(user)
    },
    request: "PUT /api/v4/users/bob00000000000000000000000"
        json {
            "id": "bob00000000000000000000000", "delete_at": 0, "username": "bob", "auth_service": "",
            "email": "bob@chat.example", "nickname": "", "first_name": "", "last_name": "", "position": "",
            "roles": "", "locale": "", "timezone": {}, "disable_welcome_email": false
        },
    response: 200 json {"id": "bob00000000000000000000000", "username": "bob", "email": "bob@chat.example"},
    |user| assert_eq!(user.username, "bob")
}

wire! {
    a_profile_is_changed_in_part:
        PatchUser::new(UserId::ME).nickname("").timezone(Timezone::from([("manualTimezone", "Asia/Tokyo")])),
    request: "PUT /api/v4/users/me/patch"
        json {"nickname": "", "timezone": {"manualTimezone": "Asia/Tokyo"}},
    response: 200 json {"id": "alice000000000000000000000", "timezone": {"manualTimezone": "Asia/Tokyo"}},
    |user| assert_eq!(user.timezone.manual().as_deref(), Some("Asia/Tokyo"))
}

wire! {
    an_account_is_deactivated: DeleteUser::new(BOB),
    request: "DELETE /api/v4/users/bob00000000000000000000000",
    response: 200 ok
}

wire! {
    an_account_is_erased: DeleteUser::new(BOB).permanent(true),
    request: "DELETE /api/v4/users/bob00000000000000000000000?permanent=true",
    response: 200 ok
}

wire! {
    all_accounts_are_erased: PermanentDeleteAllUsers::new(),
    request: "DELETE /api/v4/users",
    response: 200 ok
}

wire! {
    roles_are_set: UpdateUserRoles::new(BOB, "system_user system_admin"),
    request: "PUT /api/v4/users/bob00000000000000000000000/roles" json {"roles": "system_user system_admin"},
    response: 200 ok
}

wire! {
    an_account_is_turned_off: UpdateUserActive::new(BOB, false),
    request: "PUT /api/v4/users/bob00000000000000000000000/active" json {"active": false},
    response: 200 ok
}

wire! {
    a_guest_becomes_a_user: PromoteGuestToUser::new(BOB),
    request: "POST /api/v4/users/bob00000000000000000000000/promote",
    response: 200 ok
}

wire! {
    a_user_becomes_a_guest: DemoteUserToGuest::new(BOB),
    request: "POST /api/v4/users/bob00000000000000000000000/demote",
    response: 200 ok
}

wire! {
    terms_of_service_are_accepted:
        RegisterTermsOfServiceAction::new(UserId::ME, TERMS, true),
    request: "POST /api/v4/users/me/terms_of_service"
        json {"termsOfServiceId": "terms000000000000000000000", "accepted": true},
    response: 200 ok
}

wire! {
    accepted_terms_of_service_are_got: GetUserTermsOfService::new(UserId::ME),
    request: "GET /api/v4/users/me/terms_of_service",
    response: 200 json {
        "user_id": "alice000000000000000000000", "terms_of_service_id": "terms000000000000000000000",
        "create_at": 1795320717060_i64
    },
    |terms| {
        assert_eq!(terms.user_id, ALICE);
        assert_eq!(terms.create_at, Timestamp::from_millis(1_795_320_717_060));
    }
}
