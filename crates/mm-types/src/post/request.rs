//! Posts on their way to the server.

use mm_macros::model;

use crate::{ChannelId, PostId, PostProps, open_enum::open_enum};

/// A post that is shown to one user and kept nowhere.
#[model]
pub struct EphemeralPost {
    pub channel_id: ChannelId,
    /// Markdown.
    pub message: String,
    /// The thread it is shown in. Empty for the channel itself.
    #[model(omit_empty)]
    pub root_id: PostId,
    #[model(omit_empty)]
    pub props: PostProps,
}

impl EphemeralPost {
    /// A post with a text.
    pub fn new(channel_id: impl Into<ChannelId>, message: impl Into<String>) -> Self {
        Self { channel_id: channel_id.into(), message: message.into(), ..Self::default() }
    }
}

open_enum! {
    /// Which way a thread is read.
    pub enum ThreadDirection {
        /// From the oldest reply to the newest.
        Down = "down",
        /// From the newest reply to the oldest.
        Up = "up",
    }
}
