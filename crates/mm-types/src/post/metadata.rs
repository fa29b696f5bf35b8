//! What comes with a post so that it can be shown without further requests.

use std::collections::BTreeMap;

use mm_macros::model;

use crate::{
    ChannelId, ChannelType, EmojiId, EmojiName, FileInfo, Post, PostId, RawJson, Reaction, RemoteId,
    Timestamp, UserId, open_enum::open_enum,
};

/// Everything a client needs to show a post. Missing in answers that are lists for machines.
#[model]
pub struct PostMetadata {
    /// Previews of links and attachments.
    #[model(omit_empty)]
    pub embeds: Vec<PostEmbed>,
    /// The custom emoji in text and reactions.
    #[model(omit_empty)]
    pub emojis: Vec<Emoji>,
    #[model(omit_empty)]
    pub files: Vec<FileInfo>,
    /// Size of every picture in the text, by its address.
    #[model(omit_empty)]
    pub images: BTreeMap<String, PostImage>,
    #[model(omit_empty)]
    pub reactions: Vec<Reaction>,
    #[model(omit_empty)]
    pub priority: Option<PostPriority>,
    /// Who confirmed to have read it.
    #[model(omit_empty)]
    pub acknowledgements: Vec<PostAcknowledgement>,
    /// By language.
    #[model(omit_empty)]
    pub translations: BTreeMap<String, PostTranslation>,
    /// When a post that goes away after reading goes.
    #[model(omit_empty)]
    pub expire_at: Timestamp,
    /// Who it is for, when it goes away after reading.
    #[model(omit_empty)]
    pub recipients: Vec<String>,
}

open_enum! {
    /// What a preview shows.
    pub enum PostEmbedKind {
        /// A picture.
        Image = "image",
        /// An attachment from the post's props.
        MessageAttachment = "message_attachment",
        /// What a web page says about itself.
        OpenGraph = "opengraph",
        /// A link without more.
        Link = "link",
        /// Another post of this server.
        Permalink = "permalink",
        /// A card of Boards.
        Boards = "boards",
    }
}

/// A preview below a post.
#[model]
pub struct PostEmbed {
    #[model(rename = "type")]
    pub kind: PostEmbedKind,
    #[model(omit_empty)]
    pub url: String,
    /// Depends on the kind; see [`preview_post`](Self::preview_post).
    #[model(omit_empty)]
    pub data: RawJson,
}

impl PostEmbed {
    /// The post that a permalink shows. None for other kinds.
    pub fn preview_post(&self) -> Result<Option<PreviewPost>, serde_json::Error> {
        if self.kind != PostEmbedKind::Permalink {
            return Ok(None);
        }
        self.data.get().map(Some)
    }
}

/// A post that another one links to.
#[model]
pub struct PreviewPost {
    pub post_id: PostId,
    pub post: Post,
    pub team_name: String,
    pub channel_display_name: String,
    pub channel_type: ChannelType,
    pub channel_id: ChannelId,
}

/// A picture's size and form.
#[model]
pub struct PostImage {
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// `png`, `jpeg`, `gif` and so on. Empty when unknown.
    pub format: String,
    /// 0 for pictures that do not move.
    pub frame_count: i64,
}

/// A custom emoji.
#[model]
pub struct Emoji {
    pub id: EmojiId,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it is in use.
    pub delete_at: Timestamp,
    pub creator_id: UserId,
    pub name: EmojiName,
}

open_enum! {
    /// How pressing a post is.
    pub enum Priority {
        /// As most are.
        Standard = "",
        /// Marked as important.
        Important = "important",
        /// Marked as urgent.
        Urgent = "urgent",
    }
}

/// How pressing a post is, and what follows from it.
#[model]
pub struct PostPriority {
    pub priority: Option<Priority>,
    /// Whether readers are asked to confirm. Needs a licence when true.
    pub requested_ack: Option<bool>,
    /// Whether those who were mentioned are told again and again until they react.
    pub persistent_notifications: Option<bool>,
    #[model(rename = "PostId", omit_empty)]
    pub post_id: PostId,
    #[model(rename = "ChannelId", omit_empty)]
    pub channel_id: ChannelId,
}

/// That a user confirmed to have read a post.
#[model]
pub struct PostAcknowledgement {
    pub user_id: UserId,
    pub post_id: PostId,
    /// 0 when it was taken back.
    pub acknowledged_at: Timestamp,
    pub channel_id: ChannelId,
    #[model(omit_empty)]
    pub remote_id: Option<RemoteId>,
}

/// A post's text in another language.
#[model]
pub struct PostTranslation {
    #[model(omit_empty)]
    pub text: String,
    /// In the place of `text` when more than the text was translated.
    #[model(omit_empty)]
    pub object: RawJson,
    /// Whether `text` or `object` holds it.
    #[model(rename = "type")]
    pub kind: String,
    /// How far the translation is.
    pub state: String,
    #[model(omit_empty)]
    pub source_lang: String,
}
