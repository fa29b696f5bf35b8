//! Incoming and outgoing webhooks.

use mm_core::api::webhooks::{CreateOutgoingWebhook, DeleteOutgoingWebhook, GetOutgoingWebhooks};
use mm_types::{ChannelType, OutgoingWebhook, Secret, StatusOk, TriggerWhen};

use super::paging::page;
use super::route::Routes;
use crate::permission::Scope;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create_outgoing_webhook).body("outgoing_webhook").or_empty(&["team_id", "display_name"]);
    r.on(get_outgoing_webhooks);
    r.on(delete_outgoing_webhook);
}

const OWN: Permission = Permission::MANAGE_OWN_OUTGOING_WEBHOOKS;
const OTHERS: Permission = Permission::MANAGE_OTHERS_OUTGOING_WEBHOOKS;

fn create_outgoing_webhook(
    world: &mut World,
    caller: &Caller,
    op: CreateOutgoingWebhook,
) -> Result<OutgoingWebhook, Failure> {
    caller.needs(world, OWN, op.team_id)?;
    let mut hook = OutgoingWebhook::default();
    hook.creator_id = caller.id;
    if let Some(creator) = op.creator_id.filter(|id| !id.is_empty()) {
        caller.needs(world, OTHERS, op.team_id)?;
        hook.creator_id = world.users.get(creator)?.user.id;
    }
    hook.team_id = op.team_id;
    hook.channel_id = op.channel_id.unwrap_or_default();
    hook.trigger_words = op.trigger_words;
    hook.trigger_when = op.trigger_when.unwrap_or_default();
    hook.callback_urls = op.callback_urls;
    hook.display_name = op.display_name;
    hook.description = op.description.unwrap_or_default();
    hook.content_type = op.content_type;
    hook.username = op.username.unwrap_or_default();
    hook.icon_url = op.icon_url.unwrap_or_default();
    check_place(world, &hook)?;
    check(&hook)?;
    hook.id = world.new_id();
    hook.token = Secret::from(world.ids.text());
    hook.create_at = world.now();
    hook.update_at = hook.create_at;
    world.hooks.outgoing.insert(hook.id, hook.clone());
    Ok(hook)
}

/// A webhook listens to a public channel of its team or to words, and to none that another one has.
fn check_place(world: &World, hook: &OutgoingWebhook) -> Result<(), Failure> {
    if hook.channel_id.is_empty() {
        if hook.trigger_words.is_empty() {
            let message = "Either trigger_words or channel_id must be set.";
            return Err(Failure::new(400, "api.webhook.create_outgoing.triggers.app_error", message));
        }
    } else {
        let channel = world.channels.get(hook.channel_id)?;
        if channel.kind != ChannelType::Open {
            let message = "Outgoing webhooks have been disabled by the system admin.";
            return Err(Failure::new(403, "api.outgoing_webhook.disabled.app_error", message));
        }
        if channel.team_id != hook.team_id {
            let message = "Invalid permissions to create outgoing webhook.";
            return Err(Failure::new(403, "api.webhook.create_outgoing.permissions.app_error", message));
        }
    }
    let share = |ours: &[String], theirs: &[String]| ours.iter().any(|one| theirs.contains(one));
    let mut others = world.hooks.all_outgoing().filter(|other| other.team_id == hook.team_id);
    let taken = others.any(|other| {
        other.channel_id == hook.channel_id
            && share(&hook.callback_urls, &other.callback_urls)
            && share(&hook.trigger_words, &other.trigger_words)
    });
    if taken {
        let message =
            "Outgoing webhooks from the same channel cannot have the same trigger words/callback URLs.";
        return Err(Failure::new(500, "api.webhook.create_outgoing.intersect.app_error", message));
    }
    Ok(())
}

