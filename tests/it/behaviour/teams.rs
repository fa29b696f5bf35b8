//! Teams and who is in them.

mod change;
mod member;

use mm_core::api::channels::{GetChannelByName, GetChannelMember};
use mm_core::api::teams::{CreateTeam, GetAllTeams, GetTeam, GetTeamByName, GetTeamMember, GetTeamsForUser};
use mm_core::types::{Team, TeamId, TeamType, UserId};

use super::town::Citizen;

const FORBIDDEN: &str = "api.context.permissions.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

/// A team of somebody's own, by invitation as all new ones are.
async fn new_team(founder: &Citizen) -> Result<Team, mm_core::Error> {
    // Ids are unique, so the name is as well.
    founder.send(CreateTeam::new(format!("of-{}", founder.id), "A new one")).await
}

behaviour!(whoever_creates_a_team_runs_it_and_is_in_its_default_channels, |t| {
    let team = new_team(&t.carol).await?;
    assert_eq!((team.kind, team.allow_open_invite), (TeamType::Open, false));
    assert!(!team.email.is_empty() && !team.invite_id.is_empty());
    let member = t.carol.send(GetTeamMember::new(team.id, UserId::ME)).await?;
    assert_eq!(member.roles, "team_user team_admin");
    assert!(member.scheme_admin && member.scheme_user && !member.scheme_guest);
    for (name, display_name) in [("town-square", "Town Square"), ("off-topic", "Off-Topic")] {
        let channel = t.carol.send(GetChannelByName::new(team.id, name)).await?;
        assert_eq!(channel.display_name, display_name);
        assert_eq!(channel.total_msg_count, 0, "that somebody joined does not count");
        assert!(channel.last_post_at.is_set());
        let place = t.carol.send(GetChannelMember::new(channel.id, UserId::ME)).await?;
        assert_eq!(place.roles, "channel_user channel_admin");
    }
});

behaviour!(a_team_that_cannot_be_is_refused, |t| {
    let refused = async |name: &str, display_name: &str| {
        t.carol.refused(CreateTeam::new(name, display_name)).await.map(|(status, id)| {
            assert_eq!(status, 400);
            id
        })
    };
    assert_eq!(refused("Bad Name!", "x").await?, "model.team.is_valid.characters.app_error");
    assert_eq!(refused("a", "x").await?, "model.team.is_valid.characters.app_error");
    assert_eq!(refused("fine", "").await?, "model.team.is_valid.name.app_error");
    assert_eq!(refused("fine", &"ü".repeat(65)).await?, "model.team.is_valid.name.app_error");
    assert_eq!(refused("administrators", "x").await?, "model.team.is_valid.reserved.app_error");
    assert_eq!(refused(&"a".repeat(65), "x").await?, "model.team.is_valid.url.app_error");
    let odd = CreateTeam::new("fine", "x").kind("X");
    assert_eq!(t.carol.refused(odd).await?, error(400, "model.team.is_valid.type.app_error"));
    let taken = new_team(&t.carol).await?.name;
    assert_eq!(refused(&taken, "x").await?, "store.sql_team.save_team.existing.app_error");
});

behaviour!(a_team_by_invitation_is_closed_to_others, |t| {
    let team = new_team(&t.carol).await?;
    assert_eq!(t.alice.refused(GetTeam::new(team.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(GetTeamByName::new(&team.name)).await?, error(403, FORBIDDEN));
    assert_eq!(t.carol.send(GetTeamByName::new(team.name.to_uppercase())).await?.id, team.id);
    let unknown: TeamId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let unknown = t.alice.refused(GetTeam::new(unknown)).await?;
    assert_eq!(unknown, error(404, "app.team.get.find.app_error"));
    let unknown = t.alice.refused(GetTeamByName::new("nosuchteam")).await?;
    assert_eq!(unknown, error(404, "app.team.get_by_name.missing.app_error"));
});

behaviour!(a_member_sees_the_invitation_and_those_who_run_it_the_mail_address, |t| {
    let seen = t.alice.send(GetTeam::new(t.team)).await?;
    assert!(!seen.invite_id.is_empty() && seen.email.is_empty());
    let own = new_team(&t.carol).await?;
    assert!(!t.carol.send(GetTeam::new(own.id)).await?.email.is_empty());
});

behaviour!(administrators_alone_list_the_teams_that_are_by_invitation, |t| {
    let closed = new_team(&t.carol).await?.id;
    let everybody = t.carol.send(GetAllTeams::new().per_page(200)).await?;
    assert_eq!(everybody.total_count, None);
    assert!(everybody.teams.iter().all(|team| team.id != closed && team.allow_open_invite));
    let counted = t.admin.send(GetAllTeams::new().per_page(1).include_total_count(true)).await?;
    assert_eq!(counted.teams.len(), 1);
    assert!(counted.total_count.is_some_and(|count| count > 1));
    let past = t.admin.send(GetAllTeams::new().page(9999)).await?;
    assert!(past.teams.is_empty());
    let constrained = GetAllTeams::new().exclude_policy_constrained(true);
    assert_eq!(t.alice.refused(constrained).await?, error(403, FORBIDDEN));
});

behaviour!(somebody_elses_teams_are_for_administrators, |t| {
    let own = t.alice.send(GetTeamsForUser::new(UserId::ME)).await?;
    assert_eq!(own.iter().map(|team| team.id).collect::<Vec<_>>(), [t.team]);
    assert_eq!(t.bob.refused(GetTeamsForUser::new(t.alice.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.send(GetTeamsForUser::new(t.alice.id)).await?.len(), 1);
    let nobody: UserId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert!(t.admin.send(GetTeamsForUser::new(nobody)).await?.is_empty());
});
