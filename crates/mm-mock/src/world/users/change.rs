//! Changing accounts, with everything that the server tells about it.

use bytes::Bytes;
use mm_types::{NotifyProps, Secret, Timestamp, User, UserId};

use super::{as_self, check, check_password, default_notify_props};
use crate::world::{Audience, Event, Link, LinkKind, World};
use crate::{Caller, Failure};

impl World {
    /// Tells about a user: all of it to the user, some to administrators, less to everybody else.
    pub(crate) fn tell_user_updated(&mut self, id: UserId) {
        let Ok(account) = self.users.get(id) else { return };
        let own = as_self(&account.user);
        for (user, audience) in [
            (self.as_other(&own, true), Audience::everyone().but(id).sensitive()),
            (self.as_other(&own, false), Audience::everyone().but(id).sanitized()),
            (own, Audience::user(id)),
        ] {
            self.emit(Event::new("user_updated").with_model("user", &user), audience);
        }
    }

    /// Tells everybody the same about a user, as after a new picture.
    pub(crate) fn tell_picture_updated(&mut self, id: UserId) {
        let Ok(account) = self.users.get(id) else { return };
        let shown = self.as_other(&account.user, false);
        self.emit(Event::new("user_updated").with_model("user", &shown), Audience::everyone());
    }

    /// Puts a changed profile in the place of the stored one, the way every profile change goes. What does
    /// not belong to the profile stays as it is: roles, password, times and the like.
    pub(crate) fn store_user(&mut self, mut user: User, tell: bool) -> Result<User, Failure> {
        let old = self.users.get(user.id)?.user.clone();
        user.username = user.username.to_lowercase();
        let mut new_email = None;
        if user.email != old.email {
            self.check_new_email(&old, &user.email)?;
            if self.config.verify_email {
                new_email = Some(user.email.clone());
                if !old.is_bot {
                    user.email.clone_from(&old.email);
                }
            }
        }
        user.email = user.email.to_lowercase();
        user.update_at = self.now();
        user.notify_props = tidied(&user.notify_props);
        keep(&mut user, &old);
        check(&user)?;
        user.email_verified = old.email_verified && user.email == old.email;
        if user.username != old.username {
            let keys = without_name(&user.notify_props.mention_keys().unwrap_or_default(), &old.username);
            user.notify_props.insert("mention_keys", keys);
        }
        self.check_unique(&user)?;
        let (id, renamed) = (user.id, user.username != old.username);
        if let Some(bot) = self.bots.rows.get_mut(&id) {
            bot.username.clone_from(&user.username);
            bot.display_name.clone_from(&user.first_name);
        }
        self.users.get_mut(id)?.user = user;
        if renamed && old.last_picture_update.as_millis() <= 0 {
            self.forget_picture(id)?;
        }
        if let Some(address) = new_email.filter(|_| tell) {
            self.send_link(Link::new(LinkKind::EmailVerification, id, &address));
        }
        if tell {
            self.tell_user_updated(id);
        }
        Ok(as_self(&self.users.get(id)?.user))
    }

    fn check_new_email(&self, old: &User, email: &str) -> Result<(), Failure> {
        let free = matches!(old.auth_service.as_str(), "ldap" | "saml");
        let in_domain = super::is_in_domains(email, &self.config.mail_domains);
        if !in_domain && !old.is_guest() && !free {
            let message = "The email you provided does not belong to an accepted domain. Please contact your \
                           administrator or sign up with a different email.";
            return Err(Failure::new(400, "api.user.update_user.accepted_domain.app_error", message));
        }
        let is_taken = self.users.by_email(email).is_some();
        if self.config.verify_email && is_taken { Err(email_exists()) } else { Ok(()) }
    }

    /// Refuses with 400 a name or address that another user has.
    pub(crate) fn check_unique(&self, user: &User) -> Result<(), Failure> {
        let is_other = |found: Option<&super::Account>| found.is_some_and(|other| other.user.id != user.id);
        if is_other(self.users.by_email(&user.email)) {
            return Err(email_exists());
        }
        if is_other(self.users.by_username(&user.username)) {
            let message = "An account with that username already exists.";
            return Err(Failure::new(400, "app.user.save.username_exists.app_error", message));
        }
        Ok(())
    }

    /// Shows the generated picture again.
    pub(crate) fn forget_picture(&mut self, id: UserId) -> Result<(), Failure> {
        let now = self.now();
        let account = self.users.get_mut(id)?;
        account.picture = Some(crate::portrait::of_user(&account.user));
        account.user.last_picture_update = Timestamp::from_millis(-now.as_millis());
        account.user.update_at = now;
        Ok(())
    }

    /// Shows another picture. The same one again changes nothing.
    pub(crate) fn set_picture(&mut self, id: UserId, picture: Bytes) -> Result<(), Failure> {
        let now = self.now();
        let account = self.users.get_mut(id)?;
        if account.picture.as_ref() == Some(&picture) {
            return Ok(());
        }
        account.picture = Some(picture);
        account.user.last_picture_update = now;
        account.user.update_at = now;
        self.tell_picture_updated(id);
        Ok(())
    }

    /// Sets a password, which makes an account one with name and password. The caller's own session goes on.
    pub(crate) fn set_password(
        &mut self,
        caller: &Caller,
        id: UserId,
        password: Secret,
    ) -> Result<(), Failure> {
        check_password(&self.config, &password)?;
        self.store_password(id, password)?;
        if self.config.new_password_ends_sessions {
            let own = caller.session.as_ref().filter(|session| session.user_id == id);
            let own = own.map(|session| session.id);
            self.sessions.rows.retain(|session| session.user_id != id || Some(session.id) == own);
        }
        Ok(())
    }

