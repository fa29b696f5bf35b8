//! Answers and failures that a test asks for, in the place of the server's own.

mod body;

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use mm_core::{Body, BoxError, Delivery, Output, Serve, TransportError, TransportErrorKind};

pub(crate) use self::body::{Shape, shaped};
use crate::answer::{Answer, encode};
use crate::{Failure, FakeServer};

/// What happens to the next requests of an operation, in the order it was asked for. Afterwards the
/// server answers again.
///
/// ```
/// use mm_core::api::users::GetUser;
///
/// let fake = mm_mock::FakeServer::new();
/// fake.on::<GetUser>().fail(500, "app.user.get.app_error").times(2);
/// fake.on::<GetUser>().reset();
/// ```
#[derive(Debug)]
#[must_use = "nothing is asked for yet"]
pub struct Script<E> {
    fake: FakeServer,
    operation: PhantomData<fn(E)>,
}

/// Something that was asked for, for one request unless [`times`](Self::times) says more.
#[derive(Debug)]
pub struct Scripted {
    fake: FakeServer,
    serial: u64,
}

/// What is waiting to happen.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: VecDeque<Waiting>,
    asked: u64,
}

#[derive(Debug)]
struct Waiting {
    serial: u64,
    operation: &'static str,
    fault: Fault,
    is_done: bool,
    times: usize,
}

/// What happens to one request.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) fault: Fault,
    /// The server does what was asked for, though nobody may hear of it.
    pub(crate) is_done: bool,
}

#[derive(Debug)]
pub(crate) enum Fault {
    /// An answer of the server, which puts its headers around it.
    Answer(Result<Response<Body>, Failure>),
    /// An answer of something in front of the server.
    Foreign(Response<Body>),
    /// The server's own answer, later.
    Delay(Duration),
    Hang,
    Refuse,
    Reset,
    /// The server's own answer, with a header besides.
    Header(HeaderName, HeaderValue),
    /// The server's own answer, with another body.
    Body(Shape),
}

impl FakeServer {
    /// Decides over the next request of an operation.
    pub fn on<E: Serve>(&self) -> Script<E> {
        Script { fake: self.clone(), operation: PhantomData }
    }

    /// Takes back the faults that have not happened yet: those of operations, and those of
    /// [sockets](Self::sockets) that are opened next.
    ///
    /// ```
    /// use mm_core::api::users::GetUser;
    ///
    /// let fake = mm_mock::FakeServer::new();
    /// fake.on::<GetUser>().html(502).times(1000);
    /// fake.recover();
    /// ```
    pub fn recover(&self) {
        let mut state = self.state();
        state.faults.waiting.clear();
        state.world.sockets.forget_script();
    }
}

impl<E: Serve> Script<E> {
    /// Answers this value.
    pub fn respond(self, answer: impl Into<Answer<Output<E>>>) -> Scripted {
        let answer = encode::<E::Codec>(answer.into(), E::INFO.status);
        let unwritable = |error: BoxError| Failure::new(500, "mm_mock.unwritable", error.to_string());
        self.push(Fault::Answer(answer.map_err(unwritable)))
    }

    /// Answers an error of the server, such as `fail(404, "app.post.get.app_error")`.
    pub fn fail(self, status: u16, id: &str) -> Scripted {
        self.fail_with(Failure::new(status, id, "Scripted by a test."))
    }

    /// Answers an error: a [`Failure`], or an `AppError` of your own.
    pub fn fail_with(self, failure: impl Into<Failure>) -> Scripted {
        self.push(Fault::Answer(Err(failure.into())))
    }

    /// Waits on tokio's clock, which needs a tokio runtime, then answers as always.
    pub fn delay(self, time: Duration) -> Scripted {
        self.push(Fault::Delay(time))
    }

    /// Never answers.
    pub fn hang(self) -> Scripted {
        self.push(Fault::Hang)
    }

    /// Takes no connection, so that nothing is sent. Over a listener there already is one, which ends
    /// as with [`reset`](Self::reset).
    pub fn refuse(self) -> Scripted {
        self.push(Fault::Refuse)
    }

