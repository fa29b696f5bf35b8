//! The data of an event, by the event's name.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::{
    ChannelCreated, EphemeralMessage, EventData, Hello, PostDeleted, PostEdited, Posted, ReactionAdded,
    ReactionRemoved, StatusChange, Typing, UserAdded, UserRemoved,
};
use crate::RawJson;

/// Makes the table of all events: the variants, the names, and the way from one to the other.
macro_rules! events {
    ($($name:ident = $text:literal,)*) => {
        /// The data of an event, decoded.
        ///
        /// Serializes as the data alone, without the name.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Payload {
            $(#[doc = concat!("`", $text, "`.")] $name($name),)*
            /// An event that this version has no type for, those of plugins included.
            Unknown {
                /// The event's name.
                name: String,
                /// The data as it came.
                data: RawJson,
            },
            /// An event whose data is not what its name promises.
            Unreadable {
                /// The event's name.
                name: String,
                /// The data as it came.
                data: RawJson,
                /// What is wrong, with the path of the key.
                error: String,
            },
        }

        impl Payload {
            /// The names of all events that have a type, in no order.
            pub const NAMES: &'static [&'static str] = &[$($text),*];

            /// Reads the data of an event. It never fails: see [`Unknown`](Self::Unknown) and [`Unreadable`](Self::Unreadable).
            pub fn read(name: &str, data: &str) -> Self {
                match name {
                    $($text => read_as(name, data, Self::$name),)*
                    _ => match RawJson::from_raw(data) {
                        Ok(data) => Self::Unknown { name: name.to_owned(), data },
                        Err(error) => Self::unreadable(name, data, &error),
                    },
                }
            }

            /// The event's name.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$name(_) => $text,)*
                    Self::Unknown { name, .. } | Self::Unreadable { name, .. } => name,
                }
            }
        }

        impl Serialize for Payload {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$name(data) => data.serialize(serializer),)*
                    Self::Unknown { data, .. } | Self::Unreadable { data, .. } => data.serialize(serializer),
                }
            }
        }

        $(
            impl EventData for $name {
                const NAME: &'static str = $text;
            }

            impl From<$name> for Payload {
                fn from(data: $name) -> Self {
                    Self::$name(data)
                }
            }
        )*
    };
}

// The frequent ones first, because they are tried in this order.
events! {
    Posted = "posted",
    Typing = "typing",
    StatusChange = "status_change",
    PostEdited = "post_edited",
    PostDeleted = "post_deleted",
    ReactionAdded = "reaction_added",
    ReactionRemoved = "reaction_removed",
    EphemeralMessage = "ephemeral_message",
    ChannelCreated = "channel_created",
    UserAdded = "user_added",
    UserRemoved = "user_removed",
    Hello = "hello",
}

impl Payload {
    /// The data as JSON text.
    pub fn data_json(&self) -> Cow<'_, str> {
        match self {
            Self::Unknown { data, .. } | Self::Unreadable { data, .. } => Cow::Borrowed(data.raw()),
            // Models can always be written as JSON.
            typed => Cow::Owned(serde_json::to_string(typed).unwrap_or_default()),
        }
    }

    #[cold]
    fn unreadable(name: &str, data: &str, error: &serde_json::Error) -> Self {
        // What is no JSON at all is kept as a JSON string.
        let raw = RawJson::from_raw(data).or_else(|_| RawJson::new(&data)).unwrap_or_default();
        Self::Unreadable { name: name.to_owned(), data: raw, error: error.to_string() }
    }
}

fn read_as<T: EventData>(name: &str, data: &str, variant: fn(T) -> Payload) -> Payload {
    match serde_json::from_str(data) {
        Ok(data) => variant(data),
        Err(error) => Payload::unreadable(name, data, &error),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_event_is_read_by_its_name_and_written_back() {
        let data = r#"{"parent_id":"","user_id":"u"}"#;
        let payload = Payload::read("typing", data);
        let Payload::Typing(typing) = &payload else { panic!("{payload:?}") };
        assert_eq!(typing.user_id, "u");
        assert_eq!((payload.name(), &*payload.data_json()), ("typing", data));
        assert_eq!(Payload::from(typing.clone()), payload);
    }

    #[test]
    fn every_name_reads_its_own_kind_from_no_data() {
        assert_eq!(Payload::NAMES.iter().collect::<BTreeSet<_>>().len(), Payload::NAMES.len());
        for name in Payload::NAMES {
            for data in ["{}", "null"] {
                let payload = Payload::read(name, data);
                assert_eq!(payload.name(), *name);
                let typed = !matches!(payload, Payload::Unknown { .. } | Payload::Unreadable { .. });
                assert!(typed, "{name}: {payload:?}");
            }
        }
    }

    #[test]
    fn an_unknown_event_is_kept_as_it_came() {
        let data = r#"{"a":  [1.50, null], "b": "\u0041"}"#;
        for name in ["custom_com.example_tick", "newer_than_this", ""] {
            let payload = Payload::read(name, data);
            assert!(matches!(payload, Payload::Unknown { .. }));
            assert_eq!((payload.name(), &*payload.data_json()), (name, data));
        }
    }

    #[test]
    fn unreadable_data_is_kept_with_the_key_that_is_wrong() {
        for (data, start) in [
            (r#"{"parent_id": "", "user_id": 5}"#, "user_id: invalid type: integer `5`"),
            (r#"[]"#, "invalid type: sequence, expected a Typing object"),
        ] {
            let payload = Payload::read("typing", data);
            let Payload::Unreadable { name, data: raw, error } = &payload else { panic!("{payload:?}") };
            assert_eq!((name.as_str(), raw.raw()), ("typing", data));
            assert!(error.starts_with(start), "{error}");
            assert_eq!(payload.data_json(), data);
        }
    }

    #[test]
    fn text_that_is_no_json_is_kept_too() {
        for name in ["typing", "custom_x"] {
            let payload = Payload::read(name, "{\"a");
            let Payload::Unreadable { data, .. } = &payload else { panic!("{payload:?}") };
            assert_eq!(data.get::<String>().expect("text"), "{\"a");
        }
    }

    #[test]
    fn a_broken_entity_does_not_make_the_event_unreadable() {
        let payload = Payload::read("posted", r#"{"sender_name": "@anna", "post": "{"}"#);
        let Payload::Posted(posted) = payload else { panic!("{payload:?}") };
        assert_eq!(posted.sender_name, "@anna");
        assert!(posted.post.get().is_err());
    }
}
