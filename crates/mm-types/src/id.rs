//! Ids of entities: 26 letters and digits, kept inline and `Copy`.

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// How many bytes a real id has.
pub const ID_LENGTH: usize = 26;

/// The text of an id: at most 26 bytes of UTF-8, the rest is zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IdText {
    bytes: [u8; ID_LENGTH],
    length: u8,
}

impl IdText {
    pub(crate) const EMPTY: Self = Self { bytes: [0; ID_LENGTH], length: 0 };

    pub(crate) const ME: Self = {
        let mut me = Self::EMPTY;
        me.bytes[0] = b'm';
        me.bytes[1] = b'e';
        me.length = 2;
        me
    };

    /// Takes any text that fits.
    pub(crate) fn fit(text: &str) -> Option<Self> {
        if let Ok(bytes) = text.as_bytes().try_into() {
            return Some(Self { bytes, length: 26 });
        }
        let length = u8::try_from(text.len()).ok()?;
        let mut bytes = [0; ID_LENGTH];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length })
    }

    /// Takes exactly 26 letters and digits.
    pub(crate) const fn strict(bytes: [u8; ID_LENGTH], kind: &'static str) -> Result<Self, InvalidId> {
        let mut at = 0;
        while at < ID_LENGTH {
            if !bytes[at].is_ascii_alphanumeric() {
                let problem = Problem::Character(at);
                return Err(InvalidId { kind, problem });
            }
            at += 1;
        }
        Ok(Self { bytes, length: 26 })
    }

    pub(crate) fn parse(text: &str, kind: &'static str) -> Result<Self, InvalidId> {
        if let Ok(bytes) = text.as_bytes().try_into() {
            return Self::strict(bytes, kind);
        }
        let problem = match text.bytes().position(|byte| !byte.is_ascii_alphanumeric()) {
            _ if text.is_empty() => Problem::Empty,
            Some(at) => Problem::Character(at),
            None => Problem::Length(text.len()),
        };
        Err(InvalidId { kind, problem })
    }

    pub(crate) fn as_str(&self) -> &str {
        // The bytes came from a `str` or are ASCII, so this never falls back.
        self.bytes
            .get(..usize::from(self.length))
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Reads the text of an id into its place; `null` leaves it.
pub(crate) fn fill_id<'de, D: Deserializer<'de>>(
    id: &mut IdText,
    kind: &'static str,
    deserializer: D,
) -> Result<(), D::Error> {
    deserializer.deserialize_any(IdInto { id, kind })
}

struct IdInto<'a> {
    id: &'a mut IdText,
    kind: &'static str,
}

impl Visitor<'_> for IdInto<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} of at most {ID_LENGTH} bytes", self.kind)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let (kind, length) = (self.kind, text.len());
        *self.id = IdText::fit(text).ok_or_else(|| {
            E::custom(format_args!("too long for a {kind}: {length} bytes, at most {ID_LENGTH} expected"))
        })?;
        Ok(())
    }
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    kind: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Empty,
    Length(usize),
    Character(usize),
}

impl InvalidId {
    /// The type that was asked for, such as `UserId`.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}: ", self.kind)?;
        match self.problem {
            Problem::Empty => f.write_str("the text is empty"),
            Problem::Length(bytes) => write!(f, "the text has {bytes} bytes"),
            Problem::Character(at) => {
                write!(f, "the character at byte {at} is neither an ASCII letter nor a digit")
            }
        }?;
        f.write_str(
            "; an id has exactly 26 ASCII letters and digits, so look the entity up when all you have is its name",
        )
    }
}

impl std::error::Error for InvalidId {}

/// Makes newtypes over [`IdText`].
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// The default value is the empty id, which is how the server writes "none".
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($crate::id::IdText);

        impl $name {
            /// Makes an id of 26 ASCII letters and digits.
            pub const fn from_bytes(bytes: [u8; $crate::id::ID_LENGTH]) -> Result<Self, $crate::InvalidId> {
                match $crate::id::IdText::strict(bytes, stringify!($name)) {
                    Ok(text) => Ok(Self(text)),
                    Err(error) => Err(error),
                }
            }

            /// The id as text; empty when there is none.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// Whether there is no id here.
            pub const fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($crate::id::IdText::EMPTY)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.as_str()).finish()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::InvalidId;

            fn try_from(text: &str) -> Result<Self, $crate::InvalidId> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::InvalidId;

            fn try_from(text: String) -> Result<Self, $crate::InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::read(deserializer)
            }
        }

        impl $crate::decode::Field for $name {
            fn fill<'de, D: serde::Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                $crate::id::fill_id(&mut self.0, stringify!($name), deserializer)
            }

            fn is_empty_field(&self) -> bool {
                self.is_empty()
            }
        }

        $crate::text::like_text!($name);
    )*};
}

