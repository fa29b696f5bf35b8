//! What a Mattermost server says: ids, open enums, models and errors.
//!
//! Models read like the wire and take what any server from 5.37 on writes: a key that is missing or `null` is the default
//! value, keys and values without a name are no error. What was read is written back without loss. No I/O, no HTTP.
//! What the event socket tells is in [`event`]. Any serde reads and writes them; [`json`] reads them fastest.
//!
//! ```
//! use mm_types::{Post, PostKind};
//!
//! let post: Post = serde_json::from_str(r#"{"message": "hello", "type": "", "file_ids": null, "new_key": 1}"#)?;
//! assert_eq!(post.kind, PostKind::Normal);
//! assert!(post.is_root() && post.file_ids.is_empty());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Structs may get fields with any release, so make them from their default:
//!
//! ```
//! let mut post = mm_types::Post::default();
//! post.message = "hello".to_owned();
//! post.props.insert("from_bot", "true");
//! ```

// The code that `#[model]` makes names this crate.
extern crate self as mm_types;

mod attachment;
mod bookmark;
mod bot;
mod channel;
mod cloud;
mod command;
#[doc(hidden)]
pub mod decode;
mod dialog;
mod draft;
mod error;
pub mod error_id;
pub mod event;
mod field;
mod file;
mod group;
mod id;
pub mod json;
mod limits;
mod list_or;
mod number;
mod open_enum;
mod patch;
mod ping;
mod plugin;
mod post;
mod preference;
mod presence;
mod property;
mod props;
mod raw;
mod raw_json;
mod reaction;
mod role;
mod secret;
mod session;
mod sidebar;
mod signon;
mod sort;
mod status;
mod team;
mod text;
mod thread;
mod timestamp;
mod user;
mod webhook;

#[doc(hidden)]
pub use decode as __private;
pub use mm_macros::model;

pub use self::{
    attachment::*, bookmark::*, bot::*, channel::*, cloud::*, command::*, dialog::*, draft::*, error::*,
    file::*, group::*, id::*, limits::*, number::*, open_enum::*, patch::*, ping::*, plugin::*, post::*,
    preference::*, presence::*, property::*, props::*, raw::*, raw_json::*, reaction::*, role::*, secret::*,
    session::*, sidebar::*, signon::*, sort::*, status::*, team::*, text::*, thread::*, timestamp::*,
    user::*, webhook::*,
};
