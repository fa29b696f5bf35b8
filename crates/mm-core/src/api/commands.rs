//! Slash commands that integrations answer.

use mm_types::{Command, CommandId, CommandMethod, StatusOk, TeamId};

use crate::Endpoint;

operations![CreateCommand, ListCommands, UpdateCommand, DeleteCommand];

/// Creates a slash command of a team.
///
/// Needs `manage_own_slash_commands` in the team, on old servers `manage_slash_commands`. A word
/// that is taken is refused. The answer holds the token that the server will send along.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/commands", response = Command, status = 201)]
#[non_exhaustive]
pub struct CreateCommand {
    /// In which team.
    pub team_id: TeamId,
    /// The word after the slash, without it: at most 128 characters, no spaces. Made lower case.
    pub trigger: String,
    /// What the server calls: an `http` or `https` address.
    pub url: String,
    /// How it is called.
    #[endpoint(default = CommandMethod::Post)]
    pub method: CommandMethod,
    /// The name its answers are posted under, where the server allows it.
    pub username: Option<String>,
    /// The picture its answers are posted with, where the server allows it.
    pub icon_url: Option<String>,
    /// Whether it is suggested while somebody types.
    pub auto_complete: Option<bool>,
    /// What the suggestion says.
    pub auto_complete_desc: Option<String>,
    /// What may follow, such as `[city]`.
    pub auto_complete_hint: Option<String>,
    /// What people read in the list of commands: at most 64 characters.
    pub display_name: Option<String>,
    /// At most 128 characters.
    pub description: Option<String>,
}

/// Lists the slash commands of a team, in one go.
///
/// Those that come with the server and with plugins too, unless `custom_only`. Tokens are empty for
/// those who may not manage the command.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/commands", response = Vec<Command>)]
#[non_exhaustive]
pub struct ListCommands {
    /// Of which team.
    pub team_id: TeamId,
    /// Lists those of integrations only.
    pub custom_only: Option<bool>,
}

/// Writes a slash command anew.
///
/// Everything is replaced, so start from the command as it is. The server keeps token, creator and
/// team; another team is an error.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/commands/{command_id}", response = Command)]
#[non_exhaustive]
pub struct UpdateCommand {
    /// Which; the same as in the command.
    pub command_id: CommandId,
    /// What it shall be.
    #[endpoint(body)]
    pub command: Command,
}

/// Deletes a slash command.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/commands/{command_id}", response = StatusOk)]
#[non_exhaustive]
pub struct DeleteCommand {
    /// Which.
    pub command_id: CommandId,
}
