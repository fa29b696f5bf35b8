//! Links and files on top of a channel.

use mm_macros::model;

use crate::{BookmarkId, ChannelId, EmojiName, FileId, FileInfo, Timestamp, UserId, open_enum::open_enum};

open_enum! {
    /// What a bookmark leads to.
    pub enum ChannelBookmarkType {
        /// An address.
        Link = "link",
        /// A file.
        File = "file",
    }
}

/// A link or file on top of a channel.
#[model]
pub struct ChannelBookmark {
    pub id: BookmarkId,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
    pub channel_id: ChannelId,
    /// Who made it.
    pub owner_id: UserId,
    /// Empty for links.
    pub file_id: FileId,
    pub display_name: String,
    /// Its place among the others, from 0.
    pub sort_order: i64,
    /// Empty for files.
    #[model(omit_empty)]
    pub link_url: String,
    #[model(omit_empty)]
    pub image_url: String,
    #[model(omit_empty)]
    pub emoji: EmojiName,
    #[model(rename = "type")]
    pub kind: ChannelBookmarkType,
    /// The bookmark that this one took the place of.
    #[model(omit_empty)]
    pub original_id: BookmarkId,
    #[model(omit_empty)]
    pub parent_id: BookmarkId,
}

/// A bookmark with its file.
#[model]
pub struct ChannelBookmarkWithFileInfo {
    #[model(flatten)]
    pub bookmark: ChannelBookmark,
    /// None for links.
    #[model(omit_empty)]
    pub file: Option<Box<FileInfo>>,
}

/// What became of a bookmark that was changed.
#[model]
pub struct UpdateChannelBookmarkResponse {
    /// As it is now.
    #[model(omit_empty)]
    pub updated: Option<Box<ChannelBookmarkWithFileInfo>>,
    /// As it was, where a new one took its place: that happens when somebody else had made it.
    #[model(omit_empty)]
    pub deleted: Option<Box<ChannelBookmarkWithFileInfo>>,
}
