//! Outgoing webhooks.

use mm_core::api::channels::CreateChannel;
use mm_core::api::webhooks::{CreateOutgoingWebhook, DeleteOutgoingWebhook, GetOutgoingWebhooks};
use mm_core::types::{ChannelType, HookId, TriggerWhen};

const FORBIDDEN: &str = "api.context.permissions.app_error";
const URL: &str = "http://127.0.0.1:9/hook";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

behaviour!(a_webhook_is_made_listed_and_deleted, |t| {
    let op = CreateOutgoingWebhook::new(t.team, "builds", [URL])
        .channel_id(t.square)
        .trigger_words(["!build"])
        .trigger_when(TriggerWhen::FirstWordStartsWith)
        .description("starts builds");
    let hook = t.admin.send(op).await?;
    assert_eq!((hook.creator_id, hook.team_id, hook.channel_id), (t.admin.id, t.team, t.square));
    assert_eq!(
        (hook.trigger_words.as_slice(), &hook.trigger_when),
        (&["!build".to_owned()][..], &TriggerWhen::FirstWordStartsWith)
    );
    assert_eq!((hook.token.expose().len(), hook.create_at), (26, hook.update_at));

    for list in [GetOutgoingWebhooks::new().team_id(t.team), GetOutgoingWebhooks::new().channel_id(t.square)]
    {
        let hooks = t.admin.send(list).await?;
        assert_eq!(hooks.iter().map(|hook| hook.id).collect::<Vec<_>>(), [hook.id]);
    }
    t.admin.send(DeleteOutgoingWebhook::new(hook.id)).await?;
    assert!(t.admin.send(GetOutgoingWebhooks::new().team_id(t.team)).await?.is_empty());
    let gone = t.admin.refused(DeleteOutgoingWebhook::new(hook.id)).await?;
    assert_eq!(gone, error(404, "app.webhooks.get_outgoing.app_error"));
});

behaviour!(webhooks_are_for_those_who_run_the_team, |t| {
    let forbidden = error(403, FORBIDDEN);
    let create = CreateOutgoingWebhook::new(t.team, "x", [URL]).channel_id(t.square);
    assert_eq!(t.alice.refused(create.clone()).await?, forbidden);
    let hook = t.admin.send(create).await?.id;
    assert_eq!(t.alice.refused(GetOutgoingWebhooks::new()).await?, forbidden);
    assert_eq!(t.alice.refused(GetOutgoingWebhooks::new().team_id(t.team)).await?, forbidden);
    assert_eq!(t.alice.refused(GetOutgoingWebhooks::new().channel_id(t.square)).await?, forbidden);
    assert_eq!(t.alice.refused(DeleteOutgoingWebhook::new(hook)).await?, forbidden);
    let unknown: HookId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.alice.refused(DeleteOutgoingWebhook::new(unknown)).await?.0, 404);
});

behaviour!(a_webhook_that_cannot_be_is_refused, |t| {
    let refused = async |op| t.admin.refused(op).await;
    let new = || CreateOutgoingWebhook::new(t.team, "x", [URL]).channel_id(t.square);
    let no_place = CreateOutgoingWebhook::new(t.team, "x", [URL]);
    let triggers = error(400, "api.webhook.create_outgoing.triggers.app_error");
    assert_eq!(refused(no_place).await?, triggers);
    let invalid = |what: &str| error(400, &format!("model.outgoing_hook.is_valid.{what}.app_error"));
    for (op, what) in [
        (new().trigger_words([""]), "trigger_words"),
        (new().trigger_words(["x".repeat(1024)]), "words"),
        (new().description("x".repeat(501)), "description"),
        (CreateOutgoingWebhook::new(t.team, "x".repeat(65), [URL]).channel_id(t.square), "display_name"),
        (CreateOutgoingWebhook::new(t.team, "x", ["nonsense"]).channel_id(t.square), "url"),
        (CreateOutgoingWebhook::new(t.team, "x", [""; 0]).channel_id(t.square), "callback"),
    ] {
        assert_eq!(refused(op).await?, invalid(what));
    }
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.admin.send(private).await?.id;
    let closed = error(403, "api.outgoing_webhook.disabled.app_error");
    assert_eq!(refused(new().channel_id(private)).await?, closed);
});

behaviour!(two_webhooks_do_not_share_channel_word_and_address, |t| {
    let new = || CreateOutgoingWebhook::new(t.team, "x", [URL]).channel_id(t.square).trigger_words(["!a"]);
    t.admin.send(new()).await?;
    let refused = t.admin.refused(new()).await?;
    assert_eq!(refused, error(500, "api.webhook.create_outgoing.intersect.app_error"));
    t.admin.send(new().trigger_words(["!b"])).await?;
});
