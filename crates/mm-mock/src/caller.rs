//! Who asks.

use std::fmt;

use http::HeaderMap;
use mm_types::{PostId, User, UserId};

use crate::permission::Scope;
use crate::world::Session;
use crate::{Failure, Permission, World};

/// Who sent a request: a user with a session, or nobody.
#[non_exhaustive]
pub struct Caller {
    /// The user; empty for nobody.
    pub id: UserId,
    /// The session the request came with.
    pub(crate) session: Option<Session>,
    /// Whether the request came over the local socket, where everything is allowed.
    pub(crate) is_local: bool,
    /// The request's headers, for the few operations that look at them.
    pub(crate) headers: HeaderMap,
}

impl fmt::Debug for Caller {
    /// The user alone: the headers hold the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Caller {
    pub(crate) fn new(session: Option<Session>, headers: HeaderMap) -> Self {
        let id = session.as_ref().map(|session| session.user_id).unwrap_or_default();
        Self { id, session, is_local: false, headers }
    }

    /// A header as text; empty if it is missing or not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The connection that the request was sent for: its header `Connection-Id`, empty without one. What
    /// the request causes can be told to all but that one.
    #[must_use]
    pub fn connection(&self) -> &str {
        crate::socket::connection(&self.headers)
    }

    /// Whether the caller's roles allow it.
    pub(crate) fn can(&self, world: &World, permission: Permission, scope: impl Into<Scope>) -> bool {
        self.is_local || (!self.id.is_empty() && world.allows(self.id, permission, scope.into()))
    }

    /// Refuses with 403 unless the caller's roles allow it.
    pub(crate) fn needs(
        &self,
        world: &World,
        permission: Permission,
        scope: impl Into<Scope>,
    ) -> Result<(), Failure> {
        if self.can(world, permission, scope) { Ok(()) } else { Err(Failure::permissions()) }
    }

    /// Refuses with 403 unless the caller may, in the channel of a post. Where there is no post, only the
    /// roles on the server count. Public channels are open to the team for reading.
    pub(crate) fn needs_at_post(
        &self,
        world: &World,
        permission: Permission,
        post: PostId,
    ) -> Result<(), Failure> {
        let Some(post) = world.posts.any(post) else {
            return self.needs(world, permission, Scope::System);
        };
        let reads = permission == Permission::READ_CHANNEL_CONTENT;
        if reads && world.channels.get(post.channel_id).is_ok_and(|channel| world.may_read(self.id, channel))
        {
            return Ok(());
        }
        self.needs(world, permission, post.channel_id)
    }

    /// Whether the caller may know of a user.
    pub(crate) fn sees(&self, world: &World, user: UserId) -> bool {
        self.is_local || world.can_see(self.id, user)
    }

    /// Whether the caller may do everything.
    pub(crate) fn is_admin(&self, world: &World) -> bool {
        self.can(world, Permission::MANAGE_SYSTEM, Scope::System)
    }

    /// Refuses with 403 unless the caller is this user, or may do it to other users. An administrator
    /// is out of reach for those who are none.
    pub(crate) fn must_be_or(
        &self,
        world: &World,
        user: UserId,
        permission: Permission,
    ) -> Result<(), Failure> {
        if self.id == user || self.is_admin(world) {
            return Ok(());
        }
        self.needs(world, permission, Scope::System)?;
        // Somebody who is not there is out of reach too.
        if world.users.get(user).is_ok_and(|account| !account.user.is_system_admin()) {
            Ok(())
        } else {
            Err(Failure::permissions())
        }
    }

    /// Refuses with 403 unless the caller may change this user. Bots are changed by those who may manage
    /// them, and not by themselves.
    pub(crate) fn must_edit(&self, world: &World, user: UserId) -> Result<(), Failure> {
        let Some(bot) = world.bots.rows.get(&user) else {
            return self.must_be_or(world, user, Permission::EDIT_OTHER_USERS);
        };
        let is_own = bot.owner_id == self.id.as_str();
        let needed = if is_own { Permission::MANAGE_BOTS } else { Permission::MANAGE_OTHERS_BOTS };
        self.needs(world, needed, Scope::System)
    }

    /// Refuses with 403 unless the caller may do everything, or the user is no administrator.
    pub(crate) fn must_reach(&self, world: &World, user: &User) -> Result<(), Failure> {
        if user.is_system_admin() {
            self.needs(world, Permission::MANAGE_SYSTEM, Scope::System)
        } else {
            Ok(())
        }
    }
}
