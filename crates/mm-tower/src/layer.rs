//! The layers a client is made of, each usable without it.
//!
//! Outermost first, as [`Client`](crate::Client) stacks them:
//!
//! | layer | what it does |
//! |---|---|
//! | `trace::TraceLayer` | one span a call (feature `tracing`) |
//! | [`TimeoutLayer`] | ends a call, with all its tries, in time |
//! | [`RetryLayer`] | sends again what failed and may be sent again |
//! | [`PacingLayer`] | sends no faster than the server takes it |
//! | [`TryTimeoutLayer`] | ends a try in time |
//! | [`AuthLayer`] | adds the session's token |
//! | [`BaseUrlLayer`] | makes the relative URI absolute |
//! | [`EtagLayer`] | asks only whether what is kept is still right (if it is asked for) |
//! | [`CollectLayer`] | reads answers that are no downloads to their end |
//!
//! Each reads the operation's [`EndpointInfo`](mm_core::EndpointInfo) from the request's extensions and goes by the
//! HTTP method where there is none. In a stack of your own:
//!
//! ```
//! use mm_tower::core::Body;
//! use mm_tower::layer::{AuthLayer, BaseUrlLayer, RetryLayer};
//! use mm_tower::{BaseUrl, Session};
//! use tower::{ServiceBuilder, ServiceExt as _, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
//! # let transport = service_fn(async |request: http::Request<Body>| {
//! #     assert_eq!(request.uri(), "https://chat.example.com/api/v4/users/me");
//! #     assert_eq!(request.headers()["authorization"], "Bearer secret");
//! #     Ok::<_, std::convert::Infallible>(http::Response::new(Body::empty()))
//! # });
//! let base: BaseUrl = "https://chat.example.com".parse()?;
//! let service = ServiceBuilder::new()
//!     .layer(RetryLayer::default())
//!     .layer(AuthLayer::new(Session::with_token("secret"), base.clone()))
//!     .layer(BaseUrlLayer::new(base))
//!     .service(transport);
//!
//! let response = service.oneshot(http::Request::get("/api/v4/users/me").body(Body::empty())?).await?;
//! assert_eq!(response.status(), 200);
//! # Ok(())
//! # }
//! ```

mod auth;
mod base_url;
mod collect;
mod etag;
pub mod metrics;
pub mod pacing;
mod retry;
mod timeout;
#[cfg(feature = "tracing")]
pub mod trace;
mod watch;

pub use auth::{Auth, AuthFuture, AuthLayer};
pub use base_url::{BaseUrlLayer, WithBaseUrl};
pub use collect::{Collect, CollectFuture, CollectLayer};
pub use etag::{Etag, EtagFuture, EtagLayer, EtagStats};
pub use metrics::{Metrics, MetricsLayer};
pub use pacing::{Pacing, PacingConfig, PacingFuture, PacingLayer};
pub use retry::{
    Attempt, Next, Outcome, Retry, RetryBudget, RetryConfig, RetryFuture, RetryLayer, RetryPolicy,
};
pub use timeout::{Timeout, TimeoutFuture, TimeoutLayer, TryTimeout, TryTimeoutFuture, TryTimeoutLayer};

pub use crate::adapt::ErrorFuture;
