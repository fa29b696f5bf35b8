//! A small town on any server.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use mm_core::api::channels::GetChannelByName;
use mm_core::api::posts::CreatePost;
use mm_core::api::teams::{AddTeamMember, CreateTeam};
use mm_core::api::users::{CreateUser, Login, UpdateUserActive};
use mm_core::types::{ChannelId, Post, Secret, TeamId, UserId};
use mm_core::{BoxError, Endpoint, Error, Output};
use mm_hyper::HyperTransport;
use mm_mock::{FakeServer, Listener, Person};
use mm_tower::Client;

/// A team with an administrator and two members, and `carol`, who is in no team.
pub(crate) struct Town {
    pub(crate) admin: Citizen,
    pub(crate) alice: Citizen,
    pub(crate) bob: Citizen,
    pub(crate) carol: Citizen,
    pub(crate) team: TeamId,
    /// A public channel that all members of the team are in.
    pub(crate) square: ChannelId,
    /// The fake that this town is on, unless the server is real: for what cannot be done from outside.
    pub(crate) fake: Option<FakeServer>,
    /// Serves the fake as long as the town stands.
    _listener: Option<Listener>,
}

/// Somebody with a client of the own.
pub(crate) struct Citizen {
    pub(crate) id: UserId,
    pub(crate) name: String,
    pub(crate) client: Client,
}

impl Citizen {
    pub(crate) async fn send<E: Endpoint>(&self, operation: E) -> Result<Output<E>, Error> {
        self.client.send(operation).await
    }

    /// Writes a post.
    pub(crate) async fn post(&self, channel: ChannelId, message: &str) -> Result<Post, Error> {
        self.send(CreatePost::new(channel, message)).await
    }

    /// Status and id of the error that an operation is answered with.
    pub(crate) async fn refused<E: Endpoint>(&self, operation: E) -> Result<(u16, String), BoxError> {
        match self.send(operation).await {
            Ok(_) => Err(format!("{} was allowed", E::INFO.operation).into()),
            Err(error) => match error.api() {
                Some(api) => Ok((api.status().as_u16(), api.id().to_owned())),
                None => Err(error.into()),
            },
        }
    }
}

/// Those who were made for a town.
pub(crate) struct People {
    admin: Client,
    ids: [UserId; 3],
}

impl People {
    /// Servers without a licence allow some hundred active users.
    pub(crate) async fn deactivate(self) -> Result<(), BoxError> {
        for id in self.ids {
            match self.admin.send(UpdateUserActive::new(id, false)).await {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                // Or the test has erased the account.
                _ => {}
            }
        }
        Ok(())
    }
}

impl Town {
    pub(crate) fn people(&self) -> People {
        People { admin: self.admin.client.clone(), ids: [self.alice.id, self.bob.id, self.carol.id] }
    }

    pub(crate) async fn in_process() -> Result<Self, BoxError> {
        let town = mm_mock::Town::new();
        let fake = town.fake.clone();
        Self::on_the_fake(town, None, |token| {
            Ok(Client::builder("http://fake.example")?.token(token).build(fake.clone()))
        })
    }

    pub(crate) async fn over_loopback() -> Result<Self, BoxError> {
        let town = mm_mock::Town::new();
        let listener = town.fake.listen().await?;
        let url = listener.url();
        let transport = HyperTransport::builder().no_proxy().build()?;
        Self::on_the_fake(town, Some(listener), |token| {
            Ok(Client::builder(url.as_str())?.token(token).build(transport.clone()))
        })
    }

    fn on_the_fake(
        town: mm_mock::Town,
        listener: Option<Listener>,
        client: impl Fn(Secret) -> Result<Client, BoxError>,
    ) -> Result<Self, BoxError> {
        let citizen = |person: Person| {
            let client = client(person.token)?;
            Ok::<_, BoxError>(Citizen { id: person.id, name: person.user.username, client })
        };
        Ok(Self {
            admin: citizen(town.admin)?,
            alice: citizen(town.alice)?,
            bob: citizen(town.bob)?,
            carol: citizen(town.carol)?,
            team: town.team.id,
            square: town.town_square.id,
            fake: Some(town.fake),
            _listener: listener,
        })
    }

    /// `None`, with a printed line, unless `MM_URL` is set.
    pub(crate) async fn on_a_real_server() -> Result<Option<Self>, BoxError> {
        let Ok(url) = env::var("MM_URL") else {
            println!("skipped: MM_URL is not set");
            return Ok(None);
        };
        let transport = HyperTransport::new()?;
        let admin = {
            let (name, password) = (env::var("MM_ADMIN_LOGIN")?, env::var("MM_ADMIN_PASSWORD")?);
            log_in(&url, &transport, name, password).await?
        };
        let unique = unique();
        let team = admin.send(CreateTeam::new(format!("t{unique}"), "A town")).await?.id;
        let mut people = Vec::new();
        for (name, is_member) in [("alice", true), ("bob", true), ("carol", false)] {
            let (name, password) = (format!("{name}{unique}"), format!("Pass-{unique}-word"));
            let user = admin
                .send(CreateUser::new(format!("{name}@town.example"), &name).password(&*password))
                .await?;
            if is_member {
                admin.send(AddTeamMember::new(team, user.id)).await?;
            }
            people.push(log_in(&url, &transport, name, password).await?);
        }
        let square = admin.send(GetChannelByName::new(team, "town-square")).await?.id;
        let mut people = people.into_iter();
        let mut next = || people.next().ok_or("three people were made");
        Ok(Some(Self {
            alice: next()?,
            bob: next()?,
            carol: next()?,
            admin,
            team,
            square,
            fake: None,
            _listener: None,
        }))
    }
}

async fn log_in(
    url: &str,
    transport: &HyperTransport,
    name: String,
    password: String,
) -> Result<Citizen, BoxError> {
    let client = Client::builder(url)?.build(transport.clone());
    let user = client.log_in(Login::new(name, password)).await?;
    Ok(Citizen { id: user.id, name: user.username, client })
}

/// Different in every test of every run.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    format!("{millis:x}{:x}", COUNT.fetch_add(1, Ordering::Relaxed))
}
