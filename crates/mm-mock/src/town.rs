//! A small town to write tests in.

use mm_types::{Channel, Secret, Team, User, UserId};

use crate::{FakeServer, Ref};

/// A server with a few people, a team and two channels.
///
/// ```
/// let town = mm_mock::Town::new();
/// assert_eq!(town.alice.user.username, "alice");
/// assert_eq!(town.town_square.team_id, town.team.id);
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Town {
    /// The server they are on.
    pub fake: FakeServer,
    /// May do everything; runs the team.
    pub admin: Person,
    /// A member of the team.
    pub alice: Person,
    /// A member of the team.
    pub bob: Person,
    /// A guest in `town-square` alone.
    pub guest: Person,
    /// Has an account, but is in no team.
    pub carol: Person,
    /// `acme`, which everybody may join.
    pub team: Team,
    /// A channel that every member of the team is in.
    pub town_square: Channel,
    /// A channel that every member of the team is in.
    pub off_topic: Channel,
}

/// Somebody with an account and a session.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Person {
    /// The user's id.
    pub id: UserId,
    /// The account. The password is [`PASSWORD`](crate::PASSWORD).
    pub user: User,
    /// The token of a session.
    pub token: Secret,
}

impl Ref<UserId> for Person {
    fn id(&self) -> UserId {
        self.id
    }
}

impl Town {
    /// Builds it on a new server.
    #[must_use]
    pub fn new() -> Self {
        let fake = FakeServer::new();
        let person = |user: User| Person { id: user.id, token: fake.token_for(&user), user };
        let admin = person(fake.admin("admin").create());
        let alice = person(fake.user("alice").create());
        let bob = person(fake.user("bob").create());
        let carol = person(fake.user("carol").create());
        let guest = person(fake.guest("guest").create());
        let team = fake.team("acme").admins([&admin]).members([&alice, &bob, &guest]).create();
        let town_square = fake.channel_named(&team, "town-square");
        let off_topic = fake.channel_named(&team, "off-topic");
        fake.put_into(&town_square, &guest);
        Self { admin, alice, bob, carol, guest, team, town_square, off_topic, fake }
    }
}

impl Default for Town {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeServer {
    /// A server with a few people, a team and two channels: see [`Town`].
    #[must_use]
    pub fn with_town() -> Town {
        Town::new()
    }
}
