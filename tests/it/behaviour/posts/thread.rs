//! Threads.

use mm_core::BoxError;
use mm_core::api::posts::GetPostThread;
use mm_core::types::{Post, PostId};

use super::{BAD_KEY, FORBIDDEN, Town, closed, error, ids, reply};

/// A first post and replies to it, the oldest first.
async fn thread(t: &Town, replies: usize) -> Result<(Post, Vec<Post>), BoxError> {
    let root = t.alice.post(t.square, "root").await?;
    let mut posts = Vec::new();
    for number in 0..replies {
        posts.push(t.bob.send(reply(&root, &format!("reply {number}"))).await?);
    }
    Ok((root, posts))
}

behaviour!(a_thread_is_its_first_post_and_the_replies, |t| {
    let (root, replies) = thread(&t, 3).await?;
    let down: Vec<PostId> = [root.id].into_iter().chain(ids(&replies)).collect();
    let list = t.alice.send(GetPostThread::new(root.id)).await?;
    assert_eq!((&list.order, list.has_next), (&down, Some(false)));
    assert!(list.posts.values().all(|post| post.reply_count == 3));
    let up = t.alice.send(GetPostThread::new(root.id).direction("up")).await?;
    assert_eq!(up.order, [root.id, replies[2].id, replies[1].id, replies[0].id]);
    let by_reply = t.alice.send(GetPostThread::new(replies[1].id)).await?;
    assert_eq!((by_reply.order[0], by_reply.len()), (replies[1].id, 4));
    let alone = t.alice.send(GetPostThread::new(root.id).skip_fetch_threads(true)).await?;
    assert_eq!((&alone.order[..], alone.has_next), (&[root.id][..], None));
});

behaviour!(downwards_the_first_post_is_a_row_of_the_first_page, |t| {
    let (root, replies) = thread(&t, 4).await?;
    let get = || GetPostThread::new(root.id).per_page(2);
    let first = t.alice.send(get()).await?;
    assert_eq!((&first.order[..], first.has_next), (&[root.id, replies[0].id][..], Some(true)));
    let last = &replies[0];
    let second = t.alice.send(get().from_post(last.id).from_create_at(last.create_at)).await?;
    assert_eq!(
        (&second.order[..], second.has_next),
        (&[root.id, replies[1].id, replies[2].id][..], Some(true))
    );
    let last = &replies[2];
    let third = t.alice.send(get().from_post(last.id).from_create_at(last.create_at)).await?;
    assert_eq!((&third.order[..], third.has_next), (&[root.id, replies[3].id][..], Some(false)));
});

behaviour!(upwards_the_first_post_comes_in_addition, |t| {
    let (root, replies) = thread(&t, 4).await?;
    let get = || GetPostThread::new(root.id).per_page(2).direction("up");
    let first = t.alice.send(get()).await?;
    assert_eq!(
        (&first.order[..], first.has_next),
        (&[root.id, replies[3].id, replies[2].id][..], Some(true))
    );
    let last = &replies[2];
    let second = t.alice.send(get().from_post(last.id).from_create_at(last.create_at)).await?;
    assert_eq!(second.order, [root.id, replies[1].id, replies[0].id]);
});

behaviour!(a_stream_of_a_thread_gives_every_reply_once, |t| {
    let (root, replies) = thread(&t, 5).await?;
    for direction in ["down", "up"] {
        let mut stream = t.alice.client.stream(GetPostThread::new(root.id).per_page(2).direction(direction));
        let mut found = Vec::new();
        while let Some(post) = stream.next().await {
            found.push(post?);
        }
        if direction == "up" {
            found.reverse();
        }
        assert_eq!(ids(&found), ids(&replies), "{direction}");
    }
});

behaviour!(who_reads_by_threads_learns_who_took_part, |t| {
    let (root, replies) = thread(&t, 2).await?;
    let get = || GetPostThread::new(root.id).collapsed_threads(true);
    let list = t.alice.send(get().per_page(1)).await?;
    assert_eq!((&list.order[..], list.has_next), (&[root.id, replies[0].id][..], Some(true)));
    let shown = list.posts.get(root.id).ok_or("no root")?;
    assert_eq!((shown.reply_count, shown.last_reply_at), (2, replies[1].create_at));
    let who: Vec<_> = shown.participants.iter().map(|user| (user.id, user.username.is_empty())).collect();
    assert_eq!(who, [(t.bob.id, true)]);
    let list = t.alice.send(get().collapsed_threads_extended(true)).await?;
    let shown = list.posts.get(root.id).ok_or("no root")?;
    assert_eq!(shown.participants.iter().map(|user| &*user.username).collect::<Vec<_>>(), [&*t.bob.name]);
});

behaviour!(a_cursor_that_cannot_be_is_refused, |t| {
    let (root, replies) = thread(&t, 1).await?;
    let get = || GetPostThread::new(root.id);
    let refused = error(400, BAD_KEY);
    for op in [
        get().per_page(201),
        get().direction("sideways"),
        get().from_post(replies[0].id),
        get().from_create_at(1).from_update_at(1),
        get().updates_only(true),
        get().updates_only(true).from_update_at(1).direction("up"),
    ] {
        assert_eq!(t.alice.refused(op.clone()).await?, refused, "{op:?}");
    }
});

behaviour!(a_thread_is_for_those_who_may_read_its_channel, |t| {
    let secret = t.alice.post(closed(&t).await?, "x").await?;
    assert_eq!(t.bob.refused(GetPostThread::new(secret.id)).await?, error(403, FORBIDDEN));
});
