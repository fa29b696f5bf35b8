//! One timer is enough for a call, wherever it waits, and it ends the call in time.

use std::future::{pending, ready};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use async_trait::async_trait;
use mm_core::api::posts::CreatePost;
use mm_core::types::{ChannelId, Secret};

use super::*;
use crate::layer::pacing::{Pace, PaceChange, PaceKey, PaceStore};
use crate::layer::{PacingConfig, PacingLayer};
use crate::{Client, ClientBuilder, TokenProvider};

fn silent() -> Script {
    Script::new(|_, _| pending())
}

fn client(
    transport: impl Service<Request<Body>, Response = Response<Body>, Error = TransportError, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Client {
    let builder = Client::builder("https://a.example").unwrap().token("t");
    settings(builder.timeout(SECOND * 20).try_timeout(SECOND * 15)).build(transport)
}

/// How often a call that is polled only once is woken, until long after everything has come to its end.
async fn wakes(call: impl Future) -> usize {
    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    let count = Arc::new(Count::default());
    let mut call = Box::pin(call);
    assert!(call.as_mut().poll(&mut Context::from_waker(&Arc::clone(&count).into())).is_pending());
    tokio::time::advance(SECOND * 600).await;
    count.0.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_has_one_timer() {
    let me = || GetUser::me();
    assert_eq!(wakes(client(silent(), |builder| builder).send(me())).await, 1, "a try");
    let short = client(silent(), |builder| builder.try_timeout(SECOND * 60));
    assert_eq!(wakes(short.send(me())).await, 1, "a try that may take longer than the call");
    let refused = client(Script::answering(|_, _| answer(503, "")), |builder| builder);
    assert_eq!(wakes(refused.send(me())).await, 1, "a wait between tries");

    // The first try may have arrived; the second has its own time, the call's, and what the server remembers.
    let lost =
        Script::new(|number, _| async move { if number == 0 { answer(502, "") } else { pending().await } });
    let poster = client(lost, |builder| builder);
    let channel: ChannelId = "yhwnfy5nzbn9jd5e9wtq7hmjpc".parse().unwrap();
    let mut call = Box::pin(poster.send(CreatePost::new(channel, "hello")));
    assert!(tokio::time::timeout(SECOND, &mut call).await.is_err());
    assert_eq!(wakes(call).await, 1, "the second try of a post");

    let careful = PacingLayer::new(PacingConfig::default().first_calls(1));
    let paced = client(silent(), |builder| builder.pacing(careful));
    let _first = tokio::spawn({
        let paced = paced.clone();
        async move { paced.send(GetUser::me()).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(wakes(paced.send(me())).await, 1, "the head of the line");
}

/// A store that says nothing after so many answers.
struct Silent(AtomicUsize);

#[async_trait]
impl PaceStore for Silent {
    async fn update(&self, _: PaceKey, change: &mut PaceChange<'_>) -> Result<(), BoxError> {
        if self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err() {
            pending::<()>().await;
        }
        change(&mut Pace::default(), SECOND);
        Ok(())
    }
}

/// A provider that has no token, ever.
struct Forgetful;

#[async_trait]
impl TokenProvider for Forgetful {
    async fn token(&self) -> Result<Secret, BoxError> {
        pending().await
    }
}

/// A transport that is never ready.
#[derive(Clone)]
struct Busy;

impl Service<Request<Body>> for Busy {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = std::future::Ready<Result<Response<Body>, TransportError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(answer(200, "{}"))
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_in_time_wherever_it_waits() {
    let store = |answers| PacingLayer::default().with_store(Silent(AtomicUsize::new(answers)));
    let waiting = [
        ("a try", client(silent(), |builder| builder.try_timeout(None))),
        ("a try that would have more time", client(silent(), |builder| builder.try_timeout(SECOND * 60))),
        ("the second try", client(silent(), |builder| builder)), // The first took 15 s.
        ("a token", client(silent(), |builder| builder.token_provider(Forgetful))),
        ("a transport", client(Busy, |builder| builder)),
        ("a store", client(silent(), |builder| builder.pacing(store(0)))),
    ];
    for (what, client) in waiting {
        let start = Instant::now();
        let error = client.send(GetUser::me()).await.unwrap_err();
        assert_eq!(start.elapsed().as_secs(), 20, "waiting for {what}");
        assert!(error.to_string().contains("the call took longer than 20s"), "waiting for {what}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_behind_others_for_his_turn_gives_up_in_time() {
    let store = PacingLayer::default().with_store(Silent(AtomicUsize::new(0)));
    let patient = client(silent(), |builder| builder.pacing(store).timeout(SECOND * 20));
    let _first = tokio::spawn({
        let patient = patient.clone();
        async move { patient.send(GetUser::me()).await }
    });
    tokio::time::sleep(SECOND * 10).await;
    let start = Instant::now();
    assert!(patient.send(GetUser::me()).await.is_err());
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_lost_because_a_store_does_not_take_note_of_it() {
    let script = Script::answering(|_, _| {
        let mut response = answer(200, r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc"}"#)?;
        for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
            response.headers_mut().insert(name, 10.into());
        }
        Ok(response)
    });
    let store = PacingLayer::default().with_store(Silent(AtomicUsize::new(1)));
    let start = Instant::now();
    client(script, |builder| builder.pacing(store)).send(GetUser::me()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_moves_on_has_no_end_in_a_client_either() {
    let script = Script::new(|_, request: Request<Body>| async {
        request.into_body().collect().await.unwrap();
        answer(201, "{}")
    });
    let service =
        TimeoutLayer::heeded_inside(Some(SECOND * 20)).layer(TryTimeoutLayer::new(SECOND * 5).layer(script));
    let start = Instant::now();
    let response = service.oneshot(get().map(|_| pauses(&[4; 10]))).await.unwrap();
    assert_eq!((response.status().as_u16(), start.elapsed()), (201, SECOND * 40));
}
