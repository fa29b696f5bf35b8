//! Events over a WebSocket: what happens on the server, as it happens.
//!
//! ```
//! use mm_mock::Town;
//! use mm_tower::Client;
//! use mm_tower::api::posts::CreatePost;
//! use mm_tower::socket::actions::UserTyping;
//! use mm_tower::socket::{Connection, Incoming};
//! use mm_tower::types::event::Posted;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let town = Town::new();
//! let base = "https://chat.example.com";
//! let alice = Client::builder(base)?.token(town.alice.token).build(town.fake.clone());
//! let bob = Client::builder(base)?.token(town.bob.token).build(town.fake);
//!
//! let mut events = alice.events().await?;
//! let socket = events.socket();
//! socket.send(UserTyping::new(town.town_square.id)).await?;
//! bob.send(CreatePost::new(town.town_square.id, "hello")).await?;
//!
//! while let Some(incoming) = events.next().await {
//!     match incoming {
//!         Incoming::Event(event) => {
//!             if let Some(posted) = event.data::<Posted>() {
//!                 assert_eq!(posted?.post.get()?.message, "hello");
//!                 socket.close().await;
//!             }
//!         }
//!         Incoming::Connection(Connection::Gap(gap)) => println!("look what was missed: {:?}", gap.reason),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | what is seen | what it means |
//! |---|---|
//! | [`Event`] | each at most once, in the server's order; decoded when asked |
//! | [`Connected`](Connection::Connected) | the server keeps a new list of events for us; the first thing that is said |
//! | [`Resumed`](Connection::Resumed) | the connection was lost and is back, and nothing was lost with it |
//! | [`Gap`](Connection::Gap) | events may have been lost here: read again what you keep, or have the posts among them fetched: [`Backfill`] |
//! | [`Backfilled`](Connection::Backfilled) | that was done, as far as it says |
//! | [`Unreadable`] | a frame that is no event; kept as it came |
//! | [`AuthLost`](Connection::AuthLost) | the session has ended and cannot be renewed; the last thing |
//! | [`Closed`](Connection::Closed) | we closed; the last thing |
//!
//! * **One code path.** The handshake is an operation as any other, so it goes through the client's layers and transport, TLS,
//!   proxy and all. A transport that is not made of hyper hands the bytes over as [`mm_core::Upgrade`].
//! * **It stays.** Lost connections are made anew, with waits that grow and are spread, for ever. A session that was revoked
//!   is noticed although the server says nothing, renewed by one login if the client can, and is the end otherwise.
//! * **Bounded.** What waits for the consumer has a [limit](Connect::queue). A consumer that is slow slows the server down, for a
//!   [while](Connect::patience); then it finds a gap. With a million events and nobody to take them, it is the limit that is in
//!   memory, and one message.
//! * **Nothing stays behind.** One task for each socket, which ends when [`Events`] is dropped or [closed](Socket::close).

mod backfill;
mod delivery;
mod driver;
mod events;
mod handle;
mod opening;
mod queue;
mod session;
mod upgrade;
mod wire;

pub use mm_core::socket::{
    Action, Backfilled, CloseReason, Connection, Event, Gap, GapReason, Incoming, Missing, MissingKind,
    Origin, ProtocolConfig, State, Unreadable, actions,
};

pub use backfill::Backfill;
pub use events::{Connect, Events};
pub use handle::Socket;

use crate::Client;

impl Client {
    /// Opens the event socket: what happens on the server, in order, and what happens to the connection.
    ///
    /// Await what is returned, or set something first: see [`Connect`], and [`socket`](crate::socket) for an example.
    pub fn events(&self) -> Connect {
        Connect::new(self.clone())
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
