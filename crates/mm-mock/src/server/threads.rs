//! Threads that a user follows.

use mm_core::api::threads::{
    GetUserThread, GetUserThreads, StartFollowingThread, StopFollowingThread, UpdateThreadReadForUser,
    UpdateThreadsReadForUser,
};
use mm_types::{PostId, StatusOk, TeamId, ThreadResponse, Threads, Timestamp, UserId};

use super::paging;
use super::route::Routes;
use crate::world::{Audience, Event, ThreadMember};
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_threads).as_body(&["since"]);
    r.on(get_thread);
    r.on(|world: &mut World, caller: &Caller, op: StartFollowingThread| {
        follow(world, caller, op.user_id, op.team_id, op.thread_id, true)
    });
    r.on(|world: &mut World, caller: &Caller, op: StopFollowingThread| {
        follow(world, caller, op.user_id, op.team_id, op.thread_id, false)
    });
    r.on(read_thread);
    r.on(read_threads);
}

fn may(world: &World, caller: &Caller, user: UserId, thread: PostId) -> Result<(), Failure> {
    caller.must_be_or(world, user, Permission::EDIT_OTHER_USERS)?;
    caller.needs_at_post(world, Permission::READ_CHANNEL_CONTENT, thread)
}

/// A thread that a user follows and that has had replies: 404 for others.
fn shown(world: &World, member: &ThreadMember, whole_users: bool) -> Result<ThreadResponse, Failure> {
    let had_replies = world.posts.any_replies(member.thread).next().is_some();
    match world.posts.any(member.thread) {
        Some(root) if member.following && had_replies => Ok(world.thread_of(member, root, whole_users)),
        _ => {
            let message = "User thread doesn't exist or is not followed";
            Err(Failure::new(404, "app.user.get_threads_for_user.not_found", message))
        }
    }
}

fn get_thread(world: &mut World, caller: &Caller, op: GetUserThread) -> Result<ThreadResponse, Failure> {
    may(world, caller, op.user_id, op.thread_id)?;
    let member = world.threads.member(op.thread_id, op.user_id)?;
    shown(world, member, op.extended == Some(true))
}

fn get_threads(world: &mut World, caller: &Caller, op: GetUserThreads) -> Result<Threads, Failure> {
    caller.must_be_or(world, op.user_id, Permission::EDIT_OTHER_USERS)?;
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    let is_set = |id: Option<PostId>| id.is_some_and(|id| !id.is_empty());
    let bad =
        |what: &str, message: &str| Err(Failure::new(400, format!("api.getThreadsForUser.{what}"), message));
    if is_set(op.before) && is_set(op.after) {
        let message = "Before and After parameters to getThreadsForUser are mutually exclusive";
        return bad("bad_params", message);
    }
    if op.totals_only == Some(true) && op.threads_only == Some(true) {
        let message = "OnlyThreads and OnlyTotals parameters to getThreadsForUser are mutually exclusive";
        return bad("bad_only_params", message);
    }
    let members = world.threads.members.iter().filter(|member| member.user == op.user_id);
    let mut threads: Vec<(Timestamp, ThreadResponse)> = members
        .filter(|member| is_in_team(world, member, op.team_id, op.exclude_direct == Some(true)))
        .filter_map(|member| Some((member.updated, shown(world, member, op.extended == Some(true)).ok()?)))
        .filter(|(_, thread)| op.deleted == Some(true) || thread.delete_at.is_unset())
        .collect();
    let is_unread = |thread: &ThreadResponse| thread.last_viewed_at < thread.last_reply_at;

    let mut answer = Threads::default();
    if op.threads_only != Some(true) {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let all = || threads.iter().map(|(_, thread)| thread);
        answer.total_unread_threads = count(all().filter(|thread| is_unread(thread)).count());
        answer.total =
            if op.unread == Some(true) { answer.total_unread_threads } else { count(threads.len()) };
        answer.total_unread_mentions = all().map(|thread| thread.unread_mentions).sum();
        answer.total_unread_urgent_mentions =
            all().filter(|thread| thread.is_urgent).map(|thread| thread.unread_mentions).sum();
    }
    if op.totals_only == Some(true) {
        return Ok(answer);
    }
    let since = op.since.unwrap_or_default();
    threads.retain(|(updated, thread)| {
        let last = thread.last_reply_at;
        (*updated >= since || last >= since)
            && (op.unread != Some(true) || is_unread(thread))
            && (!is_set(op.before) || op.before.is_some_and(|id| last < world.last_reply_at(id)))
            && (!is_set(op.after) || op.after.is_some_and(|id| last > world.last_reply_at(id)))
    });
    threads.sort_by_key(|(_, thread)| thread.last_reply_at);
    if !is_set(op.after) {
        threads.reverse();
    }
    // None at all is the one number that is taken for no number.
    let per_page = if op.per_page == Some(0) { Some(30) } else { op.per_page };
    answer.threads = threads.into_iter().map(|(_, thread)| thread).take(paging::size(per_page)).collect();
    Ok(answer)
}

