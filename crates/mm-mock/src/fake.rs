//! The fake server as a service.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, request};
use mm_core::{Body, BoxError, Delivery, Output, Serve, TransportError, TransportErrorKind};
use mm_types::{Timestamp, UserId};
use tower_service::Service;

use crate::answer::Answer;
use crate::fault::{self, Due, Fault, Faults};
use crate::limit::{Limiter, Verdict};
use crate::log::{Entry, Log};
use crate::request::{self as received, Unread, token};
use crate::server::{self, Call, Found, Route, Routes};
use crate::socket::{self, Opening};
use crate::world::{Audience, Config, Event, Session};
use crate::{Caller, Failure, World, manners};

/// A Mattermost server in memory, as a tower service.
///
/// A clone is the same server; [`new`](Self::new) makes another one that knows nothing of the first.
/// Ids and times are the same in every run: the clock starts at a fixed point, goes on by a
/// millisecond with every request, and else moves with [`advance`](Self::advance) alone.
#[derive(Clone)]
pub struct FakeServer {
    state: Arc<Mutex<State>>,
    is_local: bool,
}

/// How much longer than its limit a body may be, in bytes: what the server reads at a time.
const READ_AHEAD: usize = 512;

pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) routes: Routes,
    limiter: Limiter,
    /// The socket that the request being answered opens.
    opening: Option<Opening>,
}

impl FakeServer {
    /// A server without users.
    #[must_use]
    pub fn new() -> Self {
        let state = State {
            world: World::new(),
            faults: Faults::default(),
            log: Log::default(),
            routes: server::routes(),
            limiter: Limiter::default(),
            opening: None,
        };
        Self { state: Arc::new(Mutex::new(state)), is_local: false }
    }

    /// The same server as its local-mode socket reaches it: no token is needed, everything is allowed, and
    /// the operations that only the local socket serves are there.
    ///
    /// A real server serves fewer of the others over that socket; the fake serves all of them.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mm_core::{Endpoint, api::users::PermanentDeleteAllUsers};
    /// use tower_service::Service as _;
    ///
    /// let town = mm_mock::Town::new();
    /// let request = PermanentDeleteAllUsers::new().to_request()?;
    /// assert_eq!(town.fake.local().call(request).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn local(&self) -> Self {
        Self { state: Arc::clone(&self.state), is_local: true }
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state().world.now()
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        state.world.clock.advance(by);
        state.world.sockets.wake();
    }

    /// Lets the clock run with tokio's, which a test can pause.
    pub fn follow_tokio_time(&self) {
        let mut state = self.state();
        state.world.clock.follow_tokio();
        state.world.sockets.wake();
    }

    /// Sets the clock to the system's. Ids stay the same in every run, times do not.
    pub fn follow_real_time(&self) {
        let mut state = self.state();
        state.world.clock.follow_system();
        state.world.sockets.wake();
    }

    /// Changes settings.
    ///
    /// ```
    /// let fake = mm_mock::FakeServer::new();
    /// fake.configure(|config| config.bot_creation = true);
    /// ```
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.state().world.config);
    }

    /// Answers an operation by a rule of your own from now on: one of a plugin, or one that the fake
    /// does not know.
    ///
    /// ```
    /// use mm_core::api::users::GetUsers;
    /// use mm_mock::{FakeServer, Failure};
    ///
    /// let fake = FakeServer::new();
    /// fake.handle(|_, _, _: GetUsers| Err::<Vec<_>, _>(Failure::permissions()));
    /// ```
    pub fn handle<E, R>(
        &self,
        rule: impl Fn(&mut World, &Caller, E) -> Result<R, Failure> + Send + Sync + 'static,
    ) where
        E: Serve,
        R: Into<Answer<Output<E>>>,
    {
        self.state().routes.on(rule);
    }

    /// What sockets would have been told so far, and who. The last 10,000 are remembered.
    #[must_use]
    pub fn events(&self) -> Vec<(Event, Audience)> {
        self.state().world.events.iter().cloned().collect()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic in a test's own code must not hide behind one about a lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for FakeServer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FakeServer").field(&self.state().world).finish()
    }
}

impl<B> Service<Request<B>> for FakeServer
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fake = self.clone();
        Box::pin(async move { fake.serve(request).await })
    }
}

