//! What goes over the wire: events and replies as the server writes them.

use std::sync::Arc;

use mm_types::{AppError, UserId};
use serde_json::{Map, Value, json};

use crate::Failure;
use crate::world::{Audience, Event};

/// An event that is on its way.
#[derive(Debug, Clone)]
pub(super) struct Told {
    name: &'static str,
    data: String,
    broadcast: String,
}

/// Something to write.
#[derive(Debug, Clone)]
pub(super) enum Message {
    Event(Arc<Told>),
    Reply(String),
}

impl Told {
    pub(super) fn new(event: &Event, audience: &Audience) -> Self {
        Self::with_data(event.name, &event.data, broadcast(audience).to_string())
    }

    fn with_data(name: &'static str, data: &Map<String, Value>, broadcast: String) -> Self {
        // A map of JSON values can always be written.
        Self { name, data: serde_json::to_string(data).unwrap_or_default(), broadcast }
    }

    /// The same event with the data for one receiver.
    pub(super) fn again(&self, data: &Map<String, Value>) -> Self {
        Self::with_data(self.name, data, self.broadcast.clone())
    }

    pub(super) fn is_hello(&self) -> bool {
        self.name == HELLO
    }

    /// Its text with its number. The server puts it together from parts that it has written once for all.
    pub(super) fn text(&self, seq: i64) -> String {
        let Self { name, data, broadcast } = self;
        if self.is_hello() {
            return format!(
                "{{\"event\":\"{name}\",\"data\":{data},\"broadcast\":{broadcast},\"seq\":{seq}}}\n"
            );
        }
        let name = Value::from(*name);
        format!(r#"{{"event": {name}, "data": {data}, "broadcast": {broadcast}, "seq": {seq}}}"#)
    }
}

pub(super) const HELLO: &str = "hello";

/// The first event of a connection.
pub(super) fn hello(connection: &str, user: UserId) -> Told {
    let event = Event::new(HELLO)
        .with("connection_id", connection)
        .with("server_hostname", "mattermost")
        .with("server_version", crate::manners::VERSION_ID);
    Told::new(&event, &Audience::user(user))
}

fn broadcast(audience: &Audience) -> Value {
    let omitted = audience.omit.iter().map(|user| (user.to_string(), Value::from(true)));
    let omitted = if audience.omit.is_empty() { Value::Null } else { omitted.collect() };
    let mut broadcast = json!({
        "omit_users": omitted,
        "user_id": audience.user,
        "channel_id": audience.channel,
        "team_id": audience.team,
        "connection_id": audience.connection,
        "omit_connection_id": audience.omit_connection,
    });
    for (key, is_set) in
        [("contains_sanitized_data", audience.sanitized), ("contains_sensitive_data", audience.sensitive)]
    {
        if is_set {
            broadcast[key] = true.into();
        }
    }
    broadcast
}

/// A reply to an action. The number 0 is left out, as the server does with everything that is empty.
pub(super) fn reply(seq: i64, result: Result<Map<String, Value>, Failure>) -> Message {
    let mut reply = Map::new();
    let status = if result.is_ok() { "OK" } else { "FAIL" };
    reply.insert("status".to_owned(), status.into());
    if seq != 0 {
        reply.insert("seq_reply".to_owned(), seq.into());
    }
    match result {
        Ok(data) if data.is_empty() => {}
        Ok(data) => {
            reply.insert("data".to_owned(), data.into());
        }
        Err(failure) => {
            let mut error: AppError = failure.into_app_error().unwrap_or_default();
            error.detailed_error.clear();
            reply.insert("error".to_owned(), serde_json::to_value(error).unwrap_or_default());
        }
    }
    Message::Reply(Value::from(reply).to_string() + "\n")
}
