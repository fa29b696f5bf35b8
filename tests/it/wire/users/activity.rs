use mm_core::api::users::{
    GetChannelMembersWithTeamDataForUser, GetUploadsForUser, GetUserAudits, PublishUserTyping,
};
use mm_types::UserId;

use crate::wire::{ALICE, CHANNEL, POST};

wire! {
    typing_is_shown: PublishUserTyping::new(UserId::ME, CHANNEL).parent_id(POST),
    request: "POST /api/v4/users/me/typing"
        json {"channel_id": "channel0000000000000000000", "parent_id": "post0000000000000000000000"},
    response: 200 ok
}

wire! {
    uploads_are_listed: GetUploadsForUser::new(UserId::ME),
    request: "GET /api/v4/users/me/uploads",
    response: 200 json [{
        "id": "upload00000000000000000000", "type": "attachment", "create_at": 1795320717060_i64,
        "user_id": "alice000000000000000000000", "channel_id": "channel0000000000000000000",
        "filename": "film.mp4", "file_size": 5000000000_i64, "file_offset": 1048576, "remote_id": "",
        "req_file_id": ""
    }],
    |uploads| assert_eq!((uploads[0].file_size, uploads[0].file_offset), (5_000_000_000, 1_048_576))
}

wire! {
    memberships_are_listed: GetChannelMembersWithTeamDataForUser::new(ALICE).page(1).per_page(2),
    request: "GET /api/v4/users/alice000000000000000000000/channel_members?page=1&per_page=2",
    response: 200 json [{
        "channel_id": "channel0000000000000000000", "user_id": "alice000000000000000000000",
        "roles": "channel_user", "last_viewed_at": 1795320729667_i64, "msg_count": 3, "mention_count": 1,
        "notify_props": {"desktop": "default"}, "last_update_at": 1795320729667_i64, "scheme_user": true,
        "team_display_name": "Core", "team_name": "core", "team_update_at": 1795320725918_i64
    }],
    |members| {
        assert_eq!((members[0].member.channel_id, members[0].team_name.as_str()), (CHANNEL, "core"));
        assert_eq!(members[0].member.msg_count, 3);
    }
}

wire! {
    all_memberships_come_line_by_line: GetChannelMembersWithTeamDataForUser::new(ALICE).all(),
    request: "GET /api/v4/users/alice000000000000000000000/channel_members?page=-1",
    response: 200 lines
        "{\"channel_id\":\"channel0000000000000000000\",\"team_name\":\"core\"}\n{\"channel_id\":\"\",\"msg_count\":2}\n",
    |members| {
        assert_eq!(members.len(), 2);
        assert_eq!((members[0].member.channel_id, members[1].member.msg_count), (CHANNEL, 2));
    }
}

wire! {
    what_a_user_did_is_listed: GetUserAudits::new(ALICE).per_page(1),
    request: "GET /api/v4/users/alice000000000000000000000/audits?per_page=1",
    response: 200 json [{
        "id": "audit000000000000000000000", "create_at": 1795320717060_i64,
        "user_id": "alice000000000000000000000", "action": "/api/v4/users/login",
        "extra_info": "attempt - login_id=alice", "ip_address": "127.0.0.1", "session_id": ""
    }],
    |audits| assert_eq!((audits[0].user_id, audits[0].action.as_str()), (ALICE, "/api/v4/users/login"))
}

wire! {
    a_user_who_did_nothing_has_a_list_of_null: GetUserAudits::new(ALICE),
    request: "GET /api/v4/users/alice000000000000000000000/audits",
    response: 200 json null,
    |audits| assert!(audits.is_empty())
}
