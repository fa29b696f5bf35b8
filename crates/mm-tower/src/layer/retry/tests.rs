use http::Method;
use http::header::CONTENT_TYPE;
use mm_core::api::posts::CreatePost;
use mm_core::api::users::{GetUser, Login};
use mm_core::types::ChannelId;
use mm_core::{Endpoint, EndpointInfo, Error, TransportErrorKind};
use tower::ServiceExt as _;
use tower::retry::backoff::ExponentialBackoffMaker;
use tower::util::rng::HasherRng;

use super::*;
use crate::layer::{TimeoutLayer, TryTimeoutLayer};
use crate::testing::{Outcome, Script, answer, lost, refused};

const POST: &str = r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc"}"#;

/// The outcomes, in turn, and success from then on.
fn script<const N: usize>(outcomes: [fn() -> Outcome; N]) -> Script {
    Script::answering(move |number, _| {
        outcomes.get(number).map_or_else(|| answer(200, POST), |outcome| outcome())
    })
}

fn get() -> Request<Body> {
    GetUser::me().to_request().unwrap()
}

fn post() -> Request<Body> {
    CreatePost::new("yhwnfy5nzbn9jd5e9wtq7hmjpc".parse::<ChannelId>().unwrap(), "hello").to_request().unwrap()
}

async fn send(script: &Script, request: Request<Body>) -> Outcome {
    RetryLayer::default().layer(script.clone()).oneshot(request).await
}

