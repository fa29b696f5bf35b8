//! Posts, and lists of them.

mod create;
mod list;
mod post;
mod search;
mod thread;
mod unread;

pub use create::{CreatePost, CreatePostEphemeral};
pub use list::GetPostsForChannel;
pub use post::{DeletePost, GetFileInfosForPost, GetPost, PatchPost, UpdatePost};
pub use search::SearchPosts;
pub use thread::GetPostThread;
pub use unread::SetPostUnread;

operations![
    CreatePost,
    CreatePostEphemeral,
    GetPost,
    GetFileInfosForPost,
    UpdatePost,
    PatchPost,
    DeletePost,
    SetPostUnread,
    GetPostsForChannel,
    GetPostThread,
    SearchPosts,
];
