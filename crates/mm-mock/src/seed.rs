//! Filling a world before a test.

use mm_types::{
    Channel, ChannelId, ChannelType, Post, PostId, PostProps, RemoteId, Secret, Team, TeamId, TeamType,
    TermsOfServiceId, Timestamp, TriggerId, User, UserId,
};

use crate::world::World;
use crate::{FakeServer, Mail, Permission, totp};

/// The password of every seeded user that was not given another.
pub const PASSWORD: &str = "correct horse battery";

/// What has an id of some kind: the id itself, a model, a reference to one.
pub trait Ref<I> {
    /// The id.
    fn id(&self) -> I;
}

macro_rules! refs {
    ($($model:ty: $id:ty;)*) => {$(
        impl Ref<$id> for $id {
            fn id(&self) -> $id {
                *self
            }
        }

        impl Ref<$id> for $model {
            fn id(&self) -> $id {
                self.id
            }
        }
    )*};
}

refs! {
    User: UserId;
    Team: TeamId;
    Channel: ChannelId;
    Post: PostId;
}

impl<I, T: Ref<I> + ?Sized> Ref<I> for &T {
    fn id(&self) -> I {
        (**self).id()
    }
}

impl FakeServer {
    /// A user to be made; the name is lower case.
    pub fn user(&self, username: &str) -> UserSeed<'_> {
        let mut user = User::default();
        user.username = username.to_lowercase();
        UserSeed { fake: self, user, password: Secret::from(PASSWORD), mfa: false, teams: Vec::new() }
    }

    /// A user who may do everything.
    pub fn admin(&self, username: &str) -> UserSeed<'_> {
        self.user(username).roles("system_admin system_user")
    }

    /// A guest, who is in no channel until put into one.
    pub fn guest(&self, username: &str) -> UserSeed<'_> {
        self.user(username).roles("system_guest")
    }

    /// A bot, which cannot log in: use [`access_token_for`](Self::access_token_for).
    pub fn bot(&self, username: &str) -> UserSeed<'_> {
        let mut seed = self.user(username);
        seed.user.is_bot = true;
        seed.password = Secret::default();
        seed
    }

    /// A team to be made.
    pub fn team(&self, name: &str) -> TeamSeed<'_> {
        let mut team = Team::default();
        team.name = name.to_lowercase();
        team.kind = TeamType::Open;
        team.allow_open_invite = true;
        TeamSeed { fake: self, team, admins: Vec::new(), members: Vec::new() }
    }

    /// A public channel to be made. The two channels that every team has are found with
    /// [`channel_named`](Self::channel_named).
    pub fn channel(&self, team: impl Ref<TeamId>, name: &str) -> ChannelSeed<'_> {
        let mut channel = Channel::default();
        channel.team_id = team.id();
        channel.name = name.to_lowercase();
        channel.kind = ChannelType::Open;
        ChannelSeed { fake: self, channel, admins: Vec::new(), members: Vec::new() }
    }

    /// The channel of two users, made if there is none yet.
    pub fn direct_channel(&self, one: impl Ref<UserId>, other: impl Ref<UserId>) -> Channel {
        self.make(|world| world.direct_channel(one.id(), other.id()))
    }

    /// Puts a user into a channel. Nobody is told.
    pub fn put_into(&self, channel: impl Ref<ChannelId>, user: impl Ref<UserId>) {
        self.make(|world| world.join_channel(channel.id(), user.id(), false));
    }

    /// A channel of a team by name.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn channel_named(&self, team: impl Ref<TeamId>, name: &str) -> Channel {
        let found = self.state().world.channels.by_name(team.id(), name).ok().cloned();
        assert!(found.is_some(), "the team has no channel `{name}`; make one with `fake.channel(…)`");
        found.unwrap_or_default()
    }

    /// A post to be made.
    pub fn post(
        &self,
        channel: impl Ref<ChannelId>,
        author: impl Ref<UserId>,
        message: &str,
    ) -> PostSeed<'_> {
        let mut post = Post::default();
        post.channel_id = channel.id();
        post.user_id = author.id();
        post.message = message.to_owned();
        post.remote_id = Some(RemoteId::default());
        PostSeed { fake: self, post }
    }

    /// Lets a role allow something, such as `allow("system_user", Permission::EDIT_OTHER_USERS)`.
    pub fn allow(&self, role: &str, permission: Permission) {
        self.make(|world| {
            if let Some(permissions) = world.roles.rows.get_mut(&role.to_owned()) {
                permissions.push(permission.as_str().to_owned());
            }
        });
    }

    /// Takes a permission away from a role, such as `forbid("channel_user", Permission::CREATE_POST)`.
    pub fn forbid(&self, role: &str, permission: Permission) {
        self.make(|world| {
            if let Some(permissions) = world.roles.rows.get_mut(&role.to_owned()) {
                permissions.retain(|id| id != permission.as_str());
            }
        });
    }

    /// Makes terms of service that users can agree to.
    pub fn terms_of_service(&self, text: &str) -> TermsOfServiceId {
        self.make(|world| {
            let id = world.new_id();
            world.terms.rows.insert(id, text.to_owned());
            id
        })
    }

    /// The links that were sent by mail so far, the oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.state().world.links.mails.clone()
    }

    /// The token of a new session of a user.
    pub fn token_for(&self, user: impl Ref<UserId>) -> Secret {
        self.make(|world| world.start_session(user.id()).token)
    }

    /// A personal access token. Works for bots; for people only if the settings allow such tokens.
    pub fn access_token_for(&self, user: impl Ref<UserId>) -> Secret {
        self.make(|world| world.add_token(user.id(), "seeded").token)
    }

    /// The code that a user's authenticator app shows now; it works once, and the next one comes with
    /// the next 30 seconds. Empty without a second factor.
    pub fn mfa_code(&self, user: impl Ref<UserId>) -> Secret {
        let world = &self.state().world;
        let key = world.users.get(user.id()).map(|account| account.mfa_key.clone()).unwrap_or_default();
        if key.is_empty() { key } else { totp::code(key.expose(), totp::step(world.now())).into() }
    }

    /// What an integration would have got when a user ran its command or pressed its button: with it
    /// the integration may open one dialog, within 30 seconds.
    pub fn trigger_id(&self, user: impl Ref<UserId>) -> TriggerId {
        self.make(|world| world.new_trigger(user.id()))
    }

    fn make<T>(&self, make: impl FnOnce(&mut World) -> T) -> T {
        let world = &mut self.state().world;
        world.clock.tick();
        make(world)
    }
}

