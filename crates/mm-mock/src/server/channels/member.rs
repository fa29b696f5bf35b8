//! Who is in a channel.

use mm_core::api::channels::{
    AddChannelMember, GetChannelMember, GetChannelMembers, GetChannelMembersForUser, RemoveUserFromChannel,
    UpdateChannelMemberSchemeRoles,
};
use mm_types::{AddedMembers, Channel, ChannelMember, ChannelType, StatusOk, Timestamp, UserId};

use crate::server::paging::page;
use crate::server::route::Routes;
use crate::world::{Audience, Event, SCHEME_FLAGS, check_scheme_roles, role_names};
use crate::{Caller, Failure, Permission, World};

/// How many users one request may add.
const MOST_ADDED: usize = 1000;

pub(super) fn routes(r: &mut Routes) {
    r.on(get_members);
    r.on(get_member);
    r.on(get_members_of_user);
    r.on(add_members);
    r.on(remove_member);
    r.on(update_scheme_roles).body("scheme_roles").or_json(SCHEME_FLAGS);
}

/// A member as others see one: when somebody looked is nobody's business.
fn shown(caller: &Caller, member: &ChannelMember) -> ChannelMember {
    let mut shown = member.clone();
    if member.user_id != caller.id {
        shown.last_viewed_at = Timestamp::from_millis(-1);
        shown.last_update_at = Timestamp::from_millis(-1);
    }
    shown
}

fn get_members(
    world: &mut World,
    caller: &Caller,
    op: GetChannelMembers,
) -> Result<Vec<ChannelMember>, Failure> {
    caller.needs(world, Permission::READ_CHANNEL, op.channel_id)?;
    let members = page(world.channels.members_of(op.channel_id), op.page, op.per_page);
    Ok(members.into_iter().map(|member| shown(caller, member)).collect())
}

fn get_member(world: &mut World, caller: &Caller, op: GetChannelMember) -> Result<ChannelMember, Failure> {
    caller.needs(world, Permission::READ_CHANNEL, op.channel_id)?;
    Ok(shown(caller, world.channels.member(op.channel_id, op.user_id)?))
}

fn get_members_of_user(
    world: &mut World,
    caller: &Caller,
    op: GetChannelMembersForUser,
) -> Result<Vec<ChannelMember>, Failure> {
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    if caller.id != op.user_id {
        caller.needs(world, Permission::MANAGE_SYSTEM, op.team_id)?;
    }
    let is_listed = |channel: &&Channel| channel.team_id == op.team_id || channel.team_id.is_empty();
    let channels = world.channels.of_user(op.user_id).filter(is_listed);
    let members = channels.filter_map(|channel| world.channels.member(channel.id, op.user_id).ok());
    Ok(members.map(|member| shown(caller, member)).collect())
}

fn add_members(world: &mut World, caller: &Caller, op: AddChannelMember) -> Result<AddedMembers, Failure> {
    if op.user_ids.len() > MOST_ADDED {
        return Err(Failure::body_param("user_ids"));
    }
    if op.user_ids.iter().any(|user| user.is_empty()) {
        return Err(Failure::body_param("user_id in user_ids"));
    }
    let users: Vec<UserId> = match op.user_id.filter(|user| !user.is_empty()) {
        _ if !op.user_ids.is_empty() => op.user_ids,
        Some(user) => vec![user],
        None => return Err(Failure::body_param("user_id or user_ids")),
    };
    if let Some(root) = op.post_root_id.filter(|root| !root.is_empty())
        && world.posts.get(root)?.channel_id != op.channel_id
    {
        return Err(Failure::body_param("post_root_id"));
    }
    let channel = world.channels.get(op.channel_id)?.clone();
    check_guest(world, caller, &channel, &users)?;
    let (own, others) = match channel.kind {
        ChannelType::Open => (
            caller.can(world, Permission::JOIN_PUBLIC_CHANNELS, channel.team_id),
            caller.can(world, Permission::MANAGE_PUBLIC_CHANNEL_MEMBERS, channel.id),
        ),
        ChannelType::Private => {
            caller.needs(world, Permission::MANAGE_PRIVATE_CHANNEL_MEMBERS, channel.id)?;
            (true, true)
        }
        _ => {
            let message = "Can not add user to this channel type.";
            return Err(Failure::new(400, "api.channel.add_user_to_channel.type.app_error", message));
        }
    };
    let (mut added, mut last) = (Vec::new(), None);
    for user in users {
        let is_self = user == caller.id;
        let member = world.channels.member(channel.id, user).ok().cloned();
        let allowed = if is_self { own || member.is_some() } else { others };
        let result = match member {
            _ if !allowed => Err(Failure::permissions()),
            Some(member) => Ok(member),
            None => world.enter_channel(&channel, user, caller.id),
        };
        match result {
            Ok(member) => added.push(shown(caller, &member)),
            Err(error) => last = Some(error),
        }
    }
    match (last, &added[..]) {
        (Some(error), []) => Err(error),
        (_, [one]) if op.user_id == Some(one.user_id) => Ok(one.clone().into()),
        _ => Ok(added.into()),
    }
}

/// A guest adds only to channels the guest is in, and only users the guest knows.
fn check_guest(world: &World, caller: &Caller, channel: &Channel, users: &[UserId]) -> Result<(), Failure> {
    if world.users.get(caller.id)?.user.is_guest() {
        caller.needs(world, Permission::READ_CHANNEL, channel.id)?;
        if !users.iter().all(|user| world.can_see(caller.id, *user)) {
            return Err(Failure::permissions());
        }
    }
    Ok(())
}

fn remove_member(world: &mut World, caller: &Caller, op: RemoveUserFromChannel) -> Result<StatusOk, Failure> {
    let channel = world.channels.get(op.channel_id)?.clone();
    let is_bot = world.users.get(op.user_id)?.user.is_bot;
    let permission = match channel.kind {
        ChannelType::Open => Permission::MANAGE_PUBLIC_CHANNEL_MEMBERS,
        ChannelType::Private => Permission::MANAGE_PRIVATE_CHANNEL_MEMBERS,
        _ => {
            let message = "Unable to remove user from a channel.";
            return Err(Failure::new(400, "api.channel.remove_channel_member.type.app_error", message));
        }
    };
    if caller.id != op.user_id {
        if channel.group_constrained == Some(true) && !is_bot {
            let message = "Unable to remove a user from a group-constrained channel.";
            return Err(Failure::new(400, "api.channel.remove_member.group_constrained.app_error", message));
        }
        caller.needs(world, permission, channel.id)?;
    }
    world.exit_channel(&channel, op.user_id, caller.id)?;
    Ok(StatusOk::ok())
}

fn update_scheme_roles(
    world: &mut World,
    caller: &Caller,
    op: UpdateChannelMemberSchemeRoles,
) -> Result<StatusOk, Failure> {
    caller.needs(world, Permission::MANAGE_CHANNEL_ROLES, op.channel_id)?;
    let now = world.now();
    let member = world.channels.member_mut(op.channel_id, op.user_id)?;
    check_scheme_roles("channel", member.scheme_guest, op.scheme_guest, op.scheme_user)?;
    member.scheme_admin = op.scheme_admin;
    member.scheme_user = op.scheme_user;
    member.roles = role_names("channel", false, op.scheme_admin, &member.explicit_roles);
    member.last_update_at = now;
    let event = Event::new("channel_member_updated").with_json("channelMember", member);
    world.emit(event, Audience::user(op.user_id));
    Ok(StatusOk::ok())
}
