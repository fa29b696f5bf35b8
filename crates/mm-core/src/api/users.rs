//! Users: accounts and profiles.

use mm_types::{TeamId, User, UserId};

use crate::Endpoint;

operations![GetUser, GetUsers, GetUserByUsername];

/// One user.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}", response = User, etag)]
#[non_exhaustive]
pub struct GetUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

impl GetUser {
    /// The caller.
    #[must_use]
    pub fn me() -> Self {
        Self::new(UserId::ME)
    }
}

/// Users, a page at a time.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users", response = Vec<User>, paged = number, etag)]
#[non_exhaustive]
pub struct GetUsers {
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// Members of this team only.
    pub in_team: Option<TeamId>,
}

/// One user, by name.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/username/{username}", response = User, etag)]
#[non_exhaustive]
pub struct GetUserByUsername {
    /// The name, without `@`.
    pub username: String,
}
