use mm_core::api::users::{GetSessions, RevokeAllSessions, RevokeSession, RevokeSessionsFromAllUsers};
use mm_types::{SessionId, UserId};

use crate::wire::{ALICE, BOB, TEAM};

ids! {
    SESSION: SessionId = b"session0000000000000000000";
}

wire! {
    sessions_are_listed: GetSessions::me(),
    request: "GET /api/v4/users/me/sessions",
    response: 200 json [{
        "id": "session0000000000000000000", "token": "", "create_at": 1795320760737_i64,
        "expires_at": 1810872760735_i64, "last_activity_at": 1795320760737_i64,
        "user_id": "alice000000000000000000000", "device_id": "", "roles": "system_user", "is_oauth": false,
        "expired_notify": false, "props": {"browser": "Firefox/150", "csrf": "forgery", "os": "Linux"},
        "team_members": [{
            "team_id": "team0000000000000000000000", "user_id": "alice000000000000000000000",
            "roles": "team_user", "delete_at": 0, "scheme_user": true
        }],
        "local": false
    }],
    |sessions| {
        assert_eq!((sessions[0].user_id, sessions[0].team_members[0].team_id), (ALICE, TEAM));
        assert_eq!(sessions[0].props.browser().as_deref(), Some("Firefox/150"));
        assert!(!format!("{sessions:?}").contains("forgery"));
    }
}

wire! {
    a_session_is_ended:
        RevokeSession::new(UserId::ME, SESSION),
    request: "POST /api/v4/users/me/sessions/revoke" json {"session_id": "session0000000000000000000"},
    response: 200 ok
}

wire! {
    all_sessions_of_a_user_are_ended: RevokeAllSessions::new(BOB),
    request: "POST /api/v4/users/bob00000000000000000000000/sessions/revoke/all",
    response: 200 ok
}

wire! {
    all_sessions_of_everybody_are_ended: RevokeSessionsFromAllUsers::new(),
    request: "POST /api/v4/users/sessions/revoke/all",
    response: 200 ok
}