    /// Sets a password as it is.
    pub(crate) fn store_password(&mut self, id: UserId, password: Secret) -> Result<(), Failure> {
        let now = self.now();
        let account = self.users.get_mut(id)?;
        account.password = password;
        account.user.last_password_update = now;
        account.user.update_at = now;
        account.user.auth_data = None;
        account.user.auth_service.clear();
        account.user.failed_attempts = 0;
        Ok(())
    }

    /// Whether it is the user's password. A wrong one counts, and too many lock the account.
    pub(crate) fn check_own_password(&mut self, id: UserId, password: &Secret) -> Result<(), Failure> {
        let most = self.config.max_login_attempts;
        let account = self.users.get_mut(id)?;
        if account.user.failed_attempts >= most {
            let message = "Your account is locked because of too many failed password attempts. Please reset your password.";
            return Err(Failure::new(401, "api.user.check_user_login_attempts.too_many.app_error", message));
        }
        if password.is_empty() || account.password != *password {
            account.user.failed_attempts += 1;
            let message = "Login failed because of invalid password.";
            return Err(Failure::new(401, "api.user.check_user_password.invalid.app_error", message));
        }
        account.user.failed_attempts = 0;
        Ok(())
    }

    /// Takes a mail address for proven.
    pub(crate) fn verify_email(&mut self, id: UserId, email: &str) -> Result<(), Failure> {
        let now = self.now();
        let user = &mut self.users.get_mut(id)?.user;
        user.email = email.to_lowercase();
        user.email_verified = true;
        user.update_at = now;
        self.tell_user_updated(id);
        Ok(())
    }

    /// People with an active account.
    pub(crate) fn active_people(&self) -> usize {
        let people = self.users.rows.iter().map(|account| &account.user);
        people.filter(|user| !user.is_bot && !user.is_deactivated()).count()
    }

    /// Activates or deactivates an account. Deactivating ends its sessions, and turns its bots off.
    pub(crate) fn set_active(&mut self, id: UserId, active: bool) -> Result<(), Failure> {
        if active && self.active_people() >= self.config.user_hard_limit {
            let message =
                "Can't activate user. Server exceeds safe user limit. ERROR_SAFETY_LIMITS_EXCEEDED.";
            return Err(Failure::new(400, "app.user.update_active.user_limit.exceeded", message));
        }
        let now = self.now();
        let ends_at = if active { Timestamp::UNSET } else { now };
        let user = &mut self.users.get_mut(id)?.user;
        user.update_at = now;
        user.delete_at = ends_at;
        if !active {
            self.sessions.rows.retain(|session| session.user_id != id);
            let bots = if self.config.bots_end_with_owner { self.bots_of(id) } else { Vec::new() };
            for bot in bots {
                self.set_active(bot, false)?;
                if let Some(bot) = self.bots.rows.get_mut(&bot) {
                    bot.update_at = now;
                    bot.delete_at = now;
                }
            }
        }
        self.tell_user_updated(id);
        Ok(())
    }
}

pub(crate) fn email_exists() -> Failure {
    Failure::new(400, "app.user.save.email_exists.app_error", "An account with that email already exists.")
}

/// Puts back what a change of the profile does not reach.
fn keep(user: &mut User, old: &User) {
    user.create_at = old.create_at;
    user.delete_at = old.delete_at;
    user.password = Secret::default();
    user.auth_data.clone_from(&old.auth_data);
    user.auth_service.clone_from(&old.auth_service);
    // The service that vouches for the user knows the address better.
    if matches!(old.auth_service.as_str(), "gitlab" | "google" | "office365" | "openid") {
        user.email.clone_from(&old.email);
    }
    user.roles.clone_from(&old.roles);
    user.last_password_update = old.last_password_update;
    user.last_picture_update = old.last_picture_update;
    user.failed_attempts = old.failed_attempts;
    user.mfa_active = old.mfa_active;
    user.mfa_secret.clone_from(&old.mfa_secret);
    user.mfa_used_timestamps.clone_from(&old.mfa_used_timestamps);
    user.last_login = old.last_login;
    user.last_activity_at = old.last_activity_at;
    user.is_bot = old.is_bot;
    user.bot_description.clone_from(&old.bot_description);
    user.bot_last_icon_update = old.bot_last_icon_update;
}

/// Settings without empty words among the ones that count as mentions; the usual ones for none.
fn tidied(props: &NotifyProps) -> NotifyProps {
    if props.is_empty() {
        return default_notify_props();
    }
    let mut tidied = props.clone();
    if let Some(keys) = props.mention_keys() {
        let keys: Vec<String> =
            keys.split(',').filter(|key| !key.is_empty()).map(str::to_lowercase).collect();
        tidied.insert("mention_keys", keys.join(","));
    }
    tidied
}

/// The words that count as mentions without the old name, written the way the server does after a new one.
fn without_name(keys: &str, old: &str) -> String {
    let is_name = |key: &str| key == old || key.strip_prefix('@') == Some(old);
    let kept = keys.split(',').map(str::trim).filter(|key| !key.is_empty() && !is_name(key));
    kept.fold(String::new(), |kept, key| kept + "," + key)
}
