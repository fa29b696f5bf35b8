//! The event socket without I/O: its frames, what is asked for over it, and a [`Protocol`] that decides what to do.
//!
//! | to find | look at |
//! |---|---|
//! | an event, its name, number and data | [`Event`] |
//! | what a consumer sees: events, and what happened to the connection | [`Incoming`], [`Connection`], [`Gap`] |
//! | what can be asked for | [`actions`], [`Action`], [`Call`] |
//! | the rules | [`Protocol`], [`ProtocolConfig`] |
//! | the request that opens it | [`ConnectWebSocket`](crate::api::system::ConnectWebSocket) |
//!
//! # A driver of your own
//!
//! Whatever moves the bytes and reads the clock, for any runtime: do what [`Protocol::poll`] says, and hand in what happens.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use mm_core::Endpoint;
//! use mm_core::socket::{Connection, Frame, Incoming, Input, Output, Protocol, ProtocolConfig};
//!
//! let mut now = Instant::now();
//! let mut protocol = Protocol::new(ProtocolConfig::default(), 7, now);
//!
//! // 1. It wants a connection. Add the headers of a WebSocket handshake to the request, and send it.
//! let Some(Output::Connect(connect)) = protocol.poll() else { panic!("another wish") };
//! assert_eq!(connect.operation().to_request()?.uri(), "/api/v4/websocket");
//! protocol.handle(Input::Opened, now);
//!
//! // 2. It sends a ping at once, and waits for the server's greeting.
//! assert!(matches!(protocol.poll(), Some(Output::Send(Frame::Text(_)))));
//! protocol.handle(Input::Text(r#"{"event": "hello", "data": {"connection_id": "c"}, "seq": 0}"#), now);
//! let Some(Output::Deliver(Incoming::Connection(Connection::Connected { connection_id, .. }))) = protocol.poll() else {
//!     panic!("another wish")
//! };
//! assert_eq!(connection_id, "c");
//!
//! // 3. Nothing comes any more: when its time has come, it looks after the connection.
//! while let Some(deadline) = protocol.deadline().filter(|deadline| *deadline < now + Duration::from_secs(300)) {
//!     now = deadline; // A real driver sleeps until then.
//!     protocol.handle(Input::Wake, now);
//!     if let Some(Output::Disconnect) = protocol.poll() {
//!         break;
//!     }
//! }
//! protocol.handle(Input::Wake, now + Duration::from_secs(1));
//! let Some(Output::Connect(connect)) = protocol.poll() else { panic!("another wish") };
//! assert_eq!(connect.operation().to_request()?.uri().query(), Some("connection_id=c&sequence_number=1&disconnect_err_code=4000"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What servers do
//!
//! What the rules rest on, as servers from 5.37 to 11.6 behave:
//!
//! - The handshake is answered 101 with any token or none. A token that is not valid makes a connection without a session: it
//!   is silent, all but [`authentication_challenge`] are ignored on it without a reply, and after 5 s it is ended without a
//!   close frame. A challenge that fails ends it at once; on a connection that has a session it is ignored.
//! - `hello` is in the line before anything else of a fresh list of events; on a list that goes on, the events that were
//!   missed are, then those that happened meanwhile. Replies stand in the same line. So the reply to an action that was sent
//!   right after the handshake tells that there will be no `hello`.
//! - Servers keep replies that they could not send, and send them when the connection is resumed.
//! - A connection can be resumed once the server has noticed its end; one that it still takes for open cannot, and a fresh
//!   list begins. That is why the first attempt waits a little.
//! - An event that the server cannot encode uses up its number. No asking brings that number.
//! - A session that is revoked or expires leaves the connection open without events. Pings of the framing are answered as
//!   before; actions are answered with status 401.

mod action;
pub mod actions;
mod backfilled;
mod event;
mod frame;
mod incoming;
mod protocol;
mod scan;

pub use self::{action::*, backfilled::*, event::*, incoming::*, protocol::*};
