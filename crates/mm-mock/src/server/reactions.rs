//! Reactions.

use std::collections::HashSet;

use mm_core::api::reactions::{DeleteReaction, GetReactions, SaveReaction};
use mm_types::{Post, Reaction, RemoteId, StatusOk, UserId};

use super::route::Routes;
use crate::permission::Scope;
use crate::world::{Audience, Event, is_emoji};
use crate::{Answer, Caller, Failure, Permission, World};

/// The most bytes that the name of an emoji has.
const LONGEST_NAME: usize = 64;
/// The most kinds of emoji on a post.
const MOST_KINDS: usize = 50;

pub(super) fn routes(r: &mut Routes) {
    r.on(save_reaction).body("reaction").or_empty(&["user_id", "post_id", "emoji_name"]);
    r.on(delete_reaction);
    r.on(get_reactions);
}

fn save_reaction(world: &mut World, caller: &Caller, op: SaveReaction) -> Result<Reaction, Failure> {
    let name = op.emoji_name.as_str();
    let is_id = |user: UserId| user != UserId::ME && !user.is_empty();
    if !is_id(op.user_id) || op.post_id.is_empty() || name.is_empty() || name.len() > LONGEST_NAME {
        return Err(Failure::new(
            400,
            "api.reaction.save_reaction.invalid.app_error",
            "Reaction is not valid.",
        ));
    }
    if op.user_id != caller.id {
        let message = "You cannot save reaction for the other user.";
        return Err(Failure::new(403, "api.reaction.save_reaction.user_id.app_error", message));
    }
    caller.needs_at_post(world, Permission::ADD_REACTION, op.post_id)?;
    let post = world.posts.get(op.post_id)?.clone();
    if !is_emoji(name) {
        return Err(Failure::new(404, "app.emoji.get_by_name.no_result", "We couldn’t find the emoji."));
    }
    let kinds: HashSet<&str> =
        world.reactions.of_post(post.id).map(|reaction| reaction.emoji_name.as_str()).collect();
    if !kinds.contains(name) && kinds.len() >= MOST_KINDS {
        let message = "Reaction limit has been reached for this post.";
        return Err(Failure::new(400, "app.reaction.save.save.too_many_reactions", message));
    }
    in_use(world, &post, "api.reaction.save.archived_channel.app_error", "add")?;

    let mut reaction = Reaction::default();
    reaction.user_id = op.user_id;
    reaction.post_id = op.post_id;
    reaction.emoji_name = op.emoji_name;
    reaction.create_at = world.now();
    reaction.update_at = reaction.create_at;
    reaction.remote_id = Some(RemoteId::default());
    reaction.channel_id = post.channel_id;
    let key = (reaction.post_id, reaction.user_id, reaction.emoji_name.clone());
    // The first one stands, but the answer and the event tell about a new one.
    if world.reactions.rows.contains(&key) {
        if let Some(first) = world.reactions.rows.get_mut(&key) {
            first.update_at = reaction.update_at;
        }
    } else {
        world.reactions.rows.insert(key, reaction.clone());
    }
    tell(world, &post, "reaction_added", &reaction);
    Ok(reaction)
}

fn delete_reaction(world: &mut World, caller: &Caller, op: DeleteReaction) -> Result<StatusOk, Failure> {
    let allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '+' | '_');
    if op.emoji_name.is_empty() || !op.emoji_name.as_str().chars().all(allowed) {
        return Err(Failure::url_param("emoji_name"));
    }
    caller.needs_at_post(world, Permission::REMOVE_REACTION, op.post_id)?;
    if op.user_id != caller.id {
        caller.needs(world, Permission::REMOVE_OTHERS_REACTIONS, Scope::System)?;
    }
    let post = world.posts.get(op.post_id)?.clone();
    in_use(world, &post, "api.reaction.delete.archived_channel.app_error", "remove")?;
    let mut reaction = Reaction::default();
    reaction.user_id = op.user_id;
    reaction.post_id = op.post_id;
    reaction.emoji_name = op.emoji_name;
    reaction.update_at = world.now();
    reaction.remote_id = Some(RemoteId::default());
    reaction.channel_id = post.channel_id;
    world.reactions.rows.remove(&(reaction.post_id, reaction.user_id, reaction.emoji_name.clone()));
    tell(world, &post, "reaction_removed", &reaction);
    Ok(StatusOk::default())
}

