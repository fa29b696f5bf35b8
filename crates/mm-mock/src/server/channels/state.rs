//! Archiving channels, and making them public or private.

use mm_core::api::channels::{DeleteChannel, RestoreChannel, UpdateChannelPrivacy};
use mm_types::{Channel, ChannelType, PostKind, StatusOk, Timestamp, UserId};

use super::change::{is_message, save};
use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Audience, Event};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(delete_channel);
    r.on(restore_channel);
    r.on(update_channel_privacy).or_empty(&["privacy"]);
}

fn delete_channel(world: &mut World, caller: &Caller, op: DeleteChannel) -> Result<StatusOk, Failure> {
    let channel = world.channels.get(op.channel_id)?.clone();
    if is_message(&channel) {
        let message = "Unable to delete direct or group message channels";
        return Err(Failure::new(400, "api.channel.delete_channel.type.invalid", message));
    }
    let permission = match channel.kind {
        ChannelType::Private => Permission::DELETE_PRIVATE_CHANNEL,
        _ => Permission::DELETE_PUBLIC_CHANNEL,
    };
    caller.needs(world, permission, channel.id)?;
    if op.permanent == Some(true) {
        if !world.config.channel_deletion {
            let message = "Permanent channel deletion feature is not enabled. Please contact your System Administrator.";
            return Err(Failure::new(401, "api.user.delete_channel.not_enabled.app_error", message));
        }
        world.remove_channel(&channel);
    } else {
        archive(world, caller.id, &channel)?;
    }
    Ok(StatusOk::ok())
}

/// Archives a channel after a last post in it, and deletes its webhooks.
fn archive(world: &mut World, by: UserId, channel: &Channel) -> Result<(), Failure> {
    if channel.is_deleted() {
        let message = "The channel has been archived or deleted.";
        return Err(Failure::new(400, "api.channel.delete_channel.deleted.app_error", message));
    }
    if channel.name == "town-square" {
        let message = "Unable to delete the default channel town-square.";
        return Err(Failure::new(400, "api.channel.delete_channel.cannot.app_error", message));
    }
    let name = world.users.get(by)?.user.username.clone();
    let message = format!("{name} archived the channel.");
    world.note(channel.id, by, PostKind::ChannelDeleted, message, [("username", name)]);
    let now = world.now();
    for hook in world.hooks.incoming.iter_mut().filter(|hook| hook.channel_id == channel.id) {
        hook.delete_at = now;
    }
    for hook in world.hooks.outgoing.iter_mut().filter(|hook| hook.channel_id == channel.id) {
        hook.delete_at = now;
    }
    let row = world.channels.get_mut(channel.id)?;
    (row.delete_at, row.update_at) = (now, now);
    world.tell_channel_deleted(channel, now);
    Ok(())
}

fn restore_channel(world: &mut World, caller: &Caller, op: RestoreChannel) -> Result<Channel, Failure> {
    let mut channel = world.channels.get(op.channel_id)?.clone();
    if !caller.can(world, Permission::SYSCONSOLE_WRITE_USER_MANAGEMENT_CHANNELS, Scope::System) {
        caller.needs(world, Permission::MANAGE_TEAM, channel.team_id)?;
    }
    if !channel.is_deleted() {
        let message = "Unable to unarchive channel. The channel is not archived.";
        return Err(Failure::new(400, "api.channel.restore_channel.restored.app_error", message));
    }
    let now = world.now();
    let row = world.channels.get_mut(channel.id)?;
    (row.delete_at, row.update_at) = (Timestamp::UNSET, now);
    let event = Event::new("channel_restored").with("channel_id", channel.id.as_str());
    world.emit(event, Audience::of_channel(&channel));
    let name = world.users.get(caller.id)?.user.username.clone();
    let message = format!("{name} unarchived the channel.");
    world.note(channel.id, caller.id, PostKind::ChannelRestored, message, [("username", name)]);
    // The answer has the channel as it was before, but for this.
    channel.delete_at = Timestamp::UNSET;
    Ok(channel)
}

fn update_channel_privacy(
    world: &mut World,
    caller: &Caller,
    op: UpdateChannelPrivacy,
) -> Result<Channel, Failure> {
    let permission = match op.privacy {
        ChannelType::Open => Permission::CONVERT_PRIVATE_CHANNEL_TO_PUBLIC,
        ChannelType::Private => Permission::CONVERT_PUBLIC_CHANNEL_TO_PRIVATE,
        _ => return Err(Failure::body_param("privacy")),
    };
    let old = world.channels.get(op.channel_id)?.clone();
    caller.needs(world, permission, old.id)?;
    if old.name == "town-square" && op.privacy == ChannelType::Private {
        let message = "The default channel cannot be made private.";
        let id = "api.channel.update_channel_privacy.default_channel_error";
        return Err(Failure::new(400, id, message));
    }
    let message = match op.privacy {
        ChannelType::Private => "This channel has been converted to a Private Channel.",
        _ => "This channel has been converted to a Public Channel and can be joined by any team member.",
    };
    let mut new = old.clone();
    new.kind = op.privacy;
    let new = save(world, &old, new)?;
    let name = world.users.get(caller.id)?.user.username.clone();
    world.note(new.id, caller.id, PostKind::ChangeChannelPrivacy, message, [("username", name)]);
    let event = Event::new("channel_converted").with("channel_id", new.id.as_str());
    world.emit(event, Audience::team(new.team_id));
    Ok(new)
}
