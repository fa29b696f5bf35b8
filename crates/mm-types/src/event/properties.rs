//! Profile attributes and other properties.

use std::collections::BTreeMap;

use mm_macros::model;

use super::Nested;
use crate::{CPAField, PropertyFieldId, PropertyValue, RawJson, UserId};

/// There is a new profile attribute.
#[model]
pub struct CustomProfileAttributesFieldCreated {
    pub field: Box<CPAField>,
}

/// A profile attribute changed.
#[model]
pub struct CustomProfileAttributesFieldUpdated {
    pub field: Box<CPAField>,
    /// Whether nobody has a value for it any more.
    pub delete_values: bool,
}

/// A profile attribute was deleted.
#[model]
pub struct CustomProfileAttributesFieldDeleted {
    pub field_id: PropertyFieldId,
}

/// Somebody's profile attributes changed.
#[model]
pub struct CustomProfileAttributesValuesUpdated {
    pub user_id: UserId,
    /// Those that changed. Empty when they were all deleted.
    pub values: BTreeMap<PropertyFieldId, RawJson>,
}

/// The report about a flagged post changed. Its reviewers are told.
#[model]
pub struct ContentFlaggingReportValueUpdated {
    pub property_values: Nested<Vec<PropertyValue>>,
    /// The post's id.
    pub target_id: String,
}
