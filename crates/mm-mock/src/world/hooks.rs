//! Webhooks.

use mm_types::{HookId, IncomingWebhook, OutgoingWebhook};

use super::Table;

#[derive(Debug, Default)]
pub(crate) struct Hooks {
    pub(crate) incoming: Table<HookId, IncomingWebhook>,
    pub(crate) outgoing: Table<HookId, OutgoingWebhook>,
}
