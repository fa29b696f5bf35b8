//! New posts.

use mm_core::Endpoint as _;
use mm_core::api::channels::{GetChannel, GetChannelMember};
use mm_core::api::posts::{CreatePost, CreatePostEphemeral, GetPost};
use mm_core::types::{EphemeralPost, PostKind, PostMetadata, PostPriority, PostProps, Priority, UserId};
use serde_json::json;

use super::{FORBIDDEN, channel, closed, error, reply};

behaviour!(a_post_is_kept_as_it_was_written, |t| {
    let message = "Hi **you** #tag1 and ##tag-two, not #1";
    let op =
        CreatePost::new(t.square, message).props([("x", json!({"y": [1, 2.5]}))]).pending_post_id("mine:1");
    let post = t.alice.send(op).await?;
    assert_eq!((post.message.as_str(), post.user_id, post.channel_id), (message, t.alice.id, t.square));
    assert_eq!((&*post.hashtags, post.pending_post_id.as_str()), ("#tag1 #tag-two", "mine:1"));
    assert_eq!((post.create_at, post.update_at), (post.create_at, post.create_at));
    assert!(post.create_at.is_set() && !post.is_edited() && !post.is_deleted() && post.is_root());
    assert!(post.remote_id.is_some() && post.metadata.is_some());
    let read = t.bob.send(GetPost::new(post.id)).await?;
    assert_eq!((read.message, read.props), (post.message, PostProps::from([("x", json!({"y": [1, 2.5]}))])));
    assert!(read.pending_post_id.is_empty(), "the author's own name is for the author");
});

behaviour!(the_same_pending_id_makes_one_post, |t| {
    let op = |message: &str| CreatePost::new(t.square, message).pending_post_id(format!("{}:1", t.alice.id));
    let first = t.alice.send(op("once")).await?;
    let again = t.alice.send(op("twice")).await?;
    assert_eq!((again.id, &*again.message), (first.id, "once"));
    assert!(again.pending_post_id.is_empty() && again.metadata.is_none(), "it comes from the database");
    let other = CreatePost::decode(t.bob.client.send_raw(op("other")).await?)?;
    assert_eq!((other.id, other.user_id), (first.id, t.alice.id), "nobody looks whose name it is");
    assert!(t.bob.send(op("other")).await.is_err(), "the client does");
});

behaviour!(a_pending_id_of_a_post_that_cannot_be_read_is_a_new_one, |t| {
    let closed = closed(&t).await?;
    let name = format!("{}:secret", t.alice.id);
    let first = t.alice.send(CreatePost::new(closed, "secret").pending_post_id(&*name)).await?;
    let other = t.bob.send(CreatePost::new(t.square, "public").pending_post_id(&*name)).await?;
    assert_ne!(other.id, first.id);
    assert_eq!(other.message, "public");
});

behaviour!(a_refused_post_frees_its_pending_id, |t| {
    let name = format!("{}:retry", t.alice.id);
    let long = CreatePost::new(t.square, "x".repeat(16_384)).pending_post_id(&*name);
    t.alice.refused(long).await?;
    let post = t.alice.send(CreatePost::new(t.square, "short").pending_post_id(&*name)).await?;
    assert_eq!(post.message, "short");
});

behaviour!(replies_count_and_their_root_changes_with_them, |t| {
    let root = t.alice.post(t.square, "root").await?;
    let first = t.bob.send(reply(&root, "one")).await?;
    let second = t.alice.send(reply(&root, "two")).await?;
    assert_eq!((first.root_id, first.reply_count, second.reply_count), (root.id, 1, 2));
    let root = t.bob.send(GetPost::new(root.id)).await?;
    assert_eq!((root.reply_count, root.update_at), (2, second.create_at));
    assert!(!root.is_edited());
});

behaviour!(a_reply_needs_the_first_post_of_a_thread_of_its_channel, |t| {
    let root = t.alice.post(t.square, "root").await?;
    let answer = t.bob.send(reply(&root, "one")).await?;
    let no_root = error(400, "api.post.create_post.root_id.app_error");
    assert_eq!(t.bob.refused(reply(&root, "x").root_id(answer.id)).await?, no_root);
    let unknown: mm_core::types::PostId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.bob.refused(reply(&root, "x").root_id(unknown)).await?, no_root);
    let elsewhere = CreatePost::new(channel(&t).await?, "x").root_id(root.id);
    let other = error(400, "api.post.create_post.channel_root_id.app_error");
    assert_eq!(t.bob.refused(elsewhere).await?, other);
});

behaviour!(a_message_has_at_most_16383_characters, |t| {
    let post = t.alice.post(t.square, &"ü".repeat(16_383)).await?;
    assert_eq!(post.message.chars().count(), 16_383);
    let refused = t.alice.refused(CreatePost::new(t.square, "ü".repeat(16_384))).await?;
    assert_eq!(refused, error(400, "model.post.is_valid.message_length.app_error"));
    let huge = t.alice.refused(CreatePost::new(t.square, "x".repeat(300_512))).await?;
    assert_eq!(huge, error(413, "api.context.request_body_too_large.app_error"));
});

