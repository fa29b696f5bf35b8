use std::collections::hash_map::RandomState;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::hash::{BuildHasher as _, Hasher as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use mm_core::api::system::ConnectWebSocket;
use mm_core::socket::{Incoming, Protocol, ProtocolConfig};
use mm_core::{Endpoint as _, Error};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backfill::Filler;
use super::delivery::Delivery;
use super::driver::{Driver, Settings};
use super::opening::Opening;
use super::queue::{self, Consumer, Room};
use super::{Backfill, Socket};
use crate::Client;

/// An event socket that is to be opened: await it, or set something first.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(client: mm_tower::Client) -> Result<(), mm_tower::Error> {
/// let events = client.events().queue(1_000, 4 << 20).connect_within(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is opened before it is awaited"]
#[derive(Debug, Clone)]
pub struct Connect {
    client: Client,
    protocol: ProtocolConfig,
    room: Room,
    settings: Settings,
    connect_within: Duration,
    backfill: Option<Backfill>,
}

impl Connect {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            protocol: ProtocolConfig::default(),
            room: Room { events: 10_000, bytes: 16 << 20 },
            settings: Settings { patience: Duration::from_secs(5), posted_ack: false },
            connect_within: Duration::from_secs(30),
            backfill: None,
        }
    }

    /// How much may wait for the consumer: 10,000 events and 16 MiB, if not set. One message of the server, which may have
    /// 16 MiB, can come on top of that.
    pub fn queue(mut self, events: usize, bytes: usize) -> Self {
        self.room = Room { events: events.max(1), bytes: bytes.max(1) };
        self
    }

    /// How long nothing is read when the queue is full, so that the server waits too: 5 s if not set. After that, and while
    /// replies to actions are awaited, events are discarded until half of the queue is empty, and a
    /// [`Gap`](mm_core::socket::Gap) stands in their place.
    pub fn patience(mut self, time: Duration) -> Self {
        self.settings.patience = time;
        self
    }

    /// How often the server is asked whether the connection still works: every 30 s if not set.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.protocol.ping_interval = interval;
        self
    }

    /// How long the reply to an action may take, with the wait for a connection: 10 s if not set.
    pub fn action_timeout(mut self, time: Duration) -> Self {
        self.protocol.action_timeout = time;
        self
    }

    /// How long the first connection may take, with all attempts: 30 s if not set. Once there was one, lost ones are made anew
    /// for ever.
    pub fn connect_within(mut self, time: Duration) -> Self {
        self.connect_within = time;
        self
    }

    /// Fetches the posts that were missed, after each gap: see [`Backfill`]. Not done if not set.
    ///
    /// The channels that are named are looked at first, which is not part of [`connect_within`](Self::connect_within); what
    /// the client has for time-outs and retries counts.
    pub fn backfill(mut self, backfill: Backfill) -> Self {
        self.backfill = Some(backfill);
        self
    }

    /// Asks the server to say which posts it wants to be told of: `should_ack` in
    /// [`posted`](mm_core::types::event::Posted).
    pub fn posted_ack(mut self) -> Self {
        self.settings.posted_ack = true;
        self
    }

    /// All times of the protocol, such as those between two attempts to connect. Replaces what
    /// [`heartbeat`](Self::heartbeat) and [`action_timeout`](Self::action_timeout) have set.
    pub fn protocol(mut self, config: ProtocolConfig) -> Self {
        self.protocol = config;
        self
    }

    async fn open(self) -> Result<Events, Error> {
        let now = Instant::now().into_std();
        let filler = match self.backfill {
            Some(backfill) => Some(Filler::new(self.client.clone(), backfill, self.room, now).await?),
            None => None,
        };
        let (producer, consumer) = queue::queue(self.room);
        let (commands, commanded) = mpsc::unbounded_channel();
        let (opening, opened) = Opening::new(self.connect_within);
        let seed = RandomState::new().build_hasher().finish();
        let protocol = Protocol::new(self.protocol, seed, Instant::now().into_std());
        let (driver, state) = Driver::new(
            self.client,
            protocol,
            Delivery::new(producer, filler),
            self.settings,
            opening,
            commanded,
        );
        let events = Events { queue: consumer, socket: Socket::new(commands, state) };
        tokio::spawn(driver.run());
        let operation = ConnectWebSocket::INFO.operation;
        match opened.await {
            Ok(Ok(())) => Ok(events),
            Ok(Err(error)) => {
                drop(events);
                Err(Arc::try_unwrap(error).unwrap_or_else(|shared| Error::local(operation, shared)))
            }
            Err(_) => Err(Error::local(operation, "the runtime is shutting down")),
        }
    }
}

impl IntoFuture for Connect {
    type Output = Result<Events, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    /// Waits for the server's greeting.
    ///
    /// What a further attempt can mend is tried again until the time is up; all else is an error at once: a lost session, a
    /// refused handshake, an address that is not Mattermost's.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.open())
    }
}

/// What happens, in order and each thing at most once: events, and what becomes of the connection.
///
/// Never ends by a fault of the network: the connection is made anew, and goes on where it was if the server still knows.
/// What may have been lost is said in its place ([`Gap`](mm_core::socket::Gap)). It ends after
/// [`AuthLost`](mm_core::socket::Connection::AuthLost) and [`Closed`](mm_core::socket::Connection::Closed).
///
/// Dropping it closes the socket, and leaves no task behind. It is a [`Stream`] too, for those who use the combinators of
/// other crates.
#[must_use = "the socket is closed when this is dropped"]
pub struct Events {
    queue: Consumer,
    socket: Socket,
}

impl Events {
    /// What happened next; `None` when nothing more will. May be dropped and called again without a loss.
    pub async fn next(&mut self) -> Option<Incoming> {
        poll_fn(|cx| self.queue.poll_pop(cx)).await
    }

    /// A handle on the socket: for actions, its state, and to close it.
    #[must_use]
    pub fn socket(&self) -> Socket {
        self.socket.clone()
    }

    /// How much waits to be taken, as the number of events and of bytes.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        self.queue.waiting()
    }
}

impl Stream for Events {
    type Item = Incoming;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Incoming>> {
        self.queue.poll_pop(cx)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, bytes) = self.waiting();
        f.debug_struct("Events")
            .field("socket", &self.socket)
            .field("waiting", &events)
            .field("bytes", &bytes)
            .finish()
    }
}
