//! The event socket on the fake, in process and over a loopback port, with what goes wrong there.

use std::time::Duration;

use mm_core::BoxError;
use mm_core::api::posts::CreatePost;
use mm_mock::{Listener, Town};
use mm_tower::Client;
use mm_tower::socket::actions::{GetStatuses, UserTyping};
use mm_tower::socket::{Connect, Connection, Events, Incoming, ProtocolConfig};
use mm_tower::types::event::{Posted, Typing};

use crate::hyper::support::transport;

struct Scene {
    town: Town,
    alice: Client,
    bob: Client,
    _listener: Option<Listener>,
}

impl Scene {
    fn in_process() -> Result<Self, BoxError> {
        let town = Town::new();
        let alice = Client::builder("https://chat.example.com")?.token(town.alice.token.clone());
        let bob = Client::builder("https://chat.example.com")?.token(town.bob.token.clone());
        let (alice, bob) = (alice.build(town.fake.clone()), bob.build(town.fake.clone()));
        Ok(Self { town, alice, bob, _listener: None })
    }

    async fn over_loopback() -> Result<Self, BoxError> {
        let town = Town::new();
        let listener = town.fake.listen().await?;
        let alice = Client::builder(listener.url())?.token(town.alice.token.clone()).build(transport());
        let bob = Client::builder(listener.url())?.token(town.bob.token.clone()).build(transport());
        Ok(Self { town, alice, bob, _listener: Some(listener) })
    }

    /// Times that are short enough for tests that nobody turns the clock for.
    fn events(&self) -> Connect {
        let mut config = ProtocolConfig::default();
        config.min_delay = Duration::from_millis(5);
        config.base_delay = Duration::from_millis(20);
        config.ping_interval = Duration::from_millis(50);
        config.challenge_after = Duration::from_millis(200);
        self.alice.events().protocol(config)
    }

    async fn post(&self, message: &str) -> Result<(), BoxError> {
        self.bob.send(CreatePost::new(self.town.town_square.id, message)).await?;
        Ok(())
    }
}

/// The next of what a test is about.
async fn next(events: &mut Events) -> Result<String, BoxError> {
    loop {
        let shown = match events.next().await {
            None => "end".to_owned(),
            Some(Incoming::Event(event)) => match (event.data::<Posted>(), event.data::<Typing>()) {
                (Some(posted), _) => posted?.post.get()?.message,
                (_, Some(typing)) => format!("{} types", typing?.user_id),
                _ => continue,
            },
            Some(Incoming::Connection(connection)) => match connection {
                Connection::Connected { .. } => "connected".to_owned(),
                Connection::Resumed { .. } => "resumed".to_owned(),
                Connection::Gap(gap) => format!("{:?}", gap.reason),
                Connection::AuthLost(_) => "auth lost".to_owned(),
                Connection::Closed(_) => "closed".to_owned(),
                other => format!("{other:?}"),
            },
            Some(other) => format!("{other:?}"),
        };
        return Ok(shown);
    }
}

macro_rules! on_the_fake {
    ($name:ident, |$scene:ident| $body:block) => {
        mod $name {
            #[allow(clippy::wildcard_imports)]
            use super::*;

            async fn scenario($scene: Scene) -> Result<(), BoxError> {
                $body
                Ok(())
            }

            #[tokio::test]
            async fn in_process() -> Result<(), BoxError> {
                scenario(Scene::in_process()?).await
            }

            #[tokio::test]
            async fn over_loopback() -> Result<(), BoxError> {
                scenario(Scene::over_loopback().await?).await
            }
        }
    };
}

on_the_fake!(what_others_do_arrives_and_actions_are_answered, |scene| {
    let mut events = scene.events().await?;
    assert_eq!(next(&mut events).await?, "connected");
    scene.post("hello").await?;
    assert_eq!(next(&mut events).await?, "hello");
    let bobs = scene.bob.events().await?;
    bobs.socket().send(UserTyping::new(scene.town.town_square.id)).await?;
    assert_eq!(next(&mut events).await?, format!("{} types", scene.town.bob.id));
    assert!(events.socket().send(GetStatuses::new()).await?.contains_key(&scene.town.alice.id));
    events.socket().close().await;
    while next(&mut events).await? != "closed" {}
    assert!(events.next().await.is_none());
});

on_the_fake!(whatever_ends_a_connection_nothing_is_lost, |scene| {
    let mut events = scene.events().await?;
    assert_eq!(next(&mut events).await?, "connected");
    for (number, end) in ["FIN", "RST", "close", "garbage"].into_iter().enumerate() {
        let sockets = scene.town.fake.sockets();
        match end {
            "FIN" => sockets.fin(),
            "RST" => sockets.reset(),
            "close" => sockets.close(1001),
            _ => sockets.bytes(b"\xff\xff\xff\xff"),
        };
        scene.post(end).await?;
        assert_eq!(next(&mut events).await?, "resumed", "{end}");
        assert_eq!(next(&mut events).await?, end);
        assert_eq!(scene.town.fake.sockets().opened(), number as u64 + 2);
    }
});

on_the_fake!(a_server_that_was_restarted_leaves_a_gap, |scene| {
    let mut events = scene.events().await?;
    assert_eq!(next(&mut events).await?, "connected");
    scene.post("before").await?;
    assert_eq!(next(&mut events).await?, "before");
    scene.town.fake.sockets().restart();
    assert_eq!(next(&mut events).await?, "ResumeRefused");
    assert_eq!(next(&mut events).await?, "connected");
    scene.post("after").await?;
    assert_eq!(next(&mut events).await?, "after");
});

on_the_fake!(a_revoked_session_is_noticed_although_the_server_says_nothing, |scene| {
    let mut events = scene.events().await?;
    assert_eq!(next(&mut events).await?, "connected");
    scene.town.fake.end_sessions(&scene.town.alice);
    assert_eq!(next(&mut events).await?, "auth lost");
    assert_eq!(next(&mut events).await?, "end");
});

on_the_fake!(dropping_the_events_ends_the_servers_socket, |scene| {
    let events = scene.events().await?;
    assert_eq!(scene.town.fake.sockets().of(&scene.town.alice).count(), 1);
    drop(events);
    while scene.town.fake.sockets().count() > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
});

/// As [`Client::builder`] with name and password: what a program does that runs for months.
#[tokio::test]
async fn a_client_that_can_log_in_again_goes_on_after_its_session_was_revoked() -> Result<(), BoxError> {
    let mut scene = Scene::in_process()?;
    scene.alice = Client::builder("https://chat.example.com")?
        .login("alice", mm_mock::PASSWORD)
        .build(scene.town.fake.clone());
    let mut events = scene.events().await?;
    assert_eq!(next(&mut events).await?, "connected");
    scene.town.fake.end_sessions(&scene.town.alice);
    // Nobody is told of this one, and the server does not count it either.
    scene.post("in between").await?;
    assert_eq!(next(&mut events).await?, "ResumeRefused");
    assert_eq!(next(&mut events).await?, "connected");
    scene.post("still there").await?;
    assert_eq!(next(&mut events).await?, "still there");
    Ok(())
}
