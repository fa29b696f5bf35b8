//! What users set for themselves.

use std::collections::BTreeMap;

use mm_types::{Preference, UserId};

use super::{Table, World};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Preferences {
    /// By user, category and name.
    pub(crate) rows: Table<(UserId, String, String), Preference>,
}

impl Preferences {
    pub(crate) fn of_user(&self, user: UserId) -> impl Iterator<Item = &Preference> {
        self.rows.iter().filter(move |row| row.user_id == user)
    }

    /// Writes one, over the one that is there. A theme that cannot be read is none.
    pub(crate) fn set(&mut self, mut row: Preference) {
        if row.category == "theme" && serde_json::from_str::<BTreeMap<String, String>>(&row.value).is_err() {
            "null".clone_into(&mut row.value);
        }
        self.rows.insert((row.user_id, row.category.clone(), row.name.clone()), row);
    }

    pub(crate) fn remove(&mut self, row: &Preference) {
        self.rows.remove(&(row.user_id, row.category.clone(), row.name.clone()));
    }
}

impl World {
    /// What a new user starts with.
    pub(crate) fn add_default_preferences(&mut self, user: UserId) {
        for (category, name, value) in [
            ("recommended_next_steps", "hide", "false"),
            ("tutorial_step", user.as_str(), "0"),
            ("system_notice", "GMasDM", "true"),
        ] {
            self.preferences.set(Preference::new(user, category, name, value));
        }
    }
}

/// 400 `model.preference.is_valid.*` for what a preference cannot be.
pub(crate) fn check_preference(row: &Preference) -> Result<(), Failure> {
    let bad = |what: &str, message: &str| {
        Err(Failure::new(400, format!("model.preference.is_valid.{what}.app_error"), message))
    };
    if row.category.is_empty() || row.category.len() > 32 {
        return bad("category", "Invalid category.");
    }
    if row.name.len() > 32 {
        return bad("name", "Invalid name.");
    }
    if row.value.chars().count() > 20_000 {
        return bad("value", "Value is too long.");
    }
    let is_limit = row.category == "sidebar_settings" && row.name == "limit_visible_dms_gms";
    if is_limit && !row.value.parse().is_ok_and(|limit: u32| (1..=40).contains(&limit)) {
        return bad("limit_visible_dms_gms", "Invalid value for limit_visible_dms_gms.");
    }
    Ok(())
}