/// A user to be made.
#[derive(Debug)]
#[must_use = "nothing is made before `create`"]
pub struct UserSeed<'a> {
    fake: &'a FakeServer,
    user: User,
    password: Secret,
    mfa: bool,
    teams: Vec<TeamId>,
}

impl UserSeed<'_> {
    /// Another password than [`PASSWORD`].
    pub fn password(mut self, password: &str) -> Self {
        self.password = Secret::from(password);
        self
    }

    /// Another mail address than `username@example.com`.
    pub fn email(mut self, email: &str) -> Self {
        self.user.email = email.to_owned();
        self
    }

    /// Names of server-wide roles, separated by spaces.
    pub fn roles(mut self, roles: &str) -> Self {
        self.user.roles = roles.to_owned();
        self
    }

    /// Turns the second factor on: logging in needs [`FakeServer::mfa_code`].
    pub fn mfa(mut self) -> Self {
        self.mfa = true;
        self
    }

    /// Puts the user into a team.
    pub fn in_team(mut self, team: impl Ref<TeamId>) -> Self {
        self.teams.push(team.id());
        self
    }

    /// Changes anything else about the user.
    pub fn with(mut self, change: impl FnOnce(&mut User)) -> Self {
        change(&mut self.user);
        self
    }

    /// Makes the user. Nobody is told.
    pub fn create(self) -> User {
        let Self { fake, mut user, password, mfa, teams } = self;
        user.mfa_active = mfa;
        fake.make(|world| {
            let id = world.add_user(user, password);
            // Codes are asked for only where the setting is on.
            world.config.mfa |= mfa;
            let key = Secret::from(totp::new_key(&mut world.ids));
            if let (true, Ok(account)) = (mfa, world.users.get_mut(id)) {
                account.mfa_key = key;
            }
            for team in teams {
                world.join_team(team, id, false);
            }
            world.users.get(id).map(|account| account.user.clone()).unwrap_or_default()
        })
    }
}

/// A team to be made.
#[derive(Debug)]
#[must_use = "nothing is made before `create`"]
pub struct TeamSeed<'a> {
    fake: &'a FakeServer,
    team: Team,
    admins: Vec<UserId>,
    members: Vec<UserId>,
}

impl TeamSeed<'_> {
    /// Puts users into the team and its default channels.
    pub fn members(mut self, users: impl IntoIterator<Item = impl Ref<UserId>>) -> Self {
        self.members.extend(users.into_iter().map(|user| user.id()));
        self
    }

    /// Puts users into the team who may run it.
    pub fn admins(mut self, users: impl IntoIterator<Item = impl Ref<UserId>>) -> Self {
        self.admins.extend(users.into_iter().map(|user| user.id()));
        self
    }

    /// Makes it a team that one has to be invited to.
    pub fn by_invitation(mut self) -> Self {
        self.team.kind = TeamType::Invite;
        self.team.allow_open_invite = false;
        self
    }

    /// Changes anything else about the team.
    pub fn with(mut self, change: impl FnOnce(&mut Team)) -> Self {
        change(&mut self.team);
        self
    }

    /// Makes the team, with its channels `town-square` and `off-topic`. Nobody is told.
    pub fn create(self) -> Team {
        let Self { fake, team, admins, members } = self;
        fake.make(|world| {
            let id = world.add_team(team, UserId::default());
            for user in members {
                world.join_team(id, user, false);
            }
            for user in admins {
                world.join_team(id, user, true);
            }
            world.teams.get(id).cloned().unwrap_or_default()
        })
    }
}

