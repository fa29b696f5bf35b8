//! What the roles of a new server allow.

use super::{ALL, CONSOLE};

/// Every role of a new server, and the lists that make up what it allows.
pub(crate) const BUILT_IN: &[(&str, &[&[&str]])] = &[
    ("channel_guest", &[CHANNEL_GUEST]),
    ("channel_user", &[CHANNEL_USER, BOOKMARKS]),
    ("channel_admin", &[CHANNEL_ADMIN, BOOKMARKS]),
    ("team_guest", &[&["view_team"]]),
    ("team_user", &[TEAM_USER]),
    ("team_admin", &[TEAM_ADMIN, BOOKMARKS]),
    ("system_guest", &[&["create_direct_channel", "create_group_channel"]]),
    ("system_user", &[SYSTEM_USER]),
    ("system_admin", &[ALL, CONSOLE]),
    ("team_post_all", POST_ALL),
    ("team_post_all_public", POST_ALL_PUBLIC),
    ("system_post_all", POST_ALL),
    ("system_post_all_public", POST_ALL_PUBLIC),
    ("system_user_access_token", &[ACCESS_TOKEN]),
];

const CHANNEL_GUEST: &[&str] = &[
    "read_channel",
    "read_channel_content",
    "add_reaction",
    "remove_reaction",
    "upload_file",
    "edit_post",
    "create_post",
    "use_channel_mentions",
];

const CHANNEL_USER: &[&str] = &[
    "edit_post",
    "use_channel_mentions",
    "manage_private_channel_members",
    "delete_private_channel",
    "delete_public_channel",
    "upload_file",
    "manage_public_channel_members",
    "add_reaction",
    "manage_public_channel_properties",
    "create_post",
    "manage_private_channel_properties",
    "read_channel_content",
    "use_group_mentions",
    "remove_reaction",
    "delete_post",
    "read_private_channel_groups",
    "read_channel",
    "read_public_channel_groups",
    "get_public_link",
];

const BOOKMARKS: &[&str] = &[
    "add_bookmark_public_channel",
    "edit_bookmark_public_channel",
    "delete_bookmark_public_channel",
    "order_bookmark_public_channel",
    "add_bookmark_private_channel",
    "edit_bookmark_private_channel",
    "delete_bookmark_private_channel",
    "order_bookmark_private_channel",
];

const CHANNEL_ADMIN: &[&str] = &[
    "manage_channel_roles",
    "use_group_mentions",
    "create_post",
    "add_reaction",
    "remove_reaction",
    "use_channel_mentions",
    "upload_file",
    "manage_public_channel_members",
    "manage_private_channel_members",
    "read_public_channel_groups",
    "read_private_channel_groups",
    "manage_public_channel_banner",
    "manage_private_channel_banner",
    "manage_channel_access_rules",
];

const TEAM_USER: &[&str] = &[
    "add_user_to_team",
    "create_private_channel",
    "create_public_channel",
    "invite_user",
    "join_public_channels",
    "list_team_channels",
    "playbook_private_create",
    "playbook_public_create",
    "read_public_channel",
    "view_team",
];

const TEAM_ADMIN: &[&str] = &[
    "remove_user_from_team",
    "manage_team",
    "import_team",
    "manage_team_roles",
    "manage_channel_roles",
    "manage_own_incoming_webhooks",
    "manage_others_incoming_webhooks",
    "manage_own_outgoing_webhooks",
    "manage_others_outgoing_webhooks",
    "manage_own_slash_commands",
    "manage_others_slash_commands",
    "bypass_incoming_webhook_channel_lock",
    "convert_public_channel_to_private",
    "convert_private_channel_to_public",
    "delete_post",
    "delete_others_posts",
    "create_post",
    "add_reaction",
    "remove_reaction",
    "use_channel_mentions",
    "use_group_mentions",
    "upload_file",
    "manage_public_channel_members",
    "manage_private_channel_members",
    "read_public_channel_groups",
    "read_private_channel_groups",
    "manage_public_channel_banner",
    "manage_private_channel_banner",
    "manage_channel_access_rules",
    "playbook_public_manage_roles",
    "playbook_private_manage_roles",
];

const SYSTEM_USER: &[&str] = &[
    "list_public_teams",
    "view_members",
    "create_emojis",
    "create_direct_channel",
    "delete_custom_group",
    "create_group_channel",
    "edit_custom_group",
    "create_custom_group",
    "restore_custom_group",
    "delete_emojis",
    "join_public_teams",
    "create_team",
    "manage_custom_group_members",
];

const POST_ALL: &[&[&str]] = &[&["create_post", "use_channel_mentions"]];
const POST_ALL_PUBLIC: &[&[&str]] = &[&["create_post_public", "use_channel_mentions"]];
const ACCESS_TOKEN: &[&str] =
    &["create_user_access_token", "read_user_access_token", "revoke_user_access_token"];
