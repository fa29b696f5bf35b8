//! An in-memory Mattermost for tests: a server with state, rules and permissions, without a network.
//!
//! [`FakeServer`] is a tower service, so a client is built over it as over any transport. Every
//! instance is a world of its own; nothing is shared, nothing but open sockets runs in the background, and
//! time moves only when told to.
//!
//! ```
//! use mm_core::{Body, Endpoint, api::users::GetUser};
//! use mm_mock::FakeServer;
//! use tower_service::Service as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut fake = FakeServer::new();
//! let alice = fake.user("alice").create();
//! let token = fake.token_for(&alice);
//!
//! let mut request = GetUser::me().to_request()?;
//! let header = format!("Bearer {}", token.expose());
//! request.headers_mut().insert("authorization", header.parse()?);
//! let answer = fake.call(request).await?;
//! assert_eq!(GetUser::decode(answer)?.username, "alice");
//! # Ok(())
//! # }
//! ```
//!
//! # What is in the world
//!
//! [`Town`] is ready to write tests in: an administrator, `alice` and `bob` in the team `acme`, a
//! guest, and `carol` outside of it. Anything else is seeded with [`user`](FakeServer::user),
//! [`team`](FakeServer::team), [`channel`](FakeServer::channel), [`post`](FakeServer::post) and their
//! like, and changed through the operations themselves. Settings are those of a new server until
//! [`configure`](FakeServer::configure) changes them.
//!
//! ```
//! let town = mm_mock::Town::new();
//! let ops = town.fake.channel(&town.team, "ops").private().members([&town.alice]).create();
//! let post = town.fake.post(&ops, &town.alice, "hello").create();
//! assert_eq!(post.channel_id, ops.id);
//! ```
//!
//! # What goes wrong
//!
//! [`on`](FakeServer::on) decides over the next requests of one operation: another answer, an error, a
//! delay, a connection that ends before, during or after the work. [`Config::rate_limit`] turns the
//! real limiter on.
//!
//! # What was asked
//!
//! [`requests`](FakeServer::requests) lists what came, [`sent`](FakeServer::sent) and
//! [`last`](FakeServer::last) give operations back as they were sent, and
//! [`assert_called`](FakeServer::assert_called) counts them.
//!
//! # The event socket
//!
//! `GET /api/v4/websocket` is answered like any request, so a client opens its socket over the fake as it
//! does over a network: in memory through [`mm_core::Upgrade`] in the answer's extensions, or over the
//! listener. Behind it is the real server's hub: numbered events, queues that can be full, connections that
//! can be taken up again, pings, actions with their replies, and silence after the end of a session.
//!
//! What the operations do is told to those whom the real server tells. A test reads what was told with
//! [`events`](FakeServer::events), tells things of its own with [`emit`](FakeServer::emit), and lets
//! sockets fail with [`sockets`](FakeServer::sockets); upgrades are refused with
//! [`on`](FakeServer::on), as every operation is.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use std::time::Duration;
//! use mm_core::api::system::ConnectWebSocket;
//! use mm_mock::{Audience, Event, Town};
//!
//! let town = Town::new();
//! // The next upgrade is refused, the socket after that ends after three events, and the one after
//! // that with the hello.
//! town.fake.on::<ConnectWebSocket>().rate_limited(Duration::from_secs(2));
//! town.fake.sockets().next().after(3).reset();
//! town.fake.sockets().next().after(1).close(1001);
//!
//! // Here the client under test connects. Then, to sockets that are open:
//! town.fake.emit(Event::new("custom_com.example.deployed").with("version", "2.1"), Audience::everyone());
//! town.fake.sockets().of(&town.alice).lose(1).silence();
//! town.fake.sockets().restart();
//! assert_eq!(town.fake.sockets().count(), 0);
//! # }
//! ```
//!
//! Every socket is served by a task of the tokio runtime that the upgrade was asked for in. Its time is the
//! server's: while the clock stands still there is no ping, and nobody is too slow. A test that waits for
//! such things pauses tokio's time and calls [`follow_tokio_time`](FakeServer::follow_tokio_time), or moves
//! the clock with [`advance`](FakeServer::advance).
//!
//! # Time
//!
//! The clock starts at a fixed point and goes on by a millisecond with every request;
//! [`advance`](FakeServer::advance) moves it. [`follow_tokio_time`](FakeServer::follow_tokio_time)
//! lets it run with a paused test, [`follow_real_time`](FakeServer::follow_real_time) with the wall.
//!
//! # Operations it does not know
//!
//! They are answered 501 with an error that names them. [`handle`](FakeServer::handle) adds a rule, for
//! a plugin's operations too.
//!
//! With the feature `listen`, `FakeServer::listen` serves the same world on a port.

mod answer;
mod base64;
mod caller;
mod clock;
mod date;
mod failure;
mod fake;
mod fault;
mod ids;
mod limit;
#[cfg(feature = "listen")]
mod listen;
mod log;
mod manners;
mod permission;
mod picture;
mod portrait;
mod request;
mod seed;
mod server;
mod socket;
#[cfg(test)]
mod testing;
mod totp;
mod town;
mod world;

pub use answer::Answer;
pub use caller::Caller;
pub use failure::Failure;
pub use fake::FakeServer;
pub use fault::{Script, Scripted};
pub use limit::Rate;
#[cfg(feature = "listen")]
pub use listen::Listener;
pub use log::Logged;
pub use permission::Permission;
pub use seed::{ChannelSeed, PASSWORD, PostSeed, Ref, TeamSeed, UserSeed};
pub use socket::Sockets;
pub use town::{Person, Town};
pub use world::{Audience, Config, Event, LinkKind, Mail, World};
