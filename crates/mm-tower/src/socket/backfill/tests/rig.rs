use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use mm_core::api::posts::{CreatePost, DeletePost, PatchPost};
use mm_core::socket::{
    Backfilled, Connection, Event, Gap, GapReason, Incoming, Input, Origin, Output, Protocol, ProtocolConfig,
};
use mm_core::types::event::{PostDeleted, PostEdited, Posted};
use mm_core::types::{Channel, Post};
use mm_mock::Town;
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::Client;
use crate::socket::Backfill;
use crate::socket::backfill::Filler;
use crate::socket::delivery::Delivery;
use crate::socket::queue::{Consumer, Room, queue};

/// A consumer whose socket is played by the test: what the fake tells comes live, unless the line is cut.
pub(super) struct Rig {
    pub(super) town: Town,
    pub(super) bob: Client,
    pub(super) delivery: Delivery,
    pub(super) consumer: Consumer,
    pub(super) is_up: bool,
    heard: usize,
    seq: i64,
}

/// What the consumer saw.
#[derive(Debug, Clone)]
pub(super) enum Saw {
    Posted(Post, Origin),
    Edited(Post, Origin),
    Deleted(Post, Origin),
    Gap(GapReason),
    Connected,
    Backfilled(Backfilled),
    Other,
}

impl Rig {
    /// With a line that is up, and nothing to be seen yet.
    pub(super) async fn new(town: Town, backfill: Backfill) -> Self {
        let mut rig = Self::room(town, backfill, 1_000).await;
        rig.hello();
        assert!(matches!(rig.drain().await.as_slice(), [Saw::Connected]));
        rig
    }

    /// As well, and something was seen before.
    pub(super) async fn with_history(town: Town, backfill: Backfill) -> Self {
        let mut rig = Self::new(town, backfill).await;
        let square = rig.town.town_square.clone();
        for text in ["old", "older"] {
            rig.post(&square, text).await;
            rig.town.fake.advance(Duration::from_secs(60));
        }
        rig.hear();
        rig.drain().await;
        rig
    }

    pub(super) async fn room(town: Town, backfill: Backfill, events: usize) -> Self {
        let alice = client(&town, &town.alice.token);
        let room = Room { events, bytes: 16 << 20 };
        let (producer, consumer) = queue(room);
        let filler = Filler::new(alice, backfill, room, now()).await.unwrap();
        let heard = town.fake.events().len();
        let bob = client(&town, &town.bob.token);
        let delivery = Delivery::new(producer, Some(filler));
        Self { town, bob, delivery, consumer, is_up: false, heard, seq: 0 }
    }

    pub(super) fn hello(&mut self) {
        self.hear();
        self.is_up = true;
        self.seq = 0;
        let data = json!({"connection_id": "c", "server_version": "11.6.0"});
        let hello = self.event("hello", &data, "");
        self.delivery.accept(connected(&hello), now());
    }

    pub(super) fn cut(&mut self) {
        self.hear();
        self.is_up = false;
    }

    /// The line is up again, and the server has forgotten us.
    pub(super) fn restore(&mut self) {
        self.hear();
        let gap = Gap::new(Some(self.seq), now(), GapReason::ResumeRefused);
        self.delivery.accept(Incoming::Connection(Connection::Gap(gap)), now());
        self.hello();
    }

    /// What the server has told meanwhile arrives, or is lost.
    pub(super) fn hear(&mut self) {
        let events = self.town.fake.events();
        for (event, audience) in events.into_iter().skip(std::mem::take(&mut self.heard)) {
            self.heard += 1;
            if self.is_up {
                let event = self.event(event.name, &json!(event.data), audience.channel.as_str());
                self.delivery.accept(Incoming::Event(event), now());
            }
        }
        self.heard = self.town.fake.events().len();
    }

    fn event(&mut self, name: &str, data: &serde_json::Value, channel: &str) -> Event {
        let broadcast = json!({"omit_users": null, "user_id": "", "channel_id": channel, "team_id": ""});
        let frame = json!({"event": name, "data": data, "broadcast": broadcast, "seq": self.seq});
        self.seq += 1;
        Event::read(&frame.to_string()).unwrap()
    }

