//! What one writes without thinking about it: `serde_json` on structs of `String`s. The baseline of decoding.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct User {
    id: String,
    create_at: i64,
    update_at: i64,
    delete_at: i64,
    username: String,
    auth_data: Option<String>,
    auth_service: String,
    email: String,
    email_verified: Option<bool>,
    nickname: String,
    first_name: String,
    last_name: String,
    position: String,
    roles: String,
    props: Option<HashMap<String, String>>,
    notify_props: Option<HashMap<String, String>>,
    last_password_update: Option<i64>,
    last_picture_update: Option<i64>,
    locale: String,
    timezone: Option<HashMap<String, String>>,
    remote_id: Option<String>,
    disable_welcome_email: Option<bool>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct PostList {
    order: Vec<String>,
    posts: HashMap<String, Post>,
    next_post_id: String,
    prev_post_id: String,
    first_inaccessible_post_time: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct Post {
    id: String,
    create_at: i64,
    update_at: i64,
    edit_at: i64,
    delete_at: i64,
    is_pinned: bool,
    user_id: String,
    channel_id: String,
    root_id: String,
    original_id: String,
    message: String,
    #[serde(rename = "type")]
    kind: String,
    props: HashMap<String, Value>,
    hashtags: String,
    file_ids: Vec<String>,
    pending_post_id: String,
    remote_id: Option<String>,
    reply_count: i64,
    last_reply_at: i64,
    participants: Option<Vec<User>>,
    metadata: Metadata,
}

/// A frame of the event socket.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct Event {
    event: String,
    pub(crate) data: Posted,
    broadcast: Broadcast,
    seq: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct Posted {
    channel_display_name: String,
    channel_name: String,
    channel_type: String,
    followers: Option<String>,
    image: Option<String>,
    mentions: Option<String>,
    #[serde(rename = "otherFile")]
    other_file: Option<String>,
    pub(crate) post: String,
    sender_name: String,
    set_online: bool,
    team_id: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct Broadcast {
    omit_users: Option<HashMap<String, bool>>,
    user_id: String,
    channel_id: String,
    team_id: String,
    connection_id: String,
    omit_connection_id: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct Metadata {
    #[serde(default)]
    embeds: Vec<HashMap<String, Value>>,
    #[serde(default)]
    emojis: Vec<HashMap<String, Value>>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    images: HashMap<String, HashMap<String, Value>>,
    #[serde(default)]
    reactions: Vec<Reaction>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct File {
    id: String,
    user_id: String,
    post_id: String,
    channel_id: String,
    create_at: i64,
    update_at: i64,
    delete_at: i64,
    name: String,
    extension: String,
    size: i64,
    mime_type: String,
    width: i64,
    height: i64,
    has_preview_image: bool,
    mini_preview: Option<String>,
    remote_id: Option<String>,
    archived: bool,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
struct Reaction {
    user_id: String,
    post_id: String,
    emoji_name: String,
    create_at: i64,
    update_at: i64,
    delete_at: i64,
    remote_id: Option<String>,
    channel_id: String,
}
