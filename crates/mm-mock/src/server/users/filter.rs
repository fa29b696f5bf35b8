//! Which users a list is about.

use mm_types::{ChannelId, TeamId, User};

use super::account::is_role_name;
use crate::{Failure, World};

/// Roles that users of a list have: one of these on the server, in the team or in the channel.
#[derive(Debug, Default)]
pub(super) struct RoleFilter {
    pub(super) system: Vec<String>,
    pub(super) team: Vec<String>,
    pub(super) channel: Vec<String>,
}

/// Names separated by commas; 400 with the parameter's name for one that cannot be a role's.
pub(super) fn names(list: Option<&str>, parameter: &str) -> Result<Vec<String>, Failure> {
    let names = list.unwrap_or_default().split(',').filter(|name| !name.trim().is_empty());
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.iter().all(|name| is_role_name(name)) { Ok(names) } else { Err(Failure::body_param(parameter)) }
}

/// As [`names`]; 400 for roles that do not exist, too.
pub(super) fn known(world: &World, list: Option<&str>, parameter: &str) -> Result<Vec<String>, Failure> {
    let names = names(list, parameter)?;
    if names.iter().all(|name| world.roles.rows.contains(name)) {
        Ok(names)
    } else {
        Err(Failure::body_param(parameter))
    }
}

impl RoleFilter {
    /// Whether a user is one of those. Names that the server does not filter by are passed over.
    pub(super) fn fits(
        &self,
        world: &World,
        user: &User,
        team: Option<TeamId>,
        channel: Option<ChannelId>,
    ) -> bool {
        let is_admin = user.is_system_admin();
        let in_system = self.system.iter().filter_map(|role| match role.as_str() {
            "system_user" => Some(user.roles == *role),
            "system_guest"
            | "system_admin"
            | "system_user_manager"
            | "system_read_only_admin"
            | "system_manager" => Some(user.roles.contains(role.as_str())),
            _ => None,
        });
        let member = team.and_then(|team| world.teams.member(team, user.id).ok());
        let in_team = self.team.iter().filter_map(|role| {
            let flags = member.map(|member| (member.scheme_admin, member.scheme_user, member.scheme_guest));
            place(role, "team", flags, is_admin)
        });
        let member = channel.and_then(|channel| world.channels.member(channel, user.id).ok());
        let in_channel = self.channel.iter().filter_map(|role| {
            let flags = member.map(|member| (member.scheme_admin, member.scheme_user, member.scheme_guest));
            place(role, "channel", flags, is_admin)
        });
        let answers: Vec<bool> = in_system.chain(in_team).chain(in_channel).collect();
        answers.is_empty() || answers.contains(&true)
    }
}

/// Whether a member has a role of the place; none for a role that is not looked at. Those who may do
/// everything count as neither members nor administrators of the place.
fn place(role: &str, place: &str, flags: Option<(bool, bool, bool)>, is_admin: bool) -> Option<bool> {
    let (admin, user, guest) = flags.unwrap_or_default();
    match role.strip_prefix(place)? {
        "_admin" => Some(admin && !is_admin),
        "_user" => Some(user && !admin && !is_admin),
        "_guest" => Some(guest),
        _ => None,
    }
}
