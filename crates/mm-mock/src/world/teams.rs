//! Teams and their members.

use mm_types::{Team, TeamId, TeamMember, TeamType, Timestamp, UserId};

use super::{Table, World};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Teams {
    pub(crate) rows: Table<TeamId, Team>,
    /// Those who left as well, with the time in `delete_at`.
    pub(crate) members: Table<(TeamId, UserId), TeamMember>,
}

impl Teams {
    /// 404 `app.team.get.find.app_error`.
    pub(crate) fn get(&self, id: TeamId) -> Result<&Team, Failure> {
        self.rows.get(&id).ok_or_else(missing)
    }

    /// By name in any case; 404 `app.team.get_by_name.missing.app_error`.
    pub(crate) fn by_name(&self, name: &str) -> Result<&Team, Failure> {
        let found = self.rows.iter().find(|team| team.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            Failure::new(404, "app.team.get_by_name.missing.app_error", "Unable to find the existing team.")
        })
    }

    /// A member who has not left; 404 `app.team.get_member.missing.app_error`.
    pub(crate) fn member(&self, team: TeamId, user: UserId) -> Result<&TeamMember, Failure> {
        let found = self.members.get(&(team, user)).filter(|member| member.delete_at.is_unset());
        found.ok_or_else(|| {
            let message = "No team member found for that user ID and team ID.";
            Failure::new(404, "app.team.get_member.missing.app_error", message)
        })
    }

    pub(crate) fn has_member(&self, team: TeamId, user: UserId) -> bool {
        self.member(team, user).is_ok()
    }

    /// The members who have not left, in the order they came.
    pub(crate) fn members_of(&self, team: TeamId) -> impl Iterator<Item = &TeamMember> {
        self.members.iter().filter(move |member| member.team_id == team && member.delete_at.is_unset())
    }

    /// Where a user is or was.
    pub(crate) fn memberships(&self, user: UserId) -> impl Iterator<Item = &TeamMember> {
        self.members.iter().filter(move |member| member.user_id == user)
    }

    /// The teams a user is in.
    pub(crate) fn of_user(&self, user: UserId) -> impl Iterator<Item = &Team> {
        let mine = self.members.iter();
        let mine = mine.filter(move |member| member.user_id == user && member.delete_at.is_unset());
        mine.filter_map(|member| self.rows.get(&member.team_id))
    }
}

fn missing() -> Failure {
    Failure::new(404, "app.team.get.find.app_error", "Unable to find the existing team.")
}

impl World {
    /// Adds a team with its two default channels. Fills in id, times and invitation; checks nothing.
    pub(crate) fn add_team(&mut self, mut team: Team, creator: UserId) -> TeamId {
        if team.id.is_empty() {
            team.id = self.new_id();
        }
        team.create_at = self.now();
        team.update_at = team.create_at;
        if team.invite_id.is_empty() {
            team.invite_id = self.ids.text().into();
        }
        if team.display_name.is_empty() {
            team.display_name.clone_from(&team.name);
        }
        if team.kind.as_str().is_empty() {
            team.kind = TeamType::Open;
        }
        let id = team.id;
        self.teams.rows.insert(id, team);
        for (name, display_name) in [("town-square", "Town Square"), ("off-topic", "Off-Topic")] {
            let mut channel = mm_types::Channel::default();
            channel.team_id = id;
            channel.name = name.to_owned();
            channel.display_name = display_name.to_owned();
            self.add_channel(channel, UserId::default());
        }
        if !creator.is_empty() {
            self.join_team(id, creator, true);
        }
        id
    }

    /// Puts a user into a team and, unless a guest, its default channels. Tells nobody; checks nothing.
    pub(crate) fn join_team(&mut self, team: TeamId, user: UserId, as_admin: bool) -> TeamMember {
        let is_guest = self.users.get(user).is_ok_and(|account| account.user.is_guest());
        let mut member = TeamMember::default();
        member.team_id = team;
        member.user_id = user;
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin = as_admin;
        member.delete_at = Timestamp::UNSET;
        member.roles = role_names("team", is_guest, as_admin, "");
        self.teams.members.insert((team, user), member.clone());
        if !is_guest {
            let defaults = |name: &str| matches!(name, "town-square" | "off-topic");
            let channels = self.channels.rows.iter();
            let channels: Vec<_> = channels
                .filter(|channel| channel.team_id == team && defaults(&channel.name))
                .map(|channel| channel.id)
                .collect();
            for channel in channels {
                self.join_channel(channel, user, as_admin);
            }
        }
        member
    }
}

/// The names of a member's roles: what the flags stand for, then the explicit ones.
pub(crate) fn role_names(place: &str, is_guest: bool, is_admin: bool, explicit: &str) -> String {
    let mut names = vec![format!("{place}_{}", if is_guest { "guest" } else { "user" })];
    if is_admin {
        names.push(format!("{place}_admin"));
    }
    names.extend(explicit.split_whitespace().map(str::to_owned));
    names.join(" ")
}

/// The flags of scheme roles, which are false when they are missing in a request.
pub(crate) const SCHEME_FLAGS: &[(&str, &str)] = &[("scheme_admin", "false"), ("scheme_user", "false")];

/// What the flags of a member of a team or channel can be set to: 400 for a guest, for making one, and
/// for taking away what every member is.
pub(crate) fn check_scheme_roles(
    place: &str,
    is_guest: bool,
    guest: Option<bool>,
    user: bool,
) -> Result<(), Failure> {
    let (what, message) = if is_guest {
        (
            "guest",
            "A guest cannot be made team member or team admin, please promote as a user first.".to_owned(),
        )
    } else if guest == Some(true) {
        let message = format!(
            "A guest cannot be set for a single {place}, a System Admin must promote or demote users to/from guests."
        );
        ("user_and_guest", message)
    } else if !user {
        ("unset_user_scheme", format!("A {place} member always has a user scheme."))
    } else {
        return Ok(());
    };
    let id = format!("api.{place}.update_{place}_member_roles.{what}.app_error");
    Err(Failure::new(400, id, format!("Invalid {place} member update: {message}")))
}
