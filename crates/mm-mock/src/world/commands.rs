//! Slash commands.

use mm_types::{Command, CommandId, CommandMethod, Secret, TeamId, UserId};

use super::Table;
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Commands {
    pub(crate) rows: Table<CommandId, Command>,
}

/// Commands that come with the server: word, name, hint and what they do.
#[rustfmt::skip]
const BUILT_IN: &[(&str, &str, &str, &str)] = &[
    ("away", "away", "", "Set your status away"),
    ("code", "code", "[text]", "Display text as a code block"),
    ("dnd", "dnd", "", "Do not disturb disables desktop and mobile push notifications."),
    ("echo", "echo", "'message' [delay in seconds]", "Echo back text from your account"),
    ("header", "header", "[text]", "Edit the channel header"),
    ("help", "help", "", "Show Mattermost help message"),
    ("invite", "invite", "@[username]... ~[channel]...", "Invite one or more users to one or more channels"),
    ("join", "join", "~[channel]", "Join the open channel"),
    ("kick", "kick", "@[username]", "Remove a member from the channel"),
    ("leave", "leave", "", "Leave the current channel"),
    ("logout", "logout", "", "Logout of Mattermost"),
    ("me", "me", "[message]", "Do an action"),
    ("msg", "message", "@[username] 'message'", "Send Direct Message to a user"),
    ("mute", "mute", "~[channel]", "Turns off desktop, email and push notifications for the current channel or the [channel] specified."),
    ("offline", "offline", "", "Set your status offline"),
    ("online", "online", "", "Set your status online"),
    ("purpose", "purpose", "[text]", "Edit the channel purpose"),
    ("rename", "rename", "[text]", "Rename the channel"),
    ("search", "search", "[text]", "Search text in messages"),
    ("settings", "settings", "", "Open the Settings dialog"),
    ("shortcuts", "shortcuts", "", "Displays a list of keyboard shortcuts"),
    ("shrug", "shrug", "[message]", r"Adds ¯\_(ツ)_/¯ to your message"),
    ("status", "status", "[:emoji_name:] [status_message] | clear", "Set a custom status"),
];

impl Commands {
    /// 404 `store.sql_command.save.get.app_error`.
    pub(crate) fn get(&self, id: CommandId) -> Result<&Command, Failure> {
        let found = self.rows.get(&id).filter(|command| command.delete_at.is_unset());
        found.ok_or_else(missing)
    }

    /// 404 `store.sql_command.save.get.app_error`.
    pub(crate) fn get_mut(&mut self, id: CommandId) -> Result<&mut Command, Failure> {
        let found = self.rows.get_mut(&id).filter(|command| command.delete_at.is_unset());
        found.ok_or_else(missing)
    }

    /// Those of a team that integrations answer.
    pub(crate) fn of_team(&self, team: TeamId) -> impl Iterator<Item = &Command> {
        self.rows.iter().filter(move |command| command.team_id == team && command.delete_at.is_unset())
    }

    /// Whether a word stands for a command in a team.
    pub(crate) fn is_taken(&self, team: TeamId, trigger: &str) -> bool {
        BUILT_IN.iter().any(|(word, ..)| *word == trigger)
            || self.of_team(team).any(|command| command.trigger == trigger)
    }

    /// Those that come with the server.
    pub(crate) fn built_in() -> impl Iterator<Item = Command> {
        BUILT_IN.iter().map(|(trigger, name, hint, description)| {
            let mut command = Command::default();
            (*trigger).clone_into(&mut command.trigger);
            (*name).clone_into(&mut command.display_name);
            command.auto_complete = true;
            (*hint).clone_into(&mut command.auto_complete_hint);
            (*description).clone_into(&mut command.auto_complete_desc);
            command
        })
    }
}

/// 404 for a command that does not exist, or that the caller need not know of.
pub(crate) fn missing() -> Failure {
    Failure::new(404, "store.sql_command.save.get.app_error", "Unable to get the command.")
}

/// What of a command those see who may not manage it.
pub(crate) fn as_user(command: &Command) -> Command {
    let mut shown = command.clone();
    shown.token = Secret::default();
    shown.creator_id = UserId::default();
    shown.method = CommandMethod::default();
    shown.url.clear();
    shown.username.clear();
    shown.icon_url.clear();
    shown
}
