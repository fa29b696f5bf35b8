//! Making accounts.

use mm_core::api::users::CreateUser;
use mm_types::{Secret, User, UserId};

use crate::server::route::Routes;
use crate::world::{
    Audience, Event, Link, LinkKind, as_self, check, check_password, is_in_domains, is_translated,
};
use crate::{Caller, Failure, World};

/// How long an invitation lasts, in milliseconds.
const INVITATION_LASTS: i64 = 48 * 3600 * 1000;

pub(super) fn routes(r: &mut Routes) {
    r.on(create_user).body("user").or_empty(&["email", "username"]);
}

fn create_user(world: &mut World, caller: &Caller, op: CreateUser) -> Result<User, Failure> {
    let text_only = |map: &mm_types::RawMap| map.to_map().values().all(|value| value.is_string());
    let maps = [op.props.as_deref(), op.notify_props.as_deref(), op.timezone.as_deref()];
    if !maps.into_iter().flatten().all(text_only) {
        return Err(Failure::body_param("user"));
    }
    let is_admin = caller.is_admin(world);
    let mut user = User::default();
    user.email = op.email.trim().to_lowercase();
    user.username = op.username.to_lowercase();
    user.first_name = op.first_name.unwrap_or_default();
    user.last_name = op.last_name.unwrap_or_default();
    user.nickname = op.nickname.unwrap_or_default();
    user.position = op.position.unwrap_or_default();
    user.locale = op.locale.unwrap_or_default();
    user.timezone = op.timezone.unwrap_or_default();
    user.props = op.props.unwrap_or_default();
    user.notify_props = op.notify_props.unwrap_or_default();
    if is_admin {
        user.auth_data = op.auth_data.filter(|data| !data.is_empty());
        user.auth_service = op.auth_service.unwrap_or_default();
    }
    let password = op.password.unwrap_or_default();
    let token = op.invite_token.unwrap_or_default();
    let invite = op.invite_id.unwrap_or_default();
    let id = if !token.is_empty() {
        with_token(world, caller, user, password, &token)?
    } else if !invite.is_empty() {
        with_invite(world, user, password, &invite)?
    } else {
        let is_first = !world.users.rows.iter().any(|account| !account.user.is_bot);
        if !is_admin && !is_first && !world.config.open_server {
            let message = "This server does not allow open signups.  Please speak with your Administrator to \
                           receive an invitation.";
            return Err(Failure::new(403, "api.user.create_user.no_open_server", message));
        }
        let id = create(world, user, password, false)?;
        welcome(world, id);
        id
    };
    Ok(as_self(&world.users.get(id)?.user))
}

/// An account for somebody who was invited by mail.
fn with_token(
    world: &mut World,
    caller: &Caller,
    mut user: User,
    password: Secret,
    token: &Secret,
) -> Result<UserId, Failure> {
    let bad = |status, what: &str, message: &str| {
        Err(Failure::new(status, format!("api.user.create_user.{what}.app_error"), message))
    };
    let invalid = "The signup link does not appear to be valid.";
    let token = token.expose().to_owned();
    let Some(link) = world.links.rows.get(&token).cloned() else {
        return bad(404, "signup_link_invalid", invalid);
    };
    let is_guest = link.kind == LinkKind::GuestInvitation;
    if is_guest && !world.config.guest_accounts {
        return bad(400, "guest_accounts.license", "Your license does not support guest accounts.");
    }
    if !is_guest && link.kind != LinkKind::TeamInvitation {
        return bad(400, "signup_link_invalid", invalid);
    }
    if world.now().as_millis() - link.create_at.as_millis() >= INVITATION_LASTS {
        world.links.rows.remove(&token);
        return bad(400, "signup_link_expired", "The signup link has expired.");
    }
    world.teams.get(link.team)?;
    if link.email != user.email {
        let message = "The email address in the token does not match the one in the user data.";
        return bad(400, "bad_token_email_data", message);
    }
    user.email_verified = true;
    let id = create(world, user, password, is_guest)?;
    world.enter_team(link.team, id)?;
    for channel in link.channels {
        if let Ok(channel) = world.channels.get(channel).cloned() {
            // A channel that is closed by now is passed over.
            let by = if caller.id.is_empty() { id } else { link.user };
            let _ = world.enter_channel(&channel, id, by);
        }
    }
    world.links.rows.remove(&token);
    Ok(id)
}

