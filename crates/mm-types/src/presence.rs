//! Who is there.

use crate::open_enum::open_enum;

open_enum! {
    /// Whether somebody is there.
    pub enum UserStatus {
        /// Was active a moment ago.
        Online = "online",
        /// Has not done anything for a while.
        Away = "away",
        /// Does not want to be disturbed.
        DoNotDisturb = "dnd",
        /// Has no connection.
        Offline = "offline",
        /// Is out of office; an automatic answer is sent.
        OutOfOffice = "ooo",
    }
}
