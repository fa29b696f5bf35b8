//! One post.

use mm_types::{FileId, FileInfo, Patch, Post, PostId, PostProps, StatusOk};

use crate::Endpoint;

/// Fetches a post.
///
/// Members of the channel may, and for public channels all members of the team.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/posts/{post_id}", response = Post, etag)]
#[non_exhaustive]
pub struct GetPost {
    /// Which.
    pub post_id: PostId,
    /// Finds deleted posts too; administrators only.
    pub include_deleted: Option<bool>,
}

/// Deletes a post, and with the first post of a thread all its replies.
///
/// One's own with `delete_post`, others' with `delete_others_posts`. A post that is deleted
/// already is 404, on old servers 403.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/posts/{post_id}", response = StatusOk)]
#[non_exhaustive]
pub struct DeletePost {
    /// Which.
    pub post_id: PostId,
    /// Removes it from the database, with its files; administrators only, and only where the server allows it.
    pub permanent: Option<bool>,
}

/// Writes a post anew.
///
/// What is left out is emptied: props, pin and the rest. [`PatchPost`] changes only what it names.
/// One's own with `edit_post`, others' with `edit_others_posts`, and only as long as the server
/// lets people edit.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/posts/{post_id}", response = Post)]
#[non_exhaustive]
pub struct UpdatePost {
    /// Which.
    #[endpoint(repeated = "id")]
    pub post_id: PostId,
    /// Markdown.
    pub message: String,
    /// Whether it is pinned to the channel. Not pinned if left out.
    pub is_pinned: Option<bool>,
    /// Whether it has reactions. Give back what the post had.
    pub has_reactions: Option<bool>,
    /// All props at once.
    pub props: Option<PostProps>,
    /// The files it keeps, and on newer servers those it gets.
    #[endpoint(default)]
    pub file_ids: Vec<FileId>,
}

/// Changes some properties of a post.
///
/// One's own with `edit_post`, others' with `edit_others_posts`, and only as long as the server
/// lets people edit. A patch that names nothing changes nothing.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(PUT, "/api/v4/posts/{post_id}/patch", response = Post)]
#[non_exhaustive]
pub struct PatchPost {
    /// Which.
    pub post_id: PostId,
    /// Whether it is pinned to the channel.
    pub is_pinned: Option<bool>,
    /// Markdown.
    pub message: Patch<String>,
    /// The files it keeps, and on newer servers those it gets.
    pub file_ids: Patch<Vec<FileId>>,
    /// Whether it has reactions.
    pub has_reactions: Option<bool>,
    /// All props at once: those that are not in it go.
    pub props: Patch<PostProps>,
}

/// Lists the files of a post. For those who can read its channel.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/posts/{post_id}/files/info", response = Vec<FileInfo>, etag)]
#[non_exhaustive]
pub struct GetFileInfosForPost {
    /// Of which post.
    pub post_id: PostId,
    /// Deleted files too; for administrators.
    pub include_deleted: Option<bool>,
}
