//! The layers a client is made of, each usable without it.
//!
//! Outermost first, as [`Client`](crate::Client) stacks them:
//!
//! | layer | what it does | in a client, tuned or left out by |
//! |---|---|---|
//! | yours, by [`layer`](crate::ClientBuilder::layer) | | |
//! | `trace::TraceLayer` | one span a call, one event a try (feature `tracing`) | the subscriber's filter |
//! | [`MetricsLayer`] | tells of calls, tries and waits, to be counted | [`metrics`](crate::ClientBuilder::metrics); none without |
//! | [`TimeoutLayer`] | ends a call, with all its tries, in time | [`timeout`](crate::ClientBuilder::timeout); none without |
//! | [`RetryLayer`] | sends again what failed and may be sent again | [`retry`](crate::ClientBuilder::retry), [`retry_policy`](crate::ClientBuilder::retry_policy), [`no_retry`](crate::ClientBuilder::no_retry) |
//! | [`PacingLayer`] | sends no faster than the server takes it | [`pacing`](crate::ClientBuilder::pacing), [`no_pacing`](crate::ClientBuilder::no_pacing) |
//! | [`TryTimeoutLayer`] | ends a try in time | [`try_timeout`](crate::ClientBuilder::try_timeout), with `None` |
//! | [`AuthLayer`] | adds the session's token | [`token`](crate::ClientBuilder::token) and its kin; none without |
//! | [`BaseUrlLayer`] | makes the relative URI absolute | [`Client::builder`](crate::Client::builder) |
//! | [`EtagLayer`] | asks only whether what is kept is still right | [`etags`](crate::ClientBuilder::etags); none without |
//! | [`CollectLayer`] | reads answers that are no downloads to their end | [`max_answer`](crate::ClientBuilder::max_answer) |
//! | yours, by [`inner_layer`](crate::ClientBuilder::inner_layer) | | |
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
//!
//! # Layers of others
//!
//! Any layer of tower or tower-http fits into a client, with whatever it makes of errors and of the answer's body, as long as
//! its service is `Clone`, `Send` and `Sync`, and the bodies are `Send`. What it does depends on where it is:
//!
//! | layer | outside, by [`layer`](crate::ClientBuilder::layer) | inside, by [`inner_layer`](crate::ClientBuilder::inner_layer) |
//! |---|---|---|
//! | tower's `concurrency_limit` | so many calls at a time, waits for a retry included | so many requests on the wire; a call that waits for a retry makes room for others |
//! | tower's `load_shed` around it | a call too many fails with [`NotSent`](crate::ErrorKind::NotSent) | only the try fails; as nothing was sent it is made again after the back-off, until the tries are used up |
//! | tower's `timeout` | as [`TimeoutLayer`], but the retry does not know how much time is left; counts as maybe sent | as [`TryTimeoutLayer`], for the head of the answer alone |
//! | tower's `retry` | starts calls anew, so that tries are multiplied | nobody asks whether another try does harm: use a [`RetryPolicy`] |
//! | tower-http's `trace` | a span for each call, with a relative URI | a span for each try, with the absolute one; both log whole URIs unless told otherwise |
//! | tower-http's `decompression` | the layers inside see compressed bytes: a session that has ended, or a post that is pending, is not recognised | the place for it: inside of [`EtagLayer`] and [`CollectLayer`] |
//! | tower-http's `set_header` | on each call; an `Authorization` of its own is respected | on each try, after the token was added |
//!
//! Every layer that is added is boxed by itself, and what it is put around is always ready. Layers that go by the readiness of
//! others, such as `load_shed`, have to be in one with them: `.layer(ServiceBuilder::new().load_shed().concurrency_limit(8))`.
//!
//! An error of such a layer is known to be "not sent" if the request never came out of the layer on the inner side: a call that was
//! shed, refused by a filter, or still waiting when its time was over. Otherwise it counts as "maybe sent", unless there is
//! a [`TransportError`](mm_core::TransportError) in its chain, which says which it is. A layer that sends requests by itself,
//! past the one it is put around, has to return such an error. `examples/compose.rs` shows some of these.

mod auth;
mod base_url;
mod collect;
mod etag;
pub mod metrics;
pub mod pacing;
pub(crate) mod retry;
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
    Attempt, FullJitter, Next, Outcome, Retry, RetryBudget, RetryConfig, RetryFuture, RetryLayer, RetryPolicy,
};
pub use timeout::{Timeout, TimeoutFuture, TimeoutLayer, TryTimeout, TryTimeoutFuture, TryTimeoutLayer};

pub use crate::adapt::ErrorFuture;