/// Whether a thread is of a team, or of a direct or group message.
fn is_in_team(world: &World, member: &ThreadMember, team: TeamId, without_direct: bool) -> bool {
    let root = world.posts.any(member.thread);
    let channel = root.and_then(|root| world.channels.get(root.channel_id).ok());
    channel.is_some_and(|channel| channel.team_id == team || (channel.team_id.is_empty() && !without_direct))
}

fn follow(
    world: &mut World,
    caller: &Caller,
    user: UserId,
    team: TeamId,
    thread: PostId,
    following: bool,
) -> Result<StatusOk, Failure> {
    may(world, caller, user, thread)?;
    let now = world.now();
    world.threads.change(thread, user, |member| {
        member.following = following;
        member.updated = now;
        if following {
            member.viewed = now;
            member.mentions = 0;
        }
    });
    let replies = world.posts.replies(thread).count();
    let event = Event::new("thread_follow_changed")
        .with("reply_count", replies)
        .with("state", following)
        .with("thread_id", thread.as_str());
    world.emit(event, in_team(user, team));
    Ok(StatusOk::ok())
}

fn read_thread(
    world: &mut World,
    caller: &Caller,
    op: UpdateThreadReadForUser,
) -> Result<ThreadResponse, Failure> {
    if op.timestamp.is_unset() {
        return Err(Failure::url_param("timestamp"));
    }
    may(world, caller, op.user_id, op.thread_id)?;
    world.users.get(op.user_id)?;
    let before = world.threads.member(op.thread_id, op.user_id)?.clone();
    let root = world.posts.get(op.thread_id)?.clone();
    let (now, previous) = (world.now(), world.unread_replies(&before));
    let mentions = world.mentions_since(&root, op.user_id, op.timestamp);
    world.threads.change(op.thread_id, op.user_id, |member| {
        (member.mentions, member.viewed, member.updated) = (mentions, op.timestamp, now);
    });
    let thread = shown(world, world.threads.member(op.thread_id, op.user_id)?, false)?;
    let event = Event::new("thread_read_changed")
        .with("channel_id", root.channel_id.as_str())
        .with("previous_unread_mentions", before.mentions)
        .with("previous_unread_replies", previous)
        .with("thread_id", op.thread_id.as_str())
        .with("timestamp", op.timestamp.as_millis())
        .with("unread_mentions", mentions)
        .with("unread_replies", thread.unread_replies);
    world.emit(event, in_team(op.user_id, op.team_id));
    Ok(thread)
}

fn read_threads(
    world: &mut World,
    caller: &Caller,
    op: UpdateThreadsReadForUser,
) -> Result<StatusOk, Failure> {
    caller.must_be_or(world, op.user_id, Permission::EDIT_OTHER_USERS)?;
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    let now = world.now();
    let members = world.threads.members.iter().filter(|member| member.user == op.user_id);
    let members = members.filter(|member| is_in_team(world, member, op.team_id, false));
    for thread in members.map(|member| member.thread).collect::<Vec<_>>() {
        world.threads.change(thread, op.user_id, |member| {
            (member.mentions, member.viewed, member.updated) = (0, now, now);
        });
    }
    world.emit(Event::new("thread_read_changed"), in_team(op.user_id, op.team_id));
    Ok(StatusOk::ok())
}

/// A user, with the team that it is about.
fn in_team(user: UserId, team: TeamId) -> Audience {
    let mut audience = Audience::user(user);
    audience.team = team;
    audience
}