/// A channel to be made.
#[derive(Debug)]
#[must_use = "nothing is made before `create`"]
pub struct ChannelSeed<'a> {
    fake: &'a FakeServer,
    channel: Channel,
    admins: Vec<UserId>,
    members: Vec<UserId>,
}

impl ChannelSeed<'_> {
    /// Makes it a private channel.
    pub fn private(mut self) -> Self {
        self.channel.kind = ChannelType::Private;
        self
    }

    /// Puts users into the channel.
    pub fn members(mut self, users: impl IntoIterator<Item = impl Ref<UserId>>) -> Self {
        self.members.extend(users.into_iter().map(|user| user.id()));
        self
    }

    /// Puts users into the channel who may run it.
    pub fn admins(mut self, users: impl IntoIterator<Item = impl Ref<UserId>>) -> Self {
        self.admins.extend(users.into_iter().map(|user| user.id()));
        self
    }

    /// Changes anything else about the channel.
    pub fn with(mut self, change: impl FnOnce(&mut Channel)) -> Self {
        change(&mut self.channel);
        self
    }

    /// Makes the channel. Nobody is told.
    pub fn create(self) -> Channel {
        let Self { fake, channel, admins, members } = self;
        fake.make(|world| {
            let id = world.add_channel(channel, UserId::default());
            for user in members {
                world.join_channel(id, user, false);
            }
            for user in admins {
                world.join_channel(id, user, true);
            }
            world.channels.get(id).cloned().unwrap_or_default()
        })
    }
}

/// A post to be made.
#[derive(Debug)]
#[must_use = "nothing is made before `create`"]
pub struct PostSeed<'a> {
    fake: &'a FakeServer,
    post: Post,
}

impl PostSeed<'_> {
    /// Makes it a reply.
    pub fn reply_to(mut self, root: impl Ref<PostId>) -> Self {
        self.post.root_id = root.id();
        self
    }

    /// Sets the props.
    pub fn props(mut self, props: impl Into<PostProps>) -> Self {
        self.post.props = props.into();
        self
    }

    /// Another time than now.
    pub fn at(mut self, time: Timestamp) -> Self {
        self.post.create_at = time;
        self
    }

    /// Changes anything else about the post.
    pub fn with(mut self, change: impl FnOnce(&mut Post)) -> Self {
        change(&mut self.post);
        self
    }

    /// Makes the post. Nobody is told.
    pub fn create(self) -> Post {
        let Self { fake, post } = self;
        fake.make(|world| {
            let id = world.add_post(post);
            world.posts.get(id).cloned().unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::permission::Scope;

    #[test]
    fn members_have_the_permissions_of_their_place() {
        let town = Town::new();
        let may = |user: &crate::Person, permission, scope: Scope| {
            town.fake.state().world.allows(user.id, permission, scope)
        };
        let (square, team) = (Scope::Channel(town.town_square.id), Scope::Team(town.team.id));
        let off_topic = Scope::Channel(town.off_topic.id);
        assert!(may(&town.alice, Permission::CREATE_POST, square));
        assert!(may(&town.guest, Permission::CREATE_POST, square));
        assert!(!may(&town.guest, Permission::CREATE_POST, off_topic), "a guest is in one channel");
        assert!(!may(&town.carol, Permission::CREATE_POST, square), "not in the team");
        assert!(!may(&town.alice, Permission::MANAGE_TEAM, team));
        assert!(may(&town.admin, Permission::MANAGE_SYSTEM, Scope::System));

        let direct = town.fake.direct_channel(&town.admin, &town.alice);
        assert!(may(&town.alice, Permission::CREATE_POST, Scope::Channel(direct.id)));
        assert!(!may(&town.bob, Permission::READ_CHANNEL, Scope::Channel(direct.id)));
        assert_eq!(direct.other_user(town.alice.id), Some(town.admin.id));
    }

    #[test]
    fn roles_can_be_changed() {
        let town = Town::new();
        let may = || {
            let scope = Scope::Channel(town.town_square.id);
            town.fake.state().world.allows(town.alice.id, Permission::CREATE_POST, scope)
        };
        town.fake.forbid("channel_user", Permission::CREATE_POST);
        assert!(!may());
        town.fake.allow("system_user", Permission::CREATE_POST);
        assert!(may());
    }

    #[test]
    fn a_public_channel_is_open_to_the_team_and_a_private_one_to_its_members() {
        let town = Town::new();
        let public = town.fake.channel(&town.team, "lounge").create();
        let private = town.fake.channel(&town.team, "ops").private().members([&town.bob]).create();
        let state = town.fake.state();
        let may = |user: &crate::Person, channel| state.world.may_read(user.id, channel);
        assert!(may(&town.alice, &public) && !may(&town.carol, &public) && !may(&town.guest, &public));
        assert!(may(&town.bob, &private) && !may(&town.alice, &private));
    }
}
