//! Plugins and what they show.

use mm_macros::model;

use super::{Nested, TextFlag};
use crate::{Manifest, OpenDialogRequest, PluginStatus};

/// A plugin was turned on.
#[model]
pub struct PluginEnabled {
    /// What clients have to know of it.
    pub manifest: Box<Manifest>,
}

/// A plugin was turned off.
#[model]
pub struct PluginDisabled {
    /// What clients have to know of it.
    pub manifest: Box<Manifest>,
}

/// How plugins are changed. Only system administrators are told.
#[model]
pub struct PluginStatusesChanged {
    /// All of them, on all nodes.
    pub plugin_statuses: Vec<PluginStatus>,
}

/// An integration shows the receiver a dialog.
#[model]
pub struct OpenDialog {
    /// Its `trigger_id` is the one that the receiver's command or pressed button was answered with.
    pub dialog: Nested<OpenDialogRequest>,
}

/// A plugin shows the receiver a short note.
#[model]
pub struct ShowToast {
    pub message: String,
    /// Where on the screen.
    pub position: String,
}

/// An administrator looked at the list of plugins for the first time.
#[model]
pub struct FirstAdminVisitMarketplaceStatusReceived {
    #[model(rename = "firstAdminVisitMarketplaceStatus")]
    pub first_admin_visit_marketplace_status: TextFlag,
}
