//! Invitations by mail.

use mm_core::api::teams::InviteGuestsToTeam;
use mm_types::{ChannelType, EmailInviteWithError, EmailInvites, StatusOk};

use crate::server::route::Routes;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(invite_guests).or_json(&[("emails", "[]"), ("channels", "[]")]);
}

/// No mail goes out: there is nobody to read it.
fn invite_guests(
    world: &mut World,
    caller: &Caller,
    op: InviteGuestsToTeam,
) -> Result<EmailInvites, Failure> {
    if !world.config.guest_accounts {
        let message = "Your license does not support guest accounts";
        return Err(Failure::new(501, "api.team.invite_guests_to_channels.license.error", message));
    }
    caller.needs(world, Permission::INVITE_GUEST, op.team_id)?;
    let bad = |what: &str, message: &str| {
        Err(Failure::new(400, format!("model.guest.is_valid.{what}.app_error"), message))
    };
    let emails: Vec<String> = op.emails.iter().map(|email| email.to_lowercase()).collect();
    if emails.is_empty() {
        return bad("emails", "Invalid emails.");
    }
    if emails.iter().any(|email| !is_address(email)) {
        return bad("email", "Invalid email.");
    }
    if op.channels.is_empty() {
        return bad("channels", "Invalid channels.");
    }
    let mut allowed = Vec::new();
    for id in op.channels {
        let Ok(channel) = world.channels.get(id) else { continue };
        let permission = match channel.kind {
            ChannelType::Open => Permission::MANAGE_PUBLIC_CHANNEL_MEMBERS,
            ChannelType::Private => Permission::MANAGE_PRIVATE_CHANNEL_MEMBERS,
            _ => continue,
        };
        if caller.can(world, permission, id) {
            allowed.push(channel);
        }
    }
    if allowed.is_empty() {
        return bad("channels", "Invalid channels.");
    }
    if allowed.iter().any(|channel| channel.team_id != op.team_id) {
        let message = "At least one of the channels doesn't belong to the team";
        return Err(Failure::new(400, "api.team.invite_guests.channel_in_invalid_team.app_error", message));
    }
    if !op.graceful {
        return Ok(EmailInvites::Sent(StatusOk::ok()));
    }
    let each = emails.into_iter().map(|email| {
        let mut invite = EmailInviteWithError::default();
        invite.email = email;
        invite
    });
    Ok(EmailInvites::Each(each.collect()))
}

fn is_address(email: &str) -> bool {
    email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}
