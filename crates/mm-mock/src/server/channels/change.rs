//! Changing a channel.

use mm_core::api::channels::{PatchChannel, UpdateChannel};
use mm_types::{Channel, ChannelType};

use super::check::check;
use crate::server::route::Routes;
use crate::world::{Audience, Changed, Event, name_taken};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(update_channel).body("channel").repeats("id", "channel_id", "channel_id");
    r.on(patch_channel).body("channel");
}

fn update_channel(world: &mut World, caller: &Caller, op: UpdateChannel) -> Result<Channel, Failure> {
    let old = world.channels.get(op.channel_id)?.clone();
    let (name, display_name) = (op.name.unwrap_or_default(), op.display_name.unwrap_or_default());
    let (header, purpose) = (op.header.unwrap_or_default(), op.purpose.unwrap_or_default());
    if is_message(&old) {
        check_member(world, caller, &old)?;
        let is_other = |new: &str, old: &str| !new.is_empty() && new != old;
        if is_other(&name, &old.name) || is_other(&display_name, &old.display_name) || purpose != old.purpose
        {
            return Err(header_only("update_channel"));
        }
    } else {
        needs_properties(world, caller, &old)?;
    }
    if old.is_deleted() {
        return Err(archived());
    }
    if !name.is_empty() {
        check_default(&old, &name)?;
    }
    let mut new = old.clone();
    (new.header, new.purpose) = (header, purpose);
    if !display_name.is_empty() {
        new.display_name.clone_from(&display_name);
    }
    if !name.is_empty() {
        new.name = name;
    }
    let new = save(world, &old, new)?;
    // A display name that was left out is told as an empty one, as the real server does.
    if old.display_name != display_name {
        world.note_changed(new.id, caller.id, Changed::DisplayName, &old.display_name, &display_name);
    }
    Ok(new)
}

fn patch_channel(world: &mut World, caller: &Caller, op: PatchChannel) -> Result<Channel, Failure> {
    let old = world.channels.get(op.channel_id)?.clone();
    let (header, purpose) = (op.header.into_value(), op.purpose.into_value());
    let category = op.default_category_name.into_value();
    let changes_properties = op.name.is_some()
        || op.display_name.is_some()
        || header.is_some()
        || purpose.is_some()
        || op.group_constrained.is_some()
        || category.is_some();
    if !changes_properties && op.autotranslation.is_none() && op.banner_info.is_none() {
        let message = "No changes in the patch.";
        return Err(Failure::new(400, "api.channel.patch_update_channel.no_changes.app_error", message));
    }
    if op.autotranslation.is_some() {
        let id = "api.channel.patch_update_channel.feature_not_available.app_error";
        return Err(Failure::new(403, id, "Auto translation feature is not available."));
    }
    if is_message(&old) {
        check_member(world, caller, &old)?;
        let is_other = |new: &Option<String>, old: &str| new.as_deref().is_some_and(|new| new != old);
        if is_other(&op.name, &old.name)
            || is_other(&op.display_name, &old.display_name)
            || is_other(&purpose, &old.purpose)
            || category.is_some()
        {
            return Err(header_only("patch_update_channel"));
        }
    } else if changes_properties {
        needs_properties(world, caller, &old)?;
    }
    if let Some(name) = &op.name {
        check_default(&old, name)?;
    }
    if op.banner_info.is_some() {
        let permission = match old.kind {
            ChannelType::Private => Permission::MANAGE_PRIVATE_CHANNEL_BANNER,
            _ => Permission::MANAGE_PUBLIC_CHANNEL_BANNER,
        };
        caller.needs(world, permission, old.id)?;
        let message = "Channel Banner is not available for the current license.";
        return Err(Failure::new(403, "license_error.feature_unavailable.specific", message));
    }
    let mut new = old.clone();
    let fields = [
        (&mut new.name, op.name),
        (&mut new.display_name, op.display_name.map(|name| name.trim().to_owned())),
        (&mut new.header, header),
        (&mut new.purpose, purpose),
        (&mut new.default_category_name, category.map(|name| name.trim().to_owned())),
    ];
    for (field, change) in fields {
        if let Some(value) = change {
            *field = value;
        }
    }
    if op.group_constrained.is_some() {
        new.group_constrained = op.group_constrained;
    }
    let new = save(world, &old, new)?;
    for (what, old, changed) in [
        (Changed::DisplayName, &old.display_name, &new.display_name),
        (Changed::Header, &old.header, &new.header),
        (Changed::Purpose, &old.purpose, &new.purpose),
    ] {
        if old != changed {
            world.note_changed(new.id, caller.id, what, old, changed);
        }
    }
    Ok(new)
}

pub(super) fn is_message(channel: &Channel) -> bool {
    matches!(channel.kind, ChannelType::Direct | ChannelType::Group)
}

fn needs_properties(world: &World, caller: &Caller, channel: &Channel) -> Result<(), Failure> {
    let permission = match channel.kind {
        ChannelType::Private => Permission::MANAGE_PRIVATE_CHANNEL_PROPERTIES,
        _ => Permission::MANAGE_PUBLIC_CHANNEL_PROPERTIES,
    };
    caller.needs(world, permission, channel.id)
}

/// Whoever is in a direct or group message may change its header.
fn check_member(world: &World, caller: &Caller, channel: &Channel) -> Result<(), Failure> {
    if world.channels.has_member(channel.id, caller.id) {
        return Ok(());
    }
    let message = "Failed to update the channel.";
    Err(Failure::new(403, "api.channel.patch_update_channel.forbidden.app_error", message))
}

fn check_default(old: &Channel, name: &str) -> Result<(), Failure> {
    if old.name != "town-square" || name == old.name {
        return Ok(());
    }
    let message = "Tried to perform an invalid update of the default channel town-square.";
    Err(Failure::new(400, "api.channel.update_channel.tried.app_error", message))
}

fn header_only(what: &str) -> Failure {
    let id = format!("api.channel.{what}.update_direct_or_group_messages_not_allowed.app_error");
    let message =
        "You are not allowed to update the name, display_name, and purpose of direct or group messages.";
    Failure::new(400, id, message)
}

fn archived() -> Failure {
    let message = "The channel has been archived or deleted.";
    Failure::new(400, "api.channel.update_channel.deleted.app_error", message)
}

/// Writes a changed channel and tells its members.
pub(super) fn save(world: &mut World, old: &Channel, mut new: Channel) -> Result<Channel, Failure> {
    check(&new)?;
    if old.is_deleted() {
        return Err(Failure::new(400, "app.channel.update.bad_id", "Unable to update the channel."));
    }
    if world.channels.by_name(new.team_id, &new.name).is_ok_and(|other| other.id != new.id) {
        return Err(name_taken());
    }
    new.update_at = world.now();
    *world.channels.get_mut(new.id)? = new.clone();
    let event = Event::new("channel_updated").with_json("channel", &new);
    world.emit(event, Audience::channel(new.id));
    Ok(new)
}
