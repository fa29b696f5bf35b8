//! Webhooks.

use mm_types::{HookId, IncomingWebhook, OutgoingWebhook, Secret};

use super::Table;
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Hooks {
    pub(crate) incoming: Table<Secret, IncomingWebhook>,
    pub(crate) outgoing: Table<HookId, OutgoingWebhook>,
}

impl Hooks {
    /// An outgoing one that was not deleted; 404 `app.webhooks.get_outgoing.app_error`.
    pub(crate) fn outgoing(&self, id: HookId) -> Result<&OutgoingWebhook, Failure> {
        let found = self.outgoing.get(&id).filter(|hook| hook.delete_at.is_unset());
        found.ok_or_else(|| {
            Failure::new(404, "app.webhooks.get_outgoing.app_error", "Unable to get the webhook.")
        })
    }

    /// The outgoing ones that were not deleted, in the order they were made.
    pub(crate) fn all_outgoing(&self) -> impl Iterator<Item = &OutgoingWebhook> {
        self.outgoing.iter().filter(|hook| hook.delete_at.is_unset())
    }
}
