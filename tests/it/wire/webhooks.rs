use mm_core::api::webhooks::{CreateOutgoingWebhook, DeleteOutgoingWebhook, GetOutgoingWebhooks};
use mm_types::TriggerWhen;

use super::{ALICE, CHANNEL, HOOK, TEAM};

wire!(an_outgoing_webhook_sends_json_unless_said_otherwise:
CreateOutgoingWebhook::new(TEAM, "deploys", ["http://ci.example/hook"]).channel_id(CHANNEL),
request: "POST /api/v4/hooks/outgoing" json {
    "team_id": "team0000000000000000000000", "display_name": "deploys",
    "callback_urls": ["http://ci.example/hook"], "channel_id": "channel0000000000000000000",
    "content_type": "application/json"
},
response: 201 json {
    "id": "hook0000000000000000000000", "token": "secret", "create_at": 1795320873931_i64,
    "update_at": 1795320873931_i64, "delete_at": 0, "creator_id": "alice000000000000000000000",
    "channel_id": "channel0000000000000000000", "team_id": "team0000000000000000000000", "trigger_words": [],
    "trigger_when": 0, "callback_urls": ["http://ci.example/hook"], "display_name": "deploys", "description": "",
    "content_type": "application/json", "username": "", "icon_url": ""
},
|hook| {
    assert_eq!((hook.id, hook.token.expose()), (HOOK, "secret"));
    assert!(!format!("{hook:?}").contains("secret"));
});

wire!(an_outgoing_webhook_is_created_with_all_there_is:
    CreateOutgoingWebhook::new(TEAM, "deploys", ["http://ci.example/hook"]).trigger_words(["!deploy"])
        .trigger_when(TriggerWhen::FirstWordStartsWith).content_type("application/x-www-form-urlencoded")
        .description("d").username("ci").icon_url("http://ci.example/icon.png").creator_id(ALICE),
    request: "POST /api/v4/hooks/outgoing" json {
        "team_id": "team0000000000000000000000", "display_name": "deploys",
        "callback_urls": ["http://ci.example/hook"], "trigger_words": ["!deploy"], "trigger_when": 1,
        "content_type": "application/x-www-form-urlencoded", "description": "d", "username": "ci",
        "icon_url": "http://ci.example/icon.png", "creator_id": "alice000000000000000000000"
    },
    response: 201 json {"trigger_words": ["!deploy"], "trigger_when": 1},
    |hook| assert_eq!(hook.trigger_when, TriggerWhen::FirstWordStartsWith));

wire!(outgoing_webhooks_are_listed:
    GetOutgoingWebhooks::new().page(1).per_page(10).team_id(TEAM).channel_id(CHANNEL),
    request: "GET /api/v4/hooks/outgoing?page=1&per_page=10&team_id=team0000000000000000000000&channel_id=channel0000000000000000000",
    response: 200 json [{"id": "hook0000000000000000000000", "trigger_words": null}],
    |hooks| assert_eq!(hooks[0].id, HOOK));

wire!(an_outgoing_webhook_is_deleted: DeleteOutgoingWebhook::new(HOOK),
    request: "DELETE /api/v4/hooks/outgoing/hook0000000000000000000000",
    response: 200 ok);
