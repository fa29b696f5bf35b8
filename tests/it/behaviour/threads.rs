//! Threads that users follow.

use mm_core::api::channels::CreateChannel;
use mm_core::api::posts::{CreatePost, DeletePost};
use mm_core::api::threads::{
    GetUserThread, GetUserThreads, StartFollowingThread, StopFollowingThread, UpdateThreadReadForUser,
    UpdateThreadsReadForUser,
};
use mm_core::types::event::{Posted, ThreadFollowChanged, ThreadReadChanged, ThreadUpdated};
use mm_core::types::{ChannelType, Post, PostId, Threads, UserId};
use mm_core::{BoxError, Error};

use super::Town;
use super::town::Citizen;

const FORBIDDEN: &str = "api.context.permissions.app_error";
const NO_PLACE: &str = "app.user.get_thread_membership_for_user.not_found";
const NOT_FOLLOWED: &str = "app.user.get_threads_for_user.not_found";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

async fn reply(citizen: &Citizen, root: &Post, message: &str) -> Result<Post, Error> {
    citizen.send(CreatePost::new(root.channel_id, message).root_id(root.id)).await
}

async fn threads(t: &Town, citizen: &Citizen) -> Result<Threads, Error> {
    citizen.send(GetUserThreads::new(UserId::ME, t.team)).await
}

/// A post of alice's that bob replied to.
async fn thread(t: &Town) -> Result<(Post, Post), BoxError> {
    let root = t.alice.post(t.square, "root").await?;
    let first = reply(&t.bob, &root, "first").await?;
    Ok((root, first))
}

behaviour!(who_began_a_thread_and_who_replied_follow_it, |t| {
    let root = t.alice.post(t.square, "root").await?;
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    let first = reply(&t.bob, &root, &format!("@{} look", t.alice.name)).await?;
    let posted = alice.saw::<Posted>().await?;
    assert_eq!((posted.mentions.get()?, posted.followers.get()?), (vec![t.alice.id], vec![t.alice.id]));

    let told = alice.saw::<ThreadUpdated>().await?;
    assert_eq!((told.broadcast.user_id, told.broadcast.team_id), (t.alice.id, t.team));
    assert_eq!((told.previous_unread_replies, told.previous_unread_mentions), (Some(0), Some(0)));
    let seen = told.thread.get()?;
    assert_eq!((seen.id, seen.reply_count, seen.last_reply_at), (root.id, 1, first.create_at));
    assert_eq!((seen.unread_replies, seen.unread_mentions), (1, 1));
    let own = bob.saw::<ThreadUpdated>().await?.thread.get()?;
    assert_eq!((own.id, own.unread_replies), (root.id, 0), "who wrote has read");

    let list = threads(&t, &t.alice).await?;
    assert_eq!((list.total, list.total_unread_threads, list.total_unread_mentions), (1, 1, 1));
    assert_eq!(list.threads[0].participants.iter().map(|user| user.id).collect::<Vec<_>>(), [t.bob.id]);
    let read = threads(&t, &t.bob).await?;
    assert_eq!((read.total, read.total_unread_threads), (1, 0));
    let none = t.admin.refused(GetUserThread::new(UserId::ME, t.team, root.id)).await?;
    assert_eq!(none, error(404, NO_PLACE));
});

behaviour!(a_thread_is_followed_and_left_at_will, |t| {
    let (root, _) = thread(&t).await?;
    let mut alice = t.alice.watch().await?;
    t.alice.send(StopFollowingThread::new(UserId::ME, t.team, root.id)).await?;
    let told = alice.saw::<ThreadFollowChanged>().await?;
    assert_eq!((told.thread_id, told.state, told.reply_count), (root.id, false, 1));
    assert_eq!((told.broadcast.user_id, told.broadcast.team_id), (t.alice.id, t.team));
    let look = || GetUserThread::new(UserId::ME, t.team, root.id);
    assert_eq!(t.alice.refused(look()).await?, error(404, NOT_FOLLOWED));
    assert_eq!(threads(&t, &t.alice).await?.total, 0);
    // Another reply does not bring one back, a mention does.
    reply(&t.bob, &root, "second").await?;
    assert_eq!(t.alice.refused(look()).await?, error(404, NOT_FOLLOWED));
    reply(&t.bob, &root, &format!("@{} come back", t.alice.name)).await?;
    assert_eq!(t.alice.send(look()).await?.unread_mentions, 1);

    t.alice.send(StartFollowingThread::new(t.alice.id, t.team, root.id)).await?;
    assert!(alice.saw::<ThreadFollowChanged>().await?.state);
    let read = t.alice.send(look().extended(true)).await?;
    assert_eq!((read.reply_count, read.unread_replies, read.unread_mentions), (3, 0, 0));
    assert_eq!(read.participants[0].username, t.bob.name);
});

