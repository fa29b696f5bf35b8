//! Coming into teams and going.

use mm_core::api::channels::{GetChannelByName, GetChannelMember, GetChannelMembersForUser};
use mm_core::api::teams::{
    AddTeamMember, GetTeamMember, GetTeamMembers, GetTeamMembersForUser, GetTeamsForUser, InviteGuestsToTeam,
    RemoveTeamMember, UpdateTeamMemberSchemeRoles,
};
use mm_core::types::{TeamMemberSort, UserId};

use super::{FORBIDDEN, error, new_team};

const GONE: &str = "app.team.get_member.missing.app_error";

behaviour!(a_new_member_is_in_the_default_channels, |t| {
    let member = t.alice.send(AddTeamMember::new(t.team, t.carol.id)).await?;
    assert_eq!((&*member.roles, member.scheme_admin), ("team_user", false));
    let places = t.carol.send(GetChannelMembersForUser::new(UserId::ME, t.team)).await?;
    assert_eq!(places.len(), 2);
    assert!(places.iter().all(|place| place.roles == "channel_user"));
    let again = t.bob.send(AddTeamMember::new(t.team, t.carol.id)).await?;
    assert_eq!(again, member);
});

behaviour!(joining_oneself_needs_an_open_team, |t| {
    let closed = new_team(&t.alice).await?.id;
    assert_eq!(t.carol.refused(AddTeamMember::new(closed, t.carol.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.carol.refused(AddTeamMember::new(closed, t.bob.id)).await?, error(403, FORBIDDEN));
    let unknown: UserId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let missing = error(404, "api.team.user.missing_account");
    assert_eq!(t.alice.refused(AddTeamMember::new(closed, unknown)).await?, missing);
    t.admin.send(AddTeamMember::new(closed, t.carol.id)).await?;
});

behaviour!(who_leaves_a_team_leaves_its_channels_and_may_come_back, |t| {
    t.bob.send(RemoveTeamMember::new(t.team, UserId::ME)).await?;
    assert!(t.bob.send(GetTeamsForUser::new(UserId::ME)).await?.is_empty());
    assert_eq!(t.bob.refused(GetTeamMember::new(t.team, UserId::ME)).await?, error(403, FORBIDDEN));
    let place = t.alice.refused(GetChannelMember::new(t.square, t.bob.id)).await?;
    assert_eq!(place, error(404, "app.channel.get_member.missing.app_error"));
    // The place stays, with the time.
    let left = t.alice.send(GetTeamMember::new(t.team, t.bob.id)).await?;
    assert!(left.delete_at.is_set());
    let members = t.alice.send(GetTeamMembers::new(t.team)).await?;
    assert!(members.iter().all(|member| member.user_id != t.bob.id));
    // Going twice is no error, unlike going without having been there.
    t.admin.send(RemoveTeamMember::new(t.team, t.bob.id)).await?;
    let never = t.admin.refused(RemoveTeamMember::new(t.team, t.carol.id)).await?;
    assert_eq!(never, error(400, "api.team.remove_user_from_team.missing.app_error"));

    t.alice.send(AddTeamMember::new(t.team, t.bob.id)).await?;
    assert!(t.bob.send(GetChannelMember::new(t.square, UserId::ME)).await.is_ok());
    assert!(!t.bob.send(GetTeamMember::new(t.team, UserId::ME)).await?.delete_at.is_set());
});

behaviour!(removing_others_needs_to_run_the_team, |t| {
    assert_eq!(t.alice.refused(RemoveTeamMember::new(t.team, t.bob.id)).await?, error(403, FORBIDDEN));
    t.admin.send(RemoveTeamMember::new(t.team, t.bob.id)).await?;
    let outside = t.alice.refused(GetTeamMember::new(t.team, t.carol.id)).await?;
    assert_eq!(outside, error(404, GONE));
});

behaviour!(members_are_listed_by_id_or_by_name, |t| {
    let listed = t.alice.send(GetTeamMembers::new(t.team)).await?;
    let ids: Vec<_> = listed.iter().map(|member| member.user_id.to_string()).collect();
    assert!(ids.is_sorted() && ids.len() >= 3);
    let by_name = GetTeamMembers::new(t.team).sort(TeamMemberSort::Username);
    let by_name = t.alice.send(by_name).await?;
    let place = |id: UserId| by_name.iter().position(|member| member.user_id == id);
    assert!(place(t.alice.id) < place(t.bob.id));
    let second = t.alice.send(GetTeamMembers::new(t.team).page(1).per_page(1)).await?;
    assert_eq!(second[0].user_id.to_string(), ids[1]);
    assert_eq!(t.carol.refused(GetTeamMembers::new(t.team)).await?, error(403, FORBIDDEN));
});

behaviour!(members_are_made_administrators_of_a_team, |t| {
    let roles = |user, admin, member| UpdateTeamMemberSchemeRoles::new(t.team, user, admin, member);
    assert_eq!(t.alice.refused(roles(t.bob.id, true, true)).await?, error(403, FORBIDDEN));
    t.admin.send(roles(t.bob.id, true, true)).await?;
    let member = t.alice.send(GetTeamMember::new(t.team, t.bob.id)).await?;
    assert_eq!(member.roles, "team_user team_admin");
    t.bob.send(roles(t.alice.id, false, true)).await?;

    let refused = async |op| {
        t.admin.refused(op).await.map(|(status, id)| {
            assert_eq!(status, 400);
            id
        })
    };
    let unset = "api.team.update_team_member_roles.unset_user_scheme.app_error";
    assert_eq!(refused(roles(t.bob.id, true, false)).await?, unset);
    let guest = "api.team.update_team_member_roles.user_and_guest.app_error";
    assert_eq!(refused(roles(t.bob.id, false, false).scheme_guest(true)).await?, guest);
    assert_eq!(t.admin.refused(roles(t.carol.id, true, true)).await?, error(404, GONE));
});

behaviour!(who_runs_a_team_finds_its_private_channels, |t| {
    use mm_core::api::channels::CreateChannel;
    use mm_core::types::ChannelType;
    t.bob.send(CreateChannel::new(t.team, "hidden", "Hidden").kind(ChannelType::Private)).await?;
    let hidden = || GetChannelByName::new(t.team, "hidden");
    let missing = error(404, "app.channel.get_by_name.missing.app_error");
    assert_eq!(t.alice.refused(hidden()).await?, missing);
    t.admin.send(UpdateTeamMemberSchemeRoles::new(t.team, t.alice.id, true, true)).await?;
    assert_eq!(t.alice.send(hidden()).await?.name, "hidden");
});

behaviour!(inviting_guests_needs_a_licence, |t| {
    let invite = InviteGuestsToTeam::new(t.team, ["guest@town.example"], [t.square]);
    let unlicensed = error(501, "api.team.invite_guests_to_channels.license.error");
    assert_eq!(t.admin.refused(invite).await?, unlicensed);
});

behaviour!(everybody_sees_the_own_memberships_alone, |t| {
    assert_eq!(t.alice.send(GetTeamMembersForUser::new(t.alice.id)).await?[0].team_id, t.team);
    assert_eq!(t.bob.refused(GetTeamMembersForUser::new(t.alice.id)).await?, error(403, FORBIDDEN));
});