fn limited(header: &'static str, values: &'static [&'static str]) -> Outcome {
    let mut response = answer(429, "limit exceeded\n")?;
    response.headers_mut().insert(CONTENT_TYPE, "text/plain".parse().unwrap());
    for value in values {
        response.headers_mut().append(header, value.parse().unwrap());
    }
    Ok(response)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_when_server_or_network_fail_for_a_moment() {
    for outcome in [
        || answer(502, "bad gateway"),
        || answer(503, ""),
        || answer(504, ""),
        lost,
        refused,
        || Err(TransportError::new(TransportErrorKind::Timeout, Delivery::MaybeSent)),
    ] as [fn() -> Outcome; 6]
    {
        let script = script([outcome, outcome]);
        assert_eq!(send(&script, get()).await.unwrap().status(), 200);
        assert_eq!(script.seen().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_arrived_is_not_repeated() {
    for outcome in [|| answer(502, ""), || answer(503, ""), || answer(504, ""), lost] as [fn() -> Outcome; 4]
    {
        let script = script([outcome]);
        let result = RetryLayer::default().layer(script.clone()).oneshot(login()).await;
        assert!(result.is_err() || result.is_ok_and(|response| response.status() != 200));
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_busy_server_refuses_was_not_done_and_is_sent_again() {
    let busy = || answer(503, r#"{"id": "api.context.server_busy.app_error", "message": "Server is busy."}"#);
    let script = script([busy]);
    let response = RetryLayer::default().layer(script.clone()).oneshot(login()).await.unwrap();
    assert_eq!((response.status().as_u16(), script.seen().len()), (200, 2));
    let script = Script::answering(move |_, _| busy());
    let response = RetryLayer::default().layer(script.clone()).oneshot(login()).await.unwrap();
    assert!(response.extensions().get::<InDoubt>().is_none(), "nothing was done");
    assert_eq!(script.seen().len(), 4);
}

fn login() -> Request<Body> {
    Login::new("a", "b").to_request().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_read_is_asked_for_again_if_that_does_no_harm() {
    for text in ["<html></html>", "{\"id\": \"x", "[{}, ", "\"", "", " \n"] {
        for (request, tries) in [(get(), 2), (named_post(), 2), (login(), 1)] {
            let script =
                Script::answering(move |number, _| answer(200, if number == 0 { text } else { POST }));
            assert_eq!(send(&script, request).await.unwrap().status(), 200);
            assert_eq!(script.seen().len(), tries, "{text:?}");
        }
    }
    for text in [" {} ", "[]", "\"\"", "null", "-1", "true"] {
        let script = Script::answering(move |_, _| answer(200, text));
        assert_eq!(send(&script, get()).await.unwrap().status(), 200);
        assert_eq!(script.seen().len(), 1, "{text:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn anything_is_repeated_that_cannot_have_arrived() {
    for request in [get(), post(), login()] {
        let script = script([refused, refused]);
        assert_eq!(send(&script, request).await.unwrap().status(), 200);
        assert_eq!(script.seen().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn what_will_fail_again_is_not_repeated() {
    use TransportErrorKind as Kind;
    for kind in [Kind::Tls, Kind::Proxy, Kind::Protocol, Kind::RequestBody, Kind::TooLarge, Kind::Local] {
        let script = Script::answering(move |_, _| Err(TransportError::new(kind, Delivery::NotSent)));
        assert_eq!(send(&script, get()).await.unwrap_err().kind(), kind);
        assert_eq!(script.seen().len(), 1, "{kind:?}");
    }
    for status in [400, 401, 403, 404, 500, 501] {
        let script = Script::answering(move |_, _| answer(status, ""));
        assert_eq!(send(&script, get()).await.unwrap().status(), status);
        assert_eq!(script.seen().len(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limited_call_waits_as_long_as_the_server_asks_for_whatever_it_is() {
    let header_and_seconds: [(fn() -> Outcome, u64); 3] = [
        (|| limited("retry-after", &["2", "7"]), 7),
        (|| limited("x-ratelimit-reset", &["3, 1", "2"]), 3),
        (|| limited("retry-after", &["0"]), 0),
    ];
    for (outcome, seconds) in header_and_seconds {
        for request in [get(), login()] {
            let script = script([outcome]);
            let start = Instant::now();
            assert_eq!(send(&script, request).await.unwrap().status(), 200);
            let (asked, waited) = (Duration::from_secs(seconds), start.elapsed());
            assert!(waited >= asked && waited <= asked + Duration::from_millis(201), "{waited:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limiter_that_asks_for_too_much_has_its_answer_handed_over() {
    let script = script([|| limited("retry-after", &["3600"])]);
    let start = Instant::now();
    let response = send(&script, get()).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.body().as_bytes()),
        (429, Some(b"limit exceeded\n" as &[u8]))
    );
    assert_eq!((script.seen().len(), start.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_429_that_is_an_operations_own_refusal_is_not_repeated() {
    let script = script([|| {
        let mut response = answer(429, r#"{"id": "app.upgrade.already"}"#)?;
        response.headers_mut().insert(CONTENT_TYPE, "application/json".parse().unwrap());
        Ok(response)
    }]);
    assert_eq!(send(&script, get()).await.unwrap().status(), 429);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn tries_are_limited_and_the_last_answer_comes_out_untouched() {
    let script = Script::answering(|number, _| answer(503, format!("try {number}")));
    let response = send(&script, get()).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_bytes()), (503, Some(b"try 3" as &[u8])));
    assert_eq!(response.headers()["x-request-id"], "r1");
    assert_eq!(script.seen().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn all_waits_together_are_limited() {
    let script = Script::answering(|_, _| limited("retry-after", &["25"]));
    let start = Instant::now();
    assert_eq!(send(&script, get()).await.unwrap().status(), 429);
    assert_eq!(script.seen().len(), 3);
    assert!(start.elapsed() <= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn towers_own_back_off_takes_the_place_of_ours() {
    let maker = ExponentialBackoffMaker::new(
        Duration::from_secs(1),
        Duration::from_secs(60),
        0.0,
        HasherRng::default(),
    );
    let script = script([refused, refused, refused]);
    let start = Instant::now();
    RetryLayer::default().backoff(maker.unwrap()).layer(script).oneshot(get()).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(1 + 2 + 4));
}

#[tokio::test(start_paused = true)]
async fn no_wait_goes_past_the_end_of_the_call() {
    let script = script([|| limited("retry-after", &["7"])]);
    let stack = TimeoutLayer::new(Duration::from_secs(5)).layer(RetryLayer::default().layer(script.clone()));
    let start = Instant::now();
    assert_eq!(stack.oneshot(get()).await.unwrap().status(), 429);
    assert_eq!((script.seen().len(), start.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_repeated_only_if_it_can_start_over() {
    let stream = || Body::stream(http_body_util::Full::new(bytes::Bytes::from_static(b"content")));
    for (body, tries) in [(stream(), 1), (stream().remade_by(stream), 2)] {
        let script = script([refused]);
        let mut request = login();
        *request.body_mut() = body;
        let result = send(&script, request).await;
        assert_eq!((script.seen().len(), result.is_ok()), (tries, tries == 2));
    }
}

#[tokio::test(start_paused = true)]
async fn every_try_is_the_same_request() {
    let script = Script::new(|number, request| async move {
        use http_body_util::BodyExt as _;
        assert!(EndpointInfo::of(&request).is_some());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        assert!(body.starts_with(b"{\"channel_id\""), "{body:?}");
        if number == 0 { refused() } else { answer(201, POST) }
    });
    send(&script, post()).await.unwrap();
    let [first, second] = &script.seen()[..] else { panic!("two tries") };
    assert_eq!((&first.method, &first.uri, &first.headers), (&second.method, &second.uri, &second.headers));
}

#[tokio::test(start_paused = true)]
async fn without_a_description_the_method_decides() {
    for (method, tries) in [
        (Method::GET, 2),
        (Method::HEAD, 2),
        (Method::PUT, 2),
        (Method::DELETE, 2),
        (Method::POST, 1),
        (Method::PATCH, 1),
    ] {
        let script = script([lost]);
        let request = Request::builder().method(method.clone()).body(Body::empty()).unwrap();
        let _ = send(&script, request).await;
        assert_eq!(script.seen().len(), tries, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn giving_up_a_call_gives_up_its_wait_and_its_tries() {
    let script = script([lost, lost]);
    let call = send(&script, get());
    tokio::select! {
        biased;
        _ = call => panic!("answered at once"),
        () = std::future::ready(()) => {}
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!((script.seen().len(), script.running()), (1, 0));
}

#[tokio::test]
async fn one_try_can_be_enough() {
    let script = script([lost]);
    let result = RetryLayer::new(RetryConfig::never()).layer(script.clone()).oneshot(get()).await;
    assert_eq!(Error::transport(GetUser::INFO, result.unwrap_err()).kind(), mm_core::ErrorKind::MaybeSent);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_limiter_may_name_the_time_of_day() {
    let script = script([|| {
        let mut response = limited("retry-after", &["Sun, 22 Nov 2026 04:14:59 GMT"])?;
        response.headers_mut().insert("date", "Sun, 22 Nov 2026 04:14:52 GMT".parse().unwrap());
        Ok(response)
    }]);
    let start = Instant::now();
    assert_eq!(send(&script, login()).await.unwrap().status(), 200);
    assert_eq!(start.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn an_error_never_says_not_sent_if_an_earlier_try_may_have_been_carried_out() {
    let script = script([lost, refused, refused, refused]);
    let error = send(&script, get()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Connect, Delivery::MaybeSent));
}

/// Three tries a second apart, of whatever is safe, and a list of what it was asked.
#[derive(Debug, Default)]
struct Stubborn(std::sync::Mutex<Vec<String>>);

impl RetryPolicy for Arc<Stubborn> {
    fn next(&self, attempt: &Attempt<'_>) -> Next {
        let outcome = match attempt.outcome {
            policy::Outcome::Answered { status, body, .. } => {
                format!("{status} of {:?} bytes", body.map(<[u8]>::len))
            }
            policy::Outcome::Unreadable { status, .. } => format!("{status}, but no JSON"),
            policy::Outcome::Failed(error) => error.to_string(),
        };
        let Attempt { number, waited, is_safe, .. } = *attempt;
        let operation = attempt.info.map(|info| info.operation);
        let line = format!("{operation:?} {} {number} {waited:?} {is_safe} {outcome}", attempt.method);
        self.0.lock().unwrap().push(line);
        if attempt.number < 3 && attempt.is_safe { Next::Wait(Duration::from_secs(1)) } else { Next::Stop }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_decides_by_operation_outcome_and_number_of_tries() {
    let policy = Arc::new(Stubborn::default());
    let script = script([|| answer(418, "teapot"), refused, lost, refused, lost, refused]);
    let stack = RetryLayer::with_policy(Arc::clone(&policy)).layer(script.clone());
    assert!(stack.clone().oneshot(get()).await.is_err());
    assert!(stack.oneshot(login()).await.is_err());
    assert_eq!(
        *policy.0.lock().unwrap(),
        [
            "Some(\"GetUser\") GET 1 0ns true 418 I'm a teapot of Some(6) bytes",
            "Some(\"GetUser\") GET 2 1s true could not connect to the server",
            "Some(\"GetUser\") GET 3 2s true the connection ended before the answer did",
            "Some(\"Login\") POST 1 0ns true could not connect to the server",
            "Some(\"Login\") POST 2 1s false the connection ended before the answer did",
        ]
    );
    assert_eq!(script.seen().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn clones_share_one_budget_of_tries() {
    let script = Script::answering(|_, _| answer(503, ""));
    let stack = RetryLayer::default().layer(script.clone());
    for _ in 0..1000 {
        assert_eq!(stack.clone().oneshot(get()).await.unwrap().status(), 503);
    }
    // A fifth more, the reserve, and what was added to it while they waited: one in ten seconds.
    let tries = script.seen().len();
    assert!((1200..1240).contains(&tries), "{tries}");
}

fn named_post() -> Request<Body> {
    let channel: ChannelId = "yhwnfy5nzbn9jd5e9wtq7hmjpc".parse().unwrap();
    CreatePost::new(channel, "hello").pending_post_id("a:1").to_request().unwrap()
}

fn pending() -> Outcome {
    answer(500, r#"{"id": "api.post.deduplicate_create_post.pending", "message": "wait"}"#)
}

#[tokio::test(start_paused = true)]
async fn a_post_with_a_name_is_repeated_when_it_may_have_arrived() {
    for outcome in [lost, || answer(502, ""), || answer(503, ""), || answer(504, ""), pending] {
        let script = script([outcome, refused, outcome]);
        assert_eq!(send(&script, named_post()).await.unwrap().status(), 200);
        assert_eq!(script.seen().len(), 4);
    }
    let script = script([|| answer(500, r#"{"id": "app.post.save.app_error"}"#)]);
    assert_eq!(send(&script, named_post()).await.unwrap().status(), 500);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_post_that_the_server_is_still_at_is_waited_for_but_not_beyond_the_window() {
    let script = script([lost, pending, pending, pending, pending, pending, pending]);
    assert_eq!(send(&script, named_post()).await.unwrap().status(), 200);
    assert_eq!(script.seen().len(), 8);

    let start = Instant::now();
    let script = Script::answering(|_, _| pending());
    let response = send(&script, named_post()).await.unwrap();
    assert!(response.extensions().get::<InDoubt>().is_some());
    assert!(start.elapsed() < Duration::from_secs(25));
    let script = Script::answering(|_, _| pending());
    let once = RetryLayer::new(RetryConfig::never()).layer(script.clone());
    assert_eq!(once.oneshot(named_post()).await.unwrap().status(), 500);
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_try_of_a_post_runs_on_after_the_window() {
    let start = Instant::now();
    // Refusals open no window; the first try that may arrive does.
    let script = Script::new(move |number, _| async move {
        match number {
            0..3 => refused(),
            3 => lost(),
            _ => std::future::pending().await,
        }
    });
    let config = RetryConfig::default().tries(9).base_delay(Duration::ZERO);
    let stack =
        RetryLayer::new(config).layer(TryTimeoutLayer::new(Duration::from_secs(60)).layer(script.clone()));
    let error = stack.oneshot(named_post()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (TransportErrorKind::Timeout, Delivery::MaybeSent));
    // Two are given 10 s each, the third what is left.
    assert_eq!((script.seen().len(), start.elapsed(), script.running()), (7, Duration::from_secs(25), 0));
}

#[tokio::test(start_paused = true)]
async fn the_first_try_of_a_post_has_its_time_if_no_other_is_to_follow() {
    let script = Script::new(|_, _| std::future::pending());
    let try_timeout = TryTimeoutLayer::new(Duration::from_secs(60)).layer(script);
    let start = Instant::now();
    RetryLayer::new(RetryConfig::never()).layer(try_timeout).oneshot(named_post()).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn an_answer_says_if_an_earlier_try_may_have_been_carried_out() {
    for (first, is_in_doubt) in [(lost as fn() -> Outcome, true), (refused, false)] {
        let script = Script::answering(move |number, _| if number == 0 { first() } else { answer(403, "") });
        let response = send(&script, named_post()).await.unwrap();
        assert_eq!(response.status(), 403);
        assert_eq!(response.extensions().get::<InDoubt>().is_some(), is_in_doubt);
    }
}
