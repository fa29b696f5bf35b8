use std::time::Duration;

use http::Request;
use mm_core::api::users::{GetUser, Logout};
use mm_core::{Body, BoxError, ErrorKind, Named};
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower::{ServiceBuilder, filter::FilterLayer, timeout::TimeoutLayer};
use tower_http::map_response_body::MapResponseBodyLayer;

use crate::testing::{Outcome, Script, answer, lost};
use crate::{Client, ClientBuilder};

fn builder() -> ClientBuilder {
    Client::builder("https://a.example").unwrap().token("t")
}

/// Sheds what is more than one at a time. Both in one, as a client's layers are always ready.
fn one_at_a_time<L>(builder: ClientBuilder, add: impl FnOnce(ClientBuilder, Shed) -> L) -> L {
    add(builder, ServiceBuilder::new().load_shed().concurrency_limit(1))
}

type Shed = ServiceBuilder<
    tower::layer::util::Stack<
        tower::limit::ConcurrencyLimitLayer,
        tower::layer::util::Stack<tower::load_shed::LoadShedLayer, tower::layer::util::Identity>,
    >,
>;

fn slow() -> Script {
    Script::new(|_, _| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        answer(200, "{}")
    })
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_shed_is_known_not_to_be_sent() {
    let script = slow();
    let client = one_at_a_time(builder(), ClientBuilder::layer).build(script.clone());
    let (one, two) = tokio::join!(client.send(GetUser::me()), client.send(GetUser::me()));
    one.unwrap();
    let error = two.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::NotSent, 1));
    assert!(error.to_string().starts_with("GetUser: not sent: "), "{error}");
    assert!(error.to_string().contains("overloaded"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_try_that_is_shed_is_made_again_whatever_it_is() {
    // Neither may be carried out twice.
    let script = Script::new(|_, _| async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        answer(200, r#"{"status": "OK"}"#)
    });
    let client = one_at_a_time(builder(), ClientBuilder::inner_layer).build(script.clone());
    let once = |body: &'static str| {
        let request = Request::post("/plugins/poll/vote").body(Body::from(body)).unwrap();
        client.send_request(request)
    };
    let (one, two) = tokio::join!(once("1"), once("2"));
    assert_eq!(
        (one.unwrap().status(), two.unwrap().status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_time_out_of_others_counts_as_sent_if_it_was_and_only_then() {
    let hung = Script::new(|_, _| std::future::pending::<Outcome>());
    let late = TimeoutLayer::new(Duration::from_secs(1));
    let client = builder().no_retry().inner_layer(late.clone()).build(hung.clone());
    let error = client.send(Logout::new()).await.unwrap_err();
    assert_eq!((error.kind(), hung.seen().len()), (ErrorKind::MaybeSent, 1));

    // The second one waits for the first, outside of which nothing has been sent yet.
    let waiting = ServiceBuilder::new().layer(late).filter_async(async |request: Request<Body>| {
        std::future::pending::<()>().await;
        Ok::<_, BoxError>(request)
    });
    let client = builder().no_retry().inner_layer(waiting).build(hung.clone());
    let error = client.send(Logout::new()).await.unwrap_err();
    assert_eq!((error.kind(), hung.seen().len()), (ErrorKind::NotSent, 1));
}

#[tokio::test]
async fn what_a_layer_refuses_was_not_sent() {
    let script = Script::answering(|_, _| answer(200, "{}"));
    let refuse = FilterLayer::new(|_: Request<Body>| Err::<Request<Body>, _>("not on a Sunday"));
    let error = builder().layer(refuse).build(script.clone()).send(GetUser::me()).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::NotSent, 0));
    assert!(error.to_string().contains("not on a Sunday"), "{error}");
}

#[tokio::test]
async fn a_layer_that_makes_another_request_of_it_hides_nothing() {
    let script = Script::answering(|_, _| lost());
    let anew = MapRequestLayer::new(|request: Request<Body>| {
        let mut fresh = Request::new(Body::empty());
        *fresh.method_mut() = request.method().clone();
        *fresh.uri_mut() = request.uri().clone();
        fresh
    });
    let client = builder().no_retry().layer(MapResponseLayer::new(|response| response)).inner_layer(anew);
    let error = client.build(script.clone()).send(Logout::new()).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::MaybeSent, 1));

    // Nor does one whose error is its own.
    let odd = ServiceBuilder::new()
        .map_err(|_: mm_core::TransportError| "odd")
        .map_request(|request: Request<Body>| Request::post(request.uri()).body(Body::empty()).unwrap());
    let client = builder().no_retry().inner_layer(odd).build(script.clone());
    let error = client.send(Logout::new()).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::MaybeSent, 2));
}

#[tokio::test]
async fn what_was_noted_on_the_way_through_a_layer_does_not_go_on() {
    let script = Script::answering(|_, request| {
        assert_eq!(
            request.extensions().len(),
            usize::from(request.extensions().get::<Named>().is_some()) + 1
        );
        answer(200, "{}")
    });
    let unchanged = || MapRequestLayer::new(|request: Request<Body>| request);
    let client = builder().layer(unchanged()).inner_layer(unchanged()).build(script);
    client.send(GetUser::me()).await.unwrap();
}

#[tokio::test]
async fn a_layer_may_put_a_body_of_its_own_around_answers_wherever_it_is() {
    let script = Script::answering(|_, _| answer(200, r#"{"username": "alice"}"#));
    let wrap = || MapResponseBodyLayer::new(|body: Body| http_body_util::Limited::new(body, 1 << 20));
    for builder in
        [builder().layer(wrap()), builder().inner_layer(wrap()), builder().layer(wrap()).layer(wrap())]
    {
        let me = builder.build(script.clone()).send(GetUser::me()).await.unwrap();
        assert_eq!(me.username, "alice");
    }
    let script = Script::answering(|_, _| answer(404, r#"{"id": "gone"}"#));
    let error = builder().layer(wrap()).build(script).send(GetUser::me()).await.unwrap_err();
    assert_eq!(error.api().unwrap().id(), "gone");
}
