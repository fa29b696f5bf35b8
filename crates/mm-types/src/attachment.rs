//! Attachments of posts: framed text with fields and buttons.

use mm_macros::model;

/// Framed text below a post.
#[model]
pub struct MessageAttachment {
    pub text: String,
}
