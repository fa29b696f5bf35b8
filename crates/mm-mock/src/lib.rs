//! An in-memory Mattermost for tests: a server with state, rules and permissions, without a network.
//!
//! [`FakeServer`] is a tower service, so a client is built over it as over any transport. Every
//! instance is a world of its own; nothing is shared, nothing runs in the background, and time moves
//! only when told to.
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

mod answer;
mod caller;
mod clock;
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
mod request;
mod seed;
mod server;
#[cfg(test)]
mod testing;
mod totp;
mod town;
#[allow(dead_code, reason = "stores and lookups stand ready for operations that are not written yet")]
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
pub use town::{Person, Town};
pub use world::{Audience, Config, Event, World};
