//! Properties of users and posts that administrators and plugins define.

use mm_macros::model;

use crate::{
    Number, PluginId, PropertyFieldId, PropertyValueId, RawJson, RawMap, Timestamp, open_enum::open_enum,
};

open_enum! {
    /// What the values of a property are.
    pub enum PropertyFieldType {
        /// Text.
        Text = "text",
        /// One of several options.
        Select = "select",
        /// Some of several options.
        Multiselect = "multiselect",
        /// A day.
        Date = "date",
        /// A user.
        User = "user",
        /// Several users.
        Multiuser = "multiuser",
    }
}

/// The definition of a property.
#[model]
pub struct PropertyField {
    pub id: PropertyFieldId,
    /// The set of properties it belongs to.
    pub group_id: String,
    pub name: String,
    #[model(rename = "type")]
    pub kind: PropertyFieldType,
    pub attrs: RawMap,
    /// What it is for, when that is one thing alone.
    pub target_id: String,
    /// The kind of thing that `target_id` names.
    pub target_type: String,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it is in use.
    pub delete_at: Timestamp,
}

/// What a property is for one user or post.
#[model]
pub struct PropertyValue {
    pub id: PropertyValueId,
    /// Whose value it is.
    pub target_id: String,
    /// The kind of thing that `target_id` names.
    pub target_type: String,
    /// The set of properties that the definition belongs to.
    pub group_id: String,
    pub field_id: PropertyFieldId,
    /// Depends on the definition.
    pub value: RawJson,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it stands.
    pub delete_at: Timestamp,
}

/// The definition of a custom attribute in users' profiles: a [`PropertyField`] whose `attrs` are known.
#[model]
pub struct CPAField {
    pub id: PropertyFieldId,
    /// The same for all profile attributes.
    pub group_id: String,
    pub name: String,
    #[model(rename = "type")]
    pub kind: PropertyFieldType,
    pub target_id: String,
    pub target_type: String,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it is in use.
    pub delete_at: Timestamp,
    pub attrs: CPAAttrs,
}

open_enum! {
    /// When a profile shows an attribute.
    pub enum CPAVisibility {
        /// Never.
        Hidden = "hidden",
        /// Where it has a value.
        WhenSet = "when_set",
        /// Always.
        Always = "always",
    }

    /// What the text of an attribute is.
    pub enum CPAValueType {
        /// Just text.
        Text = "",
        /// A mail address.
        Email = "email",
        /// A web address.
        Url = "url",
        /// A telephone number.
        Phone = "phone",
    }
}

/// Details of a custom attribute in users' profiles.
#[model]
pub struct CPAAttrs {
    pub visibility: CPAVisibility,
    /// Its place among the others.
    pub sort_order: Number,
    /// What can be chosen.
    pub options: Vec<CustomProfileAttributesSelectOption>,
    pub value_type: CPAValueType,
    /// The attribute of the LDAP directory it is filled from. Empty when it is not.
    pub ldap: String,
    /// The SAML attribute it is filled from. Empty when it is not.
    pub saml: String,
    /// `admin` when users cannot change it themselves.
    pub managed: String,
    /// Whether nobody but the plugin that made it can change it.
    pub protected: bool,
    pub source_plugin_id: PluginId,
    /// Who sees the values: empty for all, `source_only` or `shared_only`.
    pub access_mode: String,
}

/// One of the values that an attribute can have.
#[model]
pub struct CustomProfileAttributesSelectOption {
    pub id: String,
    pub name: String,
    /// Such as `#ff8800`.
    pub color: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_attribute_goes_back_as_it_came() {
        let json = r##"{"id":"f","group_id":"g","name":"Pronouns","type":"select","target_id":"","target_type":"","create_at":1,"update_at":1,"delete_at":0,"attrs":{"visibility":"when_set","sort_order":2,"options":[{"id":"o","name":"they","color":"#fff"}],"value_type":"","ldap":"","saml":"","managed":"","protected":false,"source_plugin_id":"","access_mode":""}}"##;
        let field: CPAField = serde_json::from_str(json).expect("a field");
        assert_eq!((field.kind.clone(), field.attrs.sort_order), (PropertyFieldType::Select, 2.0.into()));
        assert_eq!(serde_json::to_string(&field).expect("text"), json);
        let sparse: CPAField =
            serde_json::from_str(r#"{"attrs":{"sort_order":1.5,"options":null}}"#).expect("a field");
        assert!(sparse.attrs.options.is_empty() && sparse.attrs.sort_order.get() == 1.5);
    }
}
