//! What is known of one channel.

use std::collections::BTreeSet;

use mm_core::types::{ChannelType, Post, PostId, PostList, TeamId, Timestamp};

/// Posts that are older than the newest by so much, in ms, do not appear any more. Times are given by several servers, and a
/// post can be seen a little later than one that was made after it.
pub(super) const SETTLED: i64 = 10_000;

/// The most posts that are remembered of a channel.
pub(super) const MOST_KNOWN: usize = 1_000;

/// Where a post stands in its channel.
pub(super) type Place = (Timestamp, PostId);

/// Which posts of a channel the consumer has.
#[derive(Debug, Clone, Default)]
pub(super) struct Track {
    /// Posts that were made then or later are missing, unless they are known. Older ones are not.
    floor: Timestamp,
    /// A post that is older than the floor, to begin at.
    anchor: Option<PostId>,
    known: BTreeSet<Place>,
    /// The newest time among those that came live.
    heard: Timestamp,
    /// Edits and deletions that are older are known, as far as they ever will be.
    changed: Timestamp,
    /// Something is to be fetched: edits and deletions since then, and posts from the floor on.
    owed: Option<Timestamp>,
    pub(super) about: About,
}

/// What live events tell of a channel beside their post.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub(super) kind: ChannelType,
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) team_id: TeamId,
}

/// Where a walk begins.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) floor: Timestamp,
    pub(super) anchor: Option<PostId>,
    pub(super) known: BTreeSet<Place>,
}

impl Start {
    /// Whether a post is not among those that are missing.
    pub(super) fn knows(&self, post: &Post) -> bool {
        post.create_at < self.floor || self.known.contains(&(post.create_at, post.id))
    }
}

impl Track {
    /// A channel whose newest posts are these: what is older is of no interest.
    pub(super) fn at(newest: &PostList) -> Self {
        let known: BTreeSet<Place> = newest.iter().map(|post| (post.create_at, post.id)).collect();
        let oldest = known.first().copied();
        let changed = newest.posts.values().map(|post| post.update_at).max().unwrap_or_default();
        let mut track = Self { known, changed, ..Self::default() };
        if let Some(oldest) = oldest.filter(|_| !newest.prev_post_id.is_empty()) {
            track.begin_after(oldest);
        }
        track.settle();
        track
    }

    /// A channel of which nothing is known but a post that came live.
    pub(super) fn from(first: Place, about: About) -> Self {
        let mut track = Self { floor: first.0, about, ..Self::default() };
        track.hear(first);
        track
    }

    /// Takes note of a post that came live. Whether it is new.
    pub(super) fn hear(&mut self, place: Place) -> bool {
        let is_new = self.known.insert(place);
        if is_new {
            // It may come late, after a backfill that saw changes of it and left them to those that are told live.
            self.changed = self.changed.min(place.0);
        }
        self.heard = self.heard.max(place.0);
        self.settle();
        is_new
    }

    /// Takes note of a post that a walk has found.
    pub(super) fn found(&mut self, place: Place) {
        self.known.insert(place);
        self.trim();
    }

    /// Something may have been missed since then. What is owed already is not forgotten.
    pub(super) fn owe(&mut self, since: Timestamp) {
        self.owed.get_or_insert(before(self.changed.max(since)));
    }

    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_some()
    }

    pub(super) fn owed(&self) -> Option<(Start, Timestamp)> {
        let start = Start { floor: self.floor, anchor: self.anchor, known: self.known.clone() };
        self.owed.map(|since| (start, since))
    }

    /// Nothing is missing any more, up to this change.
    pub(super) fn paid(&mut self, changed: Timestamp) {
        self.owed = None;
        self.changed = self.changed.max(changed);
        self.settle();
    }

    fn settle(&mut self) {
        if self.owed.is_none()
            && let Some(newest) = self.known.last()
            && let Some(settled) = self.known.range(..(before(newest.0), PostId::default())).next_back()
            && settled.0 >= self.floor
        {
            self.begin_after(*settled);
        }
        self.trim();
    }

    fn trim(&mut self) {
        while let Some(oldest) = self.known.first().copied() {
            let is_over = oldest.0 < self.floor && oldest.0 < before(self.heard);
            if !is_over && self.known.len() <= MOST_KNOWN {
                break;
            }
            self.known.pop_first();
            if oldest.0 >= self.floor {
                self.begin_after(oldest);
            }
        }
    }

    fn begin_after(&mut self, place: Place) {
        self.floor = Timestamp::from_millis(place.0.as_millis().saturating_add(1));
        self.anchor = Some(place.1);
    }
}

fn before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis().saturating_sub(SETTLED))
}

#[cfg(test)]
mod tests;
