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