/// An account for somebody who was shown the invitation of a team.
fn with_invite(world: &mut World, user: User, password: Secret, invite: &Secret) -> Result<UserId, Failure> {
    let team = world.teams.rows.iter().find(|team| team.invite_id == *invite);
    let Some(team) = team.filter(|team| team.delete_at.is_unset()) else {
        let message = "Unable to find the existing team.";
        return Err(Failure::new(404, "app.team.get_by_invite_id.finding.app_error", message));
    };
    if team.group_constrained == Some(true) {
        let message = "Unable to join a group-constrained team by invite.";
        return Err(Failure::new(403, "app.team.invite_id.group_constrained.error", message));
    }
    if !is_in_domains(&user.email, &team.allowed_domains) {
        let message = format!(
            "The following email addresses do not belong to an accepted domain: {}. Please contact your System \
             Administrator for details.",
            team.allowed_domains
        );
        return Err(Failure::new(403, "api.team.invite_members.invalid_email.app_error", message));
    }
    let team = team.id;
    let id = create(world, user, password, false)?;
    world.enter_team(team, id)?;
    welcome(world, id);
    Ok(id)
}

/// The mail that every new account gets; it has a link only where addresses have to be proven.
fn welcome(world: &mut World, id: UserId) {
    if let (true, Ok(account)) = (world.config.verify_email, world.users.get(id)) {
        let email = account.user.email.clone();
        world.send_link(Link::new(LinkKind::EmailVerification, id, &email));
    }
}

