//! Changing teams, archiving them and taking them out of the archive.

use mm_core::api::teams::{PatchTeam, RestoreTeam, SoftDeleteTeam, UpdateTeam};
use mm_types::{Secret, StatusOk, Team, TeamId, Timestamp};

use super::create::check;
use super::view::shown;
use crate::server::route::Routes;
use crate::world::{Audience, Event};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(update_team).body("team").or_empty(&["display_name"]).repeats("id", "team_id", "id");
    r.on(patch_team).body("team");
    r.on(delete_team);
    r.on(restore_team);
}

fn update_team(world: &mut World, caller: &Caller, op: UpdateTeam) -> Result<Team, Failure> {
    caller.needs(world, Permission::MANAGE_TEAM, op.team_id)?;
    let mut team = world.teams.get(op.team_id)?.clone();
    team.display_name = op.display_name;
    team.description = op.description.unwrap_or_default();
    team.company_name = op.company_name.unwrap_or_default();
    team.allowed_domains = op.allowed_domains.unwrap_or_default();
    team.allow_open_invite = op.allow_open_invite.unwrap_or_default();
    team.group_constrained = op.group_constrained;
    team.last_team_icon_update = op.last_team_icon_update.unwrap_or_default();
    let team = save(world, team, "update_team")?;
    Ok(shown(world, caller, &team))
}

fn patch_team(world: &mut World, caller: &Caller, op: PatchTeam) -> Result<Team, Failure> {
    caller.needs(world, Permission::MANAGE_TEAM, op.team_id)?;
    let domains = op.allowed_domains.into_value();
    if op.allow_open_invite.is_some() || domains.is_some() {
        caller.needs(world, Permission::INVITE_USER, op.team_id)?;
    }
    let mut team = world.teams.get(op.team_id)?.clone();
    let fields = [
        (&mut team.display_name, op.display_name),
        (&mut team.description, op.description.into_value()),
        (&mut team.company_name, op.company_name.into_value()),
        (&mut team.allowed_domains, domains),
    ];
    for (field, change) in fields {
        if let Some(value) = change {
            *field = value;
        }
    }
    team.allow_open_invite = op.allow_open_invite.unwrap_or(team.allow_open_invite);
    team.group_constrained = op.group_constrained.or(team.group_constrained);
    team.cloud_limits_archived = op.cloud_limits_archived.unwrap_or(team.cloud_limits_archived);
    if op.allow_open_invite == Some(false) {
        team.invite_id = world.ids.text().into();
    }
    let team = save(world, team, "update_team")?;
    Ok(shown(world, caller, &team))
}

fn delete_team(world: &mut World, caller: &Caller, op: SoftDeleteTeam) -> Result<StatusOk, Failure> {
    caller.needs(world, Permission::MANAGE_TEAM, op.team_id)?;
    if op.permanent == Some(true) {
        if !world.config.team_deletion {
            let message =
                "Permanent team deletion feature is not enabled. Please contact your System Administrator.";
            return Err(Failure::new(401, "api.user.delete_team.not_enabled.app_error", message));
        }
        return remove(world, op.team_id);
    }
    let mut team = world.teams.get(op.team_id)?.clone();
    team.delete_at = world.now();
    save(world, team, "delete_team")?;
    Ok(StatusOk::ok())
}

fn restore_team(world: &mut World, caller: &Caller, op: RestoreTeam) -> Result<Team, Failure> {
    caller.needs(world, Permission::MANAGE_TEAM, op.team_id)?;
    let mut team = world.teams.get(op.team_id)?.clone();
    team.delete_at = Timestamp::UNSET;
    let team = save(world, team, "restore_team")?;
    Ok(shown(world, caller, &team))
}

/// Removes a team with its channels. Its members are told.
fn remove(world: &mut World, id: TeamId) -> Result<StatusOk, Failure> {
    let mut team = world.teams.get(id)?.clone();
    let now = world.now();
    (team.delete_at, team.update_at) = (now, now);
    let channels = world.channels.rows.iter().filter(|channel| channel.team_id == id);
    for channel in channels.cloned().collect::<Vec<_>>() {
        world.remove_channel(&channel);
    }
    tell(world, &team, "delete_team");
    world.commands.rows.retain(|command| command.team_id != id);
    world.teams.members.retain(|member| member.team_id != id);
    world.teams.rows.remove(&id);
    Ok(StatusOk::ok())
}

/// Writes a changed team and tells its members.
fn save(world: &mut World, mut team: Team, event: &'static str) -> Result<Team, Failure> {
    check_domains(&world.config.mail_domains, &team.allowed_domains)?;
    check(&team)?;
    team.update_at = world.now();
    world.teams.rows.insert(team.id, team.clone());
    tell(world, &team, event);
    Ok(team)
}

/// A team without what not everybody in it may know.
fn tell(world: &mut World, team: &Team, event: &'static str) {
    let mut told = team.clone();
    told.email.clear();
    told.invite_id = Secret::default();
    world.emit(Event::new(event).with_json("team", &told), Audience::team(team.id));
}

/// A team can be for mail domains of the server's own alone.
fn check_domains(server: &str, team: &str) -> Result<(), Failure> {
    let separators = [',', ' ', '@'];
    let split = |text: &str| -> Vec<String> {
        text.to_lowercase().split(separators).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let known = split(server);
    match split(team).into_iter().find(|domain| !known.is_empty() && !known.contains(domain)) {
        None => Ok(()),
        Some(domain) => {
            let message = format!(
                "Restricting team to {domain} is not allowed by the system config. \
                 Please contact your system administrator."
            );
            Err(Failure::new(400, "api.team.update_restricted_domains.mismatch.app_error", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::testing::{ask, told};

    #[tokio::test]
    async fn a_team_is_deleted_for_good_where_the_server_allows_it() {
        let town = Town::new();
        let delete = || SoftDeleteTeam::new(town.team.id).permanent(true);
        let refused = ask(&town.fake, &town.admin, delete()).await.unwrap_err();
        assert_eq!(refused, (401, "api.user.delete_team.not_enabled.app_error".to_owned()));
        town.fake.configure(|config| config.team_deletion = true);
        ask(&town.fake, &town.admin, delete()).await.unwrap();
        let gone = ask(&town.fake, &town.admin, RestoreTeam::new(town.team.id)).await.unwrap_err();
        assert_eq!(gone, (404, "app.team.get.find.app_error".to_owned()));
        assert_eq!(told(&town, "channel_deleted").len(), 2);
        assert_eq!(told(&town, "delete_team")[0].1, Audience::team(town.team.id));
    }

    #[tokio::test]
    async fn a_team_is_for_mail_domains_of_the_servers_own() {
        let town = Town::new();
        town.fake.configure(|config| config.mail_domains = "a.example, b.example".to_owned());
        let patch = |domains: &str| PatchTeam::new(town.team.id).allowed_domains(domains);
        ask(&town.fake, &town.admin, patch("@A.example")).await.unwrap();
        let refused = ask(&town.fake, &town.admin, patch("a.example, c.example")).await.unwrap_err();
        assert_eq!(refused, (400, "api.team.update_restricted_domains.mismatch.app_error".to_owned()));
    }
}
