//! A server that is in trouble for an hour: it is not asked more than 70 times, whatever its trouble is and whatever is
//! wanted of the socket meanwhile; then all goes on.

use std::time::Duration;

use mm_core::Error;
use mm_core::api::posts::CreatePost;
use mm_core::api::system::ConnectWebSocket;
use mm_mock::{FakeServer, Town};
use mm_tower::Client;
use mm_tower::socket::actions::GetStatuses;
use mm_tower::socket::{Events, Incoming, Socket};
use mm_types::event::Posted;
use tokio::time::{Instant, sleep};

const HOUR: Duration = Duration::from_secs(3600);

/// What is wrong with each connection of that hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    DroppedBeforeHello,
    DroppedAfterHello,
    ResetAfterHello,
    ClosedAfterHello,
    GarbageAfterHello,
    SilentAfterHello,
    SilentAtOnce,
    /// Events get lost on each connection, and cannot be had.
    NumbersLeftOut,
    Forgotten,
    Refused429,
    Refused502,
    NoAnswer,
}

impl Trouble {
    const ALL: [Self; 12] = [
        Self::DroppedBeforeHello,
        Self::DroppedAfterHello,
        Self::ResetAfterHello,
        Self::ClosedAfterHello,
        Self::GarbageAfterHello,
        Self::SilentAfterHello,
        Self::SilentAtOnce,
        Self::NumbersLeftOut,
        Self::Forgotten,
        Self::Refused429,
        Self::Refused502,
        Self::NoAnswer,
    ];

    /// Prepares the next connections, and ends the one there is.
    fn begin(self, fake: &FakeServer) {
        let next = fake.sockets().upcoming(1000);
        let upgrade = || fake.on::<ConnectWebSocket>();
        match self {
            Self::DroppedBeforeHello => drop(next.fin()),
            Self::DroppedAfterHello => drop(next.after(1).fin()),
            Self::ResetAfterHello => drop(next.after(1).reset()),
            Self::ClosedAfterHello => drop(next.after(1).close(1013)),
            Self::GarbageAfterHello => drop(next.after(1).bytes(b"\xff\xff\xff\xff")),
            Self::SilentAfterHello => drop(next.after(1).silence()),
            Self::SilentAtOnce => drop(next.silence()),
            Self::NumbersLeftOut => drop(next.after(1).skip(1)),
            Self::Forgotten => drop(next.after(1).overflow()),
            Self::Refused429 => upgrade().rate_limited(Duration::from_secs(20)).times(1000),
            Self::Refused502 => upgrade().html(502).times(1000),
            Self::NoAnswer => upgrade().hang().times(1000),
        }
        fake.sockets().fin();
    }
}

/// How often the server is asked for a connection in that hour.
async fn connections(trouble: Trouble, is_busy: bool) -> usize {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let client = Client::builder("https://chat.example.com").expect("a URL");
    let client = client.token(town.alice.token.clone()).build(town.fake.clone());
    let mut events = client.events().await.expect("a connection");
    sleep(Duration::from_secs(40)).await;
    trouble.begin(&town.fake);
    town.fake.forget_requests();
    let until = Instant::now() + HOUR;
    let mut busy = tokio::task::JoinSet::new();
    for number in 0..if is_busy { 5 } else { 0 } {
        busy.spawn(act(events.socket(), Duration::from_secs(number + 1), until));
    }
    if is_busy || trouble == Trouble::NumbersLeftOut {
        busy.spawn(write(town.clone(), "a post", until));
    }
    // Whoever takes what comes takes it in time.
    let taken = async { while events.next().await.is_some() {} };
    assert!(tokio::time::timeout_at(until, taken).await.is_err(), "{trouble:?}: the stream ended");
    let asked = town.fake.requests().iter().filter(|request| request.operation == "ConnectWebSocket").count();
    busy.join_all().await;
    end(trouble, &town, &mut events).await;
    asked
}

/// Asks for something over and over, and does not mind if nothing comes of it.
async fn act(socket: Socket, every: Duration, until: Instant) {
    while Instant::now() < until {
        let socket = socket.clone();
        let replied: Result<_, Error> = socket.send(GetStatuses::new()).await;
        drop(replied);
        sleep(every).await;
    }
}

async fn write(town: Town, text: &'static str, until: Instant) {
    let client = Client::builder("https://chat.example.com").expect("a URL");
    let client = client.token(town.bob.token.clone()).build(town.fake.clone());
    while Instant::now() < until {
        client.send(CreatePost::new(town.town_square.id, text)).await.expect("a post");
        sleep(Duration::from_secs(8)).await;
    }
}

/// After the trouble events come again.
async fn end(trouble: Trouble, town: &Town, events: &mut Events) {
    town.fake.recover();
    let told = async {
        loop {
            let Incoming::Event(event) = events.next().await.expect("more") else { continue };
            if let Some(Ok(posted)) = event.data::<Posted>()
                && posted.post.get().is_ok_and(|post| post.message == "all is well")
            {
                return;
            }
        }
    };
    tokio::select! {
        () = told => {}
        () = write(town.clone(), "all is well", Instant::now() + Duration::from_secs(900)) => {
            panic!("{trouble:?}: it goes on after its end");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_in_trouble_is_not_asked_more_than_70_times_an_hour() {
    let mut said = String::new();
    for trouble in Trouble::ALL {
        let busy = connections(trouble, true).await;
        said += &format!("{:<20}| {busy:>2}\n", format!("{trouble:?}"));
        assert!((30..=70).contains(&busy), "{said}");
    }
    for trouble in [Trouble::DroppedAfterHello, Trouble::Refused429, Trouble::Refused502] {
        let idle = connections(trouble, false).await;
        said += &format!("{:<20}| {idle:>2} while nothing is wanted\n", format!("{trouble:?}"));
        assert!((30..=70).contains(&idle), "{said}");
    }
    println!("handshakes within an hour, with posts and five clones that act\n{said}");
}
