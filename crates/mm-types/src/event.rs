//! What the event socket tells: one struct for the data of each kind of event.
//!
//! [`Payload::read`] picks the struct by the event's name. Entities that the server writes as JSON inside a JSON
//! string stay text until somebody asks for them, see [`Nested`].
//!
//! ```
//! use mm_types::event::Payload;
//!
//! let data = r#"{"post": "{\"message\": \"hello\"}", "channel_type": "O", "sender_name": "@anna"}"#;
//! let Payload::Posted(posted) = Payload::read("posted", data) else { panic!("another kind") };
//! assert_eq!(posted.sender_name, "@anna");
//! assert_eq!(posted.post.get()?.message, "hello");
//!
//! // What has no name here, and what cannot be read, is a value as well.
//! assert!(matches!(Payload::read("custom_com.example_tick", "{}"), Payload::Unknown { .. }));
//! assert!(matches!(Payload::read("posted", r#"{"post": 5}"#), Payload::Unreadable { .. }));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod broadcast;
mod channels;
mod groups;
mod nested;
mod payload;
mod plugins;
mod posts;
mod properties;
mod server;
mod sidebar;
mod teams;
mod threads;
mod users;

use serde::{Serialize, de::DeserializeOwned};

pub use self::{
    broadcast::*, channels::*, groups::*, nested::*, payload::*, plugins::*, posts::*, properties::*,
    server::*, sidebar::*, teams::*, threads::*, users::*,
};

/// The data of one kind of event.
///
/// Implement it to read the events of a plugin: their names begin with `custom_`, the plugin's id and an underscore.
pub trait EventData: Serialize + DeserializeOwned {
    /// The event's name on the wire.
    const NAME: &'static str;
}
