//! What is known of all channels.

use std::collections::HashMap;

use mm_core::socket::{Event, Origin};
use mm_core::types::event::{PostDeleted, PostEdited, Posted};
use mm_core::types::{ChannelId, ChannelType, Post, Timestamp};

use super::fill::{Done, Job, is_refused};
use super::found::{Found, Kind};
use super::told::Told;
use super::track::{About, Track};

#[derive(Debug)]
pub(super) struct Tracks {
    channels: HashMap<ChannelId, Entry>,
    /// How many that nobody asked for are kept.
    most_seen: usize,
    seen: usize,
    uses: u64,
    forgotten: u64,
    /// The newest time of the server that came with a post.
    newest: Timestamp,
    told: Told,
}

#[derive(Debug)]
struct Entry {
    track: Track,
    is_asked_for: bool,
    used: u64,
}

impl Tracks {
    pub(super) fn new(asked_for: impl IntoIterator<Item = (ChannelId, Track)>, most_seen: usize) -> Self {
        let entry = |track| Entry { track, is_asked_for: true, used: 0 };
        let channels = asked_for.into_iter().map(|(id, track)| (id, entry(track))).collect();
        Self {
            channels,
            most_seen,
            seen: 0,
            uses: 0,
            forgotten: 0,
            newest: Timestamp::UNSET,
            told: Told::default(),
        }
    }

    /// Takes note of an event that came live. Whether the consumer is to have it, and does not have it yet.
    pub(super) fn hear(&mut self, event: &Event) -> bool {
        if let Some(Ok(posted)) = event.data::<Posted>() {
            let Ok(post) = posted.post.get() else { return true };
            return self.hear_post(&post, posted);
        }
        if let Some(Ok(edited)) = event.data::<PostEdited>() {
            let Ok(post) = edited.post.get() else { return true };
            self.newest = self.newest.max(post.update_at);
            return self.told.edited(&post, Origin::Live);
        }
        if let Some(Ok(deleted)) = event.data::<PostDeleted>() {
            let Ok(post) = deleted.post.get() else { return true };
            // Those that one user alone has seen have no channel that could be backfilled.
            return post.id.is_empty() || self.told.deleted(post.id);
        }
        true
    }

    fn hear_post(&mut self, post: &Post, posted: Posted) -> bool {
        self.newest = self.newest.max(post.update_at);
        self.uses += 1;
        let place = (post.create_at, post.id);
        if let Some(entry) = self.channels.get_mut(&post.channel_id) {
            entry.used = self.uses;
            entry.track.about = about(posted);
            return entry.track.hear(place);
        }
        if self.most_seen > 0 && !post.channel_id.is_empty() {
            if self.seen >= self.most_seen {
                self.forget_one();
            }
            let track = Track::from(place, about(posted));
            self.channels.insert(post.channel_id, Entry { track, is_asked_for: false, used: self.uses });
            self.seen += 1;
        }
        true
    }

    fn forget_one(&mut self) {
        let seen = self.channels.iter().filter(|(_, entry)| !entry.is_asked_for);
        if let Some(id) = seen.min_by_key(|(_, entry)| entry.used).map(|(id, _)| *id) {
            self.channels.remove(&id);
            self.seen -= 1;
            self.forgotten += 1;
        }
    }

    /// Anything may have been missed.
    pub(super) fn owe(&mut self) {
        for entry in self.channels.values_mut() {
            entry.track.owe(self.newest);
        }
    }

    pub(super) fn is_owed(&self) -> bool {
        self.channels.values().any(|entry| entry.track.is_owed())
    }

    /// What is to be fetched.
    pub(super) fn jobs(&self) -> Vec<Job> {
        let job = |(id, entry): (&ChannelId, &Entry)| {
            let (start, since) = entry.track.owed()?;
            Some(Job { channel_id: *id, start, since })
        };
        self.channels.iter().filter_map(job).collect()
    }

    /// Takes note of what was found. Whether the consumer is to have it, and with what is known of the channel.
    pub(super) fn found(&mut self, found: &Found) -> Option<&About> {
        let post = &found.post;
        let entry = self.channels.get_mut(&post.channel_id)?;
        let is_new = match found.kind {
            Kind::Posted => {
                entry.track.found((post.create_at, post.id));
                if post.edit_at.is_set() {
                    // It is told with the edit in it.
                    self.told.edited(post, Origin::Backfill);
                }
                true
            }
            Kind::Edited => self.told.edited(post, Origin::Backfill),
            Kind::Deleted => self.told.deleted(post.id),
        };
        is_new.then_some(&entry.track.about)
    }

    /// All that could be fetched of a channel was. Whether it makes sense to try again soon.
    pub(super) fn done(&mut self, done: &Done) -> bool {
        let Done { channel_id: id, missing, changed } = done;
        let Some(entry) = self.channels.get_mut(id) else { return false };
        let mut errors = missing.iter().filter_map(|missing| missing.error.as_deref());
        let Some(error) = errors.next() else {
            entry.track.paid(*changed);
            return false;
        };
        if !is_refused(error) {
            return true;
        }
        if !entry.is_asked_for {
            self.channels.remove(id);
            self.seen -= 1;
        }
        false
    }

    /// How many channels were forgotten since this was asked the last time.
    pub(super) fn take_forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }
}

fn about(posted: Posted) -> About {
    let is_direct = posted.channel_type == ChannelType::Direct;
    About {
        kind: posted.channel_type,
        name: posted.channel_name,
        // That of a direct message is its author's name.
        display_name: if is_direct { String::new() } else { posted.channel_display_name },
        team_id: posted.team_id,
    }
}
