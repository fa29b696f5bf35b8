//! From page to page through the posts of a channel, oldest first.
//!
//! The server's cursors are posts, but it compares times: `after=X` lists what is younger than X by a millisecond at least. So of
//! two posts of the same millisecond at a page's edge one would be left out. Therefore each page begins before the last
//! millisecond of the page before it, and what comes again is dropped by its id. Cursors that were deleted still work;
//! ones that are no longer in the database give an empty list, which says nothing.

use std::collections::HashSet;

use mm_core::Error;
use mm_core::api::posts::GetPostsForChannel;
use mm_core::types::{ChannelId, Post, PostId};

use super::track::Start;
use crate::Client;

pub(super) struct Walk {
    client: Client,
    channel_id: ChannelId,
    per_page: u32,
    start: Start,
    next: Next,
    /// What came with the same cursor, or the one before it.
    passed: HashSet<PostId>,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    First,
    After { anchor: PostId, page: u32 },
    End,
}

/// Posts of a page, oldest first.
struct Rows {
    posts: Vec<Post>,
    /// Whether there is nothing older, as far as the server says.
    is_oldest: bool,
}

impl Walk {
    pub(super) fn new(client: Client, channel_id: ChannelId, per_page: u32, start: Start) -> Self {
        Self { client, channel_id, per_page, start, next: Next::First, passed: HashSet::new() }
    }

    /// The next posts that are missing, oldest first, possibly none; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Post>>, Error> {
        match self.next {
            Next::First => self.first().await.map(Some),
            Next::After { anchor, page } => {
                let rows = self.fetch(self.operation().after(anchor).page(page)).await?;
                Ok(Some(self.pass(rows.posts, Some((anchor, page)), true)))
            }
            Next::End => Ok(None),
        }
    }

    async fn first(&mut self) -> Result<Vec<Post>, Error> {
        let Some(anchor) = self.start.anchor else { return self.lowest().await };
        let rows = self.fetch(self.operation().after(anchor)).await?;
        if !rows.posts.is_empty() {
            return Ok(self.pass(rows.posts, Some((anchor, 0)), true));
        }
        // There is nothing newer, or no such post any more.
        let newest = self.fetch(self.operation().per_page(1)).await?;
        if newest.posts.last().is_some_and(|post| post.create_at >= self.start.floor) {
            return self.lowest().await;
        }
        self.next = Next::End;
        Ok(Vec::new())
    }

    /// Goes down from the newest post, to the page that holds the floor or the channel's first post.
    async fn lowest(&mut self) -> Result<Vec<Post>, Error> {
        let mut rows = self.fetch(self.operation()).await?;
        let mut is_newest = true;
        let (mut before, mut page) = (None, 0);
        while !rows.is_oldest
            && let Some(oldest) = rows.posts.first().map(|post| (post.create_at, post.id))
            && oldest.0 >= self.start.floor
        {
            // As upwards: what is of the same millisecond as the oldest is listed once more.
            match rows.posts.iter().find(|post| post.create_at > oldest.0) {
                Some(post) => (before, page) = (Some(post.id), 0),
                None => page += 1,
            }
            let operation = self.operation().page(page);
            let lower = self.fetch(before.into_iter().fold(operation, GetPostsForChannel::before)).await?;
            let has_older = lower.posts.first().is_some_and(|post| (post.create_at, post.id) < oldest);
            if !has_older && lower.posts.len() < self.full() {
                break;
            }
            // That a page by cursor is short does not say that it is the last: the server may have hidden some of it.
            rows = Rows { is_oldest: false, ..lower };
            is_newest = false;
        }
        Ok(self.pass(rows.posts, None, is_newest))
    }

    /// Picks what is missing from a page, and decides where the next one begins. `may_end`: if it is short, no other follows.
    fn pass(&mut self, posts: Vec<Post>, from: Option<(PostId, u32)>, may_end: bool) -> Vec<Post> {
        let count = posts.len();
        let newest = posts.last().map(|post| post.create_at);
        let edge = posts.iter().rev().find(|post| Some(post.create_at) < newest).map(|post| post.id);
        let last = posts.last().map(|post| post.id);
        let has_news = posts.iter().any(|post| !self.passed.contains(&post.id));
        // The server may have hidden some of a page's posts, but hardly half of them.
        let is_short = count < self.full().div_ceil(2);
        self.next = match (edge, from) {
            _ if is_short && may_end => Next::End,
            _ if !has_news && count < self.full() => Next::End,
            (_, Some((anchor, page))) if !has_news => Next::After { anchor, page: page + 1 },
            (Some(anchor), _) => Next::After { anchor, page: 0 },
            (None, Some((anchor, page))) if count >= self.full() => Next::After { anchor, page: page + 1 },
            (None, Some((anchor, page))) => Next::After { anchor, page },
            (None, None) => last.map_or(Next::End, |anchor| Next::After { anchor, page: 0 }),
        };
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let missing = posts
            .into_iter()
            .filter(|post| !self.start.knows(post) && !self.passed.contains(&post.id))
            .collect();
        if !matches!(self.next, Next::After { page: 1.., .. }) {
            self.passed.clear();
        }
        self.passed.extend(ids);
        missing
    }

    fn full(&self) -> usize {
        usize::try_from(self.per_page).unwrap_or(usize::MAX)
    }

    fn operation(&self) -> GetPostsForChannel {
        GetPostsForChannel::new(self.channel_id).per_page(self.per_page).skip_fetch_threads(true)
    }

    async fn fetch(&self, operation: GetPostsForChannel) -> Result<Rows, Error> {
        let list = self.client.send(operation).await?;
        let is_oldest = list.prev_post_id.is_empty();
        let mut posts = list.into_posts();
        posts.sort_by_key(|post| (post.create_at, post.id));
        Ok(Rows { posts, is_oldest })
    }
}
