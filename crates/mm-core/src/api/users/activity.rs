//! What a user does: typing, uploading, being in channels.

use mm_types::{Audit, ChannelId, ChannelMemberWithTeamData, PostId, StatusOk, UploadSession, UserId};

use crate::{Endpoint, codec};

operations![PublishUserTyping, GetUploadsForUser, GetChannelMembersWithTeamDataForUser, GetUserAudits];

/// Shows the members of a channel that a user is typing.
///
/// The user needs the permission to post there; for others than the caller administrators only. Clients show it for a
/// few seconds. A busy server answers 503.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/users/{user_id}/typing",
    response = StatusOk,
    retry = idempotent,
    since = "5.26",
)]
#[non_exhaustive]
pub struct PublishUserTyping {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Where.
    pub channel_id: ChannelId,
    /// The first post of the thread, if it is a reply.
    pub parent_id: Option<PostId>,
}

/// Lists the caller's resumable uploads that are not complete. Nobody sees those of others.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/uploads", response = Vec<UploadSession>, since = "5.28")]
#[non_exhaustive]
pub struct GetUploadsForUser {
    /// The caller: [`UserId::ME`].
    pub user_id: UserId,
}

/// Lists what a user is a member of: all channels of all teams, each with its team.
///
/// Own ones, or with the permission `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    GET,
    "/api/v4/users/{user_id}/channel_members",
    response = Vec<ChannelMemberWithTeamData>,
    codec = codec::JsonOrLines<ChannelMemberWithTeamData>,
    paged = number,
    since = "6.2",
)]
#[non_exhaustive]
pub struct GetChannelMembersWithTeamDataForUser {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Page, from 0. A negative one is everything at once.
    pub page: Option<i64>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}

impl GetChannelMembersWithTeamDataForUser {
    /// Asks for everything at once, in the place of a page.
    #[must_use]
    pub fn all(self) -> Self {
        self.page(-1)
    }
}

/// Lists what a user did, newest first. Own entries, or with the permission `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/users/{user_id}/audits", response = Vec<Audit>, paged = number)]
#[non_exhaustive]
pub struct GetUserAudits {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
}
