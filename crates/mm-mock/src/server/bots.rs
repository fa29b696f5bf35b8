//! Bots.

use mm_core::api::bots::{ConvertBotToUser, ConvertUserToBot};
use mm_types::{Bot, Secret, User};

use super::route::Routes;
use crate::permission::Scope;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(user_to_bot);
    r.on(bot_to_user)
        .first(|world, _, bot| world.bots.get(bot).map(|_| ()))
        .body("userPatch")
        .or_empty(&["password"]);
}

/// The bot owns itself.
fn user_to_bot(world: &mut World, caller: &Caller, op: ConvertUserToBot) -> Result<Bot, Failure> {
    let user = world.users.get(op.user_id)?.user.clone();
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    if world.bots.rows.contains(&user.id) {
        return Err(Failure::new(500, "app.bot.createbot.internal_error", "Unable to save the bot."));
    }
    if !user.auth_service.is_empty() {
        world.store_password(user.id, Secret::default())?;
    }
    let mut bot = world.add_bot(user.id, user.id);
    // Told this once; later it is the first name.
    bot.display_name = user.username;
    Ok(bot)
}

/// The user in the answer is still a bot.
fn bot_to_user(world: &mut World, caller: &Caller, op: ConvertBotToUser) -> Result<User, Failure> {
    let id = op.bot_user_id;
    if op.password.is_empty() {
        return Err(Failure::body_param("userPatch"));
    }
    caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    let mut user = world.users.get(id)?.user.clone();
    if op.set_system_admin && !user.is_system_admin() {
        user.roles.push_str(" system_admin");
        world.users.get_mut(id)?.user.roles.clone_from(&user.roles);
    }
    op.email.apply_to(&mut user.email);
    op.username.apply_to(&mut user.username);
    op.first_name.apply_to(&mut user.first_name);
    op.last_name.apply_to(&mut user.last_name);
    op.nickname.apply_to(&mut user.nickname);
    op.position.apply_to(&mut user.position);
    op.locale.apply_to(&mut user.locale);
    op.timezone.apply_to(&mut user.timezone);
    op.props.apply_to(&mut user.props);
    op.notify_props.apply_to(&mut user.notify_props);
    let stored = world.store_user(user, false)?;
    world.set_password(caller, id, op.password)?;
    world.bots.rows.remove(&id);
    let user = &mut world.users.get_mut(id)?.user;
    user.is_bot = false;
    user.bot_description.clear();
    Ok(stored)
}
