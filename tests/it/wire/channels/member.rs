use mm_core::api::channels::{
    AddChannelMember, GetChannelMember, GetChannelMembers, GetChannelMembersForUser, RemoveUserFromChannel,
    UpdateChannelMemberSchemeRoles,
};
use mm_types::{AddedMembers, UserId};

use super::super::{ALICE, BOB, CHANNEL, POST, TEAM};

wire!(members_of_a_channel_are_listed: GetChannelMembers::new(CHANNEL).page(0).per_page(100),
    request: "GET /api/v4/channels/channel0000000000000000000/members?page=0&per_page=100",
    response: 200 json [{"user_id": "alice000000000000000000000"}, {"user_id": "bob00000000000000000000000"}],
    |members| assert_eq!(members[1].user_id, BOB));

wire!(a_member_of_a_channel_is_got: GetChannelMember::new(CHANNEL, UserId::ME),
request: "GET /api/v4/channels/channel0000000000000000000/members/me",
response: 200 json {
    "channel_id": "channel0000000000000000000", "user_id": "alice000000000000000000000",
    "roles": "channel_user channel_admin", "last_viewed_at": 1795320853997_i64, "msg_count": 642, "mention_count": 0,
    "mention_count_root": 0, "urgent_mention_count": 0, "msg_count_root": 616,
    "notify_props": {
        "channel_auto_follow_threads": "off", "desktop": "default", "email": "default",
        "ignore_channel_mentions": "default", "mark_unread": "all", "push": "default"
    },
    "last_update_at": 1795320853997_i64, "scheme_guest": false, "scheme_user": true, "scheme_admin": true,
    "explicit_roles": "", "autotranslation_disabled": false
},
|member| {
    assert_eq!((member.user_id, member.msg_count), (ALICE, 642));
    assert!(member.scheme_admin);
});

wire!(the_callers_places_in_channels_are_listed: GetChannelMembersForUser::new(UserId::ME, TEAM),
    request: "GET /api/v4/users/me/teams/team0000000000000000000000/channels/members",
    response: 200 json [{"channel_id": "channel0000000000000000000", "msg_count": 3}],
    |members| assert_eq!(members[0].channel_id, CHANNEL));

wire!(one_user_is_added_to_a_channel: AddChannelMember::new(CHANNEL).user_id(ALICE).post_root_id(POST),
    request: "POST /api/v4/channels/channel0000000000000000000/members" json {
        "user_id": "alice000000000000000000000", "post_root_id": "post0000000000000000000000"
    },
    response: 201 json {"channel_id": "channel0000000000000000000", "user_id": "alice000000000000000000000"},
    |added| assert_eq!(added.first().map(|member| member.user_id), Some(ALICE)));

wire!(many_users_are_added_to_a_channel: AddChannelMember::new(CHANNEL).user_ids([ALICE, BOB]),
    request: "POST /api/v4/channels/channel0000000000000000000/members" json {
        "user_ids": ["alice000000000000000000000", "bob00000000000000000000000"]
    },
    response: 201 json [{"user_id": "alice000000000000000000000"}, {"user_id": "bob00000000000000000000000"}],
    |added| assert!(matches!(added, AddedMembers::Many(members) if members.len() == 2)));

wire!(a_user_is_taken_out_of_a_channel: RemoveUserFromChannel::new(CHANNEL, ALICE),
    request: "DELETE /api/v4/channels/channel0000000000000000000/members/alice000000000000000000000",
    response: 200 ok);

wire!(a_member_of_a_channel_becomes_a_guest:
    UpdateChannelMemberSchemeRoles::new(CHANNEL, ALICE, false, false).scheme_guest(true),
    request: "PUT /api/v4/channels/channel0000000000000000000/members/alice000000000000000000000/schemeRoles" json {
        "scheme_admin": false, "scheme_user": false, "scheme_guest": true
    },
    response: 200 ok);
