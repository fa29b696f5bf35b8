//! What goes into the protocol and what comes out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mm_types::RawJson;

use crate::api::system::ConnectWebSocket;
use crate::socket::{ActionFailure, Call, Incoming};
use crate::{Error, ErrorKind, TransportErrorKind};

/// A driver's name for one call of an action.
pub type Ticket = u64;

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// It is time: see [`Protocol::deadline`](super::Protocol::deadline).
    Wake,
    /// The connection asked for is there: answered with 101, and framing has begun.
    Opened,
    /// The connection asked for did not come about.
    Refused(Refusal),
    /// A text frame came.
    Text(&'a str),
    /// A binary frame came.
    Binary(&'a [u8]),
    /// A ping came. Whoever does the framing has answered it.
    Ping,
    /// A pong came.
    Pong,
    /// The connection has ended, by whatever means.
    Ended(EndReason),
    /// Something is to be done.
    Act {
        /// The name for it in [`Output::Reply`].
        ticket: Ticket,
        /// What.
        call: Call,
    },
    /// Nobody waits for this reply any more.
    Forget {
        /// The name it was given.
        ticket: Ticket,
    },
    /// The answer to [`Output::CheckSession`].
    SessionChecked(Verdict),
    /// Close, for good.
    Close,
}

/// Why a connection did not come about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Refusal {
    /// The error.
    pub error: Arc<Error>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether the next try would fare no better.
    pub is_permanent: bool,
}

impl Refusal {
    /// Judges an error of the upgrade: 4xx other than 408, 425 and 429, a certificate that is not accepted, and what the
    /// client itself refused are permanent.
    #[must_use]
    pub fn new(error: Error) -> Self {
        let is_permanent = match error.status().map(|status| status.as_u16()) {
            Some(408 | 425 | 429) => false,
            Some(status) => (300..500).contains(&status),
            None => match error.transport_error() {
                Some(error) => matches!(error.kind(), TransportErrorKind::Tls | TransportErrorKind::Local),
                None => error.kind() == ErrorKind::NotSent,
            },
        };
        let retry_after = error.api().and_then(crate::ApiError::retry_after);
        Self { error: Arc::new(error), retry_after, is_permanent }
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndReason {
    /// By a close frame with this code, or without one.
    Closed(Option<u16>),
    /// Without a word: the stream ended, was reset, or cannot be written to.
    Lost,
    /// What came is not WebSocket.
    Framing,
}

/// What is known of the session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// It is what it was.
    Valid,
    /// It had ended, and there is another one.
    Renewed,
    /// It has ended.
    Lost(Error),
    /// It could not be found out.
    Unknown,
}

/// What is to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// Connect, then say [`Input::Opened`] or [`Input::Refused`].
    Connect(Connect),
    /// Send a frame.
    Send(Frame),
    /// Send [`authentication_challenge`](crate::socket::authentication_challenge) with the session's token. The token itself
    /// never enters the protocol.
    Challenge {
        /// The number of the frame.
        seq: i64,
    },
    /// Give up the connection, or the attempt at one, without a word. Nothing of it may be handed in any more.
    Disconnect,
    /// Hand this to the consumer.
    Deliver(Incoming),
    /// Answer an action.
    Reply {
        /// The name it was given.
        ticket: Ticket,
        /// The reply's data; `null` if it has none.
        result: Result<RawJson, ActionFailure>,
    },
    /// Find out whether the session is still valid, by any request that needs it, then say [`Input::SessionChecked`].
    CheckSession,
    /// There is nothing more to do.
    Finished,
}

/// A frame to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame {
    /// Text.
    Text(String),
    /// A ping, without payload.
    Ping,
    /// A close frame with this code.
    Close(u16),
}

/// A connection to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connect {
    /// What to go on with.
    pub resume: Option<Resume>,
    /// Why the one before ended, for the server's statistics.
    pub disconnect_code: Option<u16>,
}

impl Connect {
    /// The request, without what a WebSocket handshake adds to it.
    #[must_use]
    pub fn operation(&self) -> ConnectWebSocket {
        let mut operation = ConnectWebSocket::new();
        if let Some(resume) = &self.resume {
            operation = operation.connection_id(resume.connection_id.clone());
            operation = operation.sequence_number(resume.sequence_number);
        }
        match self.disconnect_code {
            Some(code) => operation.disconnect_err_code(code),
            None => operation,
        }
    }
}

/// What a connection goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resume {
    /// The server's name for the list of events.
    pub connection_id: String,
    /// The number of the event that is expected next.
    pub sequence_number: i64,
}

/// Where the protocol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// A connection is being made, or its first frame is awaited.
    Connecting {
        /// Attempts since the last healthy connection, this one included.
        attempt: u32,
    },
    /// Events arrive.
    Open,
    /// There is no connection, and the next attempt comes later.
    Waiting {
        /// Attempts since the last healthy connection.
        attempt: u32,
        /// When.
        until: Instant,
    },
    /// It is over.
    Closed,
}
