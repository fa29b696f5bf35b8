//! Kinds of text that are longer or freer than an id but should not be mixed up: names, plugin ids, triggers.

/// What everything that reads and writes as text has in common. The type has `as_str` and `Deserialize`.
macro_rules! like_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// Makes `From`, `FromStr` and `Deserialize` and `Field` for a type that is made of any text with `from_text(Cow<str>)`.
macro_rules! from_text {
    ($name:ident) => {
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from_text(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from_text(text.into())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from_text(text.into()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::read_text(deserializer).map(Self::from_text)
            }
        }

        impl $crate::decode::Field for $name {
            fn fill<'de, D: serde::Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                *self = Self::from_text($crate::decode::read_text(deserializer)?);
                Ok(())
            }

            fn is_empty_field(&self) -> bool {
                self.as_str().is_empty()
            }
        }
    };
}

/// Makes newtypes over `String`.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            fn from_text(text: std::borrow::Cow<'_, str>) -> Self {
                Self(text.into_owned())
            }

            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether there is no text.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        $crate::text::from_text!($name);
        $crate::text::like_text!($name);
    )*};
}

pub(crate) use {from_text, like_text};

texts! {
    /// Name of an emoji without colons: `tada`, or the name of a custom one. At most 64 bytes.
    EmojiName;
    /// Permission to open one dialog, given out with a slash command or a pressed button. Valid for a few seconds.
    TriggerId;
    /// The client's own name for a post it is about to make. A repeat with the same one is not posted twice.
    PendingPostId;
    /// Name of a plugin, such as `com.mattermost.calls`.
    PluginId;
    /// Names a category of one user's sidebar in one team. Longer than other ids.
    SidebarCategoryId;
    /// Names a connection of the event socket.
    ConnectionId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_makes_a_name_and_null_makes_an_empty_one() {
        assert_eq!(EmojiName::from("tada"), "tada");
        assert_eq!("x".parse(), Ok(PluginId::from("x".to_owned())));
        let name: EmojiName = serde_json::from_str("\"a\\nb\"").expect("escaped text");
        assert_eq!(name, "a\nb");
        let none: EmojiName = serde_json::from_str("null").expect("null is empty");
        assert!(none.is_empty());
        assert_eq!(serde_json::to_string(&name).expect("text"), "\"a\\nb\"");
    }
}
