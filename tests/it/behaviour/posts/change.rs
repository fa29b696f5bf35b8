//! Posts that are read, changed and deleted.

use mm_core::api::channels::GetChannel;
use mm_core::api::posts::{
    CreatePost, DeletePost, GetPost, GetPostThread, GetPostsForChannel, PatchPost, UpdatePost,
};
use mm_core::types::{PostId, PostKind, PostProps};

use super::{FORBIDDEN, NO_POST, channel, closed, error, reply};

behaviour!(a_public_post_is_for_the_team_and_a_private_one_for_members, |t| {
    let public = t.alice.post(t.square, "x").await?;
    let private = t.alice.post(closed(&t).await?, "x").await?;
    assert_eq!(t.bob.send(GetPost::new(public.id)).await?.message, "x");
    for (refused, post) in [(&t.carol, public.id), (&t.bob, private.id)] {
        assert_eq!(refused.refused(GetPost::new(post)).await?, error(403, FORBIDDEN));
    }
    assert_eq!(t.admin.send(GetPost::new(private.id)).await?.id, private.id);
    let unknown: PostId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.alice.refused(GetPost::new(unknown)).await?, error(404, NO_POST));
});

behaviour!(a_post_has_a_tag_that_changes_with_it, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let tag = |meta: mm_core::Meta| meta.etag().map(str::to_owned);
    let first = tag(t.alice.client.send_with_meta(GetPost::new(post.id)).await?.meta);
    assert_eq!(first, tag(t.bob.client.send_with_meta(GetPost::new(post.id)).await?.meta));
    t.alice.send(PatchPost::new(post.id).message("y")).await?;
    assert_ne!(first, tag(t.alice.client.send_with_meta(GetPost::new(post.id)).await?.meta));
});

behaviour!(a_patch_changes_what_it_names, |t| {
    let post = t.alice.send(CreatePost::new(t.square, "#one").props([("a", 1)])).await?;
    let edited = t.alice.send(PatchPost::new(post.id).message("#two")).await?;
    assert_eq!((&*edited.message, &*edited.hashtags), ("#two", "#two"));
    assert_eq!((edited.edit_at, edited.create_at), (edited.update_at, post.create_at));
    assert_eq!(edited.props, post.props);

    let pinned = t.alice.send(PatchPost::new(post.id).is_pinned(true)).await?;
    assert!(pinned.is_pinned && pinned.update_at > edited.update_at);
    assert_eq!(pinned.edit_at, edited.edit_at, "a pin is no edit");

    let same = t.alice.send(PatchPost::new(post.id)).await?;
    assert!(same.is_pinned && same.update_at > pinned.update_at);
    assert_eq!((&*same.message, &same.props), ("#two", &post.props));

    let empty = t.alice.send(PatchPost::new(post.id).clear_message().clear_props()).await?;
    assert_eq!((&*empty.message, &*empty.hashtags, empty.props), ("", "", PostProps::new()));
});

behaviour!(an_update_empties_what_it_leaves_out, |t| {
    let post = t.alice.send(CreatePost::new(t.square, "x").props([("a", 1)])).await?;
    t.alice.send(PatchPost::new(post.id).is_pinned(true)).await?;
    let updated = t.alice.send(UpdatePost::new(post.id, "y")).await?;
    assert_eq!((&*updated.message, updated.is_pinned, updated.props.is_empty()), ("y", false, true));
    assert_eq!(updated.id, post.id);
    let long = t.alice.refused(UpdatePost::new(post.id, "x".repeat(16_384))).await?;
    assert_eq!(long, error(400, "model.post.is_valid.message_length.app_error"));
});

behaviour!(authors_change_their_posts_and_administrators_all, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let forbidden = error(403, FORBIDDEN);
    for stranger in [&t.bob, &t.carol] {
        assert_eq!(stranger.refused(PatchPost::new(post.id).message("y")).await?, forbidden);
        assert_eq!(stranger.refused(UpdatePost::new(post.id, "y")).await?, forbidden);
        assert_eq!(stranger.refused(DeletePost::new(post.id)).await?, forbidden);
    }
    let edited = t.admin.send(PatchPost::new(post.id).message("by admin")).await?;
    assert_eq!((&*edited.message, edited.user_id), ("by admin", t.alice.id));
    let unknown: PostId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(
        t.admin.refused(PatchPost::new(unknown)).await?,
        forbidden,
        "what is not there is not allowed"
    );
});

behaviour!(what_the_server_wrote_stays_as_it_is, |t| {
    let channel = channel(&t).await?;
    let list = t.admin.send(GetPostsForChannel::new(channel)).await?;
    let note = list.iter().find(|post| post.kind != PostKind::Normal).ok_or("nobody joined")?.id;
    let refused = t.admin.refused(PatchPost::new(note).message("x")).await?;
    assert_eq!(refused, error(400, "api.post.update_post.system_message.app_error"));
});

behaviour!(a_deleted_post_is_gone_with_its_replies_and_still_counts, |t| {
    let channel = channel(&t).await?;
    let root = t.alice.post(channel, "root").await?;
    let answer = t.bob.send(reply(&root, "one")).await?;
    t.alice.send(DeletePost::new(root.id)).await?;
    for id in [root.id, answer.id] {
        assert_eq!(t.bob.refused(GetPost::new(id)).await?, error(404, NO_POST));
        let kept = t.admin.send(GetPost::new(id).include_deleted(true)).await?;
        assert!(kept.is_deleted());
        assert_eq!(kept.props.get_str("deleteBy").as_deref(), Some(t.alice.id.as_str()));
    }
    assert_eq!(t.alice.refused(DeletePost::new(root.id)).await?, error(404, NO_POST), "twice");
    assert_eq!(t.alice.refused(GetPostThread::new(root.id)).await?, error(404, NO_POST));
    let looking = GetPost::new(root.id).include_deleted(true);
    assert_eq!(t.alice.refused(looking).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.send(GetChannel::new(channel)).await?.total_msg_count, 2);
});

behaviour!(a_deleted_reply_counts_no_more, |t| {
    let root = t.alice.post(t.square, "root").await?;
    let answer = t.bob.send(reply(&root, "one")).await?;
    t.bob.send(DeletePost::new(answer.id)).await?;
    assert_eq!(t.alice.send(GetPost::new(root.id)).await?.reply_count, 0);
});

behaviour!(posts_are_not_deleted_for_good_unless_the_server_says_so, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let refused = t.admin.refused(DeletePost::new(post.id).permanent(true)).await?;
    assert_eq!(refused, error(501, "api.post.delete_post.not_enabled.app_error"));
});
