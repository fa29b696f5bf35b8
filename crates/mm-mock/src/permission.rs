//! Permissions and where they count.

mod console;
mod list;
pub(crate) mod roles;

use std::fmt;

use mm_types::{ChannelId, TeamId};

pub(crate) use self::{console::CONSOLE, list::ALL};

/// Something that a role allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permission(&'static str);

impl Permission {
    const fn known(id: &'static str) -> Self {
        Self(id)
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Where a permission is asked for. A channel's question is answered by the roles in the channel,
/// else in its team, else on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    System,
    Team(TeamId),
    Channel(ChannelId),
}

impl From<TeamId> for Scope {
    fn from(id: TeamId) -> Self {
        Self::Team(id)
    }
}

impl From<ChannelId> for Scope {
    fn from(id: ChannelId) -> Self {
        Self::Channel(id)
    }
}
