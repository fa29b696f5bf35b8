//! The server's WebSocket: `GET /api/v4/websocket`.
//!
//! An upgrade is answered in memory or over the listener, and served by the same code: a task for each socket.
//! What is told to whom is decided when [`World::emit`] is called; the task numbers it and writes it.

mod accept;
mod action;
mod filter;
mod frame;
mod hub;
mod pump;
mod script;
mod stream;
mod text;

use http::{HeaderMap, Response, StatusCode, request};
use mm_core::Body;
use tokio::sync::watch;

pub(crate) use self::hub::Hub;
pub use self::script::Sockets;
use self::stream::Stream;
use crate::world::Session;
use crate::{FakeServer, World};

/// Where sockets are opened; the server takes it with a slash behind it as well.
pub(crate) const PATH: &str = "/api/v4/websocket";

/// A socket whose upgrade is being answered.
pub(crate) struct Opening {
    /// Its connection; `None` if it is closed at once.
    key: Option<u64>,
    below: Below,
    /// Ends with the listener.
    open: Option<watch::Receiver<()>>,
}

enum Below {
    Memory(Stream),
    #[cfg(feature = "listen")]
    Http(hyper::upgrade::OnUpgrade),
}

impl Below {
    /// The bytes, once they have left HTTP. `None` if the client did not wait for it.
    async fn stream(self) -> Option<Stream> {
        match self {
            Self::Memory(stream) => Some(stream),
            #[cfg(feature = "listen")]
            Self::Http(upgrade) => upgrade.await.ok().map(Stream::of),
        }
    }
}

/// In a request's extensions: whether the listener that it came to is still there.
#[derive(Clone)]
pub(crate) struct Open(pub(crate) watch::Receiver<()>);

impl Opening {
    /// Serves the socket in a task of its own. Without a runtime there is nobody to do it.
    pub(crate) fn begin(self, fake: &FakeServer) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(pump::serve(fake.clone(), self));
        }
    }

    /// The answer that it belonged to is not given.
    pub(crate) fn forget(self, world: &mut World) {
        if let Some(key) = self.key {
            world.socket_ended(key);
        }
    }
}

impl World {
    /// Answers an upgrade. The socket is served once the answer is given.
    pub(crate) fn open_socket(
        &mut self,
        head: &request::Parts,
        session: Option<Session>,
    ) -> (Response<Body>, Option<Opening>) {
        let mut response = accept::accept(head);
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return (response, None);
        }
        let key = self.connection(head.uri.query().unwrap_or_default(), session).ok();
        let below = below(head, &mut response);
        let open = head.extensions.get().map(|Open(open)| open.clone());
        (response, Some(Opening { key, below, open }))
    }

    /// The connection that a socket is for: a new one, or the one that it goes on with.
    fn connection(&mut self, query: &str, session: Option<Session>) -> Result<u64, BadResume> {
        let now = self.now().as_millis();
        let asked = parameter(query, "connection_id");
        let key = match &session {
            Some(session) if !asked.is_empty() => {
                let is_id = asked.len() == 26 && asked.bytes().all(|byte| byte.is_ascii_alphanumeric());
                let number = parameter(query, "sequence_number").parse::<i64>().ok();
                let number = number.filter(|number| is_id && *number >= 0).ok_or(BadResume)?;
                let found = self.sockets.take_up(session.user_id, asked, now);
                if let Some(conn) = found.and_then(|key| self.sockets.conns.get_mut(&key)) {
                    conn.resumed = Some(number);
                }
                found
            }
            _ => None,
        };
        let key = key.unwrap_or_else(|| self.sockets.add(self.ids.text(), now));
        self.sockets.opened += 1;
        let planned = self.sockets.script.remove(&self.sockets.opened).unwrap_or_default();
        let Some(conn) = self.sockets.conns.get_mut(&key) else { return Err(BadResume) };
        conn.planned = planned;
        conn.wants_acks = parameter(query, "posted_ack") == "true";
        if let Some(session) = session {
            conn.register(session.user_id, session.token);
            self.set_online(session.user_id, false);
        }
        Ok(key)
    }

    /// A socket has ended, for whatever reason.
    fn socket_ended(&mut self, key: u64) {
        let now = self.now().as_millis();
        if let Some(user) = self.sockets.ended(key, now) {
            self.set_offline(user);
        }
    }
}

/// What a client wants to go on with cannot be read. The server closes the socket right after the upgrade.
struct BadResume;

#[cfg(feature = "listen")]
fn below(head: &request::Parts, response: &mut Response<Body>) -> Below {
    match head.extensions.get::<hyper::upgrade::OnUpgrade>() {
        Some(upgrade) => Below::Http(upgrade.clone()),
        None => in_memory(response),
    }
}

#[cfg(not(feature = "listen"))]
fn below(_: &request::Parts, response: &mut Response<Body>) -> Below {
    in_memory(response)
}

fn in_memory(response: &mut Response<Body>) -> Below {
    let (stream, upgrade) = stream::in_memory();
    response.extensions_mut().insert(upgrade);
    Below::Memory(stream)
}

/// A parameter of a query. Those of the socket hold nothing that has to be escaped.
fn parameter<'a>(query: &'a str, name: &str) -> &'a str {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next().unwrap_or_default()
}

/// The connection that a request is sent for, which is not told what the request causes.
pub(crate) fn connection(headers: &HeaderMap) -> &str {
    headers.get("connection-id").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
