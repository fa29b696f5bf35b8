//! A Mattermost client made of tower layers, over any HTTP service.
//!
//! [`Client`] takes operations, which are plain values of [`api`], and gives what the server answers. It sends them
//! through any [`Service`](tower_service::Service) of HTTP requests that is handed to [`ClientBuilder::build`]: a real transport, a
//! fake server, a router, somebody's stack of middleware.
//!
//! ```
//! use mm_mock::FakeServer;
//! use mm_tower::api::users::{GetUser, GetUsers};
//! use mm_tower::Client;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Or `HyperTransport::new()?` of mm-hyper, and the address of a server.
//! let fake = FakeServer::new();
//! let alice = fake.user("alice").create();
//! fake.user("bob").create();
//!
//! let client = Client::builder("https://chat.example.com")?.token(fake.token_for(&alice)).build(fake);
//! let me = client.send(GetUser::me()).await?;
//! assert_eq!(me.username, "alice");
//!
//! let mut everyone = client.stream(GetUsers::new());
//! while let Some(user) = everyone.next().await {
//!     println!("{}", user?.username);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! * [`Client::send`] and its kin: one operation, one answer. [`Client::stream`]: all rows of a list.
//! * [`ClientBuilder`]: token or login, timeouts, retries, layers of your own.
//! * [`Client::events`]: what happens on the server, over a WebSocket (feature `socket`, on by default); see [`socket`].
//! * [`layer`]: what a client is made of, for stacks of your own.
//! * [`recipes`] and [`transfer`]: what takes more than one call, and files.
//! * [`Error`]: what went wrong, by what can be done about it.
//!
//! Runs within a Tokio runtime that has its timer on (`enable_time`).

mod adapt;
mod base_url;
mod client;
pub mod layer;
mod pages;
pub mod recipes;
mod session;
#[cfg(feature = "socket")]
pub mod socket;
#[cfg(test)]
mod testing;
pub mod transfer;

pub use mm_core as core;
pub use mm_core::{ApiError, Body, Endpoint, Error, ErrorKind, Meta};
pub use mm_core::{api, types};

pub use adapt::BoxTransport;
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Answer, Client, ClientBuilder, SettingError};
pub use layer::{PacingConfig, RetryConfig};
pub use pages::PageStream;
pub use session::{Session, SessionError, TokenProvider};