behaviour!(a_thread_is_read_up_to_a_time, |t| {
    let (root, first) = thread(&t).await?;
    let second = reply(&t.bob, &root, &format!("@{} second", t.alice.name)).await?;
    let mut alice = t.alice.watch().await?;
    let read = |at| UpdateThreadReadForUser::new(UserId::ME, t.team, root.id, at);
    let all = t.alice.send(read(second.create_at)).await?;
    assert_eq!((all.unread_replies, all.last_viewed_at), (0, second.create_at));
    let told = alice.saw::<ThreadReadChanged>().await?;
    assert_eq!((told.thread_id, told.timestamp), (Some(root.id), Some(second.create_at)));
    assert_eq!((told.unread_replies, told.previous_unread_replies), (Some(0), Some(2)));
    assert_eq!((told.previous_unread_mentions, told.channel_id), (Some(1), Some(t.square)));
    assert_eq!((told.broadcast.user_id, told.broadcast.team_id), (t.alice.id, t.team));

    let some = t.alice.send(read((first.create_at.as_millis() - 1).into())).await?;
    assert_eq!((some.unread_replies, some.unread_mentions), (2, 1), "and back again");
    t.alice.send(UpdateThreadsReadForUser::new(UserId::ME, t.team)).await?;
    alice.saw::<ThreadReadChanged>().await?;
    let told = alice.saw::<ThreadReadChanged>().await?;
    assert_eq!((told.thread_id, told.timestamp, told.broadcast.team_id), (None, None, t.team));
    assert_eq!(threads(&t, &t.alice).await?.total_unread_threads, 0);
});

behaviour!(a_mention_that_is_deleted_is_unread_no_more, |t| {
    let (root, _) = thread(&t).await?;
    let mention = reply(&t.bob, &root, &format!("@{} look", t.alice.name)).await?;
    let mut alice = t.alice.watch().await?;
    t.bob.send(DeletePost::new(mention.id)).await?;
    let thread = alice.saw::<ThreadUpdated>().await?.thread.get()?;
    assert_eq!((thread.id, thread.reply_count), (root.id, 1));
    assert_eq!((thread.unread_replies, thread.unread_mentions), (1, 0));
});

behaviour!(threads_are_listed_by_their_newest_reply_and_in_pages, |t| {
    let mut roots = Vec::new();
    for _ in 0..3 {
        let (root, last) = thread(&t).await?;
        // Ties are lost where a page ends, so let time go on.
        while t.alice.post(t.square, "later").await?.create_at <= last.create_at {}
        roots.push(root.id);
    }
    let ask = || GetUserThreads::new(UserId::ME, t.team).per_page(2);
    let list = async |op: GetUserThreads| -> Result<Vec<PostId>, Error> {
        Ok(t.alice.send(op).await?.threads.iter().map(|thread| thread.id).collect())
    };
    assert_eq!(list(ask()).await?, [roots[2], roots[1]]);
    assert_eq!(list(ask().before(roots[1])).await?, [roots[0]]);
    assert_eq!(list(ask().after(roots[0])).await?, [roots[1], roots[2]]);
    let counted = t.alice.send(ask().totals_only(true)).await?;
    assert_eq!((counted.total, counted.threads.len()), (3, 0));
    assert_eq!(t.alice.send(ask().threads_only(true)).await?.total, 0);
    let both = t.alice.refused(ask().before(roots[0]).after(roots[0])).await?;
    assert_eq!(both, error(400, "api.getThreadsForUser.bad_params"));
    let both = t.alice.refused(ask().threads_only(true).totals_only(true)).await?;
    assert_eq!(both, error(400, "api.getThreadsForUser.bad_only_params"));
});

behaviour!(everybody_follows_threads_for_themselves, |t| {
    let (root, _) = thread(&t).await?;
    let forbidden = error(403, FORBIDDEN);
    let (alice, team) = (t.alice.id, t.team);
    assert_eq!(t.bob.refused(GetUserThreads::new(alice, team)).await?, forbidden);
    assert_eq!(t.bob.refused(GetUserThread::new(alice, team, root.id)).await?, forbidden);
    assert_eq!(t.bob.refused(StartFollowingThread::new(alice, team, root.id)).await?, forbidden);
    assert_eq!(t.bob.refused(StopFollowingThread::new(alice, team, root.id)).await?, forbidden);
    assert_eq!(t.bob.refused(UpdateThreadReadForUser::new(alice, team, root.id, 1)).await?, forbidden);
    assert_eq!(t.bob.refused(UpdateThreadsReadForUser::new(alice, team)).await?, forbidden);
    assert_eq!(t.carol.refused(GetUserThreads::new(UserId::ME, team)).await?, forbidden);
    let private = CreateChannel::new(team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.alice.send(private).await?.id;
    let closed = t.alice.post(private, "x").await?.id;
    assert_eq!(t.bob.refused(StartFollowingThread::new(UserId::ME, team, closed)).await?, forbidden);
    let never = t.alice.refused(UpdateThreadReadForUser::new(UserId::ME, team, root.id, 0)).await?;
    assert_eq!(never, error(400, "api.context.invalid_url_param.app_error"));
    t.admin.send(StartFollowingThread::new(alice, team, root.id)).await?;
    assert_eq!(t.admin.send(GetUserThread::new(alice, team, root.id)).await?.unread_replies, 0);
});