    /// Ends the connection after the request, without doing or answering anything.
    pub fn reset(self) -> Scripted {
        self.push(Fault::Reset)
    }

    /// Does what was asked for, but ends the connection before the answer.
    pub fn lose_answer(self) -> Scripted {
        self.reset().carried_out()
    }

    /// Answers as always, but ends the connection after this many bytes of the body.
    pub fn truncate(self, bytes: usize) -> Scripted {
        self.push(Fault::Body(Shape::Truncate(bytes)))
    }

    /// Answers as always, but falls silent after this many bytes of the body.
    pub fn stall(self, bytes: usize) -> Scripted {
        self.push(Fault::Body(Shape::Stall(bytes)))
    }

    /// Answers as always, but the body ends after this many bytes as if that were all of it.
    pub fn shorten(self, bytes: usize) -> Scripted {
        self.push(Fault::Body(Shape::Shorten(bytes)))
    }

    /// Answers as always, but only so many bytes of the body at a time, each time after a pause on tokio's clock.
    pub fn trickle(self, bytes: usize, pause: Duration) -> Scripted {
        self.push(Fault::Body(Shape::Trickle(bytes, pause)))
    }

    /// Answers as always, with a header besides.
    pub fn with_header(self, name: HeaderName, value: HeaderValue) -> Scripted {
        self.push(Fault::Header(name, value))
    }

    /// Refuses because of too many requests, the way two limiters in a row do: plain text, and every
    /// `X-Ratelimit-…` header twice. `wait` is rounded up to seconds.
    pub fn rate_limited(self, wait: Duration) -> Scripted {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let mut response = limit_exceeded(seconds);
        for (limit, remaining, reset) in [(101, 57, 5), (11, 0, seconds)] {
            let headers = response.headers_mut();
            headers.append("x-ratelimit-limit", HeaderValue::from(limit));
            headers.append("x-ratelimit-remaining", HeaderValue::from(remaining));
            headers.append("x-ratelimit-reset", HeaderValue::from(reset));
        }
        self.push(Fault::Foreign(response))
    }

    /// Answers a web page, as a proxy does whose server is away.
    pub fn html(self, status: u16) -> Scripted {
        let mut response = Response::new(Body::from("<html><body><h1>Bad Gateway</h1></body></html>"));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        self.push(Fault::Foreign(response))
    }

    /// Answers exactly this, without any header of the server.
    pub fn raw(self, response: Response<Body>) -> Scripted {
        self.push(Fault::Foreign(response))
    }

    fn push(self, fault: Fault) -> Scripted {
        let serial = {
            let mut state = self.fake.state();
            // An operation of a plugin is one that the server has not heard of before.
            state.routes.know(E::INFO);
            state.faults.push(E::INFO.operation, fault)
        };
        Scripted { fake: self.fake, serial }
    }
}

impl Scripted {
    /// For this many requests. A value that is a stream can be answered only once.
    pub fn times(self, times: usize) {
        self.change(|waiting| waiting.times = times);
    }

    /// For one request, which is what it is anyway.
    pub fn once(self) {
        self.times(1);
    }

    /// The server does all the same what is asked for: a gateway that lost the answer, say, or a connection that ended
    /// before it. A server that could not be connected to does nothing.
    ///
    /// ```
    /// use mm_core::api::posts::CreatePost;
    ///
    /// let fake = mm_mock::FakeServer::new();
    /// fake.on::<CreatePost>().html(502).carried_out().once();
    /// ```
    pub fn carried_out(self) -> Self {
        self.change(|waiting| waiting.is_done = true);
        self
    }

    fn change(&self, change: impl FnOnce(&mut Waiting)) {
        let mut state = self.fake.state();
        if let Some(waiting) = state.faults.waiting.iter_mut().find(|waiting| waiting.serial == self.serial) {
            change(waiting);
        }
    }
}

impl Faults {
    fn push(&mut self, operation: &'static str, fault: Fault) -> u64 {
        self.asked += 1;
        self.waiting.push_back(Waiting { serial: self.asked, operation, fault, is_done: false, times: 1 });
        self.asked
    }

