//! What clients ask for over a socket.

use mm_types::{ChannelId, Secret, UserId, UserStatus};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::filter;
use super::hub::Standing;
use super::text::reply;
use crate::manners::VERSION;
use crate::permission::Scope;
use crate::{Failure, Permission, World};

/// A request over a socket.
#[derive(Debug, Deserialize)]
struct Request {
    seq: Option<i64>,
    action: Option<String>,
    data: Option<Map<String, Value>>,
}

/// Carries out what a client sent. False if the socket is to be closed.
pub(super) fn take(world: &mut World, key: u64, text: &[u8]) -> bool {
    // The server reads the first document of a frame and ignores what follows.
    let mut documents = serde_json::Deserializer::from_slice(text).into_iter::<Option<Map<String, Value>>>();
    let Some(Ok(request)) = documents.next() else { return false };
    let Ok(request) = Request::deserialize(Value::from(request.unwrap_or_default())) else { return false };
    let seq = request.seq.unwrap_or_default();
    let action = request.action.unwrap_or_default();
    let data = request.data.unwrap_or_default();
    if action.starts_with("custom_") {
        return true;
    }
    if action == "authentication_challenge" && seq > 0 {
        return challenge(world, key, seq, &data);
    }
    let result = run(world, key, &action, seq, &data);
    world.sockets.reply(key, reply(seq, result));
    true
}

fn run(
    world: &mut World,
    key: u64,
    action: &str,
    seq: i64,
    data: &Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    let wrong = |status, what: &str, message: &str| {
        Failure::new(status, format!("api.web_socket_router.{what}.app_error"), message)
    };
    if action.is_empty() {
        return Err(wrong(400, "no_action", "No websocket action."));
    }
    if seq <= 0 {
        return Err(wrong(400, "bad_seq", "Invalid sequence for WebSocket message."));
    }
    // Where the user is makes no difference to what is sent.
    if action == "presence" {
        return Ok(Map::new());
    }
    let token = authenticated(world, key).ok_or_else(|| {
        let message = "WebSocket connection is not authenticated. Please log in and try again.";
        wrong(401, "not_authenticated", message)
    })?;
    if !ACTIONS.contains(&action) {
        return Err(wrong(500, "bad_action", "Unknown WebSocket action."));
    }
    let user = world.session_of(token.expose()).map(|session| session.user_id).ok_or_else(|| {
        let message = "Invalid session, please log in again.";
        Failure::new(401, "api.context.invalid_token.error", message)
    })?;
    match action {
        "ping" => Ok(pong(world)),
        "user_typing" => typing(world, user, data),
        "user_update_active_status" => active(world, user, data),
        "get_statuses" => Ok(world.statuses.present()),
        "get_statuses_by_ids" => statuses(world, data),
        _ => Ok(Map::new()),
    }
}

const ACTIONS: [&str; 6] = [
    "ping",
    "user_typing",
    "user_update_active_status",
    "get_statuses",
    "get_statuses_by_ids",
    "posted_notify_ack",
];

/// The token of a connection whose session is still there.
fn authenticated(world: &mut World, key: u64) -> Option<Secret> {
    let mut sockets = std::mem::take(&mut world.sockets);
    let conn = sockets.conns.get_mut(&key).filter(|conn| conn.standing != Standing::Stranger);
    let token = conn.and_then(|conn| filter::is_authenticated(world, conn).then(|| conn.token.clone()));
    world.sockets = sockets;
    token
}

fn challenge(world: &mut World, key: u64, seq: i64, data: &Map<String, Value>) -> bool {
    if world.sockets.conns.get(&key).is_none_or(|conn| !conn.token.is_empty()) {
        return true;
    }
    let token = data.get("token").and_then(Value::as_str).unwrap_or_default();
    let Some(session) = world.session_of(token) else { return false };
    if let Some(conn) = world.sockets.conns.get_mut(&key) {
        conn.register(session.user_id, session.token);
    }
    world.sockets.reply(key, reply(seq, Ok(Map::new())));
    world.set_online(session.user_id, false);
    true
}

fn pong(world: &World) -> Map<String, Value> {
    let data: [(&str, Value); 4] = [
        ("text", "pong".into()),
        ("version", VERSION.into()),
        ("server_time", world.now().as_millis().into()),
        ("node_id", "".into()),
    ];
    data.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

fn typing(world: &mut World, user: UserId, data: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let text = |key| data.get(key).and_then(Value::as_str).unwrap_or_default();
    let channel: ChannelId = text("channel_id").parse().map_err(|_| invalid("channel_id"))?;
    if channel.is_empty() || !world.allows(user, Permission::CREATE_POST, Scope::Channel(channel)) {
        return Err(invalid("channel_id"));
    }
    world.tell_typing(user, channel, text("parent_id"));
    Ok(Map::new())
}

fn active(world: &mut World, user: UserId, data: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let flag = |key| data.get(key).and_then(Value::as_bool);
    let is_manual = flag("manual").unwrap_or_default();
    if flag("user_is_active").ok_or_else(|| invalid("user_is_active"))? {
        world.set_online(user, is_manual);
    } else {
        world.set_away(user, is_manual);
    }
    Ok(Map::new())
}

/// Who is not known is offline.
fn statuses(world: &World, data: &Map<String, Value>) -> Result<Map<String, Value>, Failure> {
    let ids = data.get("user_ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = ids.iter().filter_map(Value::as_str).collect();
    if ids.is_empty() {
        return Err(invalid("user_ids"));
    }
    let status = |id: &str| match id.parse() {
        Ok(user) => world.statuses.of(user),
        Err(_) => UserStatus::Offline,
    };
    Ok(ids.into_iter().map(|id| (id.to_owned(), status(id).as_str().into())).collect())
}

fn invalid(name: &str) -> Failure {
    Failure::new(400, "api.websocket_handler.invalid_param.app_error", format!("Invalid {name} parameter."))
}