impl FakeServer {
    async fn serve<B>(&self, request: Request<B>) -> Result<Response<Body>, TransportError>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (head, body) = request.into_parts();
        let (found, limit, due) = self.state().meet(&head, self.is_local);
        let (fault, is_done) = due.map_or((None, false), |due| (Some(due.fault), due.is_done));
        if matches!(fault, Some(Fault::Refuse)) {
            return Err(fault::refused());
        }
        let body = match received::collect(body, limit).await {
            Ok(body) => Some(body),
            Err(Unread::TooLarge) => None,
            Err(Unread::Broken(error)) => {
                let failed = TransportError::new(TransportErrorKind::RequestBody, Delivery::MaybeSent);
                return Err(failed.with_source(error));
            }
        };
        let entry = self.state().note(&head, body.as_ref(), &found);
        let incoming = Incoming { head: &head, body: body.as_ref(), is_local: self.is_local };
        if is_done {
            let mut state = self.state();
            state.answer(&incoming, found.clone(), &entry, None);
            if let Some(opening) = state.opening.take() {
                opening.forget(&mut state.world);
            }
        }
        let (after, scripted) = match fault {
            Some(Fault::Delay(time)) => {
                tokio::time::sleep(time).await;
                (None, None)
            }
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Reset) => return Err(fault::closed()),
            Some(Fault::Foreign(response)) => {
                self.state().log.finish(&entry, Some(response.status()), UserId::default());
                return Ok(response);
            }
            Some(Fault::Answer(answer)) => (None, Some(answer)),
            other => (other, None),
        };
        let (mut response, opening, is_behind) = {
            let mut state = self.state();
            let (response, user) = state.answer(&incoming, found, &entry, scripted);
            state.log.finish(&entry, Some(response.status()), user);
            (response, state.opening.take(), state.world.sockets.is_behind())
        };
        if let Some(opening) = opening {
            opening.begin(self);
        }
        if is_behind {
            // The tasks of the sockets have to have their turn, or a caller without a pause would fill all queues.
            tokio::task::yield_now().await;
        }
        Ok(match after {
            Some(Fault::Body(shape)) => fault::shaped(response, shape),
            Some(Fault::Header(name, value)) => {
                response.headers_mut().append(name, value);
                response
            }
            _ => response,
        })
    }
}

/// A request that has come as a whole.
struct Incoming<'a> {
    head: &'a request::Parts,
    /// None if it was too large.
    body: Option<&'a Bytes>,
    /// Whether it came over the local socket.
    is_local: bool,
}

impl State {
    /// What a request is, how large its body may be, and what a test wants to happen to it.
    fn meet(&mut self, head: &request::Parts, is_local: bool) -> (Found, usize, Option<Due>) {
        let path = match head.uri.path().strip_suffix('/') {
            Some(path) if path == socket::PATH => path,
            _ => head.uri.path(),
        };
        let found = match self.routes.find(&head.method, path) {
            Found::Route(route) if route.info.local_only && !is_local => Found::Unknown,
            found => found,
        };
        let config = &self.world.config;
        match &found {
            Found::Route(route) => {
                let limit = if route.is_for_files() { config.max_file_size } else { config.max_payload };
                let limit = limit.saturating_add(READ_AHEAD);
                let due = self.faults.take(route.info.operation);
                (found, limit, due)
            }
            Found::Unknown => (found, config.max_payload, None),
        }
    }

    fn note(&mut self, head: &request::Parts, body: Option<&Bytes>, found: &Found) -> Entry {
        self.world.clock.tick();
        let operation = match found {
            Found::Route(route) => route.info.operation,
            Found::Unknown => "",
        };
        self.log.begin(operation, head, body, self.world.now())
    }

    /// The answer to a request, and who sent it. A scripted answer stands for the handler's.
    fn answer(
        &mut self,
        incoming: &Incoming<'_>,
        found: Found,
        entry: &Entry,
        scripted: Option<Result<Response<Body>, Failure>>,
    ) -> (Response<Body>, UserId) {
        let head = incoming.head;
        let is_own = scripted.is_none();
        let sent = token::find(&head.headers, &head.uri);
        let verdict = self.world.config.rate_limit.map(|rate| {
            let client = sent.as_ref().map_or("", token::Token::as_str);
            let is_login = matches!(&found, Found::Route(route) if route.info.operation == "Login");
            self.limiter.count(rate, client, is_login, self.world.now())
        });
        if let Some(refusal) = verdict.as_ref().and_then(Verdict::refusal) {
            return (refusal, UserId::default());
        }
        let (mut response, user) = self.unlimited(incoming, found, sent.as_ref(), scripted);
        if is_own && response.status().is_success() {
            self.log.done(entry);
        }
        if let Some(verdict) = verdict {
            verdict.write(response.headers_mut());
        }
        (response, user)
    }

