//! Events over a WebSocket: see [`Client::events`].

mod delivery;
mod driver;
mod events;
mod handle;
mod opening;
mod queue;
mod session;
mod upgrade;
mod wire;

pub use mm_core::socket::{
    Action, CloseReason, Connection, Event, Gap, GapReason, Incoming, Origin, ProtocolConfig, State,
    Unreadable, actions,
};

pub use events::{Connect, Events};
pub use handle::Socket;

use crate::Client;

impl Client {
    /// Opens the event socket: what happens on the server, in order, and what happens to the connection.
    ///
    /// The handshake is an operation like any other: through the same transport and the same layers, with the same session. Await
    /// what is returned, or set something first: see [`Connect`].
    pub fn events(&self) -> Connect {
        Connect::new(self.clone())
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
