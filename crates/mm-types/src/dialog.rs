//! Dialogs: forms that an integration puts in front of a user.

use std::collections::BTreeMap;

use mm_macros::model;

use crate::{
    ActionDataSource, ChannelId, PostActionOption, RawMap, TeamId, TriggerId, UserId, open_enum::open_enum,
};

/// A form.
#[model]
pub struct Dialog {
    /// The integration's own name for it.
    pub callback_id: String,
    /// At most 24 characters.
    pub title: String,
    /// Markdown above the form.
    pub introduction_text: String,
    pub icon_url: String,
    /// Empty for a question with two buttons.
    pub elements: Vec<DialogElement>,
    /// What stands on the button. Empty for the usual word.
    pub submit_label: String,
    /// Whether the integration is told when the user gives up.
    pub notify_on_cancel: bool,
    /// Comes back with the answer.
    pub state: String,
    /// Asked for a new form when an element with `refresh` changes.
    #[model(omit_empty)]
    pub source_url: String,
}

open_enum! {
    /// What a dialog asks for.
    pub enum DialogElementKind {
        /// A line of text.
        Text = "text",
        /// Several lines of text.
        TextArea = "textarea",
        /// One of a menu.
        Select = "select",
        /// Yes or no.
        Bool = "bool",
        /// One of a list that is always seen.
        Radio = "radio",
        /// A day.
        Date = "date",
        /// A day and a time.
        DateTime = "datetime",
    }

    /// What a line of text is to be.
    pub enum DialogTextKind {
        /// Anything.
        Any = "",
        /// Plain text.
        Text = "text",
        /// A mail address.
        Email = "email",
        /// A number.
        Number = "number",
        /// A telephone number.
        Telephone = "tel",
        /// A web address.
        Url = "url",
        /// Not shown while it is typed.
        Password = "password",
    }
}

/// A question in a form.
#[model]
pub struct DialogElement {
    /// At most 24 characters.
    pub display_name: String,
    /// The key of the answer.
    pub name: String,
    #[model(rename = "type")]
    pub kind: DialogElementKind,
    pub subtype: DialogTextKind,
    /// The answer that is there already.
    pub default: String,
    pub placeholder: String,
    /// At most 150 characters.
    pub help_text: String,
    /// Whether it may be left empty.
    pub optional: bool,
    /// Characters.
    pub min_length: i64,
    /// Characters. 0 for the most there can be: 150 for a line, 3000 for several.
    pub max_length: i64,
    pub data_source: ActionDataSource,
    /// Asked for choices when the source is dynamic.
    #[model(omit_empty)]
    pub data_source_url: String,
    pub options: Vec<PostActionOption>,
    /// Whether several choices can be made.
    pub multiselect: bool,
    /// Whether a change asks the integration for a new form.
    #[model(omit_empty)]
    pub refresh: bool,
    #[model(omit_empty)]
    pub datetime_config: Option<DialogDateTimeConfig>,
    /// A day such as `2026-01-31`, or one like `+7d`, `today`.
    #[model(omit_empty)]
    pub min_date: String,
    #[model(omit_empty)]
    pub max_date: String,
    /// Minutes between the times to choose from.
    #[model(omit_empty)]
    pub time_interval: i64,
}

/// How a day and time is asked for.
#[model]
pub struct DialogDateTimeConfig {
    /// Minutes between the times to choose from.
    #[model(omit_empty)]
    pub time_interval: i64,
    /// Such as `Europe/Berlin`. Empty for the user's own.
    #[model(omit_empty)]
    pub location_timezone: String,
    #[model(omit_empty)]
    pub allow_manual_time_entry: bool,
}

/// Puts a form in front of the user whose action gave out the trigger.
#[model]
pub struct OpenDialogRequest {
    /// From the request that the command or button sent. Valid for a few seconds.
    pub trigger_id: TriggerId,
    /// Where the answer goes.
    pub url: String,
    pub dialog: Dialog,
}

/// A filled-in form, on its way from the client over the server to the integration.
#[model]
pub struct SubmitDialogRequest {
    /// `dialog_submission`, `dialog_lookup` or `refresh`.
    #[model(rename = "type")]
    pub kind: String,
    /// Empty when it has reached the integration.
    #[model(omit_empty)]
    pub url: String,
    pub callback_id: String,
    pub state: String,
    /// Filled in by the server.
    pub user_id: UserId,
    pub channel_id: ChannelId,
    pub team_id: TeamId,
    /// The answers, by the elements' names.
    pub submission: RawMap,
    /// Whether the user gave up.
    pub cancelled: bool,
}

open_enum! {
    /// What happens after a form was filled in.
    pub enum SubmitDialogOutcome {
        /// The form goes away, unless there are errors.
        Done = "",
        /// The form goes away.
        Ok = "ok",
        /// Another form takes its place.
        Form = "form",
        /// The user is taken elsewhere.
        Navigate = "navigate",
    }
}

/// What the integration says to a filled-in form. An empty answer takes it.
#[model]
pub struct SubmitDialogResponse {
    /// What is wrong with the whole.
    #[model(omit_empty)]
    pub error: String,
    /// What is wrong with single answers, by the elements' names.
    #[model(omit_empty)]
    pub errors: BTreeMap<String, String>,
    #[model(rename = "type", omit_empty)]
    pub kind: SubmitDialogOutcome,
    /// The next form.
    #[model(omit_empty)]
    pub form: Option<Box<Dialog>>,
}

/// Choices for what the user has typed.
#[model]
pub struct LookupDialogResponse {
    pub items: Vec<PostActionOption>,
}