    /// What happens to this request of an operation, if anything does.
    pub(crate) fn take(&mut self, operation: &str) -> Option<Due> {
        self.waiting.retain(|waiting| waiting.times > 0);
        let at = self.waiting.iter().position(|waiting| waiting.operation == operation)?;
        let waiting = self.waiting.get_mut(at)?;
        waiting.times -= 1;
        let is_done = waiting.is_done;
        let fault = match waiting.fault.again() {
            Some(again) => std::mem::replace(&mut waiting.fault, again),
            None => self.waiting.remove(at)?.fault,
        };
        Some(Due { fault, is_done })
    }
}

impl Fault {
    /// The same for another request; `None` if it is an answer that can be given only once.
    fn again(&self) -> Option<Self> {
        let copy = |response: &Response<Body>| {
            let mut copy = Response::new(response.body().try_clone()?);
            *copy.status_mut() = response.status();
            *copy.headers_mut() = response.headers().clone();
            Some(copy)
        };
        Some(match self {
            Self::Answer(Ok(response)) => Self::Answer(Ok(copy(response)?)),
            Self::Answer(Err(failure)) => Self::Answer(Err(failure.again()?)),
            Self::Foreign(response) => Self::Foreign(copy(response)?),
            Self::Delay(time) => Self::Delay(*time),
            Self::Hang => Self::Hang,
            Self::Refuse => Self::Refuse,
            Self::Reset => Self::Reset,
            Self::Header(name, value) => Self::Header(name.clone(), value.clone()),
            Self::Body(shape) => Self::Body(*shape),
        })
    }
}

/// The limiter's refusal.
pub(crate) fn limit_exceeded(seconds: u64) -> Response<Body> {
    let mut response = Response::new(Body::from("limit exceeded\n"));
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The connection ended, and nobody knows what the server has done.
pub(crate) fn closed() -> TransportError {
    TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent)
}

/// There was no connection.
pub(crate) fn refused() -> TransportError {
    TransportError::new(TransportErrorKind::Connect, Delivery::NotSent)
}

#[cfg(test)]
mod tests {
    use http::Method;
    use http_body_util::BodyExt as _;
    use mm_core::Endpoint;
    use mm_core::api::posts::CreatePost;
    use mm_core::api::users::GetUser;
    use mm_types::User;
    use tower_service::Service as _;

    use super::*;
    use crate::Town;
    use crate::testing::{ask, request, send};

    async fn error_of(town: &Town) -> TransportError {
        town.fake.clone().call(GetUser::me().to_request().unwrap()).await.unwrap_err()
    }

    #[tokio::test]
    async fn what_was_asked_for_happens_in_order_and_then_the_server_answers() {
        let town = Town::new();
        let mut user = User::default();
        user.username = "nobody".to_owned();
        town.fake.on::<GetUser>().respond(user).times(2);
        town.fake.on::<GetUser>().fail(500, "app.user.get.app_error");
        let mut names = Vec::new();
        for _ in 0..4 {
            names.push(ask(&town.fake, &town.alice, GetUser::me()).await.map(|user| user.username));
        }
        let failed = Err((500, "app.user.get.app_error".to_owned()));
        let nobody = || Ok("nobody".to_owned());
        assert_eq!(names, [nobody(), nobody(), failed, Ok("alice".to_owned())]);
    }

