use mm_core::api::commands::{CreateCommand, DeleteCommand, ListCommands, UpdateCommand};
use mm_types::{Command, CommandMethod};

use super::{COMMAND, TEAM};

wire!(a_command_is_called_by_post_unless_said_otherwise: CreateCommand::new(TEAM, "deploy", "http://ci.example/command"),
request: "POST /api/v4/commands" json {
    "team_id": "team0000000000000000000000", "trigger": "deploy", "url": "http://ci.example/command", "method": "P"
},
response: 201 json {
    "id": "command0000000000000000000", "token": "secret", "create_at": 1795320874527_i64,
    "update_at": 1795320874527_i64, "delete_at": 0, "creator_id": "alice000000000000000000000",
    "team_id": "team0000000000000000000000", "trigger": "deploy", "method": "P", "username": "", "icon_url": "",
    "auto_complete": false, "auto_complete_desc": "", "auto_complete_hint": "", "display_name": "",
    "description": "", "url": "http://ci.example/command", "plugin_id": ""
},
|command| {
    assert_eq!((command.id, &command.method), (COMMAND, &CommandMethod::Post));
    assert!(!format!("{command:?}").contains("secret"));
});

wire!(a_command_is_created_with_all_there_is:
    CreateCommand::new(TEAM, "deploy", "http://ci.example/command").method(CommandMethod::Get).username("ci")
        .icon_url("http://ci.example/icon.png").auto_complete(true).auto_complete_desc("Deploys")
        .auto_complete_hint("[where]").display_name("Deploy").description("d"),
    request: "POST /api/v4/commands" json {
        "team_id": "team0000000000000000000000", "trigger": "deploy", "url": "http://ci.example/command", "method": "G",
        "username": "ci", "icon_url": "http://ci.example/icon.png", "auto_complete": true,
        "auto_complete_desc": "Deploys", "auto_complete_hint": "[where]", "display_name": "Deploy", "description": "d"
    },
    response: 201 json {"method": "G", "auto_complete": true});

wire!(commands_of_integrations_are_listed: ListCommands::new(TEAM).custom_only(true),
    request: "GET /api/v4/commands?team_id=team0000000000000000000000&custom_only=true",
    response: 200 json [{"id": "command0000000000000000000", "trigger": "deploy"}],
    |commands| assert_eq!(commands[0].trigger, "deploy"));

wire!(a_command_is_written_anew: UpdateCommand::new(COMMAND, changed()),
    request: "PUT /api/v4/commands/command0000000000000000000" json {
        "id": "command0000000000000000000", "token": "", "create_at": 0, "update_at": 0, "delete_at": 0,
        "creator_id": "", "team_id": "team0000000000000000000000", "trigger": "deploy", "method": "G", "username": "",
        "icon_url": "", "auto_complete": false, "auto_complete_desc": "", "auto_complete_hint": "", "display_name": "",
        "description": "changed", "url": "http://ci.example/command", "plugin_id": ""
    },
    response: 200 json {"id": "command0000000000000000000", "description": "changed"},
    |command| assert_eq!(command.description, "changed"));

fn changed() -> Command {
    let mut command = Command::default();
    command.id = COMMAND;
    command.team_id = TEAM;
    command.trigger = "deploy".to_owned();
    command.method = CommandMethod::Get;
    command.url = "http://ci.example/command".to_owned();
    command.description = "changed".to_owned();
    command
}

wire!(a_command_is_deleted: DeleteCommand::new(COMMAND),
    request: "DELETE /api/v4/commands/command0000000000000000000",
    response: 200 ok);
