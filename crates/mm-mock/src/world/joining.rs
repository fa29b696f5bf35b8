//! Coming into teams and channels and going, with everything that the server tells about it.

use mm_types::{Channel, ChannelId, ChannelMember, PostKind, Team, TeamId, TeamMember, User, UserId};

use super::{Audience, Event, World};
use crate::Failure;

impl World {
    /// Puts a user into a team and tells about it: 400 when the team is full, or not for the user's
    /// mail domain. A member stays as is.
    pub(crate) fn enter_team(&mut self, team: TeamId, user: UserId) -> Result<TeamMember, Failure> {
        let account = self.users.get(user)?.user.clone();
        let row = self.teams.get(team)?;
        if !is_welcome(row, &account) {
            let message = "The user cannot be added as the domain associated with the account is not permitted. \
                           Contact your System Administrator for additional details.";
            return Err(Failure::new(400, "api.team.join_user_to_team.allowed_domains.app_error", message));
        }
        let runs_it = !row.email.is_empty() && row.email == account.email;
        if let Ok(member) = self.teams.member(team, user) {
            return Ok(member.clone());
        }
        let is_new = !self.teams.members.contains(&(team, user));
        self.check_room(team, is_new)?;
        let member = self.join_team(team, user, runs_it);
        let now = self.now();
        self.users.get_mut(user)?.user.update_at = now;
        if !account.is_guest() {
            for channel in self.default_channels(team) {
                let event =
                    Event::new("user_added").with("team_id", team.as_str()).with("user_id", user.as_str());
                if channel.name == "town-square" {
                    self.note_in_team(team, user, PostKind::JoinTeam);
                } else {
                    self.note_joined(channel.id, user);
                }
                self.emit(event, Audience::channel(channel.id));
            }
        }
        self.tell_added_to_team(team, user);
        Ok(member)
    }

    /// Tells a user about a new team.
    pub(crate) fn tell_added_to_team(&mut self, team: TeamId, user: UserId) {
        let event = Event::new("added_to_team").with("team_id", team.as_str()).with("user_id", user.as_str());
        self.emit(event, Audience::user(user));
    }

    fn check_room(&self, team: TeamId, is_new: bool) -> Result<(), Failure> {
        let is_active = |id| self.users.get(id).is_ok_and(|account| !account.user.is_deactivated());
        let count = self.teams.members_of(team).filter(|member| is_active(member.user_id)).count();
        if count < self.config.max_users_per_team {
            return Ok(());
        }
        let id = if is_new {
            "app.team.join_user_to_team.save_member.max_accounts.app_error"
        } else {
            "app.team.join_user_to_team.max_accounts.app_error"
        };
        let message = "This team has reached the maximum number of allowed accounts. \
                       Contact your System Administrator to set a higher limit.";
        Err(Failure::new(400, id, message))
    }

    /// The channels that every member of a team is in.
    fn default_channels(&self, team: TeamId) -> Vec<Channel> {
        let named = |name| self.channels.by_name(team, name).ok().cloned();
        ["town-square", "off-topic"].into_iter().filter_map(named).collect()
    }

    /// Takes a user out of a team and its channels and tells about it: 400 for somebody who was never in it.
    pub(crate) fn exit_team(&mut self, team: TeamId, user: UserId, by: UserId) -> Result<(), Failure> {
        if !self.teams.members.contains(&(team, user)) {
            let message = "The user does not appear to be part of this team.";
            return Err(Failure::new(400, "api.team.remove_user_from_team.missing.app_error", message));
        }
        let in_team = self.channels.of_user(user).filter(|channel| channel.team_id == team);
        let left: Vec<ChannelId> = in_team.map(|channel| channel.id).collect();
        for channel in left {
            self.channels.members.remove(&(channel, user));
        }
        let kind = if by == user { PostKind::LeaveTeam } else { PostKind::RemoveFromTeam };
        self.note_in_team(team, user, kind);
        self.end_membership(team, user)
    }

    fn end_membership(&mut self, team: TeamId, user: UserId) -> Result<(), Failure> {
        let event = || Event::new("leave_team").with("team_id", team.as_str()).with("user_id", user.as_str());
        let mut own = Audience::team(team);
        own.user = user;
        self.emit(event(), own);
        self.emit(event(), Audience::team(team).but(user));
        let now = self.now();
        if let Some(member) = self.teams.members.get_mut(&(team, user)) {
            member.delete_at = now;
        }
        self.users.get_mut(user)?.user.update_at = now;
        Ok(())
    }

    /// Puts a user into a channel of a team and tells about it. The caller has checked that the user may.
    pub(crate) fn enter_channel(
        &mut self,
        channel: &Channel,
        user: UserId,
        by: UserId,
    ) -> Result<ChannelMember, Failure> {
        if self.users.get(user)?.user.is_deactivated() {
            let message = "Unable to add a deactivated user to the channel.";
            return Err(Failure::new(403, "app.channel.add_member.deleted_user.app_error", message));
        }
        let Some(in_team) = self.teams.members.get(&(channel.team_id, user)) else {
            return Err(self.teams.member(channel.team_id, user).err().unwrap_or_else(Failure::permissions));
        };
        if in_team.delete_at.is_set() {
            let id = "api.channel.add_user.to.channel.failed.deleted.app_error";
            let message = "Failed to add user to channel because they have been removed from the team.";
            return Err(Failure::new(400, id, message));
        }
        let member = self.join_channel(channel.id, user, false);
        let event = || {
            Event::new("user_added").with("team_id", channel.team_id.as_str()).with("user_id", user.as_str())
        };
        self.emit(event(), Audience::channel(channel.id).but(user));
        let mut own = Audience::channel(channel.id);
        own.user = user;
        self.emit(event(), own);
        if by == user {
            self.note_joined(channel.id, user);
        } else {
            self.note_added(channel.id, by, user);
        }
        Ok(member)
    }

    /// Takes a user out of a channel and tells about it. A guest without channels is out of the team as well.
    pub(crate) fn exit_channel(
        &mut self,
        channel: &Channel,
        user: UserId,
        by: UserId,
    ) -> Result<(), Failure> {
        let is_guest = self.users.get(user)?.user.is_guest();
        if channel.name == "town-square" && !is_guest {
            let message = "Unable to remove user from the default channel town-square.";
            return Err(Failure::new(400, "api.channel.remove.default.app_error", message));
        }
        self.channels.member(channel.id, user)?;
        self.channels.members.remove(&(channel.id, user));
        if is_guest && !self.channels.of_user(user).any(|other| other.team_id == channel.team_id) {
            self.end_membership(channel.team_id, user)?;
        }
        let told = Event::new("user_removed").with("remover_id", by.as_str());
        self.emit(told.clone().with("user_id", user.as_str()), Audience::channel(channel.id));
        self.emit(told.with("channel_id", channel.id.as_str()), Audience::user(user));
        self.note_gone(channel.id, by, user);
        Ok(())
    }
}

/// Whether a team is for the mail domain of a user.
fn is_welcome(team: &Team, user: &User) -> bool {
    let separators = [',', ' '];
    let mut domains = team
        .allowed_domains
        .split(separators)
        .map(|domain| domain.trim_start_matches('@'))
        .filter(|domain| !domain.is_empty())
        .peekable();
    // Guests have domains of their own, which are not restricted here.
    if user.is_bot || user.is_guest() || domains.peek().is_none() {
        return true;
    }
    let email = user.email.to_lowercase();
    domains.any(|domain| email.ends_with(&format!("@{}", domain.to_lowercase())))
}

#[cfg(test)]
mod tests;
