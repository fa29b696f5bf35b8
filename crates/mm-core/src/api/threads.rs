//! Threads that a user follows.

use mm_types::{PostId, StatusOk, TeamId, ThreadResponse, Threads, Timestamp, UserId};

use crate::{Endpoint, FULL_PAGE, Paged};

operations![
    GetUserThreads,
    GetUserThread,
    StartFollowingThread,
    StopFollowingThread,
    UpdateThreadReadForUser,
    UpdateThreadsReadForUser,
];

/// Lists the threads of a team, and of direct and group messages, that a user follows.
///
/// The one with the newest reply first; after a thread the oldest of the newer ones first. One's own, and with
/// `edit_other_users` those of others. Threads whose newest replies are of the same millisecond can be lost
/// where a page ends.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    GET,
    "/api/v4/users/{user_id}/teams/{team_id}/threads",
    response = Threads,
    paged = cursor,
    since = "5.29"
)]
#[non_exhaustive]
pub struct GetUserThreads {
    /// Whose; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team.
    pub team_id: TeamId,
    /// Threads with replies, or read, at this time or later.
    pub since: Option<Timestamp>,
    /// Lists threads that were deleted too.
    pub deleted: Option<bool>,
    /// Gives whole users as participants, not their ids alone.
    pub extended: Option<bool>,
    /// Threads with older replies than this one's. Not together with `after`.
    pub before: Option<PostId>,
    /// Threads with newer replies than this one's.
    pub after: Option<PostId>,
    /// How many: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// Threads alone that have unread replies.
    pub unread: Option<bool>,
    /// Leaves out those of direct and group messages. Newer servers.
    #[endpoint(rename = "excludeDirect")]
    pub exclude_direct: Option<bool>,
    /// Counts, and lists no threads. Not together with `threads_only`.
    #[endpoint(rename = "totalsOnly")]
    pub totals_only: Option<bool>,
    /// Lists threads, and does not count.
    #[endpoint(rename = "threadsOnly")]
    pub threads_only: Option<bool>,
}

impl Paged for GetUserThreads {
    type Item = ThreadResponse;

    fn sized(mut self) -> Self {
        self.per_page.get_or_insert(FULL_PAGE);
        self
    }

    fn ahead(&self, _: u32) -> Option<Self> {
        None
    }

    fn after(&self, answer: &Threads) -> Option<Self> {
        let last = answer.threads.last()?.id;
        if answer.threads.len() < usize::try_from(self.per_page.unwrap_or(60)).ok()? {
            return None;
        }
        let (before, after) = if self.after.is_some() { (None, Some(last)) } else { (Some(last), None) };
        Some(Self { before, after, ..self.clone() })
    }

    fn rows(answer: Threads) -> Vec<ThreadResponse> {
        answer.threads
    }
}

/// Fetches a thread as a user sees it. One that the user does not follow is 404, on old servers 500.
///
/// One's own view, and with `edit_other_users` that of others.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    GET,
    "/api/v4/users/{user_id}/teams/{team_id}/threads/{thread_id}",
    response = ThreadResponse,
    since = "5.29"
)]
#[non_exhaustive]
pub struct GetUserThread {
    /// Whose view; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team. The server does not look at it.
    pub team_id: TeamId,
    /// The thread's first post.
    pub thread_id: PostId,
    /// Gives whole users as participants, not their ids alone.
    pub extended: Option<bool>,
}

/// Lets a user follow a thread, and marks it as read.
///
/// A post without replies can be followed as well. For others than the caller with `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    PUT,
    "/api/v4/users/{user_id}/teams/{team_id}/threads/{thread_id}/following",
    response = StatusOk,
    since = "5.29"
)]
#[non_exhaustive]
pub struct StartFollowingThread {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team; the user's clients are told so.
    pub team_id: TeamId,
    /// The thread's first post.
    pub thread_id: PostId,
}

/// Lets a user follow a thread no more.
///
/// A mention or a reply of the user's own starts it again. For others than the caller with
/// `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    DELETE,
    "/api/v4/users/{user_id}/teams/{team_id}/threads/{thread_id}/following",
    response = StatusOk,
    since = "5.29"
)]
#[non_exhaustive]
pub struct StopFollowingThread {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team; the user's clients are told so.
    pub team_id: TeamId,
    /// The thread's first post.
    pub thread_id: PostId,
}

/// Sets up to when a user has read a thread, forwards or back.
///
/// One that the user does not follow is 404. For others than the caller with `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    PUT,
    "/api/v4/users/{user_id}/teams/{team_id}/threads/{thread_id}/read/{timestamp}",
    response = ThreadResponse,
    since = "5.29"
)]
#[non_exhaustive]
pub struct UpdateThreadReadForUser {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team; the user's clients are told so.
    pub team_id: TeamId,
    /// The thread's first post.
    pub thread_id: PostId,
    /// Later replies are unread. Cannot be 0.
    pub timestamp: Timestamp,
}

/// Marks all threads of a team, and of direct and group messages, as read.
///
/// For others than the caller with `edit_other_users`.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    PUT,
    "/api/v4/users/{user_id}/teams/{team_id}/threads/read",
    response = StatusOk,
    since = "5.29"
)]
#[non_exhaustive]
pub struct UpdateThreadsReadForUser {
    /// Who; [`UserId::ME`] for the caller.
    pub user_id: UserId,
    /// Of which team.
    pub team_id: TeamId,
}
