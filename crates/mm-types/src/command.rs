//! Slash commands: what they are, what they receive and what they may answer.

use mm_macros::model;

use crate::{
    ChannelId, CommandId, MessageAttachment, PluginId, PostId, PostProps, RawJson, Secret, TeamId, Timestamp,
    TriggerId, UserId, open_enum::open_enum,
};

open_enum! {
    /// How the server calls a command's address.
    pub enum CommandMethod {
        /// As a form in the body.
        Post = "P",
        /// In the query.
        Get = "G",
    }
}

/// A slash command of a team.
#[model]
pub struct Command {
    /// Empty for commands that come with the server or a plugin.
    pub id: CommandId,
    /// Sent along with every call, so that the receiver knows who calls. Empty for those who may not see it.
    pub token: Secret,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub creator_id: UserId,
    pub team_id: TeamId,
    /// The word after the slash. Lower case, no spaces, at most 128 characters.
    pub trigger: String,
    pub method: CommandMethod,
    /// The name its answers are posted under. Empty for the creator's.
    pub username: String,
    /// The picture its answers are posted with. Empty for the creator's.
    pub icon_url: String,
    /// Whether it is suggested while somebody types.
    pub auto_complete: bool,
    pub auto_complete_desc: String,
    /// What may follow, such as `[city]`.
    pub auto_complete_hint: String,
    pub display_name: String,
    pub description: String,
    /// What the server calls.
    pub url: String,
    /// Empty unless a plugin made it.
    pub plugin_id: PluginId,
    /// Suggestions for what may follow; plugins only.
    #[model(omit_empty)]
    pub autocomplete_data: Option<Box<AutocompleteData>>,
    /// A picture as a `data:` address.
    #[model(omit_empty)]
    pub autocomplete_icon_data: String,
}

/// A word of a command and what may follow it.
#[model]
pub struct AutocompleteData {
    #[model(rename = "Trigger")]
    pub trigger: String,
    #[model(rename = "Hint")]
    pub hint: String,
    #[model(rename = "HelpText")]
    pub help_text: String,
    /// The role it is suggested to: `system_admin` or `system_user`.
    #[model(rename = "RoleID")]
    pub role_id: String,
    #[model(rename = "Arguments")]
    pub arguments: Vec<AutocompleteArg>,
    #[model(rename = "SubCommands")]
    pub sub_commands: Vec<AutocompleteData>,
}

open_enum! {
    /// What kind of argument is suggested.
    pub enum AutocompleteArgKind {
        /// Any text.
        TextInput = "TextInput",
        /// One of a list.
        StaticList = "StaticList",
        /// One of a list that an address is asked for.
        DynamicList = "DynamicList",
    }
}

/// An argument of a command.
#[model]
pub struct AutocompleteArg {
    /// Empty when it is known by its place.
    #[model(rename = "Name")]
    pub name: String,
    #[model(rename = "HelpText")]
    pub help_text: String,
    #[model(rename = "Type")]
    pub kind: AutocompleteArgKind,
    #[model(rename = "Required")]
    pub required: bool,
    /// Depends on the kind: `{Hint, Pattern}`, `{PossibleArguments}` or `{FetchURL}`.
    #[model(rename = "Data")]
    pub data: RawJson,
}

/// A way to complete what somebody typed.
#[model]
pub struct AutocompleteSuggestion {
    /// The whole line when the suggestion is taken.
    #[model(rename = "Complete")]
    pub complete: String,
    #[model(rename = "Suggestion")]
    pub suggestion: String,
    #[model(rename = "Hint")]
    pub hint: String,
    #[model(rename = "Description")]
    pub description: String,
    #[model(rename = "IconData")]
    pub icon_data: String,
}

/// A line with a command, as a client runs it.
#[model]
pub struct CommandArgs {
    /// Filled in by the server.
    #[model(omit_empty)]
    pub user_id: UserId,
    pub channel_id: ChannelId,
    #[model(omit_empty)]
    pub team_id: TeamId,
    /// The thread it is typed in.
    #[model(omit_empty)]
    pub root_id: PostId,
    #[model(omit_empty)]
    pub parent_id: PostId,
    #[model(omit_empty)]
    pub trigger_id: TriggerId,
    /// The whole line, with the slash.
    pub command: String,
}

open_enum! {
    /// Who sees the answer to a command.
    pub enum CommandResponseKind {
        /// The one who typed it, as when nothing is said.
        Ephemeral = "ephemeral",
        /// Everybody in the channel.
        InChannel = "in_channel",
    }
}

/// The answer to a command, from the integration and to the client.
#[model]
pub struct CommandResponse {
    pub response_type: CommandResponseKind,
    /// Markdown.
    pub text: String,
    /// The name to post under, where the server allows it.
    pub username: String,
    /// Another channel of the same team to answer in. Empty for this one.
    pub channel_id: ChannelId,
    pub icon_url: String,
    /// Must not begin with `system_`.
    #[model(rename = "type")]
    pub kind: String,
    pub props: PostProps,
    /// An address to take the user to.
    pub goto_location: String,
    pub trigger_id: TriggerId,
    /// Whether the text is left alone where it looks like Slack's markup.
    pub skip_slack_parsing: bool,
    pub attachments: Vec<MessageAttachment>,
    /// Further answers.
    pub extra_responses: Vec<CommandResponse>,
}

/// Moves a command to another team.
#[model]
pub struct CommandMoveRequest {
    pub team_id: TeamId,
}
