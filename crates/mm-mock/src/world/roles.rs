//! Roles, and what they allow whom.

use mm_types::UserId;

use super::{Table, World};
use crate::Permission;
use crate::permission::Scope;
use crate::permission::roles::BUILT_IN;

#[derive(Debug)]
pub(crate) struct Roles {
    /// What each allows, by its name.
    pub(crate) rows: Table<String, Vec<String>>,
}

impl Roles {
    /// Those of a new server.
    pub(crate) fn built_in() -> Self {
        let mut rows = Table::default();
        for (name, permissions) in BUILT_IN {
            let permissions = permissions.iter().copied().flatten().map(|id| (*id).to_owned());
            rows.insert((*name).to_owned(), permissions.collect());
        }
        Self { rows }
    }

    /// Whether one of these roles, separated by spaces, allows it.
    pub(crate) fn allow(&self, names: &str, permission: Permission) -> bool {
        let mut roles = names.split_whitespace().filter_map(|name| self.rows.get(&name.to_owned()));
        roles.any(|permissions| permissions.iter().any(|id| id == permission.as_str()))
    }
}

impl World {
    /// Whether a user's roles allow it: those in the channel, else in its team, else on the server.
    pub(crate) fn allows(&self, user: UserId, permission: Permission, scope: Scope) -> bool {
        match scope {
            Scope::Channel(channel) => {
                let member = self.channels.members.get(&(channel, user));
                if member.is_some_and(|member| self.roles.allow(&member.roles, permission)) {
                    return true;
                }
                // Nobody may do anything in a channel that is not there.
                let Some(channel) = self.channels.rows.get(&channel) else { return false };
                let team = channel.team_id;
                self.allows(user, permission, if team.is_empty() { Scope::System } else { Scope::Team(team) })
            }
            Scope::Team(team) => {
                let member = self.teams.members.get(&(team, user));
                let member = member.filter(|member| member.delete_at.is_unset());
                member.is_some_and(|member| self.roles.allow(&member.roles, permission))
                    || self.allows(user, permission, Scope::System)
            }
            Scope::System => {
                let account = self.users.rows.get(&user);
                account.is_some_and(|account| self.roles.allow(&account.user.roles, permission))
            }
        }
    }
}
