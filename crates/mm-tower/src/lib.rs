//! A Mattermost client made of tower layers, over any HTTP service.
//!
//! [`Client`] takes operations, which are plain values of [`api`], and gives what the server answers. It sends them
//! through any [`Service`](tower_service::Service) of HTTP requests that is handed to [`ClientBuilder::build`]: a real transport, a
//! fake server, a router, somebody's stack of middleware.
//!
//! ```
//! use mm_tower::Client;
//! use mm_tower::api::users::GetUsers;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use mm_tower::core::Body;
//! # let transport = tower::service_fn(async |_: http::Request<Body>| {
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(Body::from(r#"[{"username": "alice"}]"#)))
//! # });
//! let client = Client::builder("https://chat.example.com")?.token("secret").build(transport);
//! for user in client.send(GetUsers::new().per_page(20)).await? {
//!     println!("{}", user.username);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Runs within a Tokio runtime that has its timer on (`enable_time`).

mod adapt;
mod base_url;
mod client;
pub mod layer;
mod pages;
pub mod recipes;
mod session;
#[cfg(test)]
mod testing;
pub mod transfer;

pub use mm_core as core;
pub use mm_core::{ApiError, Body, Endpoint, Error, ErrorKind, Meta};
pub use mm_core::{api, types};

pub use adapt::BoxTransport;
pub use base_url::{BaseUrl, BaseUrlError};
pub use client::{Answer, Client, ClientBuilder, SettingError};
pub use layer::RetryConfig;
pub use pages::PageStream;
pub use session::{Session, SessionError, TokenProvider};
