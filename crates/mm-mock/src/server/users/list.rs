//! Lists of users, a page at a time.

use mm_core::Body;
use mm_core::api::users::GetUsers;
use mm_types::{User, UserSort};

use super::filter::{RoleFilter, known};
use super::shown;
use crate::manners::VERSION;
use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::world::Account;
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_users);
}

fn get_users(world: &mut World, caller: &Caller, op: GetUsers) -> Result<Answer<Vec<User>>, Failure> {
    if op.not_in_channel.is_some() && op.in_team.is_none() {
        return Err(Failure::url_param("team_id"));
    }
    check_sort(&op)?;
    let is_named = op.role.as_deref().is_none_or(|role| world.roles.rows.contains(&role.to_owned()));
    if !is_named {
        return Err(Failure::body_param("role"));
    }
    let in_team = op.team_roles.as_deref().filter(|_| op.in_team.is_some());
    let in_channel = op.channel_roles.as_deref().filter(|_| op.in_channel.is_some());
    let mut roles = RoleFilter {
        system: known(world, op.roles.as_deref(), "roles")?,
        channel: known(world, in_channel, "channelRoles")?,
        team: known(world, in_team, "teamRoles")?,
    };
    if roles.system.is_empty() {
        roles.system.extend(op.role.clone());
    }
    let mut rows = place(world, caller, &op, &roles)?;
    rows.retain(|account| place_has(world, caller, &op, account));
    sort(world, &op, &mut rows);
    let rows = page(rows, op.page, op.per_page);
    let users: Vec<User> = rows.into_iter().map(|account| shown(world, caller, &account.user)).collect();
    if op.active && op.inactive {
        return Ok(torn(&users));
    }
    let answer = Answer::new(users);
    Ok(match tag(world, caller, &op) {
        Some(tag) => answer.etag(tag),
        None => answer,
    })
}

/// The users of the place that is asked about: the first one that is set counts.
fn place<'a>(
    world: &'a World,
    caller: &Caller,
    op: &GetUsers,
    roles: &RoleFilter,
) -> Result<Vec<&'a Account>, Failure> {
    let all = world.users.sorted().into_iter();
    let active = |account: &&Account| match (op.inactive, op.active) {
        (true, _) => account.user.is_deactivated(),
        (false, true) => !account.user.is_deactivated(),
        (false, false) => true,
    };
    let has_role =
        |account: &&Account| op.role.as_deref().is_none_or(|role| account.user.roles.contains(role));
    let in_roles = |account: &&Account| roles.fits(world, &account.user, op.in_team, op.in_channel);
    let in_no_team = |account: &&Account| world.teams.of_user(account.user.id).next().is_none();
    // Nobody is in a group, so no group lets anybody in.
    let let_in = |_: &&Account| !op.group_constrained;
    Ok(if op.without_team {
        caller.needs(world, Permission::LIST_USERS_WITHOUT_TEAM, Scope::System)?;
        all.filter(in_no_team).filter(has_role).filter(active).collect()
    } else if let Some(channel) = op.not_in_channel {
        caller.needs(world, Permission::READ_CHANNEL, channel)?;
        let team = op.in_team.unwrap_or_default();
        let outside = |account: &&Account| {
            let id = account.user.id;
            world.teams.has_member(team, id) && !world.channels.has_member(channel, id)
        };
        all.filter(outside).filter(let_in).collect()
    } else if let Some(team) = op.not_in_team {
        caller.needs(world, Permission::VIEW_TEAM, team)?;
        all.filter(|account| !world.teams.has_member(team, account.user.id)).filter(let_in).collect()
    } else if let Some(team) = op.in_team {
        caller.needs(world, Permission::VIEW_TEAM, team)?;
        let by_time = matches!(op.sort, Some(UserSort::LastActivityAt | UserSort::CreateAt));
        let inside = all.filter(|account| world.teams.has_member(team, account.user.id));
        if by_time {
            inside.collect()
        } else {
            inside.filter(has_role).filter(in_roles).filter(active).collect()
        }
    } else if let Some(channel) = op.in_channel {
        caller.needs(world, Permission::READ_CHANNEL, channel)?;
        let inside = all.filter(|account| world.channels.has_member(channel, account.user.id));
        inside.filter(in_roles).filter(active).collect()
    } else if op.in_group.is_some() || op.not_in_group.is_some() {
        return Err(Failure::new(404, "app.group.no_rows", "no matching group found"));
    } else {
        all.filter(has_role).filter(in_roles).filter(active).collect()
    })
}

/// Whether the caller may know of a user of the place. In a channel everybody knows everybody.
fn place_has(world: &World, caller: &Caller, op: &GetUsers, account: &Account) -> bool {
    let elsewhere = op.without_team || op.not_in_channel.is_some() || op.not_in_team.is_some();
    let in_channel = op.in_channel.is_some() && op.in_team.is_none() && !elsewhere;
    in_channel || caller.sees(world, account.user.id)
}

/// Not every order goes with every place.
fn check_sort(op: &GetUsers) -> Result<(), Failure> {
    let not_in = op.not_in_team.is_some() || op.not_in_channel.is_some() || op.without_team;
    let in_group = op.in_group.is_some() || op.not_in_group.is_some();
    let fits = match &op.sort {
        None | Some(UserSort::Username) => true,
        Some(UserSort::LastActivityAt | UserSort::CreateAt) => {
            op.in_team.is_some() && !not_in && op.in_channel.is_none() && !in_group
        }
        Some(UserSort::Status | UserSort::Admin) => op.in_channel.is_some(),
        Some(UserSort::DisplayName) => {
            let elsewhere = not_in || op.in_team.is_some() || op.in_channel.is_some();
            op.in_group.is_some() && op.not_in_group.is_none() && !elsewhere
        }
        Some(_) => false,
    };
    if fits { Ok(()) } else { Err(Failure::url_param("sort")) }
}

