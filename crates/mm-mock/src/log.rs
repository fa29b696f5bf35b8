//! What the server was asked.

use std::any::type_name;
use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode, Uri, request};
use mm_core::Serve;
use mm_types::{Timestamp, UserId};

use crate::FakeServer;
use crate::server::{Call, read};

/// How many requests are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// The largest body that is remembered, in bytes.
const LARGEST: usize = 1024 * 1024;

/// A request that reached the server. Holds no token, no password and no body that shows.
#[derive(Clone)]
#[non_exhaustive]
pub struct Logged {
    /// The operation; empty for a path that does not exist.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The status of the answer; none while there is none, and when the connection ended first.
    pub status: Option<StatusCode>,
    /// When it came.
    pub at: Timestamp,
    /// Who sent it; empty for nobody.
    pub user: UserId,
    /// Whether the server did what was asked for, whatever became of its answer.
    pub is_done: bool,
    /// What the operation can be read from again.
    sent: Option<Sent>,
}

#[derive(Clone)]
struct Sent {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Logged {
    fn read<E: Serve>(&self) -> Option<E> {
        let sent = self.sent.as_ref().filter(|_| self.operation == E::INFO.operation)?;
        read(&Call::new(&sent.uri, &sent.headers, &sent.body)).ok()
    }
}

impl fmt::Debug for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.operation.is_empty() { "unknown" } else { self.operation };
        write!(f, "{name}: {} {}", self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, " -> {}", status.as_u16()),
            None => f.write_str(" -> no answer"),
        }
    }
}

/// All requests, the oldest first.
#[derive(Default)]
pub(crate) struct Log {
    entries: VecDeque<Logged>,
    forgotten: usize,
}

/// A request in the log, to be finished when it is answered.
pub(crate) struct Entry(usize);

impl Log {
    pub(crate) fn begin(
        &mut self,
        operation: &'static str,
        head: &request::Parts,
        body: Option<&Bytes>,
        at: Timestamp,
    ) -> Entry {
        if self.entries.len() == REMEMBERED {
            self.entries.pop_front();
            self.forgotten += 1;
        }
        let content_type = head.headers.get(CONTENT_TYPE).cloned();
        let sent = body.filter(|body| body.len() <= LARGEST).map(|body| Sent {
            uri: head.uri.clone(),
            headers: content_type.map(|value| (CONTENT_TYPE, value)).into_iter().collect(),
            body: body.clone(),
        });
        self.entries.push_back(Logged {
            operation,
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            status: None,
            at,
            user: UserId::default(),
            is_done: false,
            sent,
        });
        Entry(self.forgotten + self.entries.len() - 1)
    }

    pub(crate) fn finish(&mut self, entry: &Entry, status: Option<StatusCode>, user: UserId) {
        if let Some(logged) = self.logged(entry) {
            logged.status = status;
            logged.user = user;
        }
    }

    pub(crate) fn done(&mut self, entry: &Entry) {
        if let Some(logged) = self.logged(entry) {
            logged.is_done = true;
        }
    }

    fn logged(&mut self, entry: &Entry) -> Option<&mut Logged> {
        let at = entry.0.checked_sub(self.forgotten)?;
        self.entries.get_mut(at)
    }

    fn forget(&mut self) {
        self.forgotten += self.entries.len();
        self.entries.clear();
    }
}

impl FakeServer {
    /// The requests so far, the oldest first. At most 10,000 are remembered.
    #[must_use]
    pub fn requests(&self) -> Vec<Logged> {
        self.state().log.entries.iter().cloned().collect()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.state().log.forget();
    }

    /// How often an operation was asked for, refused requests included.
    #[must_use]
    pub fn count<E: Serve>(&self) -> usize {
        let state = self.state();
        state.log.entries.iter().filter(|logged| logged.operation == E::INFO.operation).count()
    }

    /// Every request of an operation, read back, the oldest first. Left out are those that cannot be
    /// read, and those with more than 1 MiB of body.
    #[must_use]
    pub fn sent<E: Serve>(&self) -> Vec<E> {
        self.state().log.entries.iter().filter_map(Logged::read).collect()
    }

    /// The last of [`sent`](Self::sent).
    ///
    /// ```
    /// # use mm_core::{Endpoint, api::users::GetUser, types::UserId};
    /// # use tower_service::Service as _;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut fake = mm_mock::FakeServer::new();
    /// fake.call(GetUser::me().to_request()?).await?;
    /// assert_eq!(fake.last::<GetUser>().map(|op| op.user_id), Some(UserId::ME));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn last<E: Serve>(&self) -> Option<E> {
        self.state().log.entries.iter().rev().find_map(Logged::read)
    }

    /// Fails the test unless an operation was asked for this many times.
    ///
    /// # Panics
    ///
    /// If not; the message lists what was asked for.
    #[track_caller]
    pub fn assert_called<E: Serve>(&self, times: usize) {
        let found = self.count::<E>();
        let name = type_name::<E>().rsplit("::").next().unwrap_or_default();
        assert!(
            found == times,
            "{name} was called {found} times instead of {times}; all requests, the oldest first: {:#?}",
            self.requests()
        );
    }
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::{GetUser, GetUsers, Login};

    use super::*;
    use crate::testing::{ask, request, send};
    use crate::{PASSWORD, Town};

    #[tokio::test]
    async fn requests_are_remembered_with_who_and_what_came_of_it() {
        let town = Town::new();
        ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
        ask(&town.fake, &(), GetUsers::new().page(3)).await.unwrap_err();
        town.fake.on::<GetUsers>().reset();
        let mut fake = town.fake.clone();
        let reset = mm_core::Endpoint::to_request(&GetUsers::new()).unwrap();
        assert!(tower_service::Service::call(&mut fake, reset).await.is_err());

        let requests = town.fake.requests();
        let seen: Vec<_> = requests.iter().map(|logged| (logged.operation, logged.user)).collect();
        let nobody = UserId::default();
        assert_eq!(seen, [("GetUser", town.alice.id), ("GetUsers", nobody), ("GetUsers", nobody)]);
        let statuses: Vec<_> =
            requests.iter().map(|logged| logged.status.map(|status| status.as_u16())).collect();
        assert_eq!(statuses, [Some(200), Some(401), None]);
        assert!(requests[0].at < requests[1].at);
        assert_eq!((town.fake.count::<GetUser>(), town.fake.count::<GetUsers>()), (1, 2));
        assert_eq!(town.fake.sent::<GetUsers>()[0].page, Some(3));
        town.fake.forget_requests();
        assert!(town.fake.last::<GetUsers>().is_none());
    }

    #[tokio::test]
    async fn a_request_is_read_back_but_shows_no_secret() {
        let town = Town::new();
        ask(&town.fake, &(), Login::new("alice", PASSWORD)).await.unwrap();
        let url = format!("/api/v4/users/me?access_token={}", town.alice.token.expose());
        send(&town.fake, request(Method::GET, &url, &[], "")).await;
        let shown = format!("{:?}", town.fake.requests());
        assert_eq!(shown, "[Login: POST /api/v4/users/login -> 200, GetUser: GET /api/v4/users/me -> 401]");
        assert_eq!(town.fake.last::<Login>().unwrap().password.expose(), PASSWORD);
    }

    #[tokio::test]
    #[should_panic(expected = "GetUser was called 1 times instead of 2")]
    async fn a_wrong_number_of_calls_fails_the_test() {
        let town = Town::new();
        ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
        town.fake.assert_called::<GetUser>(1);
        town.fake.assert_called::<GetUser>(2);
    }
}