behaviour!(nobody_writes_as_the_server, |t| {
    let refused = t.admin.refused(CreatePost::new(t.square, "x").kind(PostKind::JoinChannel)).await?;
    assert_eq!(refused, error(400, "api.context.invalid_param.app_error"));
    let unknown = t.alice.refused(CreatePost::new(t.square, "x").kind("poll")).await?;
    assert_eq!(unknown, error(400, "model.post.is_valid.type.app_error"));
    let custom = t.alice.send(CreatePost::new(t.square, "x").kind("custom_poll")).await?;
    assert_eq!(custom.kind.as_str(), "custom_poll");
});

behaviour!(only_those_in_the_channel_write, |t| {
    let forbidden = error(403, FORBIDDEN);
    assert_eq!(t.carol.refused(CreatePost::new(t.square, "x")).await?, forbidden);
    assert_eq!(t.bob.refused(CreatePost::new(closed(&t).await?, "x")).await?, forbidden);
    let unknown: mm_core::types::ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.admin.refused(CreatePost::new(unknown, "x")).await?, forbidden);
});

behaviour!(only_administrators_write_in_the_past, |t| {
    let then = 1_600_000_000_000;
    let old = t.admin.send(CreatePost::new(t.square, "x").create_at(then)).await?;
    assert_eq!(old.create_at.as_millis(), then);
    let new = t.alice.send(CreatePost::new(t.square, "x").create_at(then)).await?;
    assert!(new.create_at.as_millis() > then);
});

behaviour!(priority_is_for_first_posts_and_acknowledgements_need_a_licence, |t| {
    let mut urgent = PostPriority::default();
    urgent.priority = Some(Priority::Urgent);
    let root = t.alice.send(CreatePost::new(t.square, "now").priority(urgent.clone())).await?;
    let read = t.bob.send(GetPost::new(root.id)).await?;
    let priority = read.metadata.unwrap_or_default().priority.ok_or("no priority")?;
    assert_eq!((priority.priority, priority.post_id), (Some(Priority::Urgent), root.id));
    let id = "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error";
    assert_eq!(t.alice.refused(reply(&root, "x").priority(urgent.clone())).await?, error(400, id));
    urgent.requested_ack = Some(true);
    let refused = t.alice.refused(CreatePost::new(t.square, "x").priority(urgent)).await?;
    assert_eq!(refused, error(501, "license_error.feature_unavailable"));
});

behaviour!(attachments_are_shown_without_the_addresses_of_their_buttons, |t| {
    let attachments = json!([{"text": "pick", "actions": [{
        "name": "Do", "type": "button", "integration": {"url": "http://127.0.0.1:9/secret"},
    }]}]);
    let post = t.alice.send(CreatePost::new(t.square, "").props([("attachments", attachments)])).await?;
    let raw = post.props.raw();
    assert!(!raw.contains("secret") && raw.contains(r#""text":"pick""#), "{raw}");
    let attachments: serde_json::Value = post.props.get("attachments")?.unwrap_or_default();
    assert!(attachments[0]["actions"][0]["id"].as_str().is_some_and(|id| id.len() == 26), "{raw}");
    let metadata: PostMetadata = *post.metadata.unwrap_or_default();
    assert_eq!(metadata.embeds.first().map(|embed| embed.kind.as_str()), Some("message_attachment"));
});

behaviour!(who_writes_has_read_the_channel_and_others_have_not, |t| {
    let channel = channel(&t).await?;
    t.alice.post(channel, "one").await?;
    t.alice.post(channel, &format!("two for @{}", t.bob.name)).await?;
    let total = t.alice.send(GetChannel::new(channel)).await?;
    assert_eq!((total.total_msg_count, total.total_msg_count_root), (2, 2));
    let own = t.alice.send(GetChannelMember::new(channel, UserId::ME)).await?;
    assert_eq!((own.msg_count, own.mention_count, own.last_viewed_at), (2, 0, total.last_post_at));
    let bobs = t.bob.send(GetChannelMember::new(channel, UserId::ME)).await?;
    // The first one when he was put into the channel.
    assert_eq!((bobs.msg_count, bobs.mention_count, bobs.mention_count_root), (0, 2, 2));
});

behaviour!(posts_for_one_user_are_kept_nowhere, |t| {
    let op = || CreatePostEphemeral::new(t.bob.id, EphemeralPost::new(t.square, "only you"));
    let post = t.admin.send(op()).await?;
    assert_eq!(
        (post.kind.clone(), &*post.message, post.user_id),
        (PostKind::Ephemeral, "only you", t.admin.id)
    );
    assert!(!post.update_at.is_set() && post.metadata.is_some());
    assert_eq!(t.admin.refused(GetPost::new(post.id)).await?.0, 404);
    assert_eq!(t.alice.refused(op()).await?, error(403, FORBIDDEN));
});
