//! Free-form maps whose usual keys are known: each keeps every key it came with and has a reader for the known ones.

use std::{borrow::Cow, fmt};

use crate::{MessageAttachment, PostId, RawMap, UserId};

/// Makes newtypes over [`RawMap`] with one reader for each known key.
macro_rules! known_keys {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$key_doc:meta])* $reader:ident: $kind:ident = $key:literal,)* })*) => {$(
        $(#[$doc])*
        ///
        /// Everything else is reached as in a [`RawMap`], which it dereferences to.
        #[derive(Clone, Default, PartialEq)]
        pub struct $name(RawMap);

        impl $name {
            /// An empty map.
            pub const fn new() -> Self {
                Self(RawMap::new())
            }

            /// The map itself.
            pub fn into_raw_map(self) -> RawMap {
                self.0
            }

            $(
                $(#[$key_doc])*
                ///
                #[doc = concat!("Key `", $key, "`. None when it is absent or something else.")]
                pub fn $reader(&self) -> known_keys!(@type $kind) {
                    known_keys!(@read $kind self.0, $key)
                }
            )*
        }

        impl std::ops::Deref for $name {
            type Target = RawMap;

            fn deref(&self) -> &RawMap {
                &self.0
            }
        }

        impl std::ops::DerefMut for $name {
            fn deref_mut(&mut self) -> &mut RawMap {
                &mut self.0
            }
        }

        impl From<RawMap> for $name {
            fn from(map: RawMap) -> Self {
                Self(map)
            }
        }

        impl From<$name> for RawMap {
            fn from(map: $name) -> Self {
                map.0
            }
        }

        impl<K: Into<String>, V: Into<serde_json::Value>> FromIterator<(K, V)> for $name {
            fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
                Self(pairs.into_iter().collect())
            }
        }

        impl<K: Into<String>, V: Into<serde_json::Value>, const N: usize> From<[(K, V); N]> for $name {
            fn from(pairs: [(K, V); N]) -> Self {
                Self(pairs.into())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                RawMap::deserialize(deserializer).map(Self)
            }
        }

        impl $crate::decode::Field for $name {
            fn fill<'de, D: serde::Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                *self = serde::Deserialize::deserialize(deserializer)?;
                Ok(())
            }

            fn is_empty_field(&self) -> bool {
                self.0.is_empty()
            }
        }
    )*};
    (@type text) => { Option<Cow<'_, str>> };
    (@type flag) => { Option<bool> };
    (@read text $map:expr, $key:literal) => { $map.get_str($key) };
    (@read flag $map:expr, $key:literal) => { $map.get_bool($key) };
}

/// `Debug` that shows the map as it is.
macro_rules! open_debug {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )*};
}

