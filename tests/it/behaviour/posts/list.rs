//! The posts of a channel, page by page.

use mm_core::api::posts::{CreatePost, DeletePost, GetPostsForChannel, PatchPost};
use mm_core::types::{ChannelId, Post, PostId};
use mm_core::{BoxError, Meta};

use super::{FORBIDDEN, Town, channel, closed, error, ids, reply, written};

/// Some posts in a channel, the newest first.
async fn posts(t: &Town, channel: ChannelId, count: usize) -> Result<Vec<Post>, BoxError> {
    let mut posts = Vec::new();
    for number in 0..count {
        posts.insert(0, t.alice.post(channel, &format!("post {number}")).await?);
    }
    Ok(posts)
}

behaviour!(a_channel_is_listed_from_its_newest_post, |t| {
    let channel = channel(&t).await?;
    let posts = ids(&posts(&t, channel, 5).await?);
    let list = t.bob.send(GetPostsForChannel::new(channel)).await?;
    assert_eq!(written(list.iter()), posts);
    assert!(list.next_post_id.is_empty() && list.prev_post_id.is_empty(), "that is all there is");

    let page = t.bob.send(GetPostsForChannel::new(channel).per_page(2).page(1)).await?;
    assert_eq!(page.order, posts[2..4]);
    assert_eq!((page.next_post_id, page.prev_post_id), (posts[1], posts[4]));
    assert!(t.bob.send(GetPostsForChannel::new(channel).per_page(0)).await?.is_empty());
});

behaviour!(pages_go_away_from_a_post_in_both_directions, |t| {
    let channel = channel(&t).await?;
    let posts = ids(&posts(&t, channel, 6).await?);
    let get = || GetPostsForChannel::new(channel).per_page(2);
    let none = PostId::default();

    let older = t.bob.send(get().before(posts[1])).await?;
    assert_eq!(older.order, posts[2..4]);
    assert_eq!((older.next_post_id, older.prev_post_id), (posts[1], posts[4]));
    let older = t.bob.send(get().before(posts[1]).page(1)).await?;
    assert_eq!((&older.order[..], older.next_post_id), (&posts[4..6], posts[3]));

    let newer = t.bob.send(get().after(posts[4])).await?;
    assert_eq!(newer.order, posts[2..4], "the newest first here too");
    assert_eq!((newer.next_post_id, newer.prev_post_id), (posts[1], posts[4]));
    let newer = t.bob.send(get().after(posts[4]).page(1)).await?;
    assert_eq!((&newer.order[..], newer.next_post_id, newer.prev_post_id), (&posts[0..2], none, posts[2]));
    let end = t.bob.send(get().after(posts[1])).await?;
    assert_eq!((&end.order[..], end.next_post_id, end.prev_post_id), (&posts[..1], none, posts[1]));
    let beyond = t.bob.send(get().after(posts[0])).await?;
    assert_eq!((beyond.is_empty(), beyond.next_post_id, beyond.prev_post_id), (true, none, posts[0]));
});

behaviour!(a_stream_of_a_channel_gives_every_post_once, |t| {
    let channel = channel(&t).await?;
    let posts = ids(&posts(&t, channel, 7).await?);
    let mut stream = t.bob.client.stream(GetPostsForChannel::new(channel).per_page(3));
    let mut found = Vec::new();
    while let Some(post) = stream.next().await {
        found.push(post?);
    }
    assert_eq!(written(found.iter()), posts);
});

behaviour!(deleted_posts_are_left_out_and_cursors_step_over_them, |t| {
    let channel = channel(&t).await?;
    let posts = ids(&posts(&t, channel, 4).await?);
    t.alice.send(DeletePost::new(posts[2])).await?;
    let page = t.bob.send(GetPostsForChannel::new(channel).per_page(2)).await?;
    assert_eq!((&page.order[..], page.prev_post_id), (&posts[..2], posts[3]));
    let with_deleted = GetPostsForChannel::new(channel).per_page(3).include_deleted(true);
    assert_eq!(t.bob.refused(with_deleted.clone()).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.send(with_deleted).await?.order, posts[..3]);
});

behaviour!(replies_bring_their_thread_along, |t| {
    let channel = channel(&t).await?;
    let root = t.alice.post(channel, "root").await?;
    let first = t.bob.send(reply(&root, "one")).await?;
    t.alice.post(channel, "between").await?;
    let second = t.bob.send(reply(&root, "two")).await?;
    let get = || GetPostsForChannel::new(channel).per_page(1);

    let whole = t.alice.send(get()).await?;
    assert_eq!(whole.order, [second.id]);
    assert!(whole.posts.contains(root.id) && whole.posts.contains(first.id));
    let counts: Vec<i64> = whole.posts.values().map(|post| post.reply_count).collect();
    assert_eq!(counts, [0, 0, 0], "replies are there to be counted");

    let bare = t.alice.send(get().skip_fetch_threads(true)).await?;
    assert!(bare.posts.contains(root.id) && !bare.posts.contains(first.id));
    assert_eq!(bare.posts.get(root.id).map(|root| root.reply_count), Some(2));

    let threads = t.alice.send(get().collapsed_threads(true).per_page(2)).await?;
    let listed = threads.posts.get(root.id).ok_or("the root is not listed")?;
    assert_eq!((listed.reply_count, listed.last_reply_at), (2, second.create_at));
    assert_eq!(listed.participants.iter().map(|user| user.id).collect::<Vec<_>>(), [t.bob.id]);
    assert_eq!(listed.is_following, Some(true));
    assert!(threads.posts.values().all(Post::is_root));
});

behaviour!(changes_since_a_time_hold_edits_and_deletions, |t| {
    let channel = channel(&t).await?;
    let posts = posts(&t, channel, 4).await?;
    let edited = t.alice.send(PatchPost::new(posts[3].id).message("edited")).await?;
    t.alice.send(DeletePost::new(posts[2].id)).await?;
    let since = posts[0].update_at;
    let list = t.bob.send(GetPostsForChannel::new(channel).since(since)).await?;
    let find = |id| list.posts.get(id);
    assert_eq!(find(edited.id).map(|post| &*post.message), Some("edited"));
    assert!(find(posts[2].id).is_some_and(Post::is_deleted));
    assert!(find(posts[0].id).is_none() && find(posts[1].id).is_none());
    assert!(list.next_post_id.is_empty() && list.prev_post_id.is_empty());
});

behaviour!(only_those_who_may_read_list_a_channel, |t| {
    let forbidden = error(403, FORBIDDEN);
    assert_eq!(t.carol.refused(GetPostsForChannel::new(t.square)).await?, forbidden);
    assert_eq!(t.bob.refused(GetPostsForChannel::new(closed(&t).await?)).await?, forbidden);
    let unknown: ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let missing = t.admin.refused(GetPostsForChannel::new(unknown)).await?;
    assert_eq!(missing, error(404, "app.channel.get.existing.app_error"));
});

behaviour!(a_channel_has_one_tag_for_all_its_pages, |t| {
    let channel = channel(&t).await?;
    let posts = posts(&t, channel, 3).await?;
    let tag = async |op| {
        let meta: Meta = t.bob.client.send_with_meta(op).await?.meta;
        Ok::<_, BoxError>(meta.etag().map(str::to_owned))
    };
    let get = || GetPostsForChannel::new(channel);
    let first = tag(get()).await?;
    assert!(first.is_some());
    assert_eq!(tag(get().before(posts[0].id)).await?, first);
    assert_eq!(tag(get().since(1)).await?, None);
    t.alice.send(CreatePost::new(channel, "new")).await?;
    assert_ne!(tag(get()).await?, first);
});
