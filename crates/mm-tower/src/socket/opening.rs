//! The first connection, which somebody waits for.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use mm_core::api::system::ConnectWebSocket;
use mm_core::{Delivery, Endpoint as _, Error, TransportError, TransportErrorKind};
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

pub(super) type Opened = Result<(), Arc<Error>>;

pub(super) struct Opening {
    opened: oneshot::Sender<Opened>,
    within: Duration,
    until: Pin<Box<Sleep>>,
    /// Why it did not come about so far.
    refused: Option<Arc<Error>>,
}

impl Opening {
    pub(super) fn new(within: Duration) -> (Self, oneshot::Receiver<Opened>) {
        let (opened, receiver) = oneshot::channel();
        (Self { opened, within, until: Box::pin(sleep(within)), refused: None }, receiver)
    }

    pub(super) fn refused(&mut self, error: &Arc<Error>) {
        self.refused = Some(Arc::clone(error));
    }

    pub(super) fn poll_too_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.until.as_mut().poll(cx)
    }

    pub(super) fn succeed(self) {
        // If nobody waits any more, there is no consumer either, and the driver finds that out by itself.
        let _ = self.opened.send(Ok(()));
    }

    pub(super) fn fail(self) {
        let error = self.refused.unwrap_or_else(|| Arc::new(no_greeting(self.within)));
        let _ = self.opened.send(Err(error));
    }
}

fn no_greeting(within: Duration) -> Error {
    let problem = format!("no greeting of the event socket within {} s", within.as_secs_f32());
    let error = TransportError::new(TransportErrorKind::Timeout, Delivery::MaybeSent).with_source(problem);
    Error::transport(ConnectWebSocket::INFO, error)
}
