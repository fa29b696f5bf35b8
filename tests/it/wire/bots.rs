use mm_core::api::bots::{ConvertBotToUser, ConvertUserToBot};

use crate::wire::{ALICE, BOB};

wire! {
    a_user_becomes_a_bot: ConvertUserToBot::new(ALICE),
    request: "POST /api/v4/users/alice000000000000000000000/convert_to_bot",
    response: 200 json {
        "user_id": "alice000000000000000000000", "username": "alice", "display_name": "Alice",
        "owner_id": "alice000000000000000000000", "create_at": 1795320875613_i64, "update_at": 1795320875613_i64,
        "delete_at": 0
    },
    |bot| assert_eq!((bot.user_id, bot.username.as_str()), (ALICE, "alice"))
}

wire! {
    a_bot_becomes_a_user: ConvertBotToUser::new(BOB, "pass").email("bob@chat.example").set_system_admin(true),
    request: "POST /api/v4/bots/bob00000000000000000000000/convert_to_user?set_system_admin=true"
        json {"password": "pass", "email": "bob@chat.example"},
    response: 200 json {
        "id": "bob00000000000000000000000", "username": "bob", "email": "bob@chat.example",
        "roles": "system_user system_admin"
    },
    |user| assert!(user.is_system_admin())
}