known_keys! {
    /// How a user wants to be notified. Every value is text on the wire, flags are `"true"` and `"false"`.
    pub struct NotifyProps {
        /// Whether mail is sent.
        email: flag = "email",
        /// When a phone rings: `all`, `mention` or `none`.
        push: text = "push",
        /// From which status on phones are told: `online`, `away` or `offline`.
        push_status: text = "push_status",
        /// As `push`, for replies in threads.
        push_threads: text = "push_threads",
        /// When the desktop shows a notice: `all`, `mention` or `none`.
        desktop: text = "desktop",
        /// Whether the notice makes a sound.
        desktop_sound: flag = "desktop_sound",
        /// As `desktop`, for replies in threads.
        desktop_threads: text = "desktop_threads",
        /// As `email`, for replies in threads: `all` or `none`.
        email_threads: text = "email_threads",
        /// Whether `@channel`, `@all` and `@here` count as mentions.
        channel: flag = "channel",
        /// Which replies count as mentions: `never`, `root` or `any`.
        comments: text = "comments",
        /// Whether the first name counts as a mention.
        first_name: flag = "first_name",
        /// Words that count as mentions, separated by commas.
        mention_keys: text = "mention_keys",
        /// Words that are marked without a notice, separated by commas.
        highlight_keys: text = "highlight_keys",
        /// Whether an answer is sent automatically.
        auto_responder_active: flag = "auto_responder_active",
        /// The automatic answer.
        auto_responder_message: text = "auto_responder_message",
    }

    /// How a member wants to be notified about one channel. `default` stands for what [`NotifyProps`] says.
    pub struct ChannelNotifyProps {
        /// `default`, `all`, `mention` or `none`.
        desktop: text = "desktop",
        /// `default`, `true` or `false`.
        email: text = "email",
        /// `default`, `all`, `mention` or `none`.
        push: text = "push",
        /// `all`, or `mention` when the channel is muted.
        mark_unread: text = "mark_unread",
        /// `default`, `on` or `off`.
        ignore_channel_mentions: text = "ignore_channel_mentions",
        /// `on` when every thread of the channel is followed, else `off`.
        channel_auto_follow_threads: text = "channel_auto_follow_threads",
    }

    /// Where a user's clock is.
    pub struct Timezone {
        /// Whether the client's own zone counts.
        use_automatic: flag = "useAutomaticTimezone",
        /// The zone the client found, such as `Europe/Berlin`.
        automatic: text = "automaticTimezone",
        /// The zone the user chose.
        manual: text = "manualTimezone",
    }

    /// What clients and plugins keep at a user. Every value is text.
    pub struct UserProps {
        /// The status line as JSON in text. Empty text when there is none.
        custom_status: text = "customStatus",
        /// Earlier status lines as a JSON list in text.
        recent_custom_statuses: text = "recentCustomStatuses",
    }

    /// What is attached to a post beside its text.
    pub struct PostProps {
        /// The JSON text `"true"` when the post came through an incoming webhook.
        from_webhook: flag = "from_webhook",
        /// Whether a bot wrote it.
        from_bot: flag = "from_bot",
        /// Whether a plugin wrote it.
        from_plugin: flag = "from_plugin",
        /// The name shown instead of the author's.
        override_username: text = "override_username",
        /// The picture shown instead of the author's.
        override_icon_url: text = "override_icon_url",
        /// The emoji shown instead of the author's picture.
        override_icon_emoji: text = "override_icon_emoji",
        /// The display name of the webhook it came through.
        webhook_display_name: text = "webhook_display_name",
        /// Whether group mentions in it are plain text.
        disable_group_highlight: flag = "disable_group_highlight",
        /// Whether `@channel` and its like in it were plain text for lack of permission.
        mention_highlight_disabled: flag = "mentionHighlightDisabled",
    }

    /// What the server knows about the program behind a session. Debug output leaves out the key against forged requests.
    pub struct SessionProps {
        /// Name and version of the browser.
        browser: text = "browser",
        /// The operating system.
        os: text = "os",
        /// The kind of computer.
        platform: text = "platform",
        /// Whether it is a phone.
        is_mobile: flag = "isMobile",
        /// Whether the user is a guest.
        is_guest: flag = "is_guest",
        /// `UserAccessToken` for personal access tokens; absent for logins.
        kind: text = "type",
    }
}

open_debug!(NotifyProps ChannelNotifyProps Timezone UserProps PostProps);

impl fmt::Debug for SessionProps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = self.0.clone();
        if map.remove("csrf").is_some() {
            map.insert("csrf", "[redacted]");
        }
        fmt::Debug::fmt(&map, f)
    }
}

impl Timezone {
    /// The zone that counts, such as `Europe/Berlin`. None when the server knows none.
    pub fn current(&self) -> Option<Cow<'_, str>> {
        let chosen = if self.use_automatic() == Some(false) { self.manual() } else { self.automatic() };
        chosen.filter(|zone| !zone.is_empty())
    }
}

impl PostProps {
    /// The attachments, decoded. Empty when there are none.
    pub fn attachments(&self) -> Result<Vec<MessageAttachment>, serde_json::Error> {
        Ok(self.get("attachments")?.unwrap_or_default())
    }

    /// Puts attachments in the place of those that are there.
    pub fn set_attachments(&mut self, attachments: &[MessageAttachment]) -> Result<(), serde_json::Error> {
        self.insert_json("attachments", &attachments)
    }

    /// The post that a permalink in the text shows. Key `previewed_post`.
    pub fn previewed_post(&self) -> Option<PostId> {
        self.get("previewed_post").ok().flatten()
    }

    /// The user that a system message is about, where it names one. Key `addedUserId`.
    pub fn added_user_id(&self) -> Option<UserId> {
        self.get("addedUserId").ok().flatten()
    }
}
