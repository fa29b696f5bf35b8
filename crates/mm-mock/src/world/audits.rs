//! The log of what users did.

use mm_types::{SessionId, Timestamp, UserId};

use super::World;
use crate::Caller;

#[derive(Debug, Default)]
pub(crate) struct Audits {
    /// The oldest first.
    pub(crate) rows: Vec<AuditRow>,
}

#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub(crate) id: String,
    pub(crate) create_at: Timestamp,
    pub(crate) user_id: UserId,
    /// The path of the request.
    pub(crate) action: String,
    pub(crate) extra_info: String,
    pub(crate) session_id: SessionId,
}

impl World {
    /// Notes what somebody did.
    pub(crate) fn audit(&mut self, caller: &Caller, action: &str, extra_info: impl Into<String>) {
        let row = AuditRow {
            id: self.ids.text(),
            create_at: self.now(),
            user_id: caller.id,
            action: action.to_owned(),
            extra_info: extra_info.into(),
            session_id: caller.session.as_ref().map(|session| session.id).unwrap_or_default(),
        };
        self.audits.rows.push(row);
    }
}
