//! Searching users by what somebody typed.

use mm_core::api::users::{AutocompleteUsers, SearchUsers};
use mm_types::{User, UserAutocomplete};

use super::filter::RoleFilter;
use super::shown;
use crate::permission::Scope;
use crate::server::route::Routes;
use crate::{Caller, Failure, Permission, World};

/// Users to answer when the request does not say.
const USUAL: u32 = 100;
/// Users to answer at most.
const MOST: u32 = 1000;

pub(super) fn routes(r: &mut Routes) {
    r.on(search).body("props").or_empty(&["term"]);
    r.on(autocomplete);
}

/// What is searched, and for what.
struct Search<'a> {
    words: Vec<String>,
    emails: bool,
    full_names: bool,
    inactive: bool,
    limit: u32,
    role: Option<String>,
    roles: RoleFilter,
    caller: &'a Caller,
}

impl<'a> Search<'a> {
    fn new(world: &World, caller: &'a Caller, term: &str, limit: u32) -> Self {
        let words = term.replace('*', "").to_lowercase();
        let words = words.split_whitespace().map(|word| word.trim_start_matches('@').to_owned());
        let is_admin = caller.is_admin(world);
        Self {
            words: words.collect(),
            emails: is_admin || world.config.show_email,
            full_names: is_admin || world.config.show_full_name,
            inactive: false,
            limit,
            role: None,
            roles: RoleFilter::default(),
            caller,
        }
    }

    /// Whether every word is a part of one of the texts that are searched, or the user's id.
    fn finds(&self, user: &User) -> bool {
        let texts = [
            (&user.username, true),
            (&user.nickname, true),
            (&user.first_name, self.full_names),
            (&user.last_name, self.full_names),
            (&user.email, self.emails),
        ];
        let texts: Vec<String> = texts
            .into_iter()
            .filter(|(_, searched)| *searched)
            .map(|(text, _)| text.to_lowercase())
            .collect();
        self.words
            .iter()
            .all(|word| texts.iter().any(|text| text.contains(word.as_str())) || user.id.as_str() == word)
    }

    /// The users of a place, by name.
    fn run(&self, world: &World, is_there: impl Fn(&User) -> bool) -> Vec<User> {
        let all = world.users.sorted().into_iter().map(|account| &account.user);
        let found = all.filter(|user| {
            (self.inactive || !user.is_deactivated())
                && is_there(user)
                && self.role.as_deref().is_none_or(|role| user.roles.contains(role))
                && self.finds(user)
                && self.caller.sees(world, user.id)
        });
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        found.take(limit).map(|user| shown(world, self.caller, user)).collect()
    }
}

fn search(world: &mut World, caller: &Caller, op: SearchUsers) -> Result<Vec<User>, Failure> {
    let team = op.team_id.filter(|id| !id.is_empty());
    let not_in_team = op.not_in_team_id.filter(|id| !id.is_empty());
    let in_channel = op.in_channel_id.filter(|id| !id.is_empty());
    let not_in_channel = op.not_in_channel_id.filter(|id| !id.is_empty());
    let groups = [op.in_group_id, op.not_in_group_id];
    if op.term.is_empty() {
        return Err(Failure::body_param("term"));
    }
    if team.is_none() && not_in_channel.is_some() {
        return Err(Failure::body_param("team_id"));
    }
    if groups.into_iter().flatten().any(|id| !id.is_empty()) {
        return Err(Failure::new(404, "app.group.no_rows", "no matching group found"));
    }
    for channel in [in_channel, not_in_channel].into_iter().flatten() {
        caller.needs(world, Permission::READ_CHANNEL, channel)?;
    }
    for team in [team, not_in_team].into_iter().flatten() {
        caller.needs(world, Permission::VIEW_TEAM, team)?;
    }
    let limit = op.limit.filter(|limit| *limit > 0).unwrap_or(USUAL);
    if limit > MOST {
        return Err(Failure::body_param("limit"));
    }
    let mut search = Search::new(world, caller, &op.term, limit);
    search.inactive = op.allow_inactive;
    search.role = op.role.filter(|role| !role.is_empty());
    search.roles = RoleFilter { system: op.roles, team: op.team_roles, channel: op.channel_roles };
    let in_roles = |user: &User| search.roles.fits(world, user, team, in_channel);
    let in_team = |user: &User| team.is_none_or(|team| world.teams.has_member(team, user.id));
    Ok(search.run(world, |user| {
        let is_there = if op.without_team {
            world.teams.of_user(user.id).next().is_none()
        } else if let Some(channel) = in_channel {
            world.channels.has_member(channel, user.id)
        } else if let Some(channel) = not_in_channel {
            // Nobody is in a group, so no group lets anybody in.
            !op.group_constrained && in_team(user) && !world.channels.has_member(channel, user.id)
        } else if let Some(team) = not_in_team {
            !op.group_constrained && !world.teams.has_member(team, user.id)
        } else {
            in_team(user)
        };
        is_there && in_roles(user)
    }))
}

fn autocomplete(
    world: &mut World,
    caller: &Caller,
    op: AutocompleteUsers,
) -> Result<UserAutocomplete, Failure> {
    let mut search =
        Search::new(world, caller, &op.name.unwrap_or_default(), op.limit.unwrap_or(USUAL).min(MOST));
    search.emails = false;
    if let Some(channel) = op.in_channel {
        caller.needs(world, Permission::READ_CHANNEL, channel)?;
    }
    if let Some(team) = op.in_team {
        caller.needs(world, Permission::VIEW_TEAM, Scope::Team(team))?;
    }
    let in_team = |user: &User| op.in_team.is_none_or(|team| world.teams.has_member(team, user.id));
    let mut answer = UserAutocomplete::default();
    let Some(channel) = op.in_channel else {
        answer.users = search.run(world, in_team);
        return Ok(answer);
    };
    if op.in_team.is_none() {
        let message = "Team id parameter is required to autocomplete by channel.";
        return Err(Failure::new(500, "api.user.autocomplete_users.missing_team_id.app_error", message));
    }
    let in_channel = |user: &User| world.channels.has_member(channel, user.id);
    answer.users = search.run(world, in_channel);
    answer.out_of_channel = search.run(world, |user| in_team(user) && !in_channel(user));
    Ok(answer)
}
