//! One user: who it is and what it looks like.

use mm_types::{StatusOk, Timestamp, User, UserId};

use crate::{Download, Endpoint, Part};

operations![
    GetUser,
    GetUserByUsername,
    GetUserByEmail,
    GetProfileImage,
    SetProfileImage,
    SetDefaultProfileImage,
    GetDefaultProfileImage,
];

/// Gets one user.
///
/// Mail address, full name and settings are left out where the caller may not see them.
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

/// Gets one user by name.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/username/{username}", response = User, etag)]
#[non_exhaustive]
pub struct GetUserByUsername {
    /// The name, without `@`.
    pub username: String,
}

/// Gets one user by mail address.
///
/// Answered 403 where the server hides mail addresses from the caller.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/email/{email}", response = User, etag)]
#[non_exhaustive]
pub struct GetUserByEmail {
    /// The address.
    pub email: String,
}

/// Downloads a user's picture. A user who set none has a generated one.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/image", response = Download, etag)]
#[non_exhaustive]
pub struct GetProfileImage {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// The user's `last_picture_update`, for caches on the way. The server does not look at it.
    #[endpoint(rename = "_")]
    pub last_picture_update: Option<Timestamp>,
}

/// Sets a user's picture.
///
/// BMP, JPEG or PNG; the server makes a square PNG of it. Own account, or the permission `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(POST, "/api/v4/users/{user_id}/image", response = StatusOk, multipart, retry = idempotent)]
#[non_exhaustive]
pub struct SetProfileImage {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// The picture.
    #[endpoint(part)]
    pub image: Part,
}

/// Takes a user's picture away, so that the generated one is shown.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(DELETE, "/api/v4/users/{user_id}/image", response = StatusOk, since = "5.5")]
#[non_exhaustive]
pub struct SetDefaultProfileImage {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}

/// Downloads the picture that is generated for a user, even if the user set another.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/image/default", response = Download, since = "5.5")]
#[non_exhaustive]
pub struct GetDefaultProfileImage {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
}
