//! Terms of service, and who agreed to them.

use mm_types::{TermsOfServiceId, User, UserId, UserTermsOfService};

use super::{Table, World};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// The texts.
    pub(crate) rows: Table<TermsOfServiceId, String>,
    /// What each user agreed to last.
    pub(crate) accepted: Table<UserId, UserTermsOfService>,
}

impl Terms {
    /// 404 `app.terms_of_service.get.no_rows.app_error`.
    pub(crate) fn get(&self, id: TermsOfServiceId) -> Result<&str, Failure> {
        let found = self.rows.get(&id).map(String::as_str);
        found.ok_or_else(|| {
            Failure::new(404, "app.terms_of_service.get.no_rows.app_error", "No terms of service found.")
        })
    }

    /// 404 `app.user_terms_of_service.get_by_user.no_rows.app_error`.
    pub(crate) fn of_user(&self, user: UserId) -> Result<&UserTermsOfService, Failure> {
        self.accepted.get(&user).ok_or_else(|| {
            let id = "app.user_terms_of_service.get_by_user.no_rows.app_error";
            Failure::new(404, id, "No terms of service found.")
        })
    }
}

impl World {
    /// A user with the terms agreed to.
    pub(crate) fn with_terms(&self, user: &User) -> User {
        let mut user = user.clone();
        if let Ok(accepted) = self.terms.of_user(user.id) {
            user.terms_of_service_id = accepted.terms_of_service_id;
            user.terms_of_service_create_at = accepted.create_at;
        }
        user
    }
}
