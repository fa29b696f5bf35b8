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
mod tests {
    use http::StatusCode;
    use mm_core::api::users::{GetUser, GetUsers};

    use super::*;
    use crate::Town;
    use crate::testing::{ask, error, request, send};

    #[tokio::test]
    async fn a_token_says_who_me_is() {
        let town = Town::new();
        assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap().username, "alice");
        let of_bob = ask(&town.fake, &town.alice, GetUser::new(town.bob.id)).await.unwrap();
        assert!(of_bob.notify_props.is_empty() && of_bob.last_password_update.is_unset());
    }

    #[tokio::test]
    async fn nobody_is_refused_where_a_session_is_needed() {
        let town = Town::new();
        let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &[], "")).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(error(&answer).id, "api.context.session_expired.app_error");
        assert!(!answer.headers().contains_key("set-cookie"));

        let bad = [("authorization", "Bearer nonsense")];
        let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &bad, "")).await;
        assert_eq!(answer.headers()["set-cookie"], "MMAUTHTOKEN=; Path=/; Max-Age=0; HttpOnly");
    }

    #[tokio::test]
    async fn an_answer_has_the_headers_of_the_real_server() {
        let town = Town::new();
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let headers = [("authorization", bearer.as_str())];
        let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap();
        assert_eq!(header("x-request-id").len(), 26);
        assert!(header("x-version-id").starts_with("11.6.0."));
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("expires"), "0");
        assert_eq!(header("permissions-policy"), "");
        assert_eq!(header("content-length"), answer.body().len().to_string());

        let tag = header("etag");
        let headers = [headers[0], ("if-none-match", tag)];
        let again = send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(again.body().is_empty());
        assert_eq!(again.headers()["etag"], tag);
    }

    #[tokio::test]
    async fn an_error_repeats_the_request_id_and_the_status() {
        let town = Town::new();
        let answer = send(&town.fake, request(Method::GET, "/api/v4/users/me", &[], "")).await;
        assert_eq!(error(&answer).request_id, answer.headers()["x-request-id"].to_str().unwrap());
        assert_eq!(error(&answer).status_code, 401);
    }

    #[tokio::test]
    async fn a_path_that_does_not_exist_is_404_without_a_request_id() {
        let town = Town::new();
        for (method, url) in
            [(Method::GET, "/api/v4/nowhere"), (Method::PATCH, "/api/v4/users/me"), (Method::GET, "/")]
        {
            let answer = send(&town.fake, request(method, url, &[], "")).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{url}");
            assert_eq!(error(&answer).id, "api.context.404.app_error");
            assert!(!answer.headers().contains_key("x-request-id"));
            assert!(!answer.headers().contains_key("x-version-id"));
        }
    }

    #[tokio::test]
    async fn an_id_of_another_length_is_named() {
        let town = Town::new();
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let headers = [("authorization", bearer.as_str())];
        let answer = send(&town.fake, request(Method::GET, "/api/v4/users/tooshort", &headers, "")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert_eq!(error(&answer).id, "api.context.invalid_url_param.app_error");
        assert_eq!(error(&answer).message, "Invalid or missing user_id parameter in request URL.");
    }

    #[tokio::test]
    async fn an_url_over_2048_bytes_is_414() {
        let town = Town::new();
        let url = format!("/api/v4/users?x={}", "y".repeat(2048));
        let answer = send(&town.fake, request(Method::GET, &url, &[], "")).await;
        assert_eq!(answer.status(), StatusCode::URI_TOO_LONG);
        assert_eq!(error(&answer).request_id.len(), 26);
        assert!(!answer.headers().contains_key("x-request-id"));
    }

    #[tokio::test]
    async fn unreadable_page_numbers_are_not_there() {
        let town = Town::new();
        let bearer = format!("Bearer {}", town.alice.token.expose());
        let url = "/api/v4/users?page=-1&per_page=x";
        let answer = send(&town.fake, request(Method::GET, url, &[("authorization", &bearer)], "")).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_token_in_the_query_is_for_applications_alone() {
        let town = Town::new();
        let url = format!("/api/v4/users/me?access_token={}", town.alice.token.expose());
        let answer = send(&town.fake, request(Method::GET, &url, &[], "")).await;
        assert_eq!(error(&answer).id, "api.context.token_provided.app_error");
    }

    #[tokio::test]
    async fn a_session_ends_when_its_time_is_up_or_nobody_uses_it() {
        let town = Town::new();
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        for _ in 0..6 {
            town.fake.advance(days(29));
            assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
        }
        town.fake.advance(days(6));
        assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap_err().0, 401, "180 days");

        let unused = town.fake.token_for(&town.bob);
        town.fake.advance(days(31));
        assert_eq!(ask(&town.fake, &unused, GetUser::me()).await.unwrap_err().0, 401, "30 days");
    }

    #[tokio::test]
    async fn the_session_unused_for_longest_makes_room() {
        let town = Town::new();
        town.fake.configure(|config| config.max_sessions = 2);
        let second = town.fake.token_for(&town.alice);
        ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
        let third = town.fake.token_for(&town.alice);
        assert!(ask(&town.fake, &second, GetUser::me()).await.is_err());
        assert!(ask(&town.fake, &third, GetUser::me()).await.is_ok());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
    }

    #[tokio::test]
    async fn access_tokens_work_for_bots_and_for_people_where_allowed() {
        let town = Town::new();
        let bot = town.fake.bot("robot").create();
        let (of_bot, of_alice) = (town.fake.access_token_for(&bot), town.fake.access_token_for(&town.alice));
        assert_eq!(ask(&town.fake, &of_bot, GetUser::me()).await.unwrap().id, bot.id);
        assert!(ask(&town.fake, &of_alice, GetUser::me()).await.is_err());
        town.fake.configure(|config| config.user_access_tokens = true);
        assert_eq!(ask(&town.fake, &of_alice, GetUser::me()).await.unwrap().id, town.alice.id);
    }

    #[tokio::test]
    async fn a_rule_of_ones_own_replaces_the_servers() {
        let town = Town::new();
        town.fake.handle(|_, caller, _: GetUsers| {
            let mut user = mm_types::User::default();
            user.id = caller.id;
            Ok(vec![user])
        });
        let users = ask(&town.fake, &town.bob, GetUsers::new()).await.unwrap();
        assert_eq!(users[0].id, town.bob.id);
    }

    #[tokio::test]
    async fn too_many_requests_are_refused_until_time_has_passed() {
        let town = Town::new();
        town.fake.configure(|config| config.rate_limit = Some(crate::Rate::new(1, 1)));
        let get = || async {
            let bearer = format!("Bearer {}", town.alice.token.expose());
            let headers = [("authorization", bearer.as_str())];
            send(&town.fake, request(Method::GET, "/api/v4/users/me", &headers, "")).await
        };
        assert_eq!(get().await.headers()["x-ratelimit-remaining"], "1");
        assert_eq!(get().await.headers()["x-ratelimit-remaining"], "0");
        let refused = get().await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()["retry-after"], "1");
        town.fake.advance(Duration::from_secs(1));
        assert_eq!(get().await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_413() {
        let town = Town::new();
        let body = format!(r#"{{"login_id": "{}"}}"#, "x".repeat(300_000));
        let answer = send(&town.fake, request(Method::POST, "/api/v4/users/login", &[], body)).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(error(&answer).id, "api.context.request_body_too_large.app_error");
    }

    #[tokio::test]
    async fn two_servers_know_nothing_of_each_other() {
        let (one, other) = (FakeServer::new(), FakeServer::new());
        let token = one.token_for(one.user("alice").create());
        assert!(ask(&one, &token, GetUser::me()).await.is_ok());
        assert!(ask(&one.clone(), &token, GetUser::me()).await.is_ok());
        assert!(ask(&other, &token, GetUser::me()).await.is_err());
    }

    #[test]
    fn no_secret_shows_in_debug() {
        let town = Town::new();
        let text = format!("{town:?}");
        assert!(!text.contains(town.alice.token.expose()) && !text.contains(crate::PASSWORD));
    }
}