    #[tokio::test]
    async fn a_failing_connection_says_whether_anything_was_sent() {
        let town = Town::new();
        town.fake.on::<GetUser>().refuse();
        town.fake.on::<GetUser>().reset();
        town.fake.on::<GetUser>().lose_answer();
        assert_eq!(error_of(&town).await.delivery(), Delivery::NotSent);
        for _ in 0..2 {
            let error = error_of(&town).await;
            assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Closed, Delivery::MaybeSent));
        }
    }

    #[tokio::test]
    async fn a_truncated_answer_breaks_off() {
        let town = Town::new();
        town.fake.on::<GetUser>().truncate(10);
        let answer = town.fake.clone().call(GetUser::me().to_request().unwrap()).await.unwrap();
        let mut body = answer.into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap().len(), 10);
        assert!(body.frame().await.unwrap().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_falls_silent_or_comes_slowly_or_is_too_short() {
        let town = Town::new();
        let answer = || async {
            let answer = town.fake.clone().call(GetUser::me().to_request().unwrap()).await.unwrap();
            (
                answer.headers()["content-length"].to_str().unwrap().parse::<usize>().unwrap(),
                answer.into_body(),
            )
        };
        town.fake.on::<GetUser>().stall(10);
        let (length, mut body) = answer().await;
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap().len(), 10);
        assert!(tokio::time::timeout(Duration::from_secs(3600), body.frame()).await.is_err());

        town.fake.on::<GetUser>().shorten(10);
        let (shorter, body) = answer().await;
        assert_eq!((shorter, body.collect().await.unwrap().to_bytes().len()), (10, 10));

        town.fake.on::<GetUser>().trickle(length / 2, Duration::from_secs(2));
        let (whole, body) = answer().await;
        let start = tokio::time::Instant::now();
        assert_eq!((whole, body.collect().await.unwrap().to_bytes().len()), (length, length));
        assert_eq!(start.elapsed().as_secs(), if length % 2 == 0 { 4 } else { 6 });
    }

    #[tokio::test]
    async fn the_server_can_do_what_its_gateway_denies() {
        let town = Town::new();
        let leave = || CreatePost::new(town.town_square.id, "hello");
        town.fake.on::<CreatePost>().html(502).carried_out().once();
        town.fake.on::<CreatePost>().html(502);
        assert_eq!(ask(&town.fake, &town.alice, leave()).await.unwrap_err().0, 502);
        assert_eq!(ask(&town.fake, &town.alice, leave()).await.unwrap_err().0, 502);
        let done: Vec<bool> = town.fake.requests().iter().map(|logged| logged.is_done).collect();
        assert_eq!(done, [true, false]);
    }

    #[tokio::test]
    async fn a_limiters_refusal_is_text_with_every_header_twice() {
        let town = Town::new();
        town.fake.on::<GetUser>().rate_limited(Duration::from_millis(1500));
        town.fake.on::<GetUser>().html(502);
        let me = || request(Method::GET, "/api/v4/users/me", &[], "");
        let answer = send(&town.fake, me()).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.body(), "limit exceeded\n");
        assert_eq!(answer.headers()["retry-after"], "2");
        assert_eq!(answer.headers().get_all("x-ratelimit-reset").iter().count(), 2);
        let answer = send(&town.fake, me()).await;
        assert_eq!(answer.headers()["content-type"], "text/html");
        assert!(!answer.headers().contains_key("x-request-id"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_waits_and_a_hang_never_ends() {
        let town = Town::new();
        let start = tokio::time::Instant::now();
        town.fake.on::<GetUser>().delay(Duration::from_secs(5));
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
        assert_eq!(start.elapsed(), Duration::from_secs(5));

        town.fake.on::<GetUser>().hang();
        let hanging = ask(&town.fake, &town.alice, GetUser::me());
        assert!(tokio::time::timeout(Duration::from_secs(3600), hanging).await.is_err());
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.is_ok());
    }

    #[tokio::test]
    async fn an_operation_that_the_server_does_not_know_can_be_scripted() {
        /// An operation of a plugin.
        #[derive(Debug, Clone, mm_core::Endpoint)]
        #[endpoint(GET, "/plugins/poll/api/v1/polls/{name}", response = Vec<String>)]
        struct GetPoll {
            name: String,
        }
        let town = Town::new();
        town.fake.on::<GetPoll>().respond(vec!["soup".to_owned()]);
        assert_eq!(ask(&town.fake, &town.alice, GetPoll::new("lunch")).await.unwrap(), ["soup"]);
        let (status, id) = ask(&town.fake, &town.alice, GetPoll::new("lunch")).await.unwrap_err();
        assert_eq!((status, id.as_str()), (501, "mm_mock.not_implemented"));
        assert_eq!(town.fake.last::<GetPoll>().unwrap().name, "lunch");
    }
}
