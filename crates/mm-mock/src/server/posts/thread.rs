//! Threads.

use mm_core::api::posts::GetPostThread;
use mm_types::{Post, PostList, ThreadDirection, Timestamp};

use crate::manners::VERSION;
use crate::world::list_etag;
use crate::{Answer, Caller, Failure, World};

/// Rows of a page at most.
const MOST: u32 = 200;

pub(super) fn get_post_thread(
    world: &mut World,
    caller: &Caller,
    op: GetPostThread,
) -> Result<Answer<PostList>, Failure> {
    check(&op)?;
    let asked = world.posts.get(op.post_id)?;
    if !world.may_read(caller.id, world.channels.get(asked.channel_id)?) {
        return Err(Failure::permissions());
    }
    let by_threads = op.collapsed_threads == Some(true);
    let mut list = PostList::default();
    list.order.push(asked.id);
    let first = if by_threads {
        world.shown(&world.with_replies(caller.id, asked, op.collapsed_threads_extended == Some(true)))
    } else {
        world.shown_with_count(asked)
    };
    list.posts.insert(first);
    if by_threads || op.skip_fetch_threads != Some(true) {
        let (rows, has_next) = rows(world, asked, &op, by_threads);
        for post in rows.into_iter().filter(|post| post.id != op.post_id) {
            list.order.push(post.id);
            list.posts.insert(if by_threads { world.shown(post) } else { world.shown_with_count(post) });
        }
        list.has_next = Some(has_next);
    }
    let tag = list_etag(VERSION, &list);
    Ok(Answer::new(list).etag(tag))
}

fn check(op: &GetPostThread) -> Result<(), Failure> {
    let set = |time: Option<Timestamp>| time.is_some_and(Timestamp::is_set);
    let updates_only = op.updates_only == Some(true);
    let wrong = if op.per_page.is_some_and(|rows| rows > MOST) {
        "perPage"
    } else if op.from_post.is_some() && !set(op.from_create_at) {
        "if fromPost is set, then fromCreateAt must also be set"
    } else if set(op.from_update_at) && set(op.from_create_at) || updates_only && !set(op.from_update_at) {
        "fromUpdateAt"
    } else if !matches!(op.direction.as_str(), "" | "up" | "down") {
        "direction"
    } else if updates_only && op.direction == ThreadDirection::Up {
        "updatesOnly"
    } else {
        return Ok(());
    };
    Err(Failure::body_param(wrong))
}

/// A page of a thread, and whether another one follows. By threads, the first post is not a row.
fn rows<'a>(world: &'a World, asked: &Post, op: &GetPostThread, by_threads: bool) -> (Vec<&'a Post>, bool) {
    let root = if by_threads { asked.id } else { asked.thread_id() };
    let with_deleted = op.updates_only == Some(true);
    let down = op.direction == ThreadDirection::Down;
    let by_update = op.from_update_at.is_some_and(Timestamp::is_set);
    let key = |post: &Post| (if by_update { post.update_at } else { post.create_at }, post.id.to_string());
    let first = world.posts.any(root).filter(|_| !by_threads);
    let rows = first.into_iter().chain(world.posts.any_replies(root));
    let mut rows: Vec<&Post> = rows.filter(|post| with_deleted || !post.is_deleted()).collect();
    rows.sort_by_key(|post| key(post));
    if op.direction == ThreadDirection::Up {
        rows.reverse();
    }
    let from = if by_update { op.from_update_at } else { op.from_create_at };
    if let Some(from) = from.filter(|from| from.is_set()) {
        let post = op.from_post.map(|id| id.to_string());
        rows.retain(|row| {
            let (at, id) = key(row);
            let tie =
                at == from && post.as_ref().is_some_and(|post| if down { id > *post } else { id < *post });
            tie || if down { at > from } else { at < from }
        });
    }
    let size = op.per_page.filter(|size| *size > 0).map(|size| usize::try_from(size).unwrap_or(usize::MAX));
    let has_next = size.is_some_and(|size| rows.len() > size);
    rows.truncate(size.unwrap_or(usize::MAX));
    (rows, has_next)
}
