//! Who is there.

use mm_types::{Timestamp, UserId, UserStatus};
use serde_json::{Map, Value};

use super::{Audience, Event, Table, World};

/// After how long without doing anything somebody is away, in milliseconds.
const AWAY_AFTER: i64 = 300_000;

#[derive(Debug, Default)]
pub(crate) struct Statuses {
    rows: Table<UserId, Presence>,
}

#[derive(Debug, Clone)]
struct Presence {
    user: UserId,
    status: UserStatus,
    /// The user said so, and not the server.
    is_manual: bool,
    active_at: Timestamp,
}

impl Statuses {
    /// Offline unless something else is known.
    pub(crate) fn of(&self, user: UserId) -> UserStatus {
        self.rows.get(&user).map_or(UserStatus::Offline, |row| row.status.clone())
    }

    /// Everybody who is not offline.
    pub(crate) fn present(&self) -> Map<String, Value> {
        let present = self.rows.iter().filter(|row| row.status != UserStatus::Offline);
        present.map(|row| (row.user.to_string(), row.status.as_str().into())).collect()
    }
}

impl World {
    /// A user is there: what the server noticed does not change what the user has said.
    pub(crate) fn set_online(&mut self, user: UserId, is_manual: bool) {
        let now = self.now();
        self.sockets.used(user, now.as_millis());
        self.set_status(user, UserStatus::Online, is_manual, false);
    }

    /// A user is away, if nothing was heard for some minutes or the user says so.
    pub(crate) fn set_away(&mut self, user: UserId, is_manual: bool) {
        let idle = self.statuses.rows.get(&user).map_or(0, |row| row.active_at.as_millis());
        if is_manual || self.now().as_millis() - idle >= AWAY_AFTER {
            self.set_status(user, UserStatus::Away, is_manual, is_manual);
        }
    }

    /// A user has no socket any more.
    pub(crate) fn set_offline(&mut self, user: UserId) {
        self.set_status(user, UserStatus::Offline, false, false);
    }

    /// The user alone is told; the others have to ask.
    fn set_status(&mut self, user: UserId, status: UserStatus, is_manual: bool, stays: bool) {
        let old = self.statuses.rows.get(&user);
        if old.is_some_and(|row| row.is_manual) && !is_manual {
            return;
        }
        let has_changed = self.statuses.of(user) != status;
        let row = Presence { user, status: status.clone(), is_manual: stays, active_at: self.now() };
        self.statuses.rows.insert(user, row);
        if has_changed {
            let event = Event::new("status_change");
            let event = event.with("status", status.as_str()).with("user_id", user.as_str());
            self.emit(event, Audience::user(user));
        }
    }
}
