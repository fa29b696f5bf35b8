//! New channels.

use mm_core::api::channels::{CreateChannel, CreateDirectChannel, CreateGroupChannel};
use mm_types::{Channel, ChannelType, UserId};

use super::check::check;
use crate::permission::Scope;
use crate::server::route::Routes;
use crate::totp::sha1;
use crate::world::{Audience, Event, name_taken};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create_channel).body("channel").or_empty(&["name", "display_name", "team_id", "type"]);
    r.on(create_direct_channel);
    r.on(create_group_channel);
}

fn create_channel(world: &mut World, caller: &Caller, op: CreateChannel) -> Result<Channel, Failure> {
    if op.team_id.is_empty() {
        return Err(Failure::body_param("team_id"));
    }
    if op.display_name.is_empty() {
        return Err(Failure::body_param("display_name"));
    }
    match op.kind {
        ChannelType::Open => caller.needs(world, Permission::CREATE_PUBLIC_CHANNEL, op.team_id)?,
        ChannelType::Private => caller.needs(world, Permission::CREATE_PRIVATE_CHANNEL, op.team_id)?,
        ChannelType::Direct | ChannelType::Group => {
            let message = "Must use createDirectChannel API service for direct message channel creation.";
            return Err(Failure::new(400, "api.channel.create_channel.direct_channel.app_error", message));
        }
        _ => {}
    }
    if !world.channels.rows.iter().any(|channel| channel.team_id == op.team_id) {
        let message = "No channels were found.";
        return Err(Failure::new(404, "app.channel.get_channels.not_found.app_error", message));
    }
    let mut channel = Channel::default();
    channel.team_id = op.team_id;
    channel.name = op.name;
    channel.display_name = op.display_name.trim().to_owned();
    channel.purpose = op.purpose.unwrap_or_default();
    channel.header = op.header.unwrap_or_default();
    channel.kind = op.kind;
    channel.default_category_name = op.default_category_name.unwrap_or_default().trim().to_owned();
    check(&channel)?;
    if world.channels.by_name(op.team_id, &channel.name).is_ok() {
        return Err(name_taken());
    }
    let id = world.add_channel(channel, caller.id);
    let created = world.channels.get(id)?.clone();
    world.note_joined(id, caller.id);
    let event = Event::new("channel_created")
        .with("channel_id", id.as_str())
        .with("team_id", created.team_id.as_str());
    world.emit(event, Audience::user(caller.id));
    Ok(created)
}

fn create_direct_channel(
    world: &mut World,
    caller: &Caller,
    op: CreateDirectChannel,
) -> Result<Channel, Failure> {
    let mut users = distinct(&op.user_ids);
    if users == [caller.id] {
        users.push(caller.id);
    }
    let [one, other] = users[..] else { return Err(Failure::body_param("user_ids")) };
    if one.is_empty() || other.is_empty() {
        return Err(Failure::body_param("user_id"));
    }
    caller.needs(world, Permission::CREATE_DIRECT_CHANNEL, Scope::System)?;
    if !users.contains(&caller.id) {
        caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    }
    if !world.can_see(caller.id, if one == caller.id { other } else { one }) {
        return Err(Failure::permissions());
    }
    if let Some(channel) = world.channels.direct(one, other) {
        return Ok(channel.clone());
    }
    if world.users.get(one).is_err() || world.users.get(other).is_err() {
        let id = "api.channel.create_direct_channel.invalid_user.app_error";
        return Err(Failure::new(400, id, "Invalid user ID for direct channel creation."));
    }
    let channel = world.direct_channel(one, other);
    let event =
        Event::new("direct_added").with("creator_id", one.as_str()).with("teammate_id", other.as_str());
    world.emit(event, Audience::channel(channel.id));
    Ok(channel)
}

fn create_group_channel(
    world: &mut World,
    caller: &Caller,
    op: CreateGroupChannel,
) -> Result<Channel, Failure> {
    let mut users = distinct(&op.user_ids);
    if users.is_empty() {
        return Err(Failure::body_param("user_ids"));
    }
    if users.iter().any(|user| user.is_empty()) {
        return Err(Failure::body_param("user_id"));
    }
    if !users.contains(&caller.id) {
        users.push(caller.id);
    }
    users.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    caller.needs(world, Permission::CREATE_GROUP_CHANNEL, Scope::System)?;
    if !users.iter().all(|user| world.can_see(caller.id, *user)) {
        return Err(Failure::permissions());
    }
    if !(3..=8).contains(&users.len()) {
        let message = "Group message channels must contain at least 3 and no more than 8 users.";
        return Err(Failure::new(400, "api.channel.create_group.bad_size.app_error", message));
    }
    let mut names = Vec::new();
    for user in &users {
        let Ok(account) = world.users.get(*user) else {
            let message = "One of the provided users does not exist.";
            return Err(Failure::new(400, "api.channel.create_group.bad_user.app_error", message));
        };
        names.push(account.user.username.clone());
    }
    names.sort();
    let name = group_name(&users);
    if let Ok(channel) = world.channels.by_name(Default::default(), &name) {
        return Ok(channel.clone());
    }
    let mut channel = Channel::default();
    channel.name = name;
    channel.display_name = names.join(", ").chars().take(64).collect();
    channel.kind = ChannelType::Group;
    channel.shared = Some(false);
    let id = world.add_channel(channel, UserId::default());
    let created = world.channels.get(id)?.clone();
    for user in &users {
        world.join_channel(id, *user, false);
    }
    for user in &users {
        let mut audience = Audience::channel(id);
        audience.user = *user;
        world.emit(Event::new("group_added").with_json("teammate_ids", &users), audience);
    }
    Ok(created)
}

/// Every user once, in the order they came.
fn distinct(users: &[UserId]) -> Vec<UserId> {
    let mut once = Vec::new();
    for user in users {
        if !once.contains(user) {
            once.push(*user);
        }
    }
    once
}

/// The name of a group message's channel: a digest of its users' ids.
fn group_name(sorted: &[UserId]) -> String {
    let ids: String = sorted.iter().map(UserId::as_str).collect();
    sha1(ids.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_named_by_the_digest_of_its_users() {
        // As a server named it.
        let users = [
            "dseugwhpptdgipgcm5r3hup5uo",
            "guqmjd86rjfe9x78k4w9o4r99y",
            "otk6m6uc4byriqa31yachwkgde",
            "ztnuborem3gaud3dq8smy7weie",
        ];
        let users = users.map(|user| user.parse().unwrap());
        assert_eq!(group_name(&users), "81a0686df44cb058aa56f82c66ded786760e1602");
    }
}
