//! What was missed, as events.

use mm_core::socket::Event;
use mm_core::types::event::{Broadcast, Nested, PostDeleted, PostEdited, Posted};
use mm_core::types::{Post, Timestamp};

use super::track::About;

/// Something that was missed.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) post: Post,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Posted,
    Edited,
    Deleted,
}

impl Found {
    /// When it happened.
    pub(super) fn at(&self) -> Timestamp {
        match self.kind {
            Kind::Posted => self.post.create_at,
            Kind::Edited => self.post.edit_at,
            Kind::Deleted => self.post.delete_at,
        }
    }

    /// As it would have come live, as far as that is known.
    pub(super) fn event(&self, about: &About) -> Option<Event> {
        let post = Nested::new(&self.post).ok()?;
        let mut broadcast = Broadcast::default();
        broadcast.channel_id = self.post.channel_id;
        let event = match self.kind {
            Kind::Posted => {
                let mut posted = Posted::default();
                posted.post = post;
                posted.channel_type = about.kind.clone();
                posted.channel_name.clone_from(&about.name);
                posted.channel_display_name.clone_from(&about.display_name);
                posted.team_id = about.team_id;
                Event::backfilled(&posted, &broadcast)
            }
            Kind::Edited => {
                let mut edited = PostEdited::default();
                edited.post = post;
                Event::backfilled(&edited, &broadcast)
            }
            Kind::Deleted => {
                let mut deleted = PostDeleted::default();
                deleted.post = post;
                Event::backfilled(&deleted, &broadcast)
            }
        };
        // A post can always be written.
        event.ok()
    }
}
