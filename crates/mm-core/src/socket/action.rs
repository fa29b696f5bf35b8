//! What a client asks for over the socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use mm_types::{AppError, RawJson};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ApiError, Delivery, EndpointInfo, Error, TransportError, TransportErrorKind};

/// The longest frame that the server takes, in bytes.
pub const MAX_FRAME: usize = 8192;

/// What a client asks for over the socket, as a plain value. Its serialisation is the action's `data`.
pub trait Action: Serialize + Send {
    /// The name on the wire; also how errors name it.
    const NAME: &'static str;

    /// Whether the server replies at all.
    const REPLIES: bool = true;

    /// How errors describe it.
    const INFO: &'static EndpointInfo = &EndpointInfo::new(Self::NAME, Method::GET, "/api/v4/websocket");

    /// What the server replies.
    type Reply: DeserializeOwned + Send + 'static;

    /// The name on the wire, where it is not known before.
    fn name(&self) -> &str {
        Self::NAME
    }

    /// Reads a reply's data, which is `null` where there is none.
    ///
    /// # Errors
    ///
    /// If the data is not what it should be.
    fn read(data: &RawJson) -> Result<Self::Reply, serde_json::Error> {
        data.get()
    }
}

/// An [`Action`] that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Call {
    info: &'static EndpointInfo,
    name: Box<str>,
    data: Box<str>,
    replies: bool,
    time: Option<Duration>,
}

impl Call {
    /// Encodes an action.
    ///
    /// # Errors
    ///
    /// If its frame would be longer than [`MAX_FRAME`]: the server ends a connection that carries such a frame.
    pub fn new<A: Action>(action: &A) -> Result<Self, Error> {
        let refuse = |problem: String| Error::local(A::NAME, problem);
        let data = serde_json::to_string(action).map_err(|error| refuse(error.to_string()))?;
        let name = action.name();
        let call =
            Self { info: A::INFO, name: name.into(), data: data.into(), replies: A::REPLIES, time: None };
        let length = call.frame(i64::from(u32::MAX)).len();
        if length > MAX_FRAME {
            return Err(refuse(format!(
                "its frame is {length} bytes long, and the server takes {MAX_FRAME}"
            )));
        }
        Ok(call)
    }

    /// Waits for this long for the reply, instead of what the protocol's configuration says.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// How errors describe it.
    #[must_use]
    pub const fn info(&self) -> &'static EndpointInfo {
        self.info
    }

    pub(super) const fn replies(&self) -> bool {
        self.replies
    }

    pub(super) const fn time(&self) -> Option<Duration> {
        self.time
    }

    /// The frame, as the `seq`th of the connection.
    pub(super) fn frame(&self, seq: i64) -> String {
        let name = serde_json::Value::from(&*self.name);
        format!(r#"{{"seq":{seq},"action":{name},"data":{}}}"#, self.data)
    }
}

/// The frame that logs a connection in, for [`Output::Challenge`](super::Output::Challenge). Holds the token.
#[must_use]
pub fn authentication_challenge(seq: i64, token: &str) -> String {
    let token = serde_json::Value::from(token);
    format!(r#"{{"seq":{seq},"action":"authentication_challenge","data":{{"token":{token}}}}}"#)
}

/// Why an action has no reply.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ActionFailure {
    /// The server refused it.
    Refused(Box<AppError>),
    /// It was not sent.
    NotSent(NotSent),
    /// It was sent, and the connection was lost before the reply came.
    Lost,
    /// It was sent, and no reply came in time.
    TimedOut,
}

/// Why an action was not sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum NotSent {
    /// There was no connection in time.
    NoConnection,
    /// Too many others are waiting.
    TooMany,
    /// The socket is closed.
    Closed,
    /// The session is lost.
    AuthLost(Arc<Error>),
}

impl ActionFailure {
    /// The error of an action, by its [description](Call::info).
    #[must_use]
    pub fn into_error(self, info: &'static EndpointInfo) -> Error {
        let operation = info.operation;
        let lost = |kind, problem: &str| {
            Error::transport(info, TransportError::new(kind, Delivery::MaybeSent).with_source(problem))
        };
        match self {
            Self::Refused(error) => {
                let status = u16::try_from(error.status_code).ok();
                let status = status.and_then(|status| StatusCode::from_u16(status).ok());
                let mut head = Response::new(()).into_parts().0;
                head.status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let body = serde_json::to_vec(&error).map(Bytes::from).unwrap_or_default();
                ApiError::read(info, head, body).into()
            }
            Self::NotSent(NotSent::NoConnection) => {
                Error::local(operation, "the socket was not connected in time")
            }
            Self::NotSent(NotSent::TooMany) => {
                Error::local(operation, "too many actions are waiting for the socket; wait for their replies")
            }
            Self::NotSent(NotSent::Closed) => Error::local(operation, "the socket is closed"),
            Self::NotSent(NotSent::AuthLost(error)) => Error::local(operation, error),
            Self::Lost => lost(TransportErrorKind::Closed, "the socket was lost before the reply came"),
            Self::TimedOut => lost(TransportErrorKind::Timeout, "no reply came over the socket in time"),
        }
    }
}
