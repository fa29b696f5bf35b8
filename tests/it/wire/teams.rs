use mm_core::api::teams::{
    AddTeamMember, CreateTeam, GetAllTeams, GetTeam, GetTeamByName, GetTeamMember, GetTeamMembers,
    GetTeamMembersForUser, GetTeamsForUser, InviteGuestsToTeam, PatchTeam, RemoveTeamMember, RestoreTeam,
    SoftDeleteTeam, UpdateTeam, UpdateTeamMemberSchemeRoles,
};
use mm_types::{EmailInvites, TeamMemberSort, TeamType, UserId};

use super::{ALICE, CHANNEL, POST, TEAM};

wire!(teams_are_listed: GetAllTeams::new(),
request: "GET /api/v4/teams",
response: 200 json [{
    "id": "team0000000000000000000000", "create_at": 1795320724887_i64, "update_at": 1795320725918_i64,
    "delete_at": 0, "display_name": "Core Team ✨", "name": "core", "description": "The main team", "email": "",
    "type": "O", "company_name": "", "allowed_domains": "", "invite_id": "dyfyq7433p8r5b5g6cwrrrb7qc",
    "allow_open_invite": true, "last_team_icon_update": 1795320725918_i64, "scheme_id": null,
    "group_constrained": null, "policy_id": null, "cloud_limits_archived": false
}],
|list| {
    assert_eq!((list.teams[0].id, list.total_count), (TEAM, None));
    assert_eq!(list.teams[0].kind, TeamType::Open);
});

wire!(teams_are_listed_with_their_number:
    GetAllTeams::new().page(1).per_page(2).include_total_count(true).exclude_policy_constrained(false),
    request: "GET /api/v4/teams?page=1&per_page=2&include_total_count=true&exclude_policy_constrained=false",
    response: 200 json {"teams": [{"id": "team0000000000000000000000"}, {"name": "gone"}], "total_count": 4},
    |list| assert_eq!((list.teams.len(), list.total_count), (2, Some(4))));

wire!(no_teams_can_come_as_null: GetAllTeams::new().page(99),
    request: "GET /api/v4/teams?page=99",
    response: 200 json null,
    |list| assert!(list.teams.is_empty()));

wire!(a_team_is_open_unless_said_otherwise: CreateTeam::new("core", "Core Team"),
    request: "POST /api/v4/teams" json {"name": "core", "display_name": "Core Team", "type": "O"},
    response: 201 json {"id": "team0000000000000000000000", "name": "core", "type": "O"},
    |team| assert_eq!(team.id, TEAM));

wire!(a_team_is_by_invitation: CreateTeam::new("core", "Core Team").kind(TeamType::Invite),
    request: "POST /api/v4/teams" json {"name": "core", "display_name": "Core Team", "type": "I"},
    response: 201 json {"name": "core", "type": "I"});

wire!(a_team_is_got: GetTeam::new(TEAM),
    request: "GET /api/v4/teams/team0000000000000000000000",
    response: 200 json {"id": "team0000000000000000000000", "display_name": "Core Team"},
    |team| assert_eq!(team.display_name, "Core Team"));

wire!(a_team_is_got_by_a_reviewer: GetTeam::new(TEAM).as_content_reviewer(true).flagged_post_id(POST),
    request: "GET /api/v4/teams/team0000000000000000000000?as_content_reviewer=true&flagged_post_id=post0000000000000000000000",
    response: 200 json {"id": "team0000000000000000000000"});

wire!(a_team_is_got_by_name: GetTeamByName::new("core-team"),
    request: "GET /api/v4/teams/name/core-team",
    response: 200 json {"name": "core-team"});

wire!(the_callers_teams_are_listed: GetTeamsForUser::new(UserId::ME),
    request: "GET /api/v4/users/me/teams",
    response: 200 json [{"id": "team0000000000000000000000"}],
    |teams| assert_eq!(teams[0].id, TEAM));

wire!(members_of_a_team_are_listed:
    GetTeamMembers::new(TEAM).page(0).per_page(200).sort(TeamMemberSort::Username).exclude_deleted_users(true),
    request: "GET /api/v4/teams/team0000000000000000000000/members?page=0&per_page=200&sort=Username&exclude_deleted_users=true",
    response: 200 json [{"user_id": "alice000000000000000000000", "roles": "team_user", "scheme_user": true}],
    |members| assert_eq!(members[0].user_id, ALICE));

wire!(a_member_of_a_team_is_got: GetTeamMember::new(TEAM, UserId::ME),
    request: "GET /api/v4/teams/team0000000000000000000000/members/me",
    response: 200 json {
        "team_id": "team0000000000000000000000", "user_id": "alice000000000000000000000", "roles": "team_user team_admin",
        "delete_at": 0, "scheme_guest": false, "scheme_user": true, "scheme_admin": true, "explicit_roles": ""
    },
    |member| assert!(member.scheme_admin));

