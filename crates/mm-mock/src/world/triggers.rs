//! Triggers: what an integration shows to be allowed to open a dialog.

use mm_types::{Timestamp, TriggerId, UserId};

use super::World;
use crate::{Failure, base64};

#[derive(Debug, Default)]
pub(crate) struct Triggers {
    rows: Vec<Trigger>,
}

/// A trigger that was given out.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    /// As integrations get it.
    signed: String,
    /// As the user's client gets it.
    pub(crate) client: String,
    pub(crate) user: UserId,
    made_at: Timestamp,
}

impl World {
    /// Gives out a trigger for dialogs in front of a user.
    pub(crate) fn new_trigger(&mut self, user: UserId) -> TriggerId {
        let (client, signature) = (self.ids.text(), self.ids.text());
        let made_at = self.now();
        let signature = base64::encode(signature.as_bytes());
        let signed = base64::encode(format!("{client}:{user}:{made_at}:{signature}").as_bytes());
        let id = TriggerId::from(signed.as_str());
        self.triggers.rows.push(Trigger { signed, client, user, made_at });
        id
    }

    /// The trigger that an integration shows: 400 if there is none, or if it is too old.
    pub(crate) fn trigger(&self, shown: &TriggerId) -> Result<&Trigger, Failure> {
        let refused = |what: &str, message: &str| {
            Failure::new(400, format!("interactive_message.decode_trigger_id.{what}"), message)
        };
        let Some(text) = base64::decode(shown.as_str()) else {
            let message = "Failed to decode base64 for trigger ID for interactive dialog.";
            return Err(refused("base64_decode_failed", message));
        };
        if String::from_utf8_lossy(&text).split(':').count() != 4 {
            let message = "Trigger ID missing required data for interactive dialog.";
            return Err(refused("missing_data", message));
        }
        let Some(trigger) = self.triggers.rows.iter().find(|trigger| trigger.signed == shown.as_str()) else {
            let message = "Signature verification failed of trigger ID for interactive dialog.";
            return Err(refused("verify_signature_failed", message));
        };
        let age = self.now().as_millis().saturating_sub(trigger.made_at.as_millis());
        let limit = self.config.integration_timeout;
        if u128::try_from(age).unwrap_or_default() > limit.as_millis() {
            let message = format!(
                "Trigger ID for interactive dialog is expired. Trigger IDs live for a maximum of {}s.",
                limit.as_secs()
            );
            return Err(refused("expired", &message));
        }
        Ok(trigger)
    }
}
