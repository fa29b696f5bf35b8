//! Who is told what.

use mm_types::UserId;
use serde_json::{Map, Value};

use super::hub::Conn;
use crate::Permission;
use crate::permission::Scope;
use crate::world::{Audience, Event, World};

/// Whether a connection is told of an event. The checks come in the order of the server's.
pub(super) fn is_told(world: &World, conn: &mut Conn, event: &Event, audience: &Audience) -> bool {
    if !is_authenticated(world, conn) {
        return false;
    }
    if conn.is_slow() && matches!(event.name, "typing" | "status_change" | "multiple_channels_viewed") {
        return false;
    }
    let sees_all = || world.allows(conn.user, Permission::MANAGE_SYSTEM, Scope::System);
    if (audience.sanitized && sees_all()) || (audience.sensitive && !sees_all()) {
        return false;
    }
    if !audience.connection.is_empty() {
        return conn.id == audience.connection;
    }
    if conn.id == audience.omit_connection {
        return false;
    }
    if !audience.user.is_empty() {
        return conn.user == audience.user;
    }
    if audience.omit.contains(&conn.user) {
        return false;
    }
    if !audience.channel.is_empty() {
        return world.channels.has_member(audience.channel, conn.user);
    }
    if !audience.team.is_empty() {
        return world.teams.has_member(audience.team, conn.user);
    }
    let is_guest = world.users.get(conn.user).is_ok_and(|account| account.user.is_guest());
    !is_guest || subject(event).is_none_or(|subject| world.can_see(conn.user, subject))
}

/// Whether the session of a connection is still there. Once it is not, it is forgotten: the socket stays
/// open, and is told nothing more.
pub(super) fn is_authenticated(world: &World, conn: &mut Conn) -> bool {
    if !world.is_session(conn.token.expose()) {
        conn.token = Default::default();
    }
    !conn.token.is_empty()
}

/// The user that an event tells of, if guests are told only of those they know.
fn subject(event: &Event) -> Option<UserId> {
    let id = match event.name {
        "user_updated" => event.data.get("user")?.get("id")?,
        "new_user" => event.data.get("user_id")?,
        _ => return None,
    };
    id.as_str()?.parse().ok()
}

/// The data for one receiver, if it is not the same for all: nobody is told who else was mentioned, or
/// follows.
pub(super) fn narrowed(conn: &Conn, event: &Event) -> Option<Map<String, Value>> {
    if event.name != "posted" {
        return None;
    }
    let mut data = event.data.clone();
    let mut is_meant = false;
    for key in ["mentions", "followers"] {
        let Some(users) = data.remove(key) else { continue };
        let users: Vec<UserId> =
            users.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        if users.contains(&conn.user) {
            is_meant = true;
            data.insert(key.to_owned(), format!(r#"["{}"]"#, conn.user).into());
        }
    }
    if conn.wants_acks && conn.is_active {
        let is_direct = data.get("channel_type").and_then(Value::as_str) == Some("D");
        let author = data.get("post").and_then(Value::as_str).and_then(author);
        if (is_meant || is_direct) && author != Some(conn.user) {
            data.insert("should_ack".to_owned(), true.into());
        }
    }
    Some(data)
}

fn author(post: &str) -> Option<UserId> {
    let post: Value = serde_json::from_str(post).ok()?;
    post.get("user_id")?.as_str()?.parse().ok()
}
