//! Users by id and name, and how many there are.

use std::collections::HashMap;

use mm_core::api::users::{
    GetKnownUsers, GetServerLimits, GetTotalUsersStats, GetTotalUsersStatsFiltered,
    GetUsersByGroupChannelIds, GetUsersByIds, GetUsersByUsernames, GetUsersWithInvalidEmails,
};
use mm_types::{ChannelId, ChannelType, ServerLimits, User, UserId, UsersStats};

use super::filter::{RoleFilter, names};
use super::shown;
use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::world::as_self;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(by_ids).as_body(&["since"]);
    r.on(by_usernames);
    r.on(by_group_channels);
    r.on(known_users);
    r.on(total);
    r.on(filtered);
    r.on(invalid_emails);
    r.on(limits);
}

/// Users that fit, as the caller may see them, by name.
fn find(world: &World, caller: &Caller, fits: impl Fn(&User) -> bool) -> Vec<User> {
    let all = world.users.sorted().into_iter().map(|account| &account.user);
    let visible = all.filter(|user| fits(user) && caller.sees(world, user.id));
    visible.map(|user| shown(world, caller, user)).collect()
}

fn by_ids(world: &mut World, caller: &Caller, op: GetUsersByIds) -> Result<Vec<User>, Failure> {
    if op.user_ids.is_empty() {
        return Err(Failure::body_param("user_ids"));
    }
    let since = op.since.unwrap_or_default();
    let changed = |user: &User| since.as_millis() <= 0 || user.update_at > since;
    Ok(find(world, caller, |user| op.user_ids.contains(&user.id) && changed(user)))
}

fn by_usernames(world: &mut World, caller: &Caller, op: GetUsersByUsernames) -> Result<Vec<User>, Failure> {
    if op.usernames.is_empty() {
        return Err(Failure::body_param("usernames"));
    }
    Ok(find(world, caller, |user| op.usernames.contains(&user.username)))
}

fn by_group_channels(
    world: &mut World,
    caller: &Caller,
    op: GetUsersByGroupChannelIds,
) -> Result<HashMap<ChannelId, Vec<User>>, Failure> {
    if op.channel_ids.is_empty() {
        return Err(Failure::payload());
    }
    let mut found = HashMap::new();
    for id in op.channel_ids {
        let is_group = world.channels.get(id).is_ok_and(|channel| channel.kind == ChannelType::Group);
        if !is_group || !world.channels.has_member(id, caller.id) {
            continue;
        }
        let others = world.channels.members_of(id).filter(|member| member.user_id != caller.id);
        let others = others.filter_map(|member| world.users.get(member.user_id).ok());
        let mut others: Vec<User> = others.map(|account| shown(world, caller, &account.user)).collect();
        others.sort_by(|a, b| a.username.cmp(&b.username));
        if !others.is_empty() {
            found.insert(id, others);
        }
    }
    Ok(found)
}

fn known_users(world: &mut World, caller: &Caller, _: GetKnownUsers) -> Result<Vec<UserId>, Failure> {
    let mut known = Vec::new();
    for channel in world.channels.of_user(caller.id) {
        for member in world.channels.members_of(channel.id) {
            if member.user_id != caller.id && !known.contains(&member.user_id) {
                known.push(member.user_id);
            }
        }
    }
    Ok(known)
}

fn stats(count: usize) -> UsersStats {
    let mut stats = UsersStats::default();
    stats.total_users_count = i64::try_from(count).unwrap_or(i64::MAX);
    stats
}

fn total(world: &mut World, caller: &Caller, _: GetTotalUsersStats) -> Result<UsersStats, Failure> {
    let users = world.users.rows.iter().map(|account| &account.user);
    Ok(stats(users.filter(|user| !user.is_deactivated() && caller.sees(world, user.id)).count()))
}