    pub(super) async fn next(&mut self) -> Saw {
        let (delivery, consumer) = (&mut self.delivery, &mut self.consumer);
        let incoming = poll_fn(|cx| {
            delivery.poll_work(cx, now());
            consumer.poll_pop(cx)
        });
        saw(&incoming.await.unwrap())
    }

    /// What is there at once.
    pub(super) async fn peek(&mut self) -> Option<Saw> {
        let (delivery, consumer) = (&mut self.delivery, &mut self.consumer);
        let incoming = poll_fn(|cx| {
            delivery.poll_work(cx, now());
            Poll::Ready(match consumer.poll_pop(cx) {
                Poll::Ready(incoming) => incoming,
                Poll::Pending => None,
            })
        });
        incoming.await.as_ref().map(saw)
    }

    /// What there is until nothing more comes for some seconds.
    pub(super) async fn drain(&mut self) -> Vec<Saw> {
        self.drain_for(Duration::from_secs(20)).await
    }

    pub(super) async fn drain_for(&mut self, silence: Duration) -> Vec<Saw> {
        let mut all = Vec::new();
        while let Ok(saw) = timeout(silence, self.next()).await {
            if !matches!(saw, Saw::Other) {
                all.push(saw);
            }
        }
        all
    }

    pub(super) async fn post(&mut self, channel: &Channel, text: &str) -> Post {
        self.bob.send(CreatePost::new(channel.id, text)).await.unwrap()
    }

    pub(super) async fn edit(&mut self, post: &Post, text: &str) -> Post {
        self.bob.send(PatchPost::new(post.id).message(text)).await.unwrap()
    }

    pub(super) async fn delete(&mut self, post: &Post) {
        self.bob.send(DeletePost::new(post.id)).await.unwrap();
    }
}

pub(super) fn client(town: &Town, token: &mm_core::types::Secret) -> Client {
    Client::builder("https://a.example").unwrap().token(token.clone()).no_retry().build(town.fake.clone())
}

pub(super) fn now() -> std::time::Instant {
    Instant::now().into_std()
}

/// What the protocol makes of a greeting.
fn connected(hello: &Event) -> Incoming {
    let mut protocol = Protocol::new(ProtocolConfig::default(), 1, now());
    for input in [Input::Opened, Input::Text(hello.raw())] {
        while let Some(output) = protocol.poll() {
            assert!(!matches!(output, Output::Deliver(_)));
        }
        protocol.handle(input, now());
    }
    let delivered = std::iter::from_fn(|| protocol.poll()).find_map(|output| match output {
        Output::Deliver(incoming) => Some(incoming),
        _ => None,
    });
    delivered.unwrap()
}

fn saw(incoming: &Incoming) -> Saw {
    match incoming {
        Incoming::Connection(Connection::Gap(gap)) => Saw::Gap(gap.reason),
        Incoming::Connection(Connection::Connected { .. }) => Saw::Connected,
        Incoming::Connection(Connection::Backfilled(done)) => Saw::Backfilled(done.clone()),
        Incoming::Event(event) => {
            let origin = event.origin();
            if let Some(posted) = event.data::<Posted>() {
                return Saw::Posted(posted.unwrap().post.get().unwrap(), origin);
            }
            if let Some(edited) = event.data::<PostEdited>() {
                return Saw::Edited(edited.unwrap().post.get().unwrap(), origin);
            }
            if let Some(deleted) = event.data::<PostDeleted>() {
                return Saw::Deleted(deleted.unwrap().post.get().unwrap(), origin);
            }
            Saw::Other
        }
        _ => Saw::Other,
    }
}

/// In a few words.
pub(super) fn told(all: &[Saw]) -> Vec<String> {
    let mark = |origin: &Origin| if *origin == Origin::Live { "" } else { "late " };
    let tell = |saw: &Saw| match saw {
        Saw::Posted(post, origin) => format!("{}post {}", mark(origin), post.message),
        Saw::Edited(post, origin) => format!("{}edit {}", mark(origin), post.message),
        Saw::Deleted(post, origin) => format!("{}delete {}", mark(origin), post.message),
        Saw::Gap(reason) => format!("{reason:?}"),
        Saw::Connected => "Connected".to_owned(),
        Saw::Backfilled(done) => {
            format!("{} {} {} missing {}", done.posted, done.edited, done.deleted, done.missing.len())
        }
        Saw::Other => String::new(),
    };
    all.iter().map(tell).collect()
}
