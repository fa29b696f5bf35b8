//! Answers that say little.

use mm_macros::model;

/// "Done": the answer of operations that have nothing to tell.
#[model]
pub struct StatusOk {
    /// `OK`.
    pub status: String,
}

impl StatusOk {
    /// The usual text.
    pub fn ok() -> Self {
        Self { status: "OK".to_owned() }
    }
}