fn filtered(
    world: &mut World,
    caller: &Caller,
    op: GetTotalUsersStatsFiltered,
) -> Result<UsersStats, Failure> {
    let in_channel = op.channel_roles.as_deref().filter(|_| op.in_channel.is_some());
    let in_team = op.team_roles.as_deref().filter(|_| op.in_team.is_some());
    let roles = RoleFilter {
        system: names(op.roles.as_deref(), "roles")?,
        channel: names(in_channel, "channelRoles")?,
        team: names(in_team, "teamRoles")?,
    };
    caller.needs(world, Permission::SYSCONSOLE_READ_USER_MANAGEMENT_USERS, Scope::System)?;
    let fits = |user: &User| {
        let in_place = match (op.in_team, op.in_channel) {
            (Some(team), _) => world.teams.has_member(team, user.id),
            (None, Some(channel)) => world.channels.has_member(channel, user.id),
            (None, None) => true,
        };
        let is_local = user.remote_id.is_none_or(|id| id.is_empty());
        in_place
            && (op.include_deleted || !user.is_deactivated())
            && (op.include_bots || !user.is_bot)
            && (op.include_remote_users || is_local)
            && roles.fits(world, user, op.in_team, op.in_channel)
    };
    Ok(stats(world.users.rows.iter().filter(|account| fits(&account.user)).count()))
}

fn invalid_emails(
    world: &mut World,
    caller: &Caller,
    op: GetUsersWithInvalidEmails,
) -> Result<Vec<User>, Failure> {
    if world.config.open_server {
        return Err(Failure::new(400, "<untranslated>", "<untranslated>"));
    }
    caller.needs(world, Permission::SYSCONSOLE_READ_USER_MANAGEMENT_USERS, Scope::System)?;
    let domains = world.config.mail_domains.to_lowercase();
    let fits = |user: &&User| {
        // The server looks for the text of a domain anywhere.
        let mut domains = domains.split(',').filter(|domain| !domain.is_empty());
        let is_outside = !domains.any(|domain| user.email.contains(domain));
        let is_concerned = !user.is_bot && user.roles != "system_guest" && !user.is_deactivated();
        is_outside && is_concerned && user.auth_service.is_empty()
    };
    let users = world.users.rows.iter().map(|account| &account.user).filter(fits);
    Ok(page(users.map(as_self), op.page, op.per_page))
}

fn limits(world: &mut World, caller: &Caller, _: GetServerLimits) -> Result<ServerLimits, Failure> {
    let mut limits = ServerLimits::default();
    if caller.is_admin(world)
        && caller.can(world, Permission::SYSCONSOLE_READ_USER_MANAGEMENT_USERS, Scope::System)
    {
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        limits.max_users_limit = number(world.config.user_limit);
        limits.max_users_hard_limit = number(world.config.user_hard_limit);
        limits.active_user_count = number(world.active_people());
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn addresses_outside_of_the_domains_are_found_unless_everybody_may_come() {
        let town = Town::new();
        town.fake.user("dora").email("dora@town.example").create();
        town.fake.configure(|config| config.mail_domains = "town.example".to_owned());
        let found = ask(&town.fake, &town.admin, GetUsersWithInvalidEmails::new()).await.unwrap();
        let names: Vec<_> = found.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, ["admin", "alice", "bob", "carol"], "no guests either");
        town.fake.configure(|config| config.open_server = true);
        let open = ask(&town.fake, &town.admin, GetUsersWithInvalidEmails::new()).await.unwrap_err();
        assert_eq!(open, (400, "<untranslated>".to_owned()));
    }

    #[tokio::test]
    async fn bots_and_the_users_of_other_servers_count_on_demand() {
        let town = Town::new();
        town.fake.bot("robot").create();
        let far = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse().unwrap();
        town.fake.user("far").with(|user| user.remote_id = Some(far)).create();
        let count = async |op: GetTotalUsersStatsFiltered| {
            ask(&town.fake, &town.admin, op).await.unwrap().total_users_count
        };
        let all = GetTotalUsersStatsFiltered::new;
        assert_eq!(count(all()).await, 5);
        assert_eq!(count(all().include_bots(true)).await, 6);
        assert_eq!(count(all().include_bots(true).include_remote_users(true)).await, 7);
        assert_eq!(count(all().roles("system_admin,system_guest")).await, 2);
    }
}
