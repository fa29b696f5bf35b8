//! Teams that are changed, archived and taken out of the archive.

use mm_core::api::teams::{
    AddTeamMember, GetTeam, GetTeamsForUser, PatchTeam, RemoveTeamMember, RestoreTeam, SoftDeleteTeam,
    UpdateTeam,
};
use mm_core::types::event::{
    AddedToTeam, DeleteTeam, LeaveTeam, RestoreTeam as TeamRestored, UpdateTeam as TeamUpdated, UserAdded,
};
use mm_core::types::{TeamId, UserId};

use super::{FORBIDDEN, error};

behaviour!(a_patch_changes_what_it_names_and_the_team_is_told, |t| {
    let old = t.admin.send(GetTeam::new(t.team)).await?;
    let mut bob = t.bob.watch().await?;
    let patch = PatchTeam::new(t.team).display_name("Ours").description("What we do").company_name("We");
    let patched = t.admin.send(patch).await?;
    assert_eq!(
        (&*patched.display_name, &*patched.description, &*patched.company_name),
        ("Ours", "What we do", "We")
    );
    assert_eq!((&patched.name, &patched.invite_id), (&old.name, &old.invite_id));
    assert!(patched.update_at > old.update_at);
    let told = bob.saw::<TeamUpdated>().await?;
    assert_eq!(told.broadcast.team_id, t.team);
    let team = told.team.get()?;
    assert_eq!((team.id, &*team.display_name, team.update_at), (t.team, "Ours", patched.update_at));
    assert_eq!((&*team.email, team.invite_id.expose()), ("", ""), "not for everybody");

    let emptied = t.admin.send(PatchTeam::new(t.team).clear_description()).await?;
    assert_eq!((&*emptied.display_name, &*emptied.description), ("Ours", ""));
});

behaviour!(who_closes_a_team_makes_a_new_invitation, |t| {
    let opened = t.admin.send(PatchTeam::new(t.team).allow_open_invite(true)).await?;
    let closed = t.admin.send(PatchTeam::new(t.team).allow_open_invite(false)).await?;
    assert!(opened.allow_open_invite && !closed.allow_open_invite);
    assert_ne!(opened.invite_id, closed.invite_id);
});

behaviour!(an_update_of_a_team_empties_what_it_leaves_out, |t| {
    let full = PatchTeam::new(t.team).description("d").company_name("c").allow_open_invite(true);
    let old = t.admin.send(full).await?;
    let updated = t.admin.send(UpdateTeam::new(t.team, "Ours").company_name("We")).await?;
    assert_eq!((&*updated.display_name, &*updated.description, &*updated.company_name), ("Ours", "", "We"));
    assert!(!updated.allow_open_invite);
    assert_eq!((updated.name, updated.kind, updated.invite_id), (old.name, old.kind, old.invite_id));
});

behaviour!(a_team_stays_what_a_team_can_be, |t| {
    let refused = async |op: PatchTeam| t.admin.refused(op).await;
    let patch = || PatchTeam::new(t.team);
    let invalid = |what: &str| error(400, &format!("model.team.is_valid.{what}.app_error"));
    assert_eq!(refused(patch().display_name("")).await?, invalid("name"));
    assert_eq!(refused(patch().display_name("ü".repeat(65))).await?, invalid("name"));
    assert_eq!(refused(patch().description("d".repeat(256))).await?, invalid("description"));
    assert_eq!(refused(patch().company_name("c".repeat(65))).await?, invalid("company"));
    assert_eq!(refused(patch().allowed_domains("d".repeat(501))).await?, invalid("domains"));
    assert_eq!(t.admin.refused(UpdateTeam::new(t.team, "")).await?, invalid("name"));
});

behaviour!(teams_are_changed_by_those_who_run_them, |t| {
    let unknown: TeamId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let (forbidden, missing) = (error(403, FORBIDDEN), error(404, "app.team.get.find.app_error"));
    for (team, citizen, expected) in [
        (t.team, &t.alice, &forbidden),
        (t.team, &t.carol, &forbidden),
        (unknown, &t.alice, &forbidden),
        (unknown, &t.admin, &missing),
    ] {
        assert_eq!(&citizen.refused(PatchTeam::new(team).display_name("x")).await?, expected);
        assert_eq!(&citizen.refused(UpdateTeam::new(team, "x")).await?, expected);
        assert_eq!(&citizen.refused(SoftDeleteTeam::new(team)).await?, expected);
        assert_eq!(&citizen.refused(RestoreTeam::new(team)).await?, expected);
    }
});

behaviour!(an_archived_team_is_nobodys_until_it_is_restored, |t| {
    let mut bob = t.bob.watch().await?;
    t.admin.send(SoftDeleteTeam::new(t.team)).await?;
    let told = bob.saw::<DeleteTeam>().await?;
    let team = told.team.get()?;
    assert_eq!((team.id, team.is_deleted(), told.broadcast.team_id), (t.team, true, t.team));
    assert_eq!((&*team.email, team.invite_id.expose()), ("", ""));
    assert!(t.bob.send(GetTeamsForUser::new(UserId::ME)).await?.is_empty());

    let restored = t.admin.send(RestoreTeam::new(t.team)).await?;
    assert!(!restored.is_deleted() && !restored.invite_id.is_empty());
    assert!(!bob.saw::<TeamRestored>().await?.team.get()?.is_deleted());
    assert_eq!(t.bob.send(GetTeamsForUser::new(UserId::ME)).await?.len(), 1);
    t.admin.send(RestoreTeam::new(t.team)).await?;
});

behaviour!(who_comes_into_a_team_and_goes_is_told_to_all, |t| {
    let (mut bob, mut carol) = (t.bob.watch().await?, t.carol.watch().await?);
    t.admin.send(AddTeamMember::new(t.team, t.carol.id)).await?;
    let added = carol.saw::<AddedToTeam>().await?;
    assert_eq!((added.team_id, added.user_id), (t.team, t.carol.id));
    let added = bob.saw::<UserAdded>().await?;
    assert_eq!((added.user_id, added.team_id), (t.carol.id, t.team));
    t.admin.send(RemoveTeamMember::new(t.team, t.carol.id)).await?;
    for watch in [&mut bob, &mut carol] {
        let left = watch.saw::<LeaveTeam>().await?;
        assert_eq!((left.user_id, left.team_id), (t.carol.id, t.team));
    }
});
