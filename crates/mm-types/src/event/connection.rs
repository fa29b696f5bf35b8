//! About the connection itself.

use mm_macros::model;

use crate::ConnectionId;

/// The first event of a fresh connection.
#[model]
pub struct Hello {
    /// Names the connection when it is taken up again after a loss.
    pub connection_id: ConnectionId,
    /// Version, build, a hash of the settings and whether it is the enterprise edition, with dots between.
    pub server_version: String,
    /// Not told by old servers, and where the server does not know its own name.
    #[model(omit_empty)]
    pub server_hostname: Option<String>,
}
