//! In which order lists come.

use crate::open_enum::open_enum;

open_enum! {
    /// The order of a list of users. Each goes with one kind of list only.
    pub enum UserSort {
        /// By name.
        Username = "",
        /// Of a team: who was active last comes first.
        LastActivityAt = "last_activity_at",
        /// Of a team: who came last comes first.
        CreateAt = "create_at",
        /// Of a channel: those online first, then away, busy and offline.
        Status = "status",
        /// Of a channel: its administrators first.
        Admin = "admin",
        /// Of a group: by the name that is shown.
        DisplayName = "display_name",
    }
}
