//! Who may do what.

use mm_macros::model;

use crate::{RoleId, SchemeId, Timestamp};

/// A set of permissions under a name.
#[model]
pub struct Role {
    pub id: RoleId,
    /// Such as `channel_user`; what users and members carry in their `roles`.
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// 0 while it is in use.
    pub delete_at: Timestamp,
    /// Names of permissions, such as `create_post`.
    pub permissions: Vec<String>,
    /// Whether schemes give it out.
    pub scheme_managed: bool,
    /// Whether it came with the server.
    pub built_in: bool,
    /// The scheme it belongs to. None for most; older servers leave it out.
    pub scheme_id: Option<SchemeId>,
}

impl Role {
    /// Whether it holds a permission.
    pub fn permits(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_permits_what_it_names() {
        let role: Role = serde_json::from_str(r#"{"permissions":["create_post"]}"#).expect("a role");
        assert!(role.permits("create_post"));
        assert!(!role.permits("create_post_public") && !Role::default().permits(""));
    }
}
