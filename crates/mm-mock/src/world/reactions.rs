//! Reactions.

use mm_types::{EmojiName, PostId, Reaction, UserId};

use super::Table;

#[derive(Debug, Default)]
pub(crate) struct Reactions {
    pub(crate) rows: Table<(PostId, UserId, EmojiName), Reaction>,
}

impl Reactions {
    /// The oldest first.
    pub(crate) fn of_post(&self, post: PostId) -> impl Iterator<Item = &Reaction> {
        self.rows.iter().filter(move |reaction| reaction.post_id == post)
    }
}
