use mm_core::api::integration_actions::OpenInteractiveDialog;
use mm_types::{Dialog, DialogElement, DialogElementKind};

wire!(a_dialog_is_opened: OpenInteractiveDialog::new("cXF5Yjg=", "http://ci.example/dialog", dialog()),
    request: "POST /api/v4/actions/dialogs/open" json {
        "trigger_id": "cXF5Yjg=", "url": "http://ci.example/dialog",
        "dialog": {
            "callback_id": "deploy", "title": "Deploy", "introduction_text": "", "icon_url": "",
            "elements": [{
                "display_name": "Where", "name": "where", "type": "text", "subtype": "", "default": "",
                "placeholder": "", "help_text": "", "optional": false, "min_length": 0, "max_length": 0,
                "data_source": "", "options": [], "multiselect": false
            }],
            "submit_label": "Go", "notify_on_cancel": true, "state": "s"
        }
    },
    response: 200 ok);

fn dialog() -> Dialog {
    let mut element = DialogElement::default();
    element.display_name = "Where".to_owned();
    element.name = "where".to_owned();
    element.kind = DialogElementKind::Text;
    let mut dialog = Dialog::default();
    dialog.callback_id = "deploy".to_owned();
    dialog.title = "Deploy".to_owned();
    dialog.elements = vec![element];
    dialog.submit_label = "Go".to_owned();
    dialog.notify_on_cancel = true;
    dialog.state = "s".to_owned();
    dialog
}
