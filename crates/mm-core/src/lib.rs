//! Every Mattermost operation as a plain value.
//!
//! No I/O and no clock in here: an operation becomes an [`http::Request`], an [`http::Response`]
//! becomes its output, and who sends what is another crate's business.

mod body;
mod transport;

pub use body::Body;
pub use transport::{Delivery, TransportError, TransportErrorKind};

/// An error of any type that can cross threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
