//! Buttons, menus and dialogs of integrations.

use mm_core::api::integration_actions::OpenInteractiveDialog;
use mm_types::{OpenDialogRequest, StatusOk, TriggerId};

use super::route::Routes;
use crate::world::{Audience, Event};
use crate::{Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(open_dialog).body("dialog").or_empty(&["trigger_id", "url"]);
}

fn open_dialog(world: &mut World, _: &Caller, op: OpenInteractiveDialog) -> Result<StatusOk, Failure> {
    if op.url.is_empty() {
        return Err(Failure::body_param("url"));
    }
    let trigger = world.trigger(&op.trigger_id)?.clone();
    let mut request = OpenDialogRequest::default();
    request.trigger_id = TriggerId::from(trigger.client);
    request.url = op.url;
    // A form with mistakes is shown all the same.
    request.dialog = op.dialog;
    world.emit(Event::new("open_dialog").with_json("dialog", &request), Audience::user(trigger.user));
    Ok(StatusOk::default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mm_types::Dialog;

    use super::*;
    use crate::Town;
    use crate::testing::ask;

    fn open(trigger: &TriggerId) -> OpenInteractiveDialog {
        let mut dialog = Dialog::default();
        "Order".clone_into(&mut dialog.title);
        OpenInteractiveDialog::new(trigger.clone(), "http://127.0.0.1:9/dialog", dialog)
    }

    #[tokio::test]
    async fn a_trigger_opens_a_dialog_in_front_of_its_user() {
        let town = Town::new();
        let trigger = town.fake.trigger_id(&town.bob);
        let before = town.fake.events().len();
        ask(&town.fake, &(), open(&trigger)).await.unwrap();
        let (event, audience) = &town.fake.events()[before];
        assert_eq!((event.name, audience), ("open_dialog", &Audience::user(town.bob.id)));
        let shown: OpenDialogRequest = serde_json::from_str(event.data["dialog"].as_str().unwrap()).unwrap();
        assert_eq!((&*shown.dialog.title, &*shown.url), ("Order", "http://127.0.0.1:9/dialog"));
        assert_eq!(shown.trigger_id.as_str().len(), 26, "clients get another one than integrations");
    }

    #[tokio::test]
    async fn a_trigger_works_for_thirty_seconds() {
        let town = Town::new();
        let trigger = town.fake.trigger_id(&town.bob);
        town.fake.advance(Duration::from_secs(29));
        assert!(ask(&town.fake, &(), open(&trigger)).await.is_ok(), "once more");
        town.fake.advance(Duration::from_secs(1));
        let late = ask(&town.fake, &(), open(&trigger)).await.unwrap_err();
        assert_eq!(late, (400, "interactive_message.decode_trigger_id.expired".to_owned()));
    }

    #[tokio::test]
    async fn a_trigger_that_nobody_gave_out_is_refused() {
        let town = Town::new();
        let forged = crate::base64::encode(format!("x:{}:1:x", town.bob.id).as_bytes());
        let refused = ask(&town.fake, &(), open(&TriggerId::from(forged))).await.unwrap_err();
        assert_eq!(
            refused,
            (400, "interactive_message.decode_trigger_id.verify_signature_failed".to_owned())
        );
    }
}