wire!(a_user_is_added_to_a_team: AddTeamMember::new(TEAM, ALICE),
    request: "POST /api/v4/teams/team0000000000000000000000/members" json {
        "team_id": "team0000000000000000000000", "user_id": "alice000000000000000000000"
    },
    response: 201 json {"team_id": "team0000000000000000000000", "user_id": "alice000000000000000000000"},
    |member| assert_eq!((member.team_id, member.user_id), (TEAM, ALICE)));

wire!(a_user_is_taken_out_of_a_team: RemoveTeamMember::new(TEAM, ALICE),
    request: "DELETE /api/v4/teams/team0000000000000000000000/members/alice000000000000000000000",
    response: 200 ok);

wire!(a_member_of_a_team_becomes_its_administrator: UpdateTeamMemberSchemeRoles::new(TEAM, ALICE, true, true),
    request: "PUT /api/v4/teams/team0000000000000000000000/members/alice000000000000000000000/schemeRoles" json {
        "scheme_admin": true, "scheme_user": true
    },
    response: 200 ok);

wire!(guests_are_invited: InviteGuestsToTeam::new(TEAM, ["guest@chat.example"], [CHANNEL]).message("hi"),
    request: "POST /api/v4/teams/team0000000000000000000000/invite-guests/email" json {
        "emails": ["guest@chat.example"], "channels": ["channel0000000000000000000"], "message": "hi"
    },
    response: 200 ok,
    |invites| assert!(matches!(invites, EmailInvites::Sent(_))));

wire!(guests_are_invited_each_with_an_outcome:
    InviteGuestsToTeam::new(TEAM, ["guest@chat.example"], [CHANNEL]).graceful(true).guest_magic_link(false),
    request: "POST /api/v4/teams/team0000000000000000000000/invite-guests/email?graceful=true&guest_magic_link=false" json {
        "emails": ["guest@chat.example"], "channels": ["channel0000000000000000000"]
    },
    response: 200 json [{
        "email": "guest@chat.example", "error": {"id": "api.team.invite_guests_to_channels.disabled.error", "status_code": 501}
    }],
    |invites| assert_eq!(invites.failures().count(), 1));

wire!(not_graceful_is_not_sent_because_any_value_counts_as_true:
    InviteGuestsToTeam::new(TEAM, ["guest@chat.example"], [CHANNEL]).graceful(false),
    request: "POST /api/v4/teams/team0000000000000000000000/invite-guests/email" json {
        "emails": ["guest@chat.example"], "channels": ["channel0000000000000000000"]
    },
    response: 200 ok);

wire!(memberships_are_listed: GetTeamMembersForUser::new(UserId::ME),
    request: "GET /api/v4/users/me/teams/members",
    response: 200 json [{"team_id": "team0000000000000000000000", "delete_at": 0}]);

wire!(a_team_is_written_anew:
    UpdateTeam::new(TEAM, "Core").description("d").company_name("c").allowed_domains("a.example")
        .allow_open_invite(true).group_constrained(false).last_team_icon_update(1_795_320_725_918),
    request: "PUT /api/v4/teams/team0000000000000000000000" json {
        "id": "team0000000000000000000000", "display_name": "Core", "description": "d", "company_name": "c",
        "allowed_domains": "a.example", "allow_open_invite": true, "group_constrained": false,
        "last_team_icon_update": 1795320725918_i64
    },
    response: 200 json {"id": "team0000000000000000000000", "display_name": "Core"});

wire!(a_patch_of_a_team_names_what_changes: PatchTeam::new(TEAM).display_name("Core").description(""),
    request: "PUT /api/v4/teams/team0000000000000000000000/patch" json {"display_name": "Core", "description": ""},
    response: 200 json {"id": "team0000000000000000000000", "company_name": "as it was"});

wire!(a_patch_of_a_team_with_all_there_is:
    PatchTeam::new(TEAM).company_name("c").allowed_domains("a.example").allow_open_invite(false)
        .group_constrained(true).cloud_limits_archived(false),
    request: "PUT /api/v4/teams/team0000000000000000000000/patch" json {
        "company_name": "c", "allowed_domains": "a.example", "allow_open_invite": false, "group_constrained": true,
        "cloud_limits_archived": false
    },
    response: 200 json {"group_constrained": true});

wire!(a_team_is_archived: SoftDeleteTeam::new(TEAM),
    request: "DELETE /api/v4/teams/team0000000000000000000000",
    response: 200 ok);

wire!(a_team_is_deleted_for_good: SoftDeleteTeam::new(TEAM).permanent(true),
    request: "DELETE /api/v4/teams/team0000000000000000000000?permanent=true",
    response: 200 ok);

wire!(a_team_is_restored: RestoreTeam::new(TEAM),
    request: "POST /api/v4/teams/team0000000000000000000000/restore",
    response: 200 json {"id": "team0000000000000000000000", "delete_at": 0},
    |team| assert!(!team.is_deleted()));
