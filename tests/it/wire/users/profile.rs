use mm_core::Part;
use mm_core::api::users::{
    GetDefaultProfileImage, GetProfileImage, GetUser, GetUserByEmail, GetUserByUsername,
    SetDefaultProfileImage, SetProfileImage,
};
use mm_types::Timestamp;

use crate::wire::ALICE;

wire! {
    the_caller_is_got: GetUser::me(),
    request: "GET /api/v4/users/me",
    response: 200 json {
        "id": "alice000000000000000000000", "create_at": 1795320717060_i64, "update_at": 1795320812931_i64,
        "delete_at": 0, "username": "alice", "auth_service": "", "email": "alice@chat.example", "nickname": "",
        "first_name": "Alice", "last_name": "Ärmel", "position": "", "roles": "system_user",
        "notify_props": {"channel": "true", "desktop": "mention", "first_name": "false"},
        "last_password_update": 1795320717060_i64, "locale": "en",
        "timezone": {"automaticTimezone": "", "manualTimezone": "", "useAutomaticTimezone": "true"},
        "remote_id": "", "disable_welcome_email": false
    },
    |user| {
        assert_eq!((user.id, user.full_name().as_str()), (ALICE, "Alice Ärmel"));
        assert_eq!(user.update_at, Timestamp::from_millis(1_795_320_812_931));
        assert_eq!(user.notify_props.desktop().as_deref(), Some("mention"));
    }
}

wire! {
    a_user_is_got_by_name: GetUserByUsername::new("alice.b-c_d"),
    request: "GET /api/v4/users/username/alice.b-c_d",
    response: 200 json {"id": "alice000000000000000000000", "username": "alice.b-c_d"},
    |user| assert_eq!(user.username, "alice.b-c_d")
}

wire! {
    a_user_is_got_by_mail_address: GetUserByEmail::new("alice+work@chat.example"),
    request: "GET /api/v4/users/email/alice%2Bwork%40chat.example",
    response: 200 json {"id": "alice000000000000000000000", "email": "alice+work@chat.example"},
    |user| assert_eq!(user.email, "alice+work@chat.example")
}

wire! {
    a_picture_is_downloaded: GetProfileImage::new(ALICE).last_picture_update(1_795_320_717_060),
    request: "GET /api/v4/users/alice000000000000000000000/image?_=1795320717060",
    response: 200 bytes "image/png" "PNG",
    |picture| assert_eq!((picture.content_type(), picture.len()), ("image/png", Some(3)))
}

wire! {
    a_generated_picture_is_downloaded: GetDefaultProfileImage::new(ALICE),
    request: "GET /api/v4/users/alice000000000000000000000/image/default",
    response: 200 bytes "image/png" "PNG"
}

wire! {
    a_picture_is_set: SetProfileImage::new(ALICE, Part::new("me.png", "PNG")),
    request: "POST /api/v4/users/alice000000000000000000000/image" parts [file "image" ("me.png") = "PNG"],
    response: 200 ok
}

wire! {
    a_picture_is_taken_away: SetDefaultProfileImage::new(ALICE),
    request: "DELETE /api/v4/users/alice000000000000000000000/image",
    response: 200 ok,
    |done| assert_eq!(done.status, "OK")
}
