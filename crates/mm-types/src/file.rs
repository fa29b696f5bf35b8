//! Files and uploads.

use mm_macros::model;

use crate::{ChannelId, FileId, PostId, RemoteId, Timestamp, UploadId, UserId, open_enum::open_enum};

/// What is known about an uploaded file; its content is fetched by id.
#[model]
pub struct FileInfo {
    pub id: FileId,
    pub user_id: UserId,
    /// Empty until a post has it.
    #[model(omit_empty)]
    pub post_id: PostId,
    /// Empty from servers that do not tell it, such as 5.37.
    pub channel_id: ChannelId,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it is there.
    pub delete_at: Timestamp,
    pub name: String,
    /// Without the dot.
    pub extension: String,
    /// Bytes.
    pub size: i64,
    pub mime_type: String,
    /// Pixels. 0 for what is no picture.
    #[model(omit_empty)]
    pub width: i64,
    /// Pixels. 0 for what is no picture.
    #[model(omit_empty)]
    pub height: i64,
    #[model(omit_empty)]
    pub has_preview_image: bool,
    /// A very small picture as base64 of a JPEG. None for what is no picture.
    pub mini_preview: Option<String>,
    pub remote_id: Option<RemoteId>,
    /// Whether the server's plan keeps its content from being fetched.
    pub archived: bool,
}

/// The answer to an upload.
#[model]
pub struct FileUpload {
    /// In the order of the parts that were sent.
    pub file_infos: Vec<FileInfo>,
    /// The client's own names for the files, where it sent some.
    pub client_ids: Vec<String>,
}

open_enum! {
    /// What an upload is for.
    pub enum UploadKind {
        /// A file of a post.
        Attachment = "attachment",
        /// Data to be imported; for administrators.
        Import = "import",
    }
}

/// An upload that is sent in pieces and can be taken up again.
#[model]
pub struct UploadSession {
    pub id: UploadId,
    #[model(rename = "type")]
    pub kind: UploadKind,
    pub create_at: Timestamp,
    pub user_id: UserId,
    /// Empty for imports.
    #[model(omit_empty)]
    pub channel_id: ChannelId,
    pub filename: String,
    /// Bytes of the whole file.
    pub file_size: i64,
    /// Bytes that have arrived: where to go on.
    pub file_offset: i64,
    pub remote_id: RemoteId,
    pub req_file_id: FileId,
}
