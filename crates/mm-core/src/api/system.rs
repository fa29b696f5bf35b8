//! The server itself.

use mm_types::SystemStatus;

use crate::Endpoint;

operations![GetPing];

/// Asks whether the server is well. Needs no session.
///
/// A server that is not well answers 500 with the same keys, which is an error here; with
/// `use_rest_semantics` it answers 200 and says so in `status`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/system/ping", response = SystemStatus, auth = optional)]
#[non_exhaustive]
pub struct GetPing {
    /// Also looks at the database and the file store.
    pub get_server_status: Option<bool>,
    /// Also looks whether this device can get notifications.
    pub device_id: Option<String>,
    /// Answers 200 whatever the state is. Ignored by old servers.
    pub use_rest_semantics: Option<bool>,
}
