//! The data of an event, by the event's name.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::EventData;
use crate::{RawJson, decode::at, json};

/// Makes the table of all events: the variants, the names, and the way from one to the other. The fields in brackets
/// are those with JSON inside JSON.
macro_rules! events {
    ($($module:ident { $($name:ident = $text:literal $([$($nested:ident),+])?,)* })*) => {
        /// The data of an event, decoded.
        ///
        /// Serializes as the data alone, without the name.
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Payload {
            $($(#[doc = concat!("`", $text, "`.")] $name(super::$module::$name),)*)*
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
            pub const NAMES: &'static [&'static str] = &[$($($text),*),*];

            /// Reads the data of an event. It never fails: see [`Unknown`](Self::Unknown) and [`Unreadable`](Self::Unreadable).
            pub fn read(name: &str, data: &str) -> Self {
                match name {
                    $($($text => read_as(name, data, Self::$name),)*)*
                    _ => match RawJson::from_raw(data) {
                        Ok(data) => Self::Unknown { name: name.to_owned(), data },
                        Err(error) => Self::unreadable(name, data, &error),
                    },
                }
            }

            /// Decodes all JSON inside JSON and writes it anew, which leaves out what the types have no field for.
            ///
            /// The error names the field and the key inside it.
            pub fn recode(&mut self) -> Result<(), serde_json::Error> {
                match self {
                    $($(Self::$name(_data) => {
                        $($(_data.$nested.recode().map_err(|error| at(stringify!($nested), error))?;)+)?
                    })*)*
                    Self::Unknown { .. } | Self::Unreadable { .. } => {}
                }
                Ok(())
            }

            /// The event's name.
            pub fn name(&self) -> &str {
                match self {
                    $($(Self::$name(_) => $text,)*)*
                    Self::Unknown { name, .. } | Self::Unreadable { name, .. } => name,
                }
            }
        }

        impl Serialize for Payload {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($(Self::$name(data) => data.serialize(serializer),)*)*
                    Self::Unknown { data, .. } | Self::Unreadable { data, .. } => data.serialize(serializer),
                }
            }
        }

        $($(
            impl EventData for super::$module::$name {
                const NAME: &'static str = $text;
            }

            impl From<super::$module::$name> for Payload {
                fn from(data: super::$module::$name) -> Self {
                    Self::$name(data)
                }
            }
        )*)*
    };
}

