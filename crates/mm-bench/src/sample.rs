//! Made-up answers in the shape and size of a real server's.

use serde_json::{Map, Value, json};

/// Rows of a full page.
pub(crate) const ROWS: usize = 200;

/// A 26-character id that depends on a kind and a number.
fn id(kind: char, number: usize) -> String {
    format!("{kind}{number:0>25}")
}

pub(crate) fn user(number: usize) -> Value {
    json!({
        "id": id('u', number),
        "create_at": 1_795_320_717_060_i64 + number as i64,
        "update_at": 1_795_320_812_931_i64,
        "delete_at": 0,
        "username": format!("user.name-{number}"),
        "auth_data": "",
        "auth_service": "",
        "email": format!("user.name-{number}@chat.example.com"),
        "email_verified": true,
        "nickname": format!("Nick {number}"),
        "first_name": "Alexandra",
        "last_name": "Çelik-Underwood",
        "position": "Senior systems engineer",
        "roles": "system_user system_user_access_token",
        "props": {"customStatus": "", "last_search_pointer": "12", "theme": "onyx"},
        "notify_props": {
            "channel": "true", "comments": "never", "desktop": "mention", "desktop_sound": "true",
            "desktop_threads": "all", "email": "true", "email_threads": "all", "first_name": "false",
            "mention_keys": "alex,@alex", "push": "mention", "push_status": "online", "push_threads": "all",
        },
        "last_password_update": 1_795_320_717_060_i64,
        "last_picture_update": 1_795_320_807_682_i64,
        "locale": "en",
        "timezone": {"automaticTimezone": "Europe/Berlin", "manualTimezone": "", "useAutomaticTimezone": "true"},
        "remote_id": "",
        "disable_welcome_email": false,
    })
}

pub(crate) fn post(number: usize) -> Value {
    // Every tenth post has a file and a reaction, every fifth is a reply.
    let with_file = number.is_multiple_of(10);
    let metadata = if with_file {
        json!({
            "files": [{
                "id": id('f', number), "user_id": id('u', number % 7), "post_id": id('p', number),
                "channel_id": id('c', 1), "create_at": 1_795_320_852_753_i64, "update_at": 1_795_320_852_753_i64,
                "delete_at": 0, "name": "diagram.png", "extension": "png", "size": 48_213, "mime_type": "image/png",
                "width": 640, "height": 480, "has_preview_image": true, "mini_preview": null, "remote_id": "",
                "archived": false,
            }],
            "reactions": [{
                "user_id": id('u', 2), "post_id": id('p', number), "emoji_name": "tada",
                "create_at": 1_795_320_852_999_i64, "update_at": 1_795_320_852_999_i64, "delete_at": 0,
                "remote_id": "", "channel_id": id('c', 1),
            }],
        })
    } else {
        json!({})
    };
    json!({
        "id": id('p', number),
        "create_at": 1_795_320_852_753_i64 + number as i64,
        "update_at": 1_795_320_852_753_i64 + number as i64,
        "edit_at": 0,
        "delete_at": 0,
        "is_pinned": false,
        "user_id": id('u', number % 7),
        "channel_id": id('c', 1),
        "root_id": if number % 5 == 1 { id('p', number - 1) } else { String::new() },
        "original_id": "",
        "message": format!("Message {number}: the deployment of the **second** cluster is done, see `logs/{number}`."),
        "type": "",
        "props": {"disable_group_highlight": true, "from_bot": "true", "override_username": "deployer"},
        "hashtags": "",
        "file_ids": if with_file { json!([id('f', number)]) } else { json!([]) },
        "pending_post_id": "",
        "remote_id": "",
        "reply_count": 0,
        "last_reply_at": 0,
        "participants": null,
        "metadata": metadata,
    })
}

pub(crate) fn users_page() -> String {
    Value::Array((0..ROWS).map(user).collect()).to_string()
}

pub(crate) fn post_list() -> String {
    let posts: Map<String, Value> = (0..ROWS).map(|number| (id('p', number), post(number))).collect();
    let order: Vec<_> = (0..ROWS).rev().map(|number| id('p', number)).collect();
    json!({
        "order": order, "posts": posts, "next_post_id": "", "prev_post_id": id('p', ROWS),
        "first_inaccessible_post_time": 0,
    })
    .to_string()
}
