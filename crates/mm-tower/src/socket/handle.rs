use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use mm_core::codec::Unreadable;
use mm_core::socket::{Action, ActionFailure, Call, NotSent, State, Ticket};
use mm_core::types::RawJson;
use mm_core::{EndpointInfo, Error};
use tokio::sync::{mpsc, oneshot, watch};

use super::driver::Command;

/// A handle on an open socket: to act over it, to see how it is, and to close it.
///
/// Cheap to clone. Does not keep the socket open: that is what [`Events`](super::Events) does.
#[derive(Clone)]
pub struct Socket {
    commands: mpsc::UnboundedSender<Command>,
    state: watch::Receiver<State>,
    tickets: Arc<AtomicU64>,
}

impl Socket {
    pub(super) fn new(commands: mpsc::UnboundedSender<Command>, state: watch::Receiver<State>) -> Self {
        Self { commands, state, tickets: Arc::default() }
    }

    /// Sends an action and waits for the server's reply, for [as long as](super::Connect::action_timeout) is set. While there is
    /// no connection the action waits for one. Any number may be under way.
    ///
    /// Dropping the future gives up the reply, and the action too if it was not sent yet.
    ///
    /// # Errors
    ///
    /// Named after the action. [Not sent](mm_core::ErrorKind::NotSent): it is too large, there was no connection in time,
    /// or the socket is closed. [Maybe sent](mm_core::ErrorKind::MaybeSent): the reply did not come. Otherwise the server's
    /// own error, or a reply that cannot be read.
    pub async fn send<A: Action>(&self, action: A) -> Result<A::Reply, Error> {
        self.call::<A>(Call::new(&action)?).await
    }

    /// As [`send`](Self::send), and waits for this long.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_within<A: Action>(&self, action: A, time: Duration) -> Result<A::Reply, Error> {
        self.call::<A>(Call::new(&action)?.within(time)).await
    }

    async fn call<A: Action>(&self, call: Call) -> Result<A::Reply, Error> {
        let info = call.info();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let (reply, replied) = oneshot::channel();
        // If nobody takes it, the reply's channel is closed as well.
        let _ = self.commands.send(Command::Act { ticket, call, reply });
        let mut waiting = Waiting { commands: &self.commands, ticket: Some(ticket) };
        let result = replied.await.unwrap_or(Err(ActionFailure::NotSent(NotSent::Closed)));
        waiting.ticket = None;
        let data: RawJson = result.map_err(|failure| failure.into_error(info))?;
        A::read(&data).map_err(|error| unreadable(info, &data, error.column()))
    }

    /// How the connection is, now and whenever it changes. Ends when the socket is closed.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Closes the socket and waits until nothing of it is left: for the server's goodbye some seconds at most.
    ///
    /// What waits in the stream of events can still be read, [`Closed`](mm_core::socket::Connection::Closed) at its end. Closing
    /// twice is no mistake.
    pub async fn close(&self) {
        let _ = self.commands.send(Command::Close);
        let mut state = self.state.clone();
        while state.changed().await.is_ok() {}
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

/// What the server replied is not what was expected.
fn unreadable(info: &EndpointInfo, data: &RawJson, column: usize) -> Error {
    let head = Response::new(()).into_parts().0;
    let reason = format!("the reply's data is of another kind, at column {column}");
    Unreadable::new(head, Bytes::copy_from_slice(data.raw().as_bytes()), reason).of(info).into()
}

/// Somebody who waits for a reply, or is dropped.
struct Waiting<'a> {
    commands: &'a mpsc::UnboundedSender<Command>,
    ticket: Option<Ticket>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let _ = self.commands.send(Command::Forget { ticket });
        }
    }
}
