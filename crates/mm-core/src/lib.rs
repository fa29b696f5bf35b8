//! Every Mattermost operation as a plain value.
//!
//! No I/O and no clock in here: an operation becomes an [`http::Request`], an [`http::Response`]
//! becomes its output, and who sends what is another crate's business.
//!
//! ```
//! use mm_core::api::posts::CreatePost;
//! use mm_core::{Body, Endpoint, EndpointInfo, Retry};
//!
//! // A value, made of what the server requires; the rest has setters.
//! let operation = CreatePost::new("c1111111111111111111111111".parse::<mm_core::types::ChannelId>()?, "hello");
//!
//! // Its request, relative to the server. What layers want to know of it travels along.
//! let request = operation.to_request()?;
//! assert_eq!(request.uri(), "/api/v4/posts");
//! assert_eq!(EndpointInfo::of(&request).map(|info| info.retry), Some(Retry::Deduplicated));
//!
//! // Whatever sent it, the answer is read by the same operation.
//! let answer = http::Response::new(Body::from(r#"{"message": "hello", "create_at": 1700000000000}"#));
//! let post = CreatePost::decode(answer)?;
//! assert_eq!(post.message, "hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to find | look at |
//! |---|---|
//! | an operation | [`api`], by area and by the API reference's name; [`registry`] at run time |
//! | what an operation is | [`Endpoint`] and its derive, [`EndpointInfo`], [`codec`] |
//! | lists in pages | [`Paged`] |
//! | files | [`Part`], [`Form`], [`Download`], [`Body`] |
//! | why something failed | [`Error`], its kinds and questions; [`types::error_id`]; [`ApiError`], [`DecodeError`], [`EncodeError`], [`TransportError`] |
//! | what an answer says of itself | [`Meta`], [`RateLimit`], [`ServerVersion`] |
//! | events | [`socket`] |
//! | connections that leave HTTP | [`Upgrade`], [`Duplex`] |
//!
//! Feature `server`: the other direction, for fakes and tools: requests back into operations, answers from values,
//! and registry entries that can be called with JSON.

extern crate self as mm_core;

pub mod api;
#[cfg(feature = "server")]
mod args;
mod body;
pub mod codec;
mod deduplicate;
mod encode;
mod endpoint;
mod error;
#[doc(hidden)]
pub mod header;
mod meta;
mod multipart;
mod page;
mod registry;
pub mod socket;
mod transport;
mod upgrade;

pub use mm_macros::Endpoint;
pub use mm_types as types;

#[cfg(feature = "server")]
pub use args::{ArgError, Args, Serve};
pub use body::Body;
pub use codec::{AnswersJson, Codec, Download};
#[doc(hidden)]
pub use deduplicate::Named;
pub use deduplicate::{Deduplicated, InDoubt, Sender};
pub use endpoint::{
    Auth, BodyKind, Endpoint, EndpointInfo, FieldInfo, Output, Paging, Place, ResponseKind, Retry,
};
pub use error::{ApiError, DecodeError, EncodeError, Error, ErrorBody, ErrorKind};
pub use meta::{
    Meta, RateLimit, ServerVersion, is_gateway_error, is_rate_limit, mark_secrets, retry_after,
    retry_after_at,
};
pub use multipart::{Form, Part};
pub use page::{FULL_PAGE, Page, Paged, PagedRows};
pub use registry::{Operation, operation, registry};
pub use transport::{Delivery, TransportError, TransportErrorKind};
pub use upgrade::{Duplex, Upgrade};

/// An error of any type that can cross threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What the derive macro writes. Not for use by hand.
#[doc(hidden)]
pub mod derive {
    pub use std::fmt::Display;

    pub use http::Method;
    pub use serde::ser::SerializeMap;
    pub use serde::{Serialize, Serializer};

    pub use crate::deduplicate::name;
    pub use crate::encode::{FieldError, Target, require};
    pub use crate::page::{is_last, page_after};
    pub use crate::serve;
}

/// Keeps what only servers need out of builds without the feature `server`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "server")]
macro_rules! serve {
    ($($item:item)*) => { $($item)* };
}

/// Keeps what only servers need out of builds without the feature `server`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "server"))]
macro_rules! serve {
    ($($item:item)*) => {};
}
