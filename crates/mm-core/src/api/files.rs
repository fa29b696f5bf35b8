//! Files of posts.

use mm_types::{ChannelId, FileId, FileInfo, FileUpload, PostId};

use crate::{Download, Endpoint, Part};

operations![UploadFile, GetFile, GetFileInfo];

/// Uploads files to a channel, to be attached to posts there.
///
/// Needs `upload_file` in the channel. A file may have as many bytes as the server's
/// `MaxFileSize`, 100 MiB if nobody changed it. Sent twice, the files are there twice; one that no
/// post takes is seen by nobody but its owner.
///
/// The parts are sent as they are read. A stream of unknown length makes the whole request one.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/files", response = FileUpload, status = 201, multipart)]
#[non_exhaustive]
pub struct UploadFile {
    /// Where the post will be.
    pub channel_id: ChannelId,
    /// The caller's own names for the files, given back in the answer: one for each, or none.
    #[endpoint(default)]
    pub client_ids: Vec<String>,
    /// The files.
    #[endpoint(part)]
    pub files: Vec<Part>,
    /// Marks the files as belonging to a bookmark of the channel. Old servers ignore it.
    #[endpoint(query)]
    pub bookmark: Option<bool>,
}

/// Fetches a file's content, as it arrives.
///
/// Members of the channel may; a file that no post has yet, its owner, and on newer servers
/// everybody in the channel. Web pages and scripts come as plain text.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/files/{file_id}", response = Download)]
#[non_exhaustive]
pub struct GetFile {
    /// Which.
    pub file_id: FileId,
    /// Has browsers save it rather than show it.
    pub download: Option<bool>,
    /// Looks with the rights of a reviewer of flagged posts; needs `flagged_post_id`.
    pub as_content_reviewer: Option<bool>,
    /// The flagged post that is reviewed.
    pub flagged_post_id: Option<PostId>,
}

/// Fetches what is known about a file: name, size, type.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/files/{file_id}/info", response = FileInfo)]
#[non_exhaustive]
pub struct GetFileInfo {
    /// Which.
    pub file_id: FileId,
}