fn create(world: &mut World, mut user: User, password: Secret, is_guest: bool) -> Result<UserId, Failure> {
    if world.active_people() >= world.config.user_hard_limit {
        let message = "Can't create user. Server exceeds safe user limit. Contact your administrator with: \
                       ERROR_SAFETY_LIMITS_EXCEEDED.";
        return Err(Failure::new(400, "api.user.create_user.user_limits.exceeded", message));
    }
    let signs_on_elsewhere = matches!(user.auth_service.as_str(), "ldap" | "saml");
    if !signs_on_elsewhere && !is_guest && !is_in_domains(&user.email, &world.config.mail_domains) {
        let message = "The email you provided does not belong to an accepted domain. Please contact your \
                       administrator or sign up with a different email.";
        return Err(Failure::new(400, "api.user.create_user.accepted_domain.app_error", message));
    }
    let is_first = !world.users.rows.iter().any(|account| !account.user.is_bot);
    user.roles = match (is_first, is_guest) {
        (true, _) => "system_admin system_user",
        (false, true) => "system_guest",
        (false, false) => "system_user",
    }
    .to_owned();
    if !is_translated(&user.locale) {
        "en".clone_into(&mut user.locale);
    }
    if user.auth_service.is_empty() {
        check_password(&world.config, &password)?;
    }
    user.id = world.new_id();
    if user.username.is_empty() {
        user.username = format!("a{}", world.ids.text());
    }
    user.password = password;
    check(&user)?;
    world.check_unique(&user)?;
    let password = std::mem::take(&mut user.password);
    let is_verified = user.email_verified;
    let id = world.add_user(user, password);
    if is_verified {
        world.tell_user_updated(id);
    }
    world.emit(Event::new("new_user").with("user_id", id.as_str()), Audience::everyone());
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mm_core::api::users::{GetUser, VerifyUserEmail};

    use super::*;
    use crate::testing::ask;
    use crate::{FakeServer, PASSWORD, Town};

    fn new(name: &str) -> CreateUser {
        CreateUser::new(format!("{name}@example.com"), name).password(PASSWORD)
    }

    #[tokio::test]
    async fn the_first_account_runs_the_server_and_the_next_needs_somebody() {
        let fake = FakeServer::new();
        fake.bot("robot").create();
        assert!(ask(&fake, &(), new("first")).await.unwrap().is_system_admin());
        let closed = (403, "api.user.create_user.no_open_server".to_owned());
        assert_eq!(ask(&fake, &(), new("second")).await.unwrap_err(), closed);
        fake.configure(|config| config.open_server = true);
        assert_eq!(ask(&fake, &(), new("second")).await.unwrap().roles, "system_user");
        let told: Vec<_> = fake.events().into_iter().map(|(event, _)| event.name).collect();
        assert_eq!(told, ["new_user", "new_user"]);
    }

    #[tokio::test]
    async fn a_full_server_and_other_domains_are_refused() {
        let town = Town::new();
        town.fake.configure(|config| config.mail_domains = "town.example".to_owned());
        let domain = (400, "api.user.create_user.accepted_domain.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, new("x")).await.unwrap_err(), domain);
        town.fake.configure(|config| config.user_hard_limit = 5);
        let full = (400, "api.user.create_user.user_limits.exceeded".to_owned());
        assert_eq!(ask(&town.fake, &town.admin, new("x")).await.unwrap_err(), full);
    }

    #[tokio::test]
    async fn only_administrators_say_that_a_service_vouches_for_a_user() {
        let town = Town::new();
        town.fake.configure(|config| config.open_server = true);
        let op = CreateUser::new("x@example.com", "x").auth_service("gitlab").auth_data("7");
        let short = (400, "model.user.is_valid.pwd_min_length.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, op.clone()).await.unwrap_err(), short);
        assert_eq!(ask(&town.fake, &town.admin, op.clone()).await.unwrap().auth_service, "gitlab");
        let both = op.password(PASSWORD);
        let id = "model.user.is_valid.auth_data_pwd.app_error".to_owned();
        assert_eq!(ask(&town.fake, &town.admin, both).await.unwrap_err(), (400, id));
    }

    #[tokio::test]
    async fn an_invitation_by_mail_works_for_its_address_and_for_two_days() {
        let town = Town::new();
        let invite = || {
            let world = &mut town.fake.state().world;
            let mut link = Link::new(LinkKind::TeamInvitation, town.alice.id, "new@example.com");
            link.team = town.team.id;
            world.send_link(link)
        };
        let refused = |what: &str| (400, format!("api.user.create_user.{what}.app_error"));
        let token = invite();
        let other = new("other").invite_token(token.clone());
        assert_eq!(ask(&town.fake, &(), other).await.unwrap_err(), refused("bad_token_email_data"));
        let user = ask(&town.fake, &(), new("new").invite_token(token.clone())).await.unwrap();
        assert!(user.email_verified && town.fake.state().world.teams.has_member(town.team.id, user.id));
        let again = ask(&town.fake, &(), new("new").invite_token(token)).await.unwrap_err();
        assert_eq!(again, (404, "api.user.create_user.signup_link_invalid.app_error".to_owned()));
        let token = invite();
        town.fake.advance(Duration::from_secs(48 * 3600));
        let late = ask(&town.fake, &(), new("late").invite_token(token)).await.unwrap_err();
        assert_eq!(late, refused("signup_link_expired"));
    }

    #[tokio::test]
    async fn a_new_address_is_proven_by_the_link_in_the_welcome() {
        let town = Town::new();
        town.fake.configure(|config| config.verify_email = true);
        let user = ask(&town.fake, &town.admin, new("new")).await.unwrap();
        let mail = town.fake.mails().pop().unwrap();
        assert_eq!((mail.kind, &*mail.to), (LinkKind::EmailVerification, "new@example.com"));
        ask(&town.fake, &(), VerifyUserEmail::new(mail.token)).await.unwrap();
        let token = town.fake.token_for(&user);
        assert!(ask(&town.fake, &token, GetUser::me()).await.unwrap().email_verified);
    }
}
