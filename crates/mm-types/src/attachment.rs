//! Attachments of posts: framed text with fields, buttons and menus.

use mm_macros::model;

use crate::{ChannelId, Post, PostId, RawJson, RawMap, TeamId, TriggerId, UserId, open_enum::open_enum};

/// Framed text below a post. Set into a post with [`PostProps::set_attachments`](crate::PostProps::set_attachments).
#[model]
pub struct MessageAttachment {
    /// Not used by the server; 0 unless the sender gave one.
    #[model(omit_empty)]
    pub id: i64,
    /// Plain text for notices and search.
    pub fallback: String,
    /// Of the frame's left edge: `#rrggbb`, `good`, `warning` or `danger`.
    pub color: String,
    /// Shown above the frame. Markdown.
    pub pretext: String,
    pub author_name: String,
    pub author_link: String,
    /// Address of a small picture.
    pub author_icon: String,
    pub title: String,
    pub title_link: String,
    /// Markdown.
    pub text: String,
    pub fields: Vec<MessageAttachmentField>,
    /// Address of a picture shown large.
    pub image_url: String,
    /// Address of a picture shown small.
    pub thumb_url: String,
    pub footer: String,
    pub footer_icon: String,
    /// A time as the sender wrote it: a number or text.
    pub ts: RawJson,
    #[model(omit_empty)]
    pub actions: Vec<PostAction>,
}

/// A heading and a value in an attachment.
#[model]
pub struct MessageAttachmentField {
    pub title: String,
    /// The server makes text of it.
    pub value: RawJson,
    /// Whether two such fields fit side by side.
    pub short: Flag,
}

/// A bool that some senders write as text: `true`, `"true"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flag(bool);

impl Flag {
    /// Whether it is set.
    pub const fn is_set(self) -> bool {
        self.0
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        Self(set)
    }
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

impl serde::Serialize for Flag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Flag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = RawJson::deserialize(deserializer)?;
        Ok(Self(matches!(json.raw(), "true" | "\"true\"")))
    }
}

impl crate::decode::Field for Flag {
    fn fill<'de, D: serde::Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = serde::Deserialize::deserialize(deserializer)?;
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        !self.0
    }
}

open_enum! {
    /// What an action looks like.
    pub enum PostActionKind {
        /// A button, as when nothing is said.
        Button = "button",
        /// A menu.
        Select = "select",
    }

    /// Where the choices of a menu come from.
    pub enum ActionDataSource {
        /// They stand beside it.
        Options = "",
        /// The users of the server.
        Users = "users",
        /// The public channels of the team.
        Channels = "channels",
        /// An address that is asked while the user types; in dialogs only.
        Dynamic = "dynamic",
    }
}

/// A button or menu in an attachment.
#[model]
pub struct PostAction {
    /// Letters and digits. The server gives one when empty.
    #[model(omit_empty)]
    pub id: String,
    #[model(rename = "type", omit_empty)]
    pub kind: PostActionKind,
    /// What stands on it.
    #[model(omit_empty)]
    pub name: String,
    #[model(omit_empty)]
    pub tooltip: String,
    #[model(omit_empty)]
    pub disabled: bool,
    /// `default`, `primary`, `success`, `good`, `warning`, `danger` or `#rrggbb`.
    #[model(omit_empty)]
    pub style: String,
    #[model(omit_empty)]
    pub data_source: ActionDataSource,
    #[model(omit_empty)]
    pub options: Vec<PostActionOption>,
    /// The value of the choice that is made already.
    #[model(omit_empty)]
    pub default_option: String,
    /// What happens then. Never sent to clients.
    #[model(omit_empty)]
    pub integration: Option<Box<PostActionIntegration>>,
    /// Stands for `integration` in posts that are kept nowhere: send it along with the choice.
    #[model(omit_empty)]
    pub cookie: String,
}

/// A choice of a menu.
#[model]
pub struct PostActionOption {
    pub text: String,
    pub value: String,
}

/// Who is told about a pressed button.
#[model]
pub struct PostActionIntegration {
    /// An address, or `/plugins/…` on the server itself.
    #[model(omit_empty)]
    pub url: String,
    /// Sent along as it is.
    #[model(omit_empty)]
    pub context: RawMap,
}

/// What the server sends to the address behind a button or menu.
#[model]
pub struct PostActionIntegrationRequest {
    /// Who pressed it.
    pub user_id: UserId,
    pub user_name: String,
    pub channel_id: ChannelId,
    pub channel_name: String,
    pub team_id: TeamId,
    /// The team's name, not a domain.
    pub team_domain: String,
    pub post_id: PostId,
    /// Opens one dialog, within a few seconds.
    pub trigger_id: TriggerId,
    #[model(rename = "type")]
    pub kind: PostActionKind,
    pub data_source: ActionDataSource,
    /// The action's own context; for a menu with the choice as `selected_option`.
    #[model(omit_empty)]
    pub context: RawMap,
}

impl PostActionIntegrationRequest {
    /// The choice that was made in a menu.
    pub fn selected_option(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.context.get_str("selected_option")
    }
}

/// What may be answered to a pressed button. An empty answer will do as well.
#[model]
pub struct PostActionIntegrationResponse {
    /// Takes the place of the post's text and props. None leaves the post as it is.
    pub update: Option<Box<Post>>,
    /// Shown to the user who pressed it. Empty for nothing.
    pub ephemeral_text: String,
    /// Whether the text is left alone where it looks like Slack's markup.
    pub skip_slack_parsing: bool,
}

/// What the client is told after pressing a button.
#[model]
pub struct PostActionAnswer {
    /// `OK`.
    pub status: String,
    /// Ties a dialog that follows to this press.
    pub trigger_id: TriggerId,
}

/// What the client sends when a button is pressed or a choice made.
#[model]
pub struct DoPostAction {
    #[model(omit_empty)]
    pub selected_option: String,
    /// The action's own, where it has one.
    #[model(omit_empty)]
    pub cookie: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PostProps;

    #[test]
    fn attachments_live_in_the_props_of_a_post() {
        let attachment = MessageAttachment { text: "built".to_owned(), ..Default::default() };
        let mut props = PostProps::new();
        assert_eq!(props.attachments().expect("none yet"), []);
        props.set_attachments(std::slice::from_ref(&attachment)).expect("they can be written");
        assert_eq!(props.attachments().expect("one"), [attachment]);
    }

    #[test]
    fn a_field_is_short_in_either_spelling() {
        for (json, short) in [("true", true), ("\"true\"", true), ("\"no\"", false), ("null", false)] {
            let flag: Flag = serde_json::from_str(json).expect(json);
            assert_eq!(flag.is_set(), short, "{json}");
        }
    }
}
