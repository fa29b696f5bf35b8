//! The posts of a channel.

use std::collections::HashSet;

use mm_core::api::posts::GetPostsForChannel;
use mm_types::{ChannelId, Post, PostId, PostList, Timestamp};

use super::super::paging;
use crate::manners::VERSION;
use crate::{Answer, Caller, Failure, World};

/// The most posts that changed since a time.
const MOST_SINCE: usize = 1000;

pub(super) fn get_posts_for_channel(
    world: &mut World,
    caller: &Caller,
    op: GetPostsForChannel,
) -> Result<Answer<PostList>, Failure> {
    let with_deleted = op.include_deleted == Some(true);
    if with_deleted && !world.is_admin(caller.id) {
        return Err(Failure::permissions());
    }
    let channel = world.channels.get(op.channel_id)?;
    if !world.may_read(caller.id, channel) {
        return Err(Failure::permissions());
    }
    let list = Listing { world, caller, op: &op, with_deleted };
    if op.since.is_some_and(|since| since.as_millis() > 0) {
        return Ok(Answer::new(list.since(op.since.unwrap_or_default())));
    }
    let tag = list.tag();
    let page = match (op.after, op.before) {
        (Some(after), _) => list.around(after, true),
        (None, Some(before)) => list.around(before, false),
        (None, None) => list.page(),
    };
    Ok(Answer::new(page).etag(tag))
}

struct Listing<'a> {
    world: &'a World,
    caller: &'a Caller,
    op: &'a GetPostsForChannel,
    with_deleted: bool,
}

impl Listing<'_> {
    fn channel(&self) -> ChannelId {
        self.op.channel_id
    }

    fn by_threads(&self) -> bool {
        self.op.collapsed_threads == Some(true)
    }

    /// Whether a post can be listed.
    fn is_listed(&self, post: &Post) -> bool {
        (!self.by_threads() || post.is_root()) && (self.with_deleted || !post.is_deleted())
    }

    /// What can be listed, the newest first.
    fn rows(&self) -> impl Iterator<Item = &Post> {
        self.world.posts.any_in_channel(self.channel()).rev().filter(|post| self.is_listed(post))
    }

    /// One tag for all pages of a channel: it changes with any post in it, deleted ones too.
    fn tag(&self) -> String {
        let rows = self.world.posts.any_in_channel(self.channel());
        let rows = rows.filter(|post| !self.by_threads() || post.is_root());
        let newest = rows.map(|post| post.update_at).max().unwrap_or_else(|| self.world.now());
        format!("{VERSION}.{newest}")
    }

    fn page(&self) -> PostList {
        let rows = paging::page(self.rows(), self.op.page, self.op.per_page);
        let counted = self.op.skip_fetch_threads == Some(true);
        let mut list = self.list(&rows, counted, false);
        (list.next_post_id, list.prev_post_id) = self.neighbours(&rows);
        list
    }

    /// Pages away from a post, towards newer or older ones. Always the newest first.
    fn around(&self, anchor: PostId, newer: bool) -> PostList {
        let posts = &self.world.posts;
        let (page, per_page) = (self.op.page, self.op.per_page);
        let rows = match posts.any(anchor).map(|post| post.create_at) {
            None => Vec::new(),
            Some(at) if newer => {
                let after = posts.any_after(self.channel(), at).filter(|post| self.is_listed(post));
                let mut rows = paging::page(after, page, per_page);
                rows.reverse();
                rows
            }
            Some(at) => {
                let before = posts.any_before(self.channel(), at).rev();
                paging::page(before.filter(|post| self.is_listed(post)), page, per_page)
            }
        };
        let is_full = rows.len() >= paging::size(self.op.per_page);
        let first_page = self.op.page.unwrap_or_default() == 0;
        let (next, prev) = self.neighbours(&rows);
        let at_anchor = |looked_up| if first_page { anchor } else { looked_up };
        let beyond = |looked_up| if is_full { looked_up } else { PostId::default() };
        let mut list = self.list(&rows, true, true);
        (list.next_post_id, list.prev_post_id) =
            if newer { (beyond(next), at_anchor(prev)) } else { (at_anchor(next), beyond(prev)) };
        list
    }

    /// Everything that changed after a time, deletions included.
    fn since(&self, time: Timestamp) -> PostList {
        let rows = self.world.posts.any_in_channel(self.channel());
        let rows = rows.filter(|post| !self.by_threads() || post.is_root());
        let mut rows: Vec<&Post> = rows.filter(|post| post.update_at > time).take(MOST_SINCE).collect();
        rows.reverse();
        let mut list = PostList::default();
        list.order = rows.iter().map(|post| post.id).collect();
        let roots: HashSet<PostId> = rows.iter().map(|post| post.root_id).collect();
        let roots = roots.into_iter().filter_map(|root| self.world.posts.any(root));
        let counted = self.op.skip_fetch_threads == Some(true);
        list.posts = rows.iter().copied().chain(roots).map(|post| self.shown(post, counted)).collect();
        list
    }

    /// The ids of the posts before the oldest and after the newest of a page, deleted ones left out.
    fn neighbours(&self, rows: &[&Post]) -> (PostId, PostId) {
        let (Some(newest), Some(oldest)) = (rows.first(), rows.last()) else { return Default::default() };
        let posts = &self.world.posts;
        let is_shown = |post: &&Post| self.is_listed(post) && !post.is_deleted();
        let prev = posts.any_before(self.channel(), oldest.create_at).rev().find(is_shown);
        let next = posts.any_after(self.channel(), newest.create_at).find(is_shown);
        let (next, prev) = (next.map(|post| post.id), prev.map(|post| post.id));
        (next.unwrap_or_default(), prev.unwrap_or_default())
    }

    /// A page, with the threads that its posts belong to. By threads, there are none to add. Beside a
    /// post, the threads that begin on the page come along too.
    fn list(&self, rows: &[&Post], counted: bool, with_own: bool) -> PostList {
        let mut list = PostList::default();
        list.order = rows.iter().map(|post| post.id).collect();
        let mut roots: HashSet<PostId> = rows.iter().map(|post| post.root_id).collect();
        if with_own {
            roots.extend(rows.iter().map(|post| post.id));
        }
        roots.remove(&PostId::default());
        let whole = self.op.skip_fetch_threads != Some(true);
        if self.by_threads() {
            roots.clear();
        }
        let posts = &self.world.posts;
        let replies = |root: &PostId| posts.any_replies(if whole { *root } else { PostId::default() });
        let related = roots.iter().flat_map(|root| posts.any(*root).into_iter().chain(replies(root)));
        let related = related.filter(|post| self.with_deleted || !post.is_deleted());
        list.posts = rows.iter().copied().chain(related).map(|post| self.shown(post, counted)).collect();
        list
    }

    fn shown(&self, post: &Post, counted: bool) -> Post {
        if self.by_threads() {
            let whole_users = self.op.collapsed_threads_extended == Some(true);
            return self.world.shown(&self.world.with_replies(self.caller.id, post, whole_users));
        }
        if counted { self.world.shown_with_count(post) } else { self.world.shown(post) }
    }
}