    fn unlimited(
        &mut self,
        incoming: &Incoming<'_>,
        found: Found,
        sent: Option<&token::Token>,
        scripted: Option<Result<Response<Body>, Failure>>,
    ) -> (Response<Body>, UserId) {
        let head = incoming.head;
        let url = head.uri.path_and_query().map_or("", |url| url.as_str());
        let request_id = self.world.ids.text();
        if url.len() > manners::LONGEST_URL {
            return (manners::too_long_url(&request_id), UserId::default());
        }
        let Found::Route(route) = found else {
            return (manners::unknown_route(&head.uri), UserId::default());
        };
        let session = sent.and_then(|token| self.world.session_of(token.as_str()));
        if scripted.is_none() && route.info.path == socket::PATH {
            return self.upgrade(incoming, sent, session, &request_id);
        }
        let bad_token = sent.is_some() && session.is_none();
        let user = session.as_ref().map(|session| session.user_id).unwrap_or_default();
        let result = match scripted {
            Some(scripted) => scripted,
            None => self.handle(&route, incoming, sent, session),
        };
        let refused = matches!(&result, Err(failure) if failure.status() == 401);
        let mut response = match result {
            Ok(response) => manners::not_modified(response, &head.headers),
            Err(failure) => failure.into_response(&request_id),
        };
        if refused && bad_token {
            manners::clear_cookie(&mut response);
        }
        manners::dress(&mut response, &head.method, &request_id);
        if head.method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        (response, user)
    }

    /// The answer to an upgrade has nothing around it.
    fn upgrade(
        &mut self,
        incoming: &Incoming<'_>,
        sent: Option<&token::Token>,
        session: Option<Session>,
        request_id: &str,
    ) -> (Response<Body>, UserId) {
        let user = session.as_ref().map(|session| session.user_id).unwrap_or_default();
        if let Err(refused) = check_place(sent, session.as_ref()) {
            let mut response = refused.into_response(request_id);
            manners::dress(&mut response, &incoming.head.method, request_id);
            return (response, user);
        }
        let (response, opening) = self.world.open_socket(incoming.head, session);
        self.opening = opening;
        (response, user)
    }

    fn handle(
        &mut self,
        route: &Route,
        incoming: &Incoming<'_>,
        sent: Option<&token::Token>,
        session: Option<Session>,
    ) -> Result<Response<Body>, Failure> {
        let head = incoming.head;
        if !incoming.is_local {
            admit(route, head, sent, session.as_ref())?;
        }
        let mut caller = Caller::new(session.filter(|_| !incoming.is_local), head.headers.clone());
        caller.is_local = incoming.is_local;
        let uri = received::resolved(route.info, &head.uri, caller.id);
        received::check_ids(route.info, &uri)?;
        let body = incoming.body.ok_or_else(Failure::too_large)?;
        route.run(&mut self.world, &caller, Call::new(&uri, &head.headers, body))
    }
}

/// Whether the session, or the lack of one, is good enough for the operation.
fn admit(
    route: &Route,
    head: &request::Parts,
    token: Option<&token::Token>,
    session: Option<&Session>,
) -> Result<(), Failure> {
    let needed = route.info.auth == mm_core::Auth::Session;
    let Some(session) = session else {
        return if needed { Err(Failure::session()) } else { Ok(()) };
    };
    check_place(token, Some(session))?;
    match token {
        // A page of another site can send the cookie along, but neither of these headers.
        Some(token::Token::Cookie(_)) if needed && head.method != Method::GET => {
            let header =
                |name| head.headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
            let shown = header("x-csrf-token") == Some(session.csrf.expose())
                || header("x-requested-with") == Some("XMLHttpRequest");
            if shown { Ok(()) } else { Err(Failure::session()) }
        }
        _ => Ok(()),
    }
}

/// Only applications may have their token in the query.
fn check_place(token: Option<&token::Token>, session: Option<&Session>) -> Result<(), Failure> {
    match (token, session) {
        (Some(token::Token::Query(_)), Some(session)) if !session.is_oauth => {
            let message = "Session is not OAuth but token was provided in the query string.";
            Err(Failure::new(401, "api.context.token_provided.app_error", message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
