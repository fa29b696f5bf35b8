mod one_timer;

use http_body_util::BodyExt as _;
use mm_core::Endpoint;
use mm_core::api::users::GetUser;
use tower::ServiceExt as _;

use super::*;
use crate::testing::{Script, answer};

const SECOND: Duration = Duration::from_secs(1);

fn get() -> Request<Body> {
    GetUser::me().to_request().unwrap()
}

/// Answers after so many seconds.
fn slow(seconds: u32) -> Script {
    Script::new(move |_, _| async move {
        sleep(SECOND * seconds).await;
        answer(200, "{}")
    })
}

/// A body with a piece after each of these pauses, in seconds.
fn pauses(pauses: &'static [u32]) -> Body {
    struct Slow(std::slice::Iter<'static, u32>, Option<Pin<Box<Sleep>>>);

    impl http_body::Body for Slow {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            if self.1.is_none() {
                match self.0.next() {
                    Some(pause) => self.1 = Some(Box::pin(sleep(SECOND * *pause))),
                    None => return Poll::Ready(None),
                }
            }
            if let Some(sleep) = &mut self.1 {
                ready!(sleep.as_mut().poll(cx));
            }
            self.1 = None;
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }
    Body::stream(Slow(pauses.iter(), None))
}

#[tokio::test(start_paused = true)]
async fn a_call_or_try_ends_when_its_time_is_over() {
    let start = Instant::now();
    let script = slow(60);
    let error = TimeoutLayer::new(SECOND * 5).layer(script.clone()).oneshot(get()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Timeout, Delivery::MaybeSent));
    let error = TryTimeoutLayer::new(SECOND * 5).layer(script.clone()).oneshot(get()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Timeout, Delivery::MaybeSent));
    assert_eq!((start.elapsed(), script.running()), (SECOND * 10, 0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_time_comes_through() {
    assert!(TimeoutLayer::new(SECOND * 5).layer(slow(4)).oneshot(get()).await.is_ok());
    assert!(TryTimeoutLayer::new(SECOND * 5).layer(slow(4)).oneshot(get()).await.is_ok());
}

#[test]
fn without_a_limit_there_is_no_timer() {
    // Outside of a runtime a timer would panic.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let script = Script::answering(|_, _| answer(200, "{}"));
    let stack = TimeoutLayer::new(None).layer(TryTimeoutLayer::new(None).layer(script));
    assert!(runtime.block_on(stack.oneshot(get())).is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_its_time_as_long_as_it_moves() {
    let script = Script::new(|_, request: Request<Body>| async {
        let body = request.into_body().collect().await.unwrap().to_bytes();
        sleep(SECOND * 4).await;
        answer(201, body.len().to_string())
    });
    let service = TryTimeoutLayer::new(SECOND * 5).layer(script);
    let moving = get().map(|_| pauses(&[4, 4, 4, 4]));
    let response = service.clone().oneshot(moving).await.unwrap();
    assert_eq!(response.body().as_bytes(), Some(b"4" as &[u8]));
    let stuck = get().map(|_| pauses(&[4, 6]));
    assert_eq!(service.oneshot(stuck).await.unwrap_err().kind(), TransportErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn each_piece_of_a_download_has_to_come_in_time() {
    let download = |pauses_between: &'static [u32]| {
        let script = Script::answering(move |_, _| answer(200, pauses(pauses_between)));
        TryTimeoutLayer::new(SECOND * 5).layer(script).oneshot(get())
    };
    let body = download(&[4, 4, 4]).await.unwrap().into_body();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "xxx");
    let mut body = download(&[4, 6]).await.unwrap().into_body();
    assert!(body.frame().await.unwrap().is_ok());
    let error = TransportError::from_box(body.frame().await.unwrap().unwrap_err());
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    assert!(body.frame().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_no_slow_server() {
    let script = Script::answering(|_, _| answer(200, pauses(&[1, 1, 1])));
    let mut body = TryTimeoutLayer::new(SECOND * 5).layer(script).oneshot(get()).await.unwrap().into_body();
    while let Some(frame) = body.frame().await {
        frame.unwrap();
        sleep(SECOND * 60).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_late_for_an_answer_gets_it_still() {
    let asked = Arc::new(tokio::sync::Notify::new());
    let script = Script::new({
        let asked = Arc::clone(&asked);
        move |_, _| {
            let asked = Arc::clone(&asked);
            async move {
                asked.notified().await;
                sleep(SECOND).await;
                answer(200, "{}")
            }
        }
    });
    let mut call = Box::pin(TryTimeoutLayer::new(SECOND * 5).layer(script).oneshot(get()));
    assert!(std::future::poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await);
    // Nobody polls the call meanwhile.
    sleep(SECOND * 60).await;
    asked.notify_one();
    assert!(call.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_upgraded_connection_has_no_timeout() {
    let script = Script::answering(|_, _| answer(101, pauses(&[600])));
    let response = TryTimeoutLayer::new(SECOND * 5).layer(script).oneshot(get()).await.unwrap();
    assert!(response.into_body().collect().await.is_ok());
}
