//! Slash commands and the dialogs that they may open.

use mm_core::api::commands::{CreateCommand, DeleteCommand, ListCommands, UpdateCommand};
use mm_core::api::integration_actions::OpenInteractiveDialog;
use mm_core::types::{CommandId, CommandMethod, Dialog, TeamId};

const FORBIDDEN: &str = "api.context.permissions.app_error";
const NO_COMMAND: &str = "store.sql_command.save.get.app_error";
const URL: &str = "http://127.0.0.1:9/command";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

behaviour!(a_command_is_made_changed_and_deleted, |t| {
    let op = CreateCommand::new(t.team, "Weather", URL).auto_complete(true).auto_complete_hint("[city]");
    let command = t.admin.send(op).await?;
    assert_eq!((&*command.trigger, &*command.url, &command.method), ("weather", URL, &CommandMethod::Post));
    assert_eq!((command.creator_id, command.team_id, command.token.expose().len()), (t.admin.id, t.team, 26));

    let mut changed = command.clone();
    changed.trigger = "SUN".to_owned();
    changed.description = "how it is".to_owned();
    changed.creator_id = t.bob.id;
    changed.token = "ignored".into();
    let updated = t.admin.send(UpdateCommand::new(command.id, changed)).await?;
    assert_eq!((&*updated.trigger, &*updated.description), ("sun", "how it is"));
    assert_eq!((updated.creator_id, updated.token.expose()), (t.admin.id, command.token.expose()));
    assert!(updated.update_at > command.update_at && updated.create_at == command.create_at);

    let custom = || ListCommands::new(t.team).custom_only(true);
    let listed = t.admin.send(custom()).await?;
    assert_eq!(listed.iter().map(|command| &*command.trigger).collect::<Vec<_>>(), ["sun"]);
    t.admin.send(DeleteCommand::new(command.id)).await?;
    assert!(t.admin.send(custom()).await?.is_empty());
    assert_eq!(t.admin.refused(DeleteCommand::new(command.id)).await?, error(404, NO_COMMAND));
});

behaviour!(members_see_what_they_may_use_and_no_tokens, |t| {
    t.admin.send(CreateCommand::new(t.team, "shown", URL).auto_complete(true)).await?;
    t.admin.send(CreateCommand::new(t.team, "hidden", URL)).await?;
    let listed = t.bob.send(ListCommands::new(t.team)).await?;
    let find = |trigger: &str| listed.iter().find(|command| command.trigger == trigger);
    let shown = find("shown").ok_or("not listed")?;
    assert!(shown.token.is_empty() && shown.url.is_empty() && shown.creator_id.is_empty());
    assert!(find("hidden").is_none());
    assert!(find("shrug").is_some_and(|command| command.id.is_empty()), "some come with the server");
    let all = t.admin.send(ListCommands::new(t.team)).await?;
    assert!(all.iter().any(|command| command.trigger == "hidden" && command.token.is_empty()));
    let custom = ListCommands::new(t.team).custom_only(true);
    assert!(t.admin.send(custom.clone()).await?.iter().all(|command| !command.token.is_empty()));
    assert_eq!(t.bob.refused(custom).await?, error(403, FORBIDDEN));
    assert_eq!(t.carol.refused(ListCommands::new(t.team)).await?, error(403, FORBIDDEN));
});

behaviour!(a_command_that_cannot_be_is_refused, |t| {
    let refused = async |op| t.admin.refused(op).await;
    let new = |trigger: &str| CreateCommand::new(t.team, trigger, URL);
    let invalid = |what: &str| error(400, &format!("model.command.is_valid.{what}.app_error"));
    let long = "x".repeat(129);
    for trigger in ["", "/slash", "two words", &long] {
        assert_eq!(refused(new(trigger)).await?, invalid("trigger"), "{trigger}");
    }
    assert_eq!(refused(CreateCommand::new(t.team, "a", "")).await?, invalid("url"));
    assert_eq!(refused(CreateCommand::new(t.team, "a", "nonsense")).await?, invalid("url_http"));
    assert_eq!(refused(new("a").method("X")).await?, invalid("method"));
    assert_eq!(refused(new("a").display_name("x".repeat(65))).await?, invalid("display_name"));
    assert_eq!(refused(new("a").description("x".repeat(129))).await?, invalid("description"));
    t.admin.send(new("mine")).await?;
    let taken = error(400, "api.command.duplicate_trigger.app_error");
    assert_eq!(refused(new("MINE")).await?, taken);
    assert_eq!(refused(new("shrug")).await?, taken);
});

behaviour!(commands_are_for_those_who_run_the_team, |t| {
    assert_eq!(t.bob.refused(CreateCommand::new(t.team, "x", URL)).await?, error(403, FORBIDDEN));
    let command = t.admin.send(CreateCommand::new(t.team, "x", URL)).await?;
    let hidden = error(404, NO_COMMAND);
    assert_eq!(t.bob.refused(DeleteCommand::new(command.id)).await?, hidden);
    assert_eq!(t.bob.refused(UpdateCommand::new(command.id, command.clone())).await?, hidden);
    let unknown: CommandId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.admin.refused(DeleteCommand::new(unknown)).await?, hidden);
    let other = UpdateCommand::new(unknown, command.clone());
    let not_it = error(400, "api.context.invalid_body_param.app_error");
    assert_eq!(t.admin.refused(other).await?, not_it);
    let mut moved = command.clone();
    moved.team_id = TeamId::default();
    let moved = t.admin.refused(UpdateCommand::new(command.id, moved)).await?;
    assert_eq!(moved, error(400, "api.command.team_mismatch.app_error"));
});

behaviour!(a_dialog_needs_a_trigger_and_an_address, |t| {
    let open = |trigger: &str, url: &str| OpenInteractiveDialog::new(trigger, url, Dialog::default());
    let refused = async |op| t.admin.refused(op).await;
    let no_url = error(400, "api.context.invalid_body_param.app_error");
    assert_eq!(refused(open("bm9uc2Vuc2U=", "")).await?, no_url);
    let id = |what: &str| error(400, &format!("interactive_message.decode_trigger_id.{what}"));
    assert_eq!(refused(open("bm9uc2Vuc2U=", URL)).await?, id("missing_data"));
    assert_eq!(refused(open("no base64!", URL)).await?, id("base64_decode_failed"));
    // Where triggers come from cannot be reached from outside.
    if let Some(fake) = &t.fake {
        let trigger = fake.trigger_id(t.bob.id);
        t.admin.send(open(trigger.as_str(), URL)).await?;
    }
});
