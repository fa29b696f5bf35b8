//! Posts by the names that their authors gave them before they had ids.

use std::collections::HashMap;
use std::time::Duration;

use mm_types::{PendingPostId, PostId, Timestamp};

/// How long a name is known after its post was made.
const KNOWN_FOR: Duration = Duration::from_secs(30);

/// Which post a name stands for. The server does not look whose name it is.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    rows: HashMap<PendingPostId, (PostId, Timestamp)>,
}

impl Pending {
    /// The post that was made under a name lately.
    pub(crate) fn get(&self, name: &PendingPostId, now: Timestamp) -> Option<PostId> {
        let (post, made_at) = self.rows.get(name)?;
        let age = now.as_millis().saturating_sub(made_at.as_millis());
        (u128::try_from(age).unwrap_or_default() < KNOWN_FOR.as_millis()).then_some(*post)
    }

    /// Remembers what was made. Without a name there is nothing to remember.
    pub(crate) fn made(&mut self, name: &PendingPostId, post: PostId, now: Timestamp) {
        if !name.is_empty() {
            self.rows.insert(name.clone(), (post, now));
        }
    }
}
