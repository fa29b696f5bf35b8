use mm_core::api::users::{
    AutocompleteUsers, GetKnownUsers, GetServerLimits, GetTotalUsersStats, GetTotalUsersStatsFiltered,
    GetUsers, GetUsersByGroupChannelIds, GetUsersByIds, GetUsersByUsernames, GetUsersWithInvalidEmails,
    SearchUsers,
};
use mm_types::{GroupId, UserSort};

use crate::wire::{ALICE, BOB, CHANNEL, TEAM};

ids! {
    GROUP: GroupId = b"group000000000000000000000";
}

wire! {
    users_are_listed: GetUsers::new(),
    request: "GET /api/v4/users",
    response: 200 json [
        {"id": "alice000000000000000000000", "username": "alice", "auth_data": "", "nickname": ""},
        {"id": "bob00000000000000000000000", "username": "bob", "auth_data": "", "delete_at": 1795320717060_i64}
    ],
    |users| {
        assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [ALICE, BOB]);
        assert!(!users[0].is_deactivated() && users[1].is_deactivated());
    }
}

wire! {
    members_of_a_team_are_listed:
        GetUsers::new().page(2).per_page(200).in_team(TEAM).active(true).team_roles("team_admin,team_user")
            .sort(UserSort::CreateAt),
    request: "GET /api/v4/users?page=2&per_page=200&in_team=team0000000000000000000000&active=true\
        &team_roles=team_admin%2Cteam_user&sort=create_at",
    response: 200 json []
}

wire! {
    members_of_a_channel_are_listed:
        GetUsers::new().in_channel(CHANNEL).channel_roles("channel_admin").sort(UserSort::Status),
    request: "GET /api/v4/users?in_channel=channel0000000000000000000&channel_roles=channel_admin&sort=status",
    response: 200 json []
}

wire! {
    users_outside_a_channel_are_listed:
        GetUsers::new().in_team(TEAM).not_in_channel(CHANNEL).group_constrained(true).cursor_id(BOB),
    request: "GET /api/v4/users?in_team=team0000000000000000000000&not_in_channel=channel0000000000000000000\
        &group_constrained=true&cursor_id=bob00000000000000000000000",
    response: 200 json []
}

wire! {
    users_outside_a_team_are_listed: GetUsers::new().not_in_team(TEAM).abac_match_only(true),
    request: "GET /api/v4/users?not_in_team=team0000000000000000000000&abac_match_only=true",
    response: 200 json []
}

wire! {
    members_of_a_group_are_listed:
        GetUsers::new().in_group(GROUP).sort(UserSort::DisplayName),
    request: "GET /api/v4/users?in_group=group000000000000000000000&sort=display_name",
    response: 200 json []
}

wire! {
    users_outside_a_group_are_listed: GetUsers::new().not_in_group(GROUP),
    request: "GET /api/v4/users?not_in_group=group000000000000000000000",
    response: 200 json []
}

wire! {
    deactivated_guests_without_a_team_are_listed:
        GetUsers::new().without_team(true).inactive(true).role("system_guest").roles("system_guest,system_user"),
    request: "GET /api/v4/users?without_team=true&inactive=true&role=system_guest\
        &roles=system_guest%2Csystem_user",
    response: 200 json []
}

wire! {
    users_are_got_by_id: GetUsersByIds::new([ALICE, BOB]).since(1_795_320_717_060),
    request: "POST /api/v4/users/ids?since=1795320717060"
        json ["alice000000000000000000000", "bob00000000000000000000000"],
    response: 200 json [{"id": "bob00000000000000000000000"}],
    |users| assert_eq!(users[0].id, BOB)
}

wire! {
    members_of_group_messages_are_got: GetUsersByGroupChannelIds::new([CHANNEL]),
    request: "POST /api/v4/users/group_channels" json ["channel0000000000000000000"],
    response: 200 json {"channel0000000000000000000": [{"id": "bob00000000000000000000000"}]},
    |users| assert_eq!(users[&CHANNEL][0].id, BOB)
}

wire! {
    users_are_got_by_name: GetUsersByUsernames::new(["alice", "bob"]),
    request: "POST /api/v4/users/usernames" json ["alice", "bob"],
    response: 200 json [{"id": "bob00000000000000000000000", "username": "bob"}],
    |users| assert_eq!(users[0].username, "bob")
}

