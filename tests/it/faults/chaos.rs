//! A way to the fake on which anything happens, by chance, and a record of it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use mm_core::{Body, BoxError, Delivery, TransportError, TransportErrorKind};
use mm_mock::FakeServer;
use tokio::time::{Instant, sleep};
use tower::{Service, ServiceExt as _};

use super::fault::answer;
use crate::chance::Chance;

/// Where a call's number stands in its requests.
pub(crate) const CALL: &str = "x-call";

/// What happens to a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Accident {
    None,
    Slow,
    Refused,
    /// The connection ends and the server has heard nothing.
    Broken,
    AnswerLost,
    /// The server hears of it after the client was told that the connection is lost.
    Late,
    Silence,
    SilenceDone,
    CutOff,
    Page,
    PageDone,
    HalfJson,
    Limited,
    LimitedLong,
    LimitedText,
    Gateway,
    GatewayDone,
    Unavailable,
    Unauthorized,
    Internal,
    Pending,
}

const ACCIDENTS: [Accident; 21] = [
    Accident::None,
    Accident::Slow,
    Accident::Refused,
    Accident::Broken,
    Accident::AnswerLost,
    Accident::Late,
    Accident::Silence,
    Accident::SilenceDone,
    Accident::CutOff,
    Accident::Page,
    Accident::PageDone,
    Accident::HalfJson,
    Accident::Limited,
    Accident::LimitedLong,
    Accident::LimitedText,
    Accident::Gateway,
    Accident::GatewayDone,
    Accident::Unavailable,
    Accident::Unauthorized,
    Accident::Internal,
    Accident::Pending,
];

#[derive(Clone)]
pub(crate) struct Chaos {
    fake: FakeServer,
    /// Out of so many tries one meets with an accident, on average.
    rarity: u64,
    chance: Arc<Mutex<Chance>>,
    record: Arc<Mutex<Record>>,
}

#[derive(Default)]
pub(crate) struct Record {
    /// Every try: when, and of which call.
    pub(crate) tries: Vec<(Instant, usize)>,
    /// How often the server has done what a call asks for.
    pub(crate) done: HashMap<usize, usize>,
    /// Which calls were told that the server is still at it.
    pub(crate) pending: HashMap<usize, usize>,
}

impl Chaos {
    pub(crate) fn new(fake: &FakeServer, seed: u64, rarity: u64) -> Self {
        let chance = Arc::new(Mutex::new(Chance::new(seed)));
        Self { fake: fake.clone(), rarity, chance, record: Arc::default() }
    }

    pub(crate) fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().expect("a lock")
    }

    fn draw(&self) -> (Accident, Duration, &'static str) {
        let mut chance = self.chance.lock().expect("a lock");
        let accident =
            if chance.number(self.rarity) == 0 { chance.one_of(&ACCIDENTS) } else { Accident::None };
        (accident, Duration::from_millis(chance.number(4000)), chance.one_of(&["0", "1", "7", "25"]))
    }

    async fn answer(self, request: Request<Body>, call: usize) -> Result<Response<Body>, TransportError> {
        let lost = || TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent);
        let (accident, delay, wait) = self.draw();
        sleep(delay / 20).await;
        match accident {
            Accident::None => self.serve(request, call).await,
            Accident::Slow => {
                sleep(delay * 4).await;
                self.serve(request, call).await
            }
            Accident::Refused => Err(TransportError::new(TransportErrorKind::Connect, Delivery::NotSent)),
            Accident::Broken => Err(lost()),
            Accident::AnswerLost => {
                self.serve(request, call).await?;
                Err(lost())
            }
            Accident::Late => {
                tokio::spawn(async move {
                    sleep(delay).await;
                    self.serve(request, call).await
                });
                Err(lost())
            }
            Accident::Silence => std::future::pending().await,
            Accident::SilenceDone => {
                self.serve(request, call).await?;
                std::future::pending().await
            }
            Accident::CutOff => {
                let (head, body) = self.serve(request, call).await?.into_parts();
                let whole = body.into_bytes().unwrap_or_default();
                let broken =
                    http_body_util::Full::new(whole.slice(..whole.len() / 2)).map_err(|never| match never {});
                Ok(Response::from_parts(head, Body::stream(WithError(broken))))
            }
            Accident::HalfJson => {
                let (mut head, body) = self.serve(request, call).await?.into_parts();
                let whole = body.into_bytes().unwrap_or_default();
                head.headers.remove(http::header::CONTENT_LENGTH);
                Ok(Response::from_parts(head, whole.slice(..whole.len() / 2).into()))
            }
            Accident::Page => Ok(answer(200, "text/html", "<html>Welcome</html>", None)),
            Accident::PageDone => {
                self.serve(request, call).await?;
                Ok(answer(200, "text/html", "<html>Welcome</html>", None))
            }
            Accident::Limited => Ok(answer(429, "text/plain", "limit exceeded", Some(wait))),
            Accident::LimitedLong => Ok(answer(429, "text/plain", "limit exceeded", Some("3600"))),
            Accident::LimitedText => Ok(answer(429, "text/plain", "slow down", None)),
            Accident::Gateway => Ok(answer(502, "text/html", "<html>Bad Gateway</html>", None)),
            Accident::GatewayDone => {
                self.serve(request, call).await?;
                Ok(answer(504, "text/html", "<html>Gateway Timeout</html>", None))
            }
            Accident::Unavailable => Ok(answer(503, "text/html", "<html></html>", Some(wait))),
            Accident::Unauthorized => {
                Ok(answer(401, "application/json", r#"{"id":"api.context.session_expired.app_error"}"#, None))
            }
            Accident::Internal => Ok(answer(500, "application/json", r#"{"id":"app.insert_error"}"#, None)),
            Accident::Pending => {
                *self.record().pending.entry(call).or_default() += 1;
                let id = r#"{"id":"api.post.deduplicate_create_post.pending"}"#;
                Ok(answer(500, "application/json", id, None))
            }
        }
    }

    async fn serve(&self, request: Request<Body>, call: usize) -> Result<Response<Body>, TransportError> {
        let response = self.fake.clone().oneshot(request).await?;
        if response.status().is_success() {
            *self.record().done.entry(call).or_default() += 1;
        }
        Ok(response)
    }
}

impl Service<Request<Body>> for Chaos {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let call = request.headers().get(CALL).and_then(|call| call.to_str().ok()?.parse().ok());
        let call = call.expect("the number of the call");
        self.record().tries.push((Instant::now(), call));
        Box::pin(self.clone().answer(request, call))
    }
}

/// A body, and then the end of the connection.
struct WithError<B>(B);

impl<B> http_body::Body for WithError<B>
where
    B: http_body::Body<Data = Bytes, Error = BoxError> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        let lost = || TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent);
        Pin::new(&mut self.0).poll_frame(cx).map(|frame| Some(frame.unwrap_or_else(|| Err(lost().into()))))
    }
}
