//! What integrations put in front of users.

use mm_types::{Dialog, StatusOk, TriggerId};

use crate::Endpoint;

operations![OpenInteractiveDialog];

/// Puts a form in front of the user whose command or button gave out the trigger.
///
/// Needs no session: the trigger is the permission, valid for as long as the server waits for
/// integrations, 30 seconds if nobody changed it. A form with mistakes is logged, and answered as
/// if it were right. Sent twice, it is shown twice.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/actions/dialogs/open", response = StatusOk, auth = none, since = "5.6")]
#[non_exhaustive]
pub struct OpenInteractiveDialog {
    /// From the request that the command or button sent.
    pub trigger_id: TriggerId,
    /// Where the answer goes: an `http` or `https` address, or a path of a plugin.
    pub url: String,
    /// The form.
    pub dialog: Dialog,
}