fn check(hook: &OutgoingWebhook) -> Result<(), Failure> {
    // The database keeps a list as one text with brackets and blanks.
    let length = |list: &[String]| list.iter().map(|text| text.len() + 1).sum::<usize>() + 1;
    let is_url = |url: &String| is_http_url(url);
    let wrong = if length(&hook.trigger_words) > 1024 {
        ("is_valid.words", "Invalid trigger words.")
    } else if hook.trigger_words.iter().any(String::is_empty) {
        ("is_valid.trigger_words", "Invalid trigger words.")
    } else if hook.callback_urls.is_empty() || length(&hook.callback_urls) > 1024 {
        ("is_valid.callback", "Invalid callback URLs.")
    } else if !hook.callback_urls.iter().all(is_url) {
        let message = "Invalid callback URLs. Each must be a valid URL and start with http:// or https://.";
        ("is_valid.url", message)
    } else if hook.display_name.len() > 64 {
        ("is_valid.display_name", "Invalid title.")
    } else if hook.description.len() > 500 {
        ("is_valid.description", "Invalid description.")
    } else if hook.content_type.len() > 128 || matches!(hook.trigger_when, TriggerWhen::Unknown(_)) {
        ("is_valid.content_type", "Invalid value for content_type.")
    } else if hook.username.len() > 64 {
        ("username", "Invalid username.")
    } else if hook.icon_url.len() > 1024 {
        ("icon_url", "Invalid icon.")
    } else {
        return Ok(());
    };
    let (what, message) = wrong;
    Err(Failure::new(400, format!("model.outgoing_hook.{what}.app_error"), message))
}

/// Whether the server takes a text for an address that it can call.
pub(super) fn is_http_url(text: &str) -> bool {
    let is_http = text.starts_with("http://") || text.starts_with("https://");
    is_http && text.parse::<http::Uri>().is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()))
}

fn get_outgoing_webhooks(
    world: &mut World,
    caller: &Caller,
    op: GetOutgoingWebhooks,
) -> Result<Vec<OutgoingWebhook>, Failure> {
    let channel = op.channel_id.filter(|id| !id.is_empty());
    let team = op.team_id.filter(|id| !id.is_empty());
    let scope = match (channel, team) {
        (Some(channel), _) => {
            world.channels.get(channel).map_err(|_| Failure::permissions())?;
            Scope::Channel(channel)
        }
        (None, Some(team)) => Scope::Team(team),
        (None, None) => Scope::System,
    };
    caller.needs(world, OWN, scope)?;
    let all = caller.can(world, OTHERS, scope);
    let hooks = world.hooks.all_outgoing().filter(|hook| {
        let in_place = match scope {
            Scope::Channel(channel) => hook.channel_id == channel,
            Scope::Team(team) => hook.team_id == team,
            Scope::System => true,
        };
        in_place && (all || hook.creator_id == caller.id)
    });
    Ok(page(hooks.cloned(), op.page, op.per_page))
}

fn delete_outgoing_webhook(
    world: &mut World,
    caller: &Caller,
    op: DeleteOutgoingWebhook,
) -> Result<StatusOk, Failure> {
    let hook = world.hooks.outgoing(op.hook_id)?;
    caller.needs(world, OWN, hook.team_id)?;
    if hook.creator_id != caller.id {
        caller.needs(world, OTHERS, hook.team_id)?;
    }
    let now = world.now();
    if let Some(hook) = world.hooks.outgoing.get_mut(&op.hook_id) {
        hook.delete_at = now;
        hook.update_at = now;
    }
    Ok(StatusOk::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn a_webhook_is_the_creators_unless_another_is_named() {
        let town = Town::new();
        let new =
            |url: &str| CreateOutgoingWebhook::new(town.team.id, "x", [url]).channel_id(town.off_topic.id);
        let for_bob = new("http://a.example").creator_id(town.bob.id);
        let hook = ask(&town.fake, &town.admin, for_bob).await.unwrap();
        assert_eq!(hook.creator_id, town.bob.id);
        let nobody = new("http://c.example")
            .creator_id("zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<mm_types::UserId>().unwrap());
        assert_eq!(ask(&town.fake, &town.admin, nobody).await.unwrap_err().0, 404);
    }

    #[tokio::test]
    async fn a_webhook_of_a_team_cannot_listen_in_another() {
        let town = Town::new();
        let other = town.fake.team("other").create();
        let op =
            CreateOutgoingWebhook::new(other.id, "x", ["http://a.example"]).channel_id(town.town_square.id);
        let refused = ask(&town.fake, &town.admin, op).await.unwrap_err();
        assert_eq!(refused, (403, "api.webhook.create_outgoing.permissions.app_error".to_owned()));
    }

    #[test]
    fn addresses_begin_with_http_and_name_a_host() {
        for url in ["http://a.example/x", "https://127.0.0.1:9"] {
            assert!(is_http_url(url), "{url}");
        }
        for url in ["", "nonsense", "ftp://a.example", "http://", "http:a", "//a.example"] {
            assert!(!is_http_url(url), "{url}");
        }
    }
}