// By module, the frequent ones first: they are tried in this order.
events! {
    posts {
        Posted = "posted" [post, mentions, followers],
        PostEdited = "post_edited" [post],
        PostDeleted = "post_deleted" [post],
        EphemeralMessage = "ephemeral_message" [post],
        ReactionAdded = "reaction_added" [reaction],
        ReactionRemoved = "reaction_removed" [reaction],
        PostUnread = "post_unread",
        PostAcknowledgementAdded = "post_acknowledgement_added" [acknowledgement],
        PostAcknowledgementRemoved = "post_acknowledgement_removed" [acknowledgement],
        PersistentNotificationTriggered = "persistent_notification_triggered" [post, mentions],
        PostRevealed = "post_revealed" [post],
        BurnOnReadAllRevealed = "burn_on_read_all_revealed",
        PostBurned = "post_burned",
        PostTranslationUpdated = "post_translation_updated",
        DraftCreated = "draft_created" [draft],
        DraftUpdated = "draft_updated" [draft],
        DraftDeleted = "draft_deleted" [draft],
        ScheduledPostCreated = "scheduled_post_created" [scheduled_post],
        ScheduledPostUpdated = "scheduled_post_updated" [scheduled_post],
        ScheduledPostDeleted = "scheduled_post_deleted" [scheduled_post],
        FileDownloadRejected = "file_download_rejected",
    }
    users {
        Typing = "typing",
        StatusChange = "status_change",
        NewUser = "new_user",
        UserUpdated = "user_updated",
        UserRoleUpdated = "user_role_updated",
        UserActivationStatusChange = "user_activation_status_change",
        GuestsDeactivated = "guests_deactivated",
        PreferenceChanged = "preference_changed" [preference],
        PreferencesChanged = "preferences_changed" [preferences],
        PreferencesDeleted = "preferences_deleted" [preferences],
    }
    channels {
        ChannelCreated = "channel_created",
        ChannelUpdated = "channel_updated" [channel],
        ChannelConverted = "channel_converted",
        ChannelDeleted = "channel_deleted",
        ChannelRestored = "channel_restored",
        ChannelSchemeUpdated = "channel_scheme_updated",
        ChannelMemberUpdated = "channel_member_updated" [channel_member],
        ChannelViewed = "channel_viewed",
        MultipleChannelsViewed = "multiple_channels_viewed",
        DirectAdded = "direct_added",
        GroupAdded = "group_added" [teammate_ids],
        UserAdded = "user_added",
        UserRemoved = "user_removed",
        ChannelBookmarkCreated = "channel_bookmark_created" [bookmark],
        ChannelBookmarkUpdated = "channel_bookmark_updated" [bookmarks],
        ChannelBookmarkDeleted = "channel_bookmark_deleted" [bookmark],
        ChannelBookmarkSorted = "channel_bookmark_sorted" [bookmarks],
    }
    teams {
        AddedToTeam = "added_to_team",
        LeaveTeam = "leave_team",
        UpdateTeam = "update_team" [team],
        DeleteTeam = "delete_team" [team],
        RestoreTeam = "restore_team" [team],
        UpdateTeamScheme = "update_team_scheme" [team],
        MemberRoleUpdated = "memberrole_updated" [member],
    }
    threads {
        ThreadUpdated = "thread_updated" [thread],
        ThreadFollowChanged = "thread_follow_changed",
        ThreadReadChanged = "thread_read_changed",
    }
    sidebar {
        SidebarCategoryCreated = "sidebar_category_created",
        SidebarCategoryUpdated = "sidebar_category_updated" [updated_categories],
        SidebarCategoryDeleted = "sidebar_category_deleted",
        SidebarCategoryOrderUpdated = "sidebar_category_order_updated",
    }
    groups {
        ReceivedGroup = "received_group" [group],
        GroupMemberAdd = "group_member_add" [group_member],
        GroupMemberDeleted = "group_member_deleted" [group_member],
        ReceivedGroupAssociatedToChannel = "received_group_associated_to_channel",
        ReceivedGroupNotAssociatedToChannel = "received_group_not_associated_to_channel",
        ReceivedGroupAssociatedToTeam = "received_group_associated_to_team",
        ReceivedGroupNotAssociatedToTeam = "received_group_not_associated_to_team",
    }
    plugins {
        PluginEnabled = "plugin_enabled",
        PluginDisabled = "plugin_disabled",
        PluginStatusesChanged = "plugin_statuses_changed",
        OpenDialog = "open_dialog" [dialog],
        ShowToast = "show_toast",
        FirstAdminVisitMarketplaceStatusReceived = "first_admin_visit_marketplace_status_received",
    }
    properties {
        CustomProfileAttributesFieldCreated = "custom_profile_attributes_field_created",
        CustomProfileAttributesFieldUpdated = "custom_profile_attributes_field_updated",
        CustomProfileAttributesFieldDeleted = "custom_profile_attributes_field_deleted",
        CustomProfileAttributesValuesUpdated = "custom_profile_attributes_values_updated",
        ContentFlaggingReportValueUpdated = "content_flagging_report_value_updated" [property_values],
    }
    server {
        Hello = "hello",
        ConfigChanged = "config_changed",
        LicenseChanged = "license_changed",
        RoleUpdated = "role_updated" [role],
        EmojiAdded = "emoji_added" [emoji],
        RecapUpdated = "recap_updated",
        CloudSubscriptionChanged = "cloud_subscription_changed",
        HostedCustomerSignupProgressUpdated = "hosted_customer_signup_progress_updated",
    }
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
    match json::from_str(data) {
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
    fn no_event_is_read_from_data_that_is_no_object() {
        for name in Payload::NAMES {
            for data in ["[]", "5", "\"text\"", "true"] {
                let payload = Payload::read(name, data);
                assert!(matches!(payload, Payload::Unreadable { .. }), "{name}: {payload:?}");
                assert_eq!((payload.name(), &*payload.data_json()), (*name, data));
            }
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
    fn every_shape_of_both_generations_goes_back_as_it_came() {
        for (name, data) in [
            ("hello", r#"{"connection_id":"c","server_version":"5.37.0..x.false"}"#),
            (
                "hello",
                r#"{"connection_id":"c","server_version":"11.6.0.11.6.0.x.false","server_hostname":"vm"}"#,
            ),
            ("channel_viewed", r#"{"channel_id":"c"}"#),
            ("multiple_channels_viewed", r#"{"channel_times":{"c":1795320790439,"d":0}}"#),
            ("thread_read_changed", "{}"),
            ("thread_read_changed", r#"{"timestamp":1795320790439}"#),
            (
                "thread_read_changed",
                r#"{"thread_id":"t","timestamp":0,"unread_mentions":0,"unread_replies":2,"channel_id":"c"}"#,
            ),
            ("user_removed", r#"{"user_id":"u","remover_id":"r"}"#),
            ("user_removed", r#"{"channel_id":"c","remover_id":"u"}"#),
            ("sidebar_category_updated", "{}"),
            ("sidebar_category_updated", r#"{"updatedCategories":"[]"}"#),
            ("channel_updated", r#"{"channel_id":"c"}"#),
            ("channel_updated", r#"{"channel":"{}"}"#),
            ("post_deleted", r#"{"post":"{}"}"#),
            ("post_deleted", r#"{"post":"{}","delete_by":"u"}"#),
            ("post_revealed", r#"{"post":"{}","recipients":[]}"#),
            (
                "posted",
                r#"{"channel_display_name":"N","channel_name":"n","channel_type":"O","image":"true","mentions":"[\"u\"]","otherFile":"true","post":"{}","sender_name":"@a","set_online":true,"team_id":""}"#,
            ),
            (
                "first_admin_visit_marketplace_status_received",
                r#"{"firstAdminVisitMarketplaceStatus":"false"}"#,
            ),
            ("config_changed", r#"{"config":{"Version":"11.6.0"}}"#),
            ("custom_profile_attributes_values_updated", r#"{"user_id":"u","values":{"f":["a"],"g":"b"}}"#),
        ] {
            assert_eq!(Payload::read(name, data).data_json(), data, "{name}");
        }
    }

    #[test]
    fn nested_json_is_written_anew_when_asked_for() {
        let data = r#"{"reaction": "{\"emoji_name\":  \"tada\", \"new_key\": 1}"}"#;
        let mut payload = Payload::read("reaction_added", data);
        payload.recode().expect("a reaction");
        let Payload::ReactionAdded(added) = &payload else { panic!("{payload:?}") };
        assert!(added.reaction.raw().contains(r#""emoji_name":"tada""#), "{:?}", added.reaction);
        assert!(!added.reaction.raw().contains("new_key"));

        let mut broken = Payload::read("reaction_added", r#"{"reaction": "{\"emoji_name\": 5}"}"#);
        let error = broken.recode().expect_err("a number is no name").to_string();
        assert!(error.starts_with("reaction.emoji_name: "), "{error}");
    }

    #[test]
    fn a_broken_entity_does_not_make_the_event_unreadable() {
        let payload = Payload::read("posted", r#"{"sender_name": "@anna", "post": "{"}"#);
        let Payload::Posted(posted) = payload else { panic!("{payload:?}") };
        assert_eq!(posted.sender_name, "@anna");
        assert!(posted.post.get().is_err());
    }
}
