//! Guests, who become users and the other way round.

use mm_core::api::users::{DemoteUserToGuest, PromoteGuestToUser};
use mm_types::{ChannelId, StatusOk, TeamId, UserId};

use crate::permission::Scope;
use crate::server::route::Routes;
use crate::world::{Audience, Event, role_names};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(promote);
    r.on(demote);
}

fn promote(world: &mut World, caller: &Caller, op: PromoteGuestToUser) -> Result<StatusOk, Failure> {
    caller.needs(world, Permission::PROMOTE_GUEST, Scope::System)?;
    let user = world.users.get(op.user_id)?.user.clone();
    if !user.is_guest() {
        let message = "Unable to convert the guest to regular user because is not a guest.";
        return Err(Failure::new(501, "api.user.promote_guest_to_user.no_guest.app_error", message));
    }
    let roles: Vec<&str> =
        user.role_names().map(|name| if name == "system_guest" { "system_user" } else { name }).collect();
    set_guest(world, user.id, false, roles.join(" "))?;
    let teams: Vec<TeamId> = world.teams.of_user(user.id).map(|team| team.id).collect();
    for team in teams {
        for name in ["town-square", "off-topic"] {
            let Ok(channel) = world.channels.by_name(team, name).cloned() else { continue };
            if !world.channels.has_member(channel.id, user.id) {
                world.enter_channel(&channel, user.id, caller.id)?;
            }
        }
    }
    world.tell_user_updated(user.id);
    tell_memberships(world, user.id);
    Ok(StatusOk::ok())
}

fn demote(world: &mut World, caller: &Caller, op: DemoteUserToGuest) -> Result<StatusOk, Failure> {
    if !world.config.guest_accounts {
        let message = "Your license does not support guest accounts";
        return Err(Failure::new(501, "api.team.demote_user_to_guest.license.error", message));
    }
    caller.needs(world, Permission::DEMOTE_TO_GUEST, Scope::System)?;
    let user = world.users.get(op.user_id)?.user.clone();
    caller.must_reach(world, &user)?;
    if user.is_guest() {
        let message = "Unable to convert the user to guest because is already a guest.";
        return Err(Failure::new(501, "api.user.demote_user_to_guest.already_guest.app_error", message));
    }
    set_guest(world, user.id, true, "system_guest".to_owned())?;
    world.tell_user_updated(user.id);
    tell_memberships(world, user.id);
    Ok(StatusOk::ok())
}

/// Makes a guest of a user or the other way round, in all teams and channels.
fn set_guest(world: &mut World, id: UserId, is_guest: bool, roles: String) -> Result<(), Failure> {
    let now = world.now();
    let user = &mut world.users.get_mut(id)?.user;
    user.roles = roles;
    user.update_at = now;
    for member in world.teams.members.iter_mut().filter(|member| member.user_id == id) {
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin &= !is_guest;
        member.roles = role_names("team", is_guest, member.scheme_admin, &member.explicit_roles);
    }
    for member in world.channels.members.iter_mut().filter(|member| member.user_id == id) {
        member.scheme_guest = is_guest;
        member.scheme_user = !is_guest;
        member.scheme_admin &= !is_guest;
        member.roles = role_names("channel", is_guest, member.scheme_admin, &member.explicit_roles);
    }
    Ok(())
}

/// Tells a user about all places in teams and their channels.
fn tell_memberships(world: &mut World, id: UserId) {
    let teams: Vec<TeamId> = world.teams.of_user(id).map(|team| team.id).collect();
    for team in teams {
        if let Ok(member) = world.teams.member(team, id).cloned() {
            world.emit(Event::new("memberrole_updated").with_json("member", &member), Audience::user(id));
        }
        let in_team = world.channels.of_user(id).filter(|channel| channel.team_id == team);
        let channels: Vec<ChannelId> = in_team.map(|channel| channel.id).collect();
        for channel in channels {
            if let Ok(member) = world.channels.member(channel, id).cloned() {
                let event = Event::new("channel_member_updated").with_json("channelMember", &member);
                world.emit(event, Audience::user(id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn guests_become_users_and_users_guests() {
        let town = Town::new();
        let promote = PromoteGuestToUser::new(town.guest.id);
        ask(&town.fake, &town.admin, promote.clone()).await.unwrap();
        {
            let world = &town.fake.state().world;
            assert_eq!(world.users.get(town.guest.id).unwrap().user.roles, "system_user");
            assert_eq!(world.teams.member(town.team.id, town.guest.id).unwrap().roles, "team_user");
            let places = [town.town_square.id, town.off_topic.id];
            for place in places {
                assert_eq!(world.channels.member(place, town.guest.id).unwrap().roles, "channel_user");
            }
        }
        assert_eq!(ask(&town.fake, &town.admin, promote).await.unwrap_err().0, 501);

        town.fake.configure(|config| config.guest_accounts = true);
        let demote = DemoteUserToGuest::new(town.bob.id);
        ask(&town.fake, &town.admin, demote.clone()).await.unwrap();
        let member = town.fake.state().world.channels.member(town.off_topic.id, town.bob.id).unwrap().clone();
        assert_eq!((&*member.roles, member.scheme_guest, member.scheme_user), ("channel_guest", true, false));
        let names: Vec<_> = town.fake.events().iter().map(|(event, _)| event.name).collect();
        assert!(names.ends_with(&["memberrole_updated", "channel_member_updated", "channel_member_updated"]));
        let again = (501, "api.user.demote_user_to_guest.already_guest.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, demote).await.unwrap_err(), again);
    }
}
