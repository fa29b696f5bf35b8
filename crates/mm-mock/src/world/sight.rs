//! Who knows of whom.

use mm_types::UserId;

use super::World;
use crate::Permission;
use crate::permission::Scope;

impl World {
    /// Whether one user may know of another. Guests know those they share a channel with.
    pub(crate) fn can_see(&self, viewer: UserId, other: UserId) -> bool {
        if viewer == other || self.allows(viewer, Permission::VIEW_MEMBERS, Scope::System) {
            return true;
        }
        let in_team = self.teams.of_user(viewer).any(|team| {
            self.teams.has_member(team.id, other)
                && self.allows(viewer, Permission::VIEW_MEMBERS, Scope::Team(team.id))
        });
        in_team || self.channels.of_user(viewer).any(|channel| self.channels.has_member(channel.id, other))
    }
}
