use mm_core::api::posts::{
    CreatePost, CreatePostEphemeral, DeletePost, GetFileInfosForPost, GetPost, PatchPost, SetPostUnread,
    UpdatePost,
};
use mm_types::{EphemeralPost, PostKind, PostPriority, PostProps, Priority};
use serde_json::json;

use super::super::{ALICE, CHANNEL, FILE, POST};

wire!(a_post_is_created: CreatePost::new(CHANNEL, "created **here**"),
request: "POST /api/v4/posts" json {"channel_id": "channel0000000000000000000", "message": "created **here**"},
response: 201 json {
    "id": "post0000000000000000000000", "create_at": 1795320871058_i64, "update_at": 1795320871058_i64, "edit_at": 0,
    "delete_at": 0, "is_pinned": false, "user_id": "alice000000000000000000000",
    "channel_id": "channel0000000000000000000", "root_id": "", "original_id": "", "message": "created **here**",
    "type": "", "props": {}, "hashtags": "", "file_ids": [], "pending_post_id": "", "remote_id": "", "reply_count": 0,
    "last_reply_at": 0, "participants": null, "metadata": {}
},
|post| {
    assert_eq!((post.id, post.user_id), (POST, ALICE));
    assert!(post.is_root() && !post.is_edited() && !post.has_reactions);
});

wire!(a_post_is_created_with_all_there_is:
    CreatePost::new(CHANNEL, "").root_id(POST).file_ids([FILE]).props([("from_bot", "true")]).kind("custom_poll")
        .pending_post_id("alice000000000000000000000:1795320871058").create_at(1_795_320_871_058).priority(urgent())
        .set_online(false).silent(true),
    request: "POST /api/v4/posts?set_online=false&silent=true" json {
        "channel_id": "channel0000000000000000000", "message": "", "root_id": "post0000000000000000000000",
        "file_ids": ["file0000000000000000000000"], "props": {"from_bot": "true"}, "type": "custom_poll",
        "pending_post_id": "alice000000000000000000000:1795320871058", "create_at": 1795320871058_i64,
        "metadata": {"priority": {"priority": "urgent", "requested_ack": true, "persistent_notifications": null}}
    },
    response: 201 json {
        "type": "custom_poll", "props": {"from_bot": "true"}, "reply_count": 1,
        "metadata": {"priority": {"priority": "urgent", "requested_ack": true, "persistent_notifications": null}}
    },
    |post| assert_eq!(post.kind, PostKind::from("custom_poll")));

fn urgent() -> PostPriority {
    let mut priority = PostPriority::default();
    priority.priority = Some(Priority::Urgent);
    priority.requested_ack = Some(true);
    priority
}

wire!(a_post_of_an_old_server_is_read: CreatePost::new(CHANNEL, "hello"),
request: "POST /api/v4/posts" json {"channel_id": "channel0000000000000000000", "message": "hello"},
response: 201 json {
    "id": "post0000000000000000000000", "root_id": "", "parent_id": "", "message": "hello", "participants": null
});

wire!(an_ephemeral_post_is_shown: CreatePostEphemeral::new(ALICE, EphemeralPost::new(CHANNEL, "only alice sees")),
    request: "POST /api/v4/posts/ephemeral" json {
        "user_id": "alice000000000000000000000",
        "post": {"channel_id": "channel0000000000000000000", "message": "only alice sees"}
    },
    response: 201 json {
        "id": "post0000000000000000000000", "create_at": 1795320872251_i64, "update_at": 0, "type": "system_ephemeral",
        "file_ids": null, "participants": null
    },
    |post| assert_eq!(post.kind, PostKind::Ephemeral));

wire!(a_post_is_got: GetPost::new(POST),
    request: "GET /api/v4/posts/post0000000000000000000000",
    response: 200 json {"id": "post0000000000000000000000", "has_reactions": true},
    |post| assert!(post.has_reactions));

wire!(a_deleted_post_is_got: GetPost::new(POST).include_deleted(true),
    request: "GET /api/v4/posts/post0000000000000000000000?include_deleted=true",
    response: 200 json {"delete_at": 1795320871058_i64},
    |post| assert!(post.is_deleted()));

wire!(a_post_is_deleted: DeletePost::new(POST),
    request: "DELETE /api/v4/posts/post0000000000000000000000",
    response: 200 ok);

wire!(a_post_is_deleted_for_good: DeletePost::new(POST).permanent(true),
    request: "DELETE /api/v4/posts/post0000000000000000000000?permanent=true",
    response: 200 ok);

wire!(a_post_is_written_anew: UpdatePost::new(POST, "new").is_pinned(true).has_reactions(false)
        .props([("x", 1)]).file_ids([FILE]),
    request: "PUT /api/v4/posts/post0000000000000000000000" json {
        "id": "post0000000000000000000000", "message": "new", "is_pinned": true, "has_reactions": false,
        "props": {"x": 1}, "file_ids": ["file0000000000000000000000"]
    },
    response: 200 json {"message": "new", "edit_at": 1795320871058_i64},
    |post| assert!(post.is_edited()));

wire!(a_post_is_patched: PatchPost::new(POST).message("patched").props(PostProps::from([("x", json!({"y": [1, 2.5]}))])),
    request: "PUT /api/v4/posts/post0000000000000000000000/patch" json {
        "message": "patched", "props": {"x": {"y": [1, 2.5]}}
    },
    response: 200 json {"message": "patched", "props": {"x": {"y": [1, 2.5]}}});

wire!(a_post_is_pinned: PatchPost::new(POST).is_pinned(true).has_reactions(true).file_ids(vec![FILE]),
    request: "PUT /api/v4/posts/post0000000000000000000000/patch" json {
        "is_pinned": true, "has_reactions": true, "file_ids": ["file0000000000000000000000"]
    },
    response: 200 json {"is_pinned": true});

wire!(a_patch_that_names_nothing_is_an_empty_object: PatchPost::new(POST),
    request: "PUT /api/v4/posts/post0000000000000000000000/patch" json {},
    response: 200 json {"id": "post0000000000000000000000"});

/// What is cleared is read back as set to nothing, which is the same to the server, so this is one direction.
#[test]
fn clearing_writes_what_the_server_takes_for_empty() {
    use mm_core::Endpoint as _;
    let patch = PatchPost::new(POST).clear_message().clear_file_ids().clear_props();
    let request = patch.to_request().expect("a request");
    assert_eq!(request.body().as_bytes(), Some(br#"{"message":"","file_ids":[],"props":{}}"# as &[u8]));
}

wire!(the_files_of_a_post_are_listed: GetFileInfosForPost::new(POST),
    request: "GET /api/v4/posts/post0000000000000000000000/files/info",
    response: 200 json [{"id": "file0000000000000000000000", "name": "plan.pdf"}]);

wire!(a_channel_is_unread_from_a_post_on: SetPostUnread::new(ALICE, POST).collapsed_threads_supported(true),
    request: "POST /api/v4/users/alice000000000000000000000/posts/post0000000000000000000000/set_unread" json {
        "collapsed_threads_supported": true
    },
    response: 200 json {
        "user_id": "alice000000000000000000000", "channel_id": "channel0000000000000000000", "msg_count": 4,
        "mention_count": 1, "last_viewed_at": 1795320871087_i64
    },
    |unread| assert_eq!((unread.msg_count, unread.mention_count), (4, 1)));