fn sort(world: &World, op: &GetUsers, rows: &mut [&Account]) {
    use std::cmp::Reverse;

    match (&op.sort, op.in_team, op.in_channel) {
        (Some(UserSort::CreateAt), Some(_), _) => {
            rows.sort_by_key(|account| Reverse(account.user.create_at));
        }
        (Some(UserSort::LastActivityAt), Some(_), _) => {
            let last = |account: &&Account| {
                let sessions = world.sessions.of_user(account.user.id);
                sessions.map(|session| session.last_activity_at).max().unwrap_or_default()
            };
            rows.sort_by_key(|account| Reverse(last(account)));
        }
        (Some(UserSort::Admin), None, Some(channel)) => {
            let runs = |account: &&Account| {
                world.channels.member(channel, account.user.id).is_ok_and(|member| member.scheme_admin)
            };
            rows.sort_by_key(|account| Reverse(runs(account)));
        }
        _ => {}
    }
}

/// The tag of lists of a team, of its opposite, and of everybody: the same for all pages.
fn tag(world: &World, caller: &Caller, op: &GetUsers) -> Option<String> {
    let by_time = matches!(op.sort, Some(UserSort::LastActivityAt | UserSort::CreateAt));
    let elsewhere = op.without_team || op.not_in_channel.is_some() || by_time;
    let in_channel = op.in_channel.is_some() && op.in_team.is_none() && op.not_in_team.is_none();
    if elsewhere || in_channel {
        return None;
    }
    let team = op.in_team.filter(|_| op.not_in_team.is_none());
    let counted = world.users.rows.iter().map(|account| &account.user);
    let counted =
        counted.filter(|user| team.is_none_or(|team| world.teams.members.contains(&(team, user.id))));
    let counted: Vec<_> = counted.map(|user| user.update_at).collect();
    let newest = counted.iter().max().copied().unwrap_or_default();
    let count = if op.not_in_team.is_some() { format!(".{}", counted.len()) } else { String::new() };
    let (names, emails) = (world.config.show_full_name, world.config.show_email);
    let sees_all = caller.can(world, Permission::VIEW_MEMBERS, Scope::System);
    let sight = if sees_all { "" } else { caller.id.as_str() };
    Some(format!("{VERSION}.{newest}{count}.{names}.{emails}.{sight}"))
}

/// Active and deactivated users at once are a list with an error behind it, and status 200.
fn torn(users: &[User]) -> Answer<Vec<User>> {
    let mut body = serde_json::to_vec(users).unwrap_or_default();
    if let Some(error) = Failure::url_param("inactive").into_app_error() {
        body.extend(serde_json::to_vec(&error).unwrap_or_default());
    }
    Answer::raw(http::Response::new(Body::from(body)))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use mm_core::api::users::GetUser;
    use mm_types::UserId;

    use super::*;
    use crate::Town;
    use crate::testing::{ask, request, send};

    #[tokio::test]
    async fn a_guest_sees_those_of_the_own_channels() {
        let town = Town::new();
        let users = ask(&town.fake, &town.guest, GetUsers::new()).await.unwrap();
        let names: Vec<_> = users.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, ["admin", "alice", "bob", "guest"]);
        assert_eq!(ask(&town.fake, &town.guest, GetUser::new(town.carol.id)).await.unwrap_err().0, 403);
        let nobody: UserId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse().unwrap();
        assert_eq!(ask(&town.fake, &town.guest, GetUser::new(nobody)).await.unwrap_err().0, 403);
    }

    #[tokio::test]
    async fn active_and_deactivated_at_once_is_a_list_with_an_error_behind_it() {
        let town = Town::new();
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let url = "/api/v4/users?active=true&inactive=true";
        let request = request(Method::GET, url, &[("authorization", &bearer)], "");
        let answer = send(&town.fake, request).await;
        assert_eq!(answer.status(), 200);
        let text = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(text.starts_with("[]{\"id\":\"api.context.invalid_url_param.app_error\""), "{text}");
    }

    #[tokio::test]
    async fn all_pages_of_a_list_have_one_tag_until_somebody_changes() {
        let town = Town::new();
        let tag = |query: &str| {
            let bearer = format!("Bearer {}", town.alice.token.expose());
            let url = format!("/api/v4/users?{query}");
            let request = request(Method::GET, &url, &[("authorization", &bearer)], "");
            let fake = town.fake.clone();
            async move {
                let answer = send(&fake, request).await;
                answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned())
            }
        };
        let team = format!("in_team={}", town.team.id);
        let first = tag(&team).await.unwrap();
        assert_eq!(tag(&format!("{team}&page=1&per_page=1")).await.unwrap(), first);
        assert_ne!(tag("").await.unwrap(), "");
        assert_eq!(tag(&format!("in_channel={}", town.town_square.id)).await, None);
        let now = town.fake.now();
        town.fake.state().world.users.get_mut(town.bob.id).unwrap().user.update_at = now;
        assert_ne!(tag(&team).await.unwrap(), first);
    }
}
