//! Roles, and what they allow whom.

use mm_types::{RoleId, Timestamp, UserId};

use super::{Table, World};
use crate::Permission;
use crate::ids::Ids;
use crate::permission::Scope;
use crate::permission::roles::BUILT_IN;

#[derive(Debug, Default)]
pub(crate) struct Roles {
    /// By name.
    pub(crate) rows: Table<String, StoredRole>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct StoredRole {
    pub(crate) id: RoleId,
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    pub(crate) create_at: Timestamp,
    pub(crate) update_at: Timestamp,
    pub(crate) permissions: Vec<String>,
    pub(crate) scheme_managed: bool,
}

impl Roles {
    /// Those of a new server.
    pub(crate) fn built_in(ids: &mut Ids, now: Timestamp) -> Self {
        let mut roles = Self::default();
        for role in BUILT_IN {
            let text = |what| format!("authentication.roles.{}.{what}", role.text);
            let permissions = role.permissions.iter().copied().flatten();
            let row = StoredRole {
                id: ids.next(),
                name: role.name.to_owned(),
                display_name: text("name"),
                description: text("description"),
                create_at: now,
                update_at: now,
                permissions: permissions.map(|id| (*id).to_owned()).collect(),
                scheme_managed: role.scheme_managed,
            };
            roles.rows.insert(row.name.clone(), row);
        }
        roles
    }

    /// Whether one of these roles, separated by spaces, allows it.
    pub(crate) fn allow(&self, names: &str, permission: Permission) -> bool {
        let mut roles = names.split_whitespace().filter_map(|name| self.rows.get(&name.to_owned()));
        roles.any(|role| role.permissions.iter().any(|id| id == permission.as_str()))
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
