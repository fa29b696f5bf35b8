//! Every Mattermost operation as a plain value.
//!
//! No I/O and no clock in here: an operation becomes an [`http::Request`], an [`http::Response`]
//! becomes its output, and who sends what is another crate's business.

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
mod meta;
mod multipart;
mod page;
mod registry;
mod transport;

pub use mm_macros::Endpoint;
pub use mm_types as types;

#[cfg(feature = "server")]
pub use args::{ArgError, Args, Serve};
pub use body::Body;
pub use codec::{AnswersJson, Codec, Download};
pub use deduplicate::{Deduplicated, InDoubt, Sender};
pub use endpoint::{
    Auth, BodyKind, Endpoint, EndpointInfo, FieldInfo, Output, Paging, Place, ResponseKind, Retry,
};
pub use error::{ApiError, DecodeError, EncodeError, Error, ErrorBody, ErrorKind};
pub use meta::{Meta, RateLimit, mark_secrets, retry_after, retry_after_at};
pub use multipart::{Form, Part};
pub use page::{FULL_PAGE, Page, Paged, PagedRows};
pub use registry::{Operation, operation, registry};
pub use transport::{Delivery, TransportError, TransportErrorKind};

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
