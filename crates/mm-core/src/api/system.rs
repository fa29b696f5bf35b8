//! The server itself.

use mm_types::{Secret, SystemStatus};

use crate::Endpoint;

operations![ConnectWebSocket, GetPing];

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
    pub device_id: Option<Secret>,
    /// Answers 200 whatever the state is. Ignored by old servers.
    pub use_rest_semantics: Option<bool>,
}

/// Asks for the event socket: answered 101, with the connection.
///
/// What makes it a WebSocket handshake, the headers `Connection`, `Upgrade` and `Sec-WebSocket-…`, is added by whoever does
/// the framing. Without a valid token the answer is 101 all the same, but no event follows: see [`socket`](crate::socket).
/// Never repeated by a client, as the socket has rules of its own for that.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/websocket", response = (), status = 101, auth = optional, retry = never)]
#[non_exhaustive]
pub struct ConnectWebSocket {
    /// The connection to go on with, from its `hello`. The server does so if the request has the same user's token.
    pub connection_id: Option<String>,
    /// The number of the event that is expected next, from 1. Needed with `connection_id`.
    pub sequence_number: Option<i64>,
    /// Asks for `should_ack` in `posted` events.
    #[endpoint(flag)]
    pub posted_ack: bool,
    /// Why the connection before ended: 1000 to 1016, 4000 (no reply to a ping) or 4001 (numbers left out). For the server's
    /// statistics alone.
    pub disconnect_err_code: Option<u16>,
}
