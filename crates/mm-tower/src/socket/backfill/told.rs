//! Which edits and deletions the consumer was told of.

use std::collections::{HashMap, VecDeque};

use mm_core::socket::Origin;
use mm_core::types::{Post, PostId, Timestamp};

/// The most posts whose changes are remembered.
const MOST: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Told {
    changes: HashMap<PostId, Change>,
    order: VecDeque<PostId>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Change {
    /// The last edit that was told of.
    edit_at: Timestamp,
    /// The state that was told of in a backfill.
    fetched: Timestamp,
    is_deleted: bool,
}

impl Told {
    /// Whether the consumer is to be told.
    pub(super) fn edited(&mut self, post: &Post, origin: Origin) -> bool {
        let change = self.change(post.id);
        let is_new = match origin {
            Origin::Backfill => post.edit_at > change.edit_at,
            // Pinning is told as an edit too, which changes that time alone.
            _ => change.fetched.is_unset() || post.update_at > change.fetched,
        };
        change.edit_at = change.edit_at.max(post.edit_at);
        if origin == Origin::Backfill {
            change.fetched = change.fetched.max(post.update_at);
        }
        is_new
    }

    /// Whether the consumer is to be told.
    pub(super) fn deleted(&mut self, post: PostId) -> bool {
        !std::mem::replace(&mut self.change(post).is_deleted, true)
    }

    fn change(&mut self, post: PostId) -> &mut Change {
        if !self.changes.contains_key(&post) {
            self.order.push_back(post);
            if self.order.len() > MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.changes.remove(&oldest);
            }
        }
        self.changes.entry(post).or_default()
    }
}
