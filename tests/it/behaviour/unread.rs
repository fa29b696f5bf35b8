//! What people have read of channels.

use mm_core::api::channels::{GetChannelMember, ViewChannel};
use mm_core::api::posts::{CreatePost, SetPostUnread};
use mm_core::types::event::{MultipleChannelsViewed, PostUnread, ThreadReadChanged, ThreadUpdated};
use mm_core::types::{ChannelMember, PostId, UserId};

use super::Town;
use super::town::Citizen;

const FORBIDDEN: &str = "api.context.permissions.app_error";

async fn place(t: &Town, citizen: &Citizen) -> Result<ChannelMember, mm_core::Error> {
    citizen.send(GetChannelMember::new(t.square, UserId::ME)).await
}

behaviour!(who_looks_at_a_channel_has_read_it, |t| {
    let post = t.bob.post(t.square, &format!("hello @{}", t.alice.name)).await?;
    assert_eq!(place(&t, &t.alice).await?.mention_count, 1);
    let mut alice = t.alice.watch().await?;
    let view = || ViewChannel::new(UserId::ME).channel_id(t.square);
    let seen = t.alice.send(view()).await?;
    assert_eq!((&*seen.status, seen.last_viewed_at_times.get(&t.square)), ("OK", Some(&post.create_at)));
    let now = place(&t, &t.alice).await?;
    assert_eq!((now.mention_count, now.last_viewed_at), (0, post.create_at));
    assert_eq!(alice.saw::<MultipleChannelsViewed>().await?.channel_times, seen.last_viewed_at_times);
    let told = alice.saw::<ThreadReadChanged>().await?;
    assert_eq!((told.thread_id, told.timestamp.is_some()), (None, true));
    assert_eq!((told.broadcast.channel_id, told.broadcast.user_id), (t.square, t.alice.id));
    // What is read is not told again, and nothing can be looked at.
    assert_eq!(t.alice.send(view()).await?, seen);
    assert!(t.alice.send(ViewChannel::new(UserId::ME)).await?.last_viewed_at_times.is_empty());
    let other = t.bob.refused(ViewChannel::new(t.alice.id).channel_id(t.square)).await?;
    assert_eq!(other, (403, FORBIDDEN.to_owned()));
});

behaviour!(a_channel_is_unread_from_a_post_on, |t| {
    t.bob.post(t.square, "one").await?;
    let two = t.bob.post(t.square, &format!("two @{}", t.alice.name)).await?;
    t.bob.post(t.square, "three").await?;
    t.alice.send(ViewChannel::new(UserId::ME).channel_id(t.square)).await?;
    let read = place(&t, &t.alice).await?;
    let mut alice = t.alice.watch().await?;
    let unread = t.alice.send(SetPostUnread::new(UserId::ME, two.id)).await?;
    assert_eq!((unread.channel_id, unread.team_id, unread.user_id), (t.square, t.team, t.alice.id));
    assert_eq!((unread.msg_count, unread.msg_count_root), (read.msg_count - 2, read.msg_count_root - 2));
    assert_eq!((unread.mention_count, unread.mention_count_root), (1, 1));
    assert_eq!(unread.last_viewed_at.as_millis(), two.create_at.as_millis() - 1);
    let told = alice.saw::<PostUnread>().await?;
    assert_eq!((told.post_id, told.msg_count, told.mention_count), (two.id, unread.msg_count, 1));
    assert_eq!((told.broadcast.channel_id, told.broadcast.user_id), (t.square, t.alice.id));
    assert_eq!(place(&t, &t.alice).await?.msg_count, unread.msg_count);
});

behaviour!(a_thread_is_unread_from_a_reply_on, |t| {
    let root = t.bob.post(t.square, "root").await?;
    let reply = t.bob.send(CreatePost::new(t.square, "reply").root_id(root.id)).await?;
    let mut alice = t.alice.watch().await?;
    t.alice.send(SetPostUnread::new(UserId::ME, reply.id)).await?;
    let thread = alice.saw::<ThreadUpdated>().await?;
    assert_eq!((thread.previous_unread_replies, thread.thread.get()?.unread_replies), (None, 1));
    assert_eq!(alice.saw::<PostUnread>().await?.post_id, reply.id);
});

behaviour!(everybody_marks_for_themselves_what_they_can_read, |t| {
    let post = t.alice.post(t.square, "x").await?.id;
    let forbidden = (403, FORBIDDEN.to_owned());
    assert_eq!(t.bob.refused(SetPostUnread::new(t.alice.id, post)).await?, forbidden);
    assert_eq!(t.carol.refused(SetPostUnread::new(UserId::ME, post)).await?, forbidden);
    let unknown: PostId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.alice.refused(SetPostUnread::new(UserId::ME, unknown)).await?, forbidden);
});
