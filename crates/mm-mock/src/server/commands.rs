//! Slash commands.

use mm_core::api::commands::{CreateCommand, DeleteCommand, ListCommands, UpdateCommand};
use mm_types::{Command, CommandMethod, Secret, StatusOk};

use super::route::Routes;
use super::webhooks::is_http_url;
use crate::world::{Commands, as_user, missing_command};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create_command).body("command").or_empty(&["team_id", "trigger", "url"]);
    r.on(list_commands).as_body(&["team_id"]);
    r.on(update_command).body("command");
    r.on(delete_command);
}

const OWN: Permission = Permission::MANAGE_OWN_SLASH_COMMANDS;
const OTHERS: Permission = Permission::MANAGE_OTHERS_SLASH_COMMANDS;

fn create_command(world: &mut World, caller: &Caller, op: CreateCommand) -> Result<Command, Failure> {
    caller.needs(world, OWN, op.team_id)?;
    let mut command = Command::default();
    command.creator_id = caller.id;
    command.team_id = op.team_id;
    command.trigger = op.trigger.to_lowercase();
    command.url = op.url;
    command.method = op.method;
    command.username = op.username.unwrap_or_default();
    command.icon_url = op.icon_url.unwrap_or_default();
    command.auto_complete = op.auto_complete.unwrap_or_default();
    command.auto_complete_desc = op.auto_complete_desc.unwrap_or_default();
    command.auto_complete_hint = op.auto_complete_hint.unwrap_or_default();
    command.display_name = op.display_name.unwrap_or_default();
    command.description = op.description.unwrap_or_default();
    if world.commands.is_taken(command.team_id, &command.trigger) {
        let message = "This trigger word is already in use. Please choose another word.";
        return Err(Failure::new(400, "api.command.duplicate_trigger.app_error", message));
    }
    check(&command)?;
    command.id = world.new_id();
    command.token = Secret::from(world.ids.text());
    command.create_at = world.now();
    command.update_at = command.create_at;
    world.commands.rows.insert(command.id, command.clone());
    Ok(command)
}

fn check(command: &Command) -> Result<(), Failure> {
    let trigger = &command.trigger;
    let is_trigger =
        (1..=128).contains(&trigger.len()) && !trigger.starts_with('/') && !trigger.contains(' ');
    let wrong = if command.team_id.is_empty() {
        ("team_id", "Invalid team ID.")
    } else if !is_trigger {
        ("trigger", "Invalid trigger.")
    } else if command.url.is_empty() || command.url.len() > 1024 {
        ("url", "Invalid URL.")
    } else if !is_http_url(&command.url) {
        ("url_http", "Invalid URL. Must be a valid URL and start with http:// or https://.")
    } else if !matches!(command.method, CommandMethod::Post | CommandMethod::Get) {
        ("method", "Invalid Method.")
    } else if command.display_name.len() > 64 {
        ("display_name", "Invalid title.")
    } else if command.description.len() > 128 {
        ("description", "Invalid description.")
    } else {
        return Ok(());
    };
    let (what, message) = wrong;
    Err(Failure::new(400, format!("model.command.is_valid.{what}.app_error"), message))
}

fn list_commands(world: &mut World, caller: &Caller, op: ListCommands) -> Result<Vec<Command>, Failure> {
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    let manages = caller.can(world, OWN, op.team_id);
    let custom_only = op.custom_only == Some(true);
    if custom_only && !manages {
        return Err(Failure::permissions());
    }
    let mut commands: Vec<Command> = if custom_only { Vec::new() } else { Commands::built_in().collect() };
    let custom = world.commands.of_team(op.team_id);
    if manages {
        let all = caller.can(world, OTHERS, op.team_id);
        let own = custom.filter(|command| all || command.creator_id == caller.id);
        // Beside those that come with the server they are shown as to those who use them.
        commands.extend(own.map(|command| if custom_only { command.clone() } else { as_user(command) }));
    } else {
        commands.extend(custom.filter(|command| command.auto_complete).map(as_user));
    }
    Ok(commands)
}

fn update_command(world: &mut World, caller: &Caller, op: UpdateCommand) -> Result<Command, Failure> {
    if op.command.id != op.command_id {
        return Err(Failure::body_param("command"));
    }
    let old = world.commands.get(op.command_id)?.clone();
    if op.command.team_id != old.team_id {
        let message = "Unable to update commands across teams.";
        return Err(Failure::new(400, "api.command.team_mismatch.app_error", message));
    }
    may_manage(world, caller, &old)?;
    let mut command = op.command;
    command.trigger = command.trigger.to_lowercase();
    command.token = old.token;
    command.create_at = old.create_at;
    command.update_at = world.now();
    command.delete_at = old.delete_at;
    command.creator_id = old.creator_id;
    command.plugin_id = old.plugin_id;
    check(&command)?;
    command.clone_into(world.commands.get_mut(op.command_id)?);
    Ok(command)
}

fn delete_command(world: &mut World, caller: &Caller, op: DeleteCommand) -> Result<StatusOk, Failure> {
    let command = world.commands.get(op.command_id)?.clone();
    may_manage(world, caller, &command)?;
    let now = world.now();
    let command = world.commands.get_mut(op.command_id)?;
    command.delete_at = now;
    command.update_at = now;
    Ok(StatusOk::default())
}

/// Those who manage no commands in its team need not know that there is one.
fn may_manage(world: &World, caller: &Caller, command: &Command) -> Result<(), Failure> {
    if !caller.can(world, OWN, command.team_id) {
        return Err(missing_command());
    }
    if command.creator_id == caller.id { Ok(()) } else { caller.needs(world, OTHERS, command.team_id) }
}