fn get_reactions(
    world: &mut World,
    caller: &Caller,
    op: GetReactions,
) -> Result<Answer<Vec<Reaction>>, Failure> {
    caller.needs_at_post(world, Permission::READ_CHANNEL_CONTENT, op.post_id)?;
    Ok(Answer::null_if_empty(world.reactions.of_post(op.post_id).cloned().collect()))
}

/// Refuses with 403 in an archived channel.
fn in_use(world: &World, post: &Post, id: &str, what: &str) -> Result<(), Failure> {
    if world.channels.get(post.channel_id)?.delete_at.is_unset() {
        return Ok(());
    }
    let whose = if what == "add" { "add a reaction" } else { "remove a reaction" };
    Err(Failure::new(403, id, format!("You cannot {whose} in an archived channel.")))
}

/// Notes on the post that its reactions changed, and tells the channel.
fn tell(world: &mut World, post: &Post, event: &'static str, reaction: &Reaction) {
    let now = world.now();
    let has_reactions = world.reactions.of_post(post.id).next().is_some();
    if let Ok(row) = world.posts.get_mut(post.id) {
        row.has_reactions = has_reactions;
        row.update_at = now;
    }
    world.emit(Event::new(event).with_json("reaction", reaction), Audience::channel(post.channel_id));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn nobody_reacts_in_an_archived_channel() {
        let town = Town::new();
        let now = town.fake.now();
        let channel = town.fake.channel(&town.team, "old").members([&town.alice]);
        let channel = channel.with(|channel| channel.delete_at = now).create();
        let post = town.fake.post(&channel, &town.alice, "x").create();
        let refused = ask(&town.fake, &town.alice, SaveReaction::new(town.alice.id, post.id, "tada")).await;
        assert_eq!(refused.unwrap_err(), (403, "api.reaction.save.archived_channel.app_error".to_owned()));
        let refused = ask(&town.fake, &town.alice, DeleteReaction::new(UserId::ME, post.id, "tada")).await;
        assert_eq!(refused.unwrap_err(), (403, "api.reaction.delete.archived_channel.app_error".to_owned()));
    }

    #[tokio::test]
    async fn a_post_has_at_most_fifty_kinds_of_emoji() {
        let town = Town::new();
        let post = town.fake.post(&town.town_square, &town.alice, "x").create();
        let react = |who: &crate::Person, name: &str| SaveReaction::new(who.id, post.id, name);
        let names = ["a", "b", "m", "o", "v", "x"].into_iter().map(str::to_owned);
        let clocks = (1..=12).map(|hour| format!("clock{hour}"));
        let tones = ["light", "medium_light", "medium", "medium_dark", "dark"];
        let hands = ["wave", "clap", "ok_hand", "fist", "muscle", "pray", "+1"];
        let hands =
            hands.iter().flat_map(|hand| tones.iter().map(move |tone| format!("{hand}_{tone}_skin_tone")));
        let names: Vec<String> = names.chain(clocks).chain(hands).collect();
        for name in names.iter().take(50) {
            ask(&town.fake, &town.alice, react(&town.alice, name)).await.unwrap();
        }
        let refused = ask(&town.fake, &town.bob, react(&town.bob, "tada")).await.unwrap_err();
        assert_eq!(refused, (400, "app.reaction.save.save.too_many_reactions".to_owned()));
        assert!(ask(&town.fake, &town.bob, react(&town.bob, "clock1")).await.is_ok(), "one that is there");
    }

    #[tokio::test]
    async fn the_channel_is_told_of_reactions() {
        let town = Town::new();
        let post = town.fake.post(&town.town_square, &town.alice, "x").create();
        let before = town.fake.events().len();
        let saved =
            ask(&town.fake, &town.bob, SaveReaction::new(town.bob.id, post.id, "tada")).await.unwrap();
        ask(&town.fake, &town.bob, DeleteReaction::new(UserId::ME, post.id, "tada")).await.unwrap();
        let events = town.fake.events().split_off(before);
        let told: Vec<(&str, Reaction)> = events
            .iter()
            .map(|(event, _)| {
                (event.name, serde_json::from_str(event.data["reaction"].as_str().unwrap()).unwrap())
            })
            .collect();
        assert!(events.iter().all(|(_, audience)| *audience == Audience::channel(town.town_square.id)));
        assert_eq!((told[0].0, &told[0].1), ("reaction_added", &saved));
        assert_eq!((told[1].0, &*told[1].1.emoji_name.to_string()), ("reaction_removed", "tada"));
    }
}
