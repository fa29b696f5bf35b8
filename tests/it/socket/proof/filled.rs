//! What came with a backfill, against what was done.

use std::collections::HashMap;
use std::fmt;

use mm_tower::socket::Origin;
use mm_types::{ChannelId, PostId};

use super::scribe::{Deed, Fact};
use super::seen::Seen;

#[derive(Debug, Default)]
pub(super) struct Report {
    posts: usize,
    pub(super) live: usize,
    pub(super) backfilled: usize,
    /// Made and deleted while nobody was told.
    unheard: usize,
    changes: usize,
    /// Changes that came by a backfill.
    changes_backfilled: usize,
    gaps: usize,
    backfills: usize,
    pub(super) broken: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posts, live, backfilled, unheard, changes, changes_backfilled, gaps, backfills, .. } =
            self;
        write!(
            f,
            "{posts} posts: {live} came live, {backfilled} by a backfill, {unheard} were made and deleted meanwhile\n\
             {changes} edits and deletions came, {changes_backfilled} of them by a backfill; {gaps} gaps, {backfills} \
             backfills",
        )
    }
}

/// What is known of a post.
#[derive(Debug)]
struct Life {
    channel: ChannelId,
    /// How many were made before it.
    number: usize,
    text: String,
    is_deleted: bool,
    /// What came of it.
    posted: usize,
    deleted: usize,
    shown: String,
}

/// Each post came once, in the order of its channel; each one that stands says in the end what it says on the server, and
/// each one that was deleted came with its deletion or not at all.
pub(super) fn compare(facts: &[Fact], seen: &[Seen]) -> Report {
    let mut report = Report::default();
    let mut lives = lives(facts);
    let mut last: HashMap<ChannelId, usize> = HashMap::new();
    report.posts = lives.len();
    for (at, what) in seen.iter().enumerate() {
        let mut broken = |what: String| report.broken.push(format!("{at}: {what}"));
        match what {
            Seen::Post { deed, post, text, origin, .. } => {
                let Some(life) = lives.get_mut(post) else {
                    broken(format!("nobody wrote that: {what:?}"));
                    continue;
                };
                match deed {
                    Deed::Posted => {
                        let before = last.entry(life.channel).or_default();
                        // One that is deleted cannot be put in its place any more.
                        if life.number < *before && !life.is_deleted {
                            broken(format!("after a younger one: {what:?}"));
                        }
                        *before = life.number.max(*before);
                        life.posted += 1;
                    }
                    Deed::Edited => {}
                    Deed::Deleted => life.deleted += 1,
                }
                if *deed != Deed::Deleted {
                    if number(text) <= number(&life.shown) {
                        broken(format!("after {:?}: {what:?}", life.shown));
                    }
                    life.shown.clone_from(text);
                }
                let is_live = *origin == Origin::Live;
                let count = match deed {
                    Deed::Posted if is_live => &mut report.live,
                    Deed::Posted => &mut report.backfilled,
                    _ => {
                        report.changes_backfilled += usize::from(!is_live);
                        &mut report.changes
                    }
                };
                *count += 1;
            }
            Seen::Gap { .. } => report.gaps += 1,
            Seen::Backfilled { wrong } => {
                if !wrong.is_empty() {
                    broken(format!("incomplete: {wrong}"));
                }
                report.backfills += 1;
            }
            Seen::End(word) if at + 1 != seen.len() => broken(format!("not the last: {word}")),
            _ => {}
        }
    }
    for (post, life) in &lives {
        let is_right = match (life.posted, life.deleted) {
            (1, deleted) if life.is_deleted => deleted == 1,
            (1, 0) => life.shown == life.text,
            (0, 0 | 1) if life.is_deleted => {
                report.unheard += 1;
                true
            }
            _ => false,
        };
        if !is_right {
            report.broken.push(format!("{post}: {life:?}"));
        }
    }
    report
}

/// Each post as it is in the end.
fn lives(facts: &[Fact]) -> HashMap<PostId, Life> {
    let mut lives = HashMap::new();
    for Fact { deed, post, channel, text } in facts {
        let number = lives.len();
        let life = lives.entry(*post).or_insert_with(|| Life {
            channel: *channel,
            number,
            text: text.clone(),
            is_deleted: false,
            posted: 0,
            deleted: 0,
            shown: String::new(),
        });
        match deed {
            Deed::Posted => {}
            Deed::Edited => life.text.clone_from(text),
            Deed::Deleted => life.is_deleted = true,
        }
    }
    lives
}

/// Texts are numbered in the order in which they were written.
fn number(text: &str) -> Option<usize> {
    text.strip_prefix("deed ").and_then(|number| number.parse().ok())
}