wire! {
    users_are_searched: SearchUsers::new("al"),
    request: "POST /api/v4/users/search" json {"term": "al"},
    response: 200 json [{"id": "alice000000000000000000000", "username": "alice"}],
    |users| assert_eq!(users[0].id, ALICE)
}

wire! {
    users_are_searched_with_every_filter:
        SearchUsers::new("al").team_id(TEAM).not_in_team_id(TEAM).in_channel_id(CHANNEL).not_in_channel_id(CHANNEL)
            .in_group_id(GROUP).not_in_group_id(GROUP).group_constrained(true).allow_inactive(true)
            .without_team(true).limit(1000).role("system_user").roles(["system_user"])
            .channel_roles(["channel_user"]).team_roles(["team_user", "team_admin"]),
    request: "POST /api/v4/users/search"
        json {
            "term": "al", "team_id": "team0000000000000000000000", "not_in_team_id": "team0000000000000000000000",
            "in_channel_id": "channel0000000000000000000", "not_in_channel_id": "channel0000000000000000000",
            "in_group_id": "group000000000000000000000", "not_in_group_id": "group000000000000000000000",
            "group_constrained": true, "allow_inactive": true, "without_team": true, "limit": 1000,
            "role": "system_user", "roles": ["system_user"], "channel_roles": ["channel_user"],
            "team_roles": ["team_user", "team_admin"]
        },
    response: 200 json []
}

wire! {
    users_are_suggested: AutocompleteUsers::new().name("al c").in_team(TEAM).in_channel(CHANNEL).limit(5),
    request: "GET /api/v4/users/autocomplete?name=al%20c&in_team=team0000000000000000000000\
        &in_channel=channel0000000000000000000&limit=5",
    response: 200 json {
        "users": [{"id": "alice000000000000000000000"}],
        "out_of_channel": [{"id": "bob00000000000000000000000"}]
    },
    |found| assert_eq!((found.users[0].id, found.out_of_channel[0].id), (ALICE, BOB))
}

wire! {
    nobody_is_suggested: AutocompleteUsers::new(),
    request: "GET /api/v4/users/autocomplete",
    response: 200 json {"users": null},
    |found| assert!(found.users.is_empty())
}

wire! {
    known_users_are_listed: GetKnownUsers::new(),
    request: "GET /api/v4/users/known",
    response: 200 json ["bob00000000000000000000000"],
    |known| assert_eq!(known.as_slice(), [BOB])
}

wire! {
    users_are_counted: GetTotalUsersStats::new(),
    request: "GET /api/v4/users/stats",
    response: 200 json {"total_users_count": 15},
    |stats| assert_eq!(stats.total_users_count, 15)
}

wire! {
    users_that_fit_a_filter_are_counted:
        GetTotalUsersStatsFiltered::new().in_team(TEAM).in_channel(CHANNEL).include_deleted(true).include_bots(true)
            .include_remote_users(true).roles("system_user").channel_roles("channel_user").team_roles("team_user"),
    request: "GET /api/v4/users/stats/filtered?in_team=team0000000000000000000000\
        &in_channel=channel0000000000000000000&include_deleted=true&include_bots=true&include_remote_users=true\
        &roles=system_user&channel_roles=channel_user&team_roles=team_user",
    response: 200 json {"total_users_count": 2},
    |stats| assert_eq!(stats.total_users_count, 2)
}

wire! {
    users_with_foreign_mail_addresses_are_listed: GetUsersWithInvalidEmails::new().page(0).per_page(10),
    request: "GET /api/v4/users/invalid_emails?page=0&per_page=10",
    response: 200 json [{"id": "bob00000000000000000000000", "email": "bob@elsewhere.example"}],
    |users| assert_eq!(users[0].email, "bob@elsewhere.example")
}

wire! {
    limits_are_got: GetServerLimits::new(),
    request: "GET /api/v4/limits/server",
    response: 200 json {
        "maxUsersLimit": 200, "maxUsersHardLimit": 250, "activeUserCount": 14, "singleChannelGuestCount": 0,
        "singleChannelGuestLimit": 0, "postHistoryLimit": 0, "lastAccessiblePostTime": 0
    },
    |limits| assert_eq!((limits.max_users_hard_limit, limits.active_user_count), (250, 14))
}