/// The strict reading that all ids but [`UserId`] share.
macro_rules! ids_from_str {
    ($($name:ident)*) => {$(
        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                IdText::parse(text, stringify!($name)).map(Self)
            }
        }
    )*};
}

ids! {
    /// Names a user or a bot; in requests also [`UserId::ME`].
    UserId;
    /// Names a team.
    TeamId;
    /// Names a channel, a direct or group message included.
    ChannelId;
    /// Names a post; a thread has the id of its first post.
    PostId;
    /// Names an uploaded file.
    FileId;
    /// Names an outgoing webhook. The id of an incoming one is a [`Secret`](crate::Secret): whoever knows it can post.
    HookId;
    /// Names a slash command.
    CommandId;
    /// Names a login session. Not the session's token.
    SessionId;
    /// Names a personal access token. Not the token itself.
    TokenId;
    /// Names a role.
    RoleId;
    /// Names a permission scheme.
    SchemeId;
    /// Names a custom emoji.
    EmojiId;
    /// Names a resumable upload.
    UploadId;
    /// Names a connected server.
    RemoteId;
    /// Names a group of users.
    GroupId;
    /// Names a data retention or access control policy.
    PolicyId;
    /// Names one edition of the terms of service.
    TermsOfServiceId;
    /// Names an entry of the audit log.
    AuditId;
    /// Names a background job.
    JobId;
    /// Names an OAuth application.
    OAuthAppId;
    /// Names a channel bookmark.
    BookmarkId;
    /// Names a scheduled post.
    ScheduledPostId;
    /// Names a definition of a property, custom profile attributes included.
    PropertyFieldId;
    /// Names the value of a property.
    PropertyValueId;
    /// Names an outgoing OAuth connection.
    OAuthConnectionId;
    /// Names a compliance report.
    ComplianceId;
    /// Names a summary of channels.
    RecapId;
}

ids_from_str!(TeamId ChannelId PostId FileId HookId CommandId SessionId TokenId RoleId SchemeId EmojiId UploadId
    RemoteId GroupId PolicyId TermsOfServiceId AuditId JobId OAuthAppId BookmarkId ScheduledPostId PropertyFieldId
    PropertyValueId OAuthConnectionId ComplianceId RecapId);

impl UserId {
    /// The caller, in the path of most requests about one user. Never in answers.
    pub const ME: Self = Self(IdText::ME);
}

impl std::str::FromStr for UserId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text == "me" {
            return Ok(Self::ME);
        }
        IdText::parse(text, "UserId").map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "abcdefghijklmnopqrstuvwxy1";

    #[test]
    fn an_id_is_read_strictly_from_code_and_leniently_from_the_wire() {
        let id: UserId = ID.parse().expect("26 letters and digits");
        assert_eq!(id, ID);
        assert!("short".parse::<PostId>().is_err());
        let short: PostId = serde_json::from_str("\"short\"").expect("fits");
        assert_eq!(short.as_str(), "short");
        let none: PostId = serde_json::from_str("null").expect("null is none");
        assert!(none.is_empty());
        assert_eq!(none, PostId::default());
    }

    #[test]
    fn an_id_goes_back_as_it_came() {
        for text in ["\"\"", "\"ä\\u00e4\"", "\"abcdefghijklmnopqrstuvwxyz\""] {
            let id: ChannelId = serde_json::from_str(text).expect("fits");
            let again: String = serde_json::from_str(text).expect("text");
            assert_eq!(id.as_str(), again);
            assert_eq!(
                serde_json::to_string(&id).expect("text"),
                serde_json::to_string(&again).expect("text")
            );
        }
    }

    #[test]
    fn an_id_that_is_too_long_is_an_error_that_names_the_kind() {
        let error =
            serde_json::from_str::<ChannelId>("\"abcdefghijklmnopqrstuvwxyz1\"").expect_err("27 bytes");
        assert!(error.to_string().contains("ChannelId"), "{error}");
    }

    #[test]
    fn a_bad_id_says_what_is_wrong_with_it() {
        let problem = |text: &str| text.parse::<TeamId>().expect_err("bad").to_string();
        assert!(problem("").starts_with("not a TeamId: the text is empty;"));
        assert!(problem("town").contains("4 bytes"));
        assert!(problem("town-square").contains("byte 4"));
        assert!(problem("abcdefghijklmnopqrstuvwxy-").contains("byte 25"));
        assert!(TeamId::from_bytes(*b"abcdefghijklmnopqrstuvwxy-").is_err());
    }

    #[test]
    fn me_is_a_user_and_nothing_else() {
        assert_eq!("me".parse::<UserId>(), Ok(UserId::ME));
        assert_eq!(UserId::ME.as_str(), "me");
        assert!("me".parse::<TeamId>().is_err());
        assert_eq!(format!("{:?}", UserId::ME), "UserId(\"me\")");
    }
}
