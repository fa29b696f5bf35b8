//! Layers of tower and tower-http in a client's stack, outside of its own and inside, and what the place changes.
//!
//! ```text
//! cargo run --example compose
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use mm_core::{Body, BoxError, EndpointInfo};
use mm_mock::Town;
use mm_tower::api::posts::GetPostsForChannel;
use mm_tower::api::users::GetUser;
use mm_tower::{Client, ClientBuilder, ErrorKind};
use tower::ServiceBuilder;
use tower::util::MapResponseLayer;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::DecompressionLayer;
use tower_http::trace::TraceLayer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    compression().await?;
    tries_and_calls().await?;
    shedding().await
}

fn builder(town: &Town) -> Result<ClientBuilder, BoxError> {
    Ok(Client::builder("http://fake.example")?.token(town.alice.token.clone()))
}

/// A server that compresses, and a client that asks it to.
async fn compression() -> Result<(), BoxError> {
    let town = Town::new();
    for number in 0..30 {
        town.fake.post(&town.town_square, &town.bob, &format!("{number}: the build is green again")).create();
    }
    // The fake does not compress, so a layer around it does, as a proxy would.
    let server = ServiceBuilder::new().layer(CompressionLayer::new()).service(town.fake.clone());
    let (wire, plain) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));

    let client = builder(&town)?
        // tower-http's trace, around the client's own: a span for each call. By itself it would log whole URIs, with names, mail
        // addresses and tokens of invitations in them, so it is told to log the operation.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<Body>| {
            tracing::info_span!("call", operation = EndpointInfo::of(request).map(|info| info.operation))
        }))
        // Decompression belongs inside: the client reads answers to their end, keeps them by ETag, and looks into some of
        // them, and should find JSON there. With `.layer(…)`, outside of all that, errors could not be told apart.
        .inner_layer(count(&plain))
        .inner_layer(DecompressionLayer::new())
        .inner_layer(count(&wire))
        .build(server);

    client.send(GetPostsForChannel::new(town.town_square.id)).await?;
    let (wire, plain) = (wire.load(Ordering::Relaxed), plain.load(Ordering::Relaxed));
    println!("compression: {wire} bytes on the wire, {plain} after decompression");
    if wire * 2 > plain { Err("nothing was saved".into()) } else { Ok(()) }
}

/// The same layer twice: outside it sees calls, inside it sees tries.
async fn tries_and_calls() -> Result<(), BoxError> {
    let town = Town::new();
    town.fake.on::<GetUser>().reset().times(2);
    let (calls, tries) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let see = |number: &Arc<AtomicUsize>| {
        let number = Arc::clone(number);
        tower::util::MapRequestLayer::new(move |request: Request<Body>| {
            number.fetch_add(1, Ordering::Relaxed);
            request
        })
    };
    let client = builder(&town)?.layer(see(&calls)).inner_layer(see(&tries)).build(town.fake.clone());
    client.send(GetUser::me()).await?;
    println!("seen: {} call, {} tries", calls.load(Ordering::Relaxed), tries.load(Ordering::Relaxed));
    Ok(())
}

/// At most two requests at a time; what is more is refused at once instead of waiting.
async fn shedding() -> Result<(), BoxError> {
    let town = Town::new();
    town.fake.on::<GetUser>().delay(Duration::from_millis(5)).times(6);
    // Both in one layer: what sheds load has to see that the limit is not ready, and the client's own services always are.
    let limit = || ServiceBuilder::new().load_shed().concurrency_limit(2);
    let all = |client: Client| async move {
        let me = || client.send(GetUser::me());
        let (one, two, three) = tokio::join!(me(), me(), me());
        [one, two, three].map(|result| result.map_err(|error| error.kind()))
    };

    // Outside: the call fails, and it is known that nothing was sent.
    let outside = all(builder(&town)?.layer(limit()).build(town.fake.clone())).await;
    let shed = outside.iter().filter(|call| **call == Err(ErrorKind::NotSent)).count();
    println!("shed calls: {shed} of 3");

    // Inside: only the try fails, and as it was not sent the client makes another one a little later.
    let inside = all(builder(&town)?.inner_layer(limit()).build(town.fake.clone())).await;
    println!(
        "shed tries: made again, {} of 3 calls answered",
        inside.iter().filter(|call| call.is_ok()).count()
    );
    Ok(())
}

/// Counts the bytes of answers that come through.
fn count(
    bytes: &Arc<AtomicUsize>,
) -> MapResponseLayer<impl Fn(Response<Body>) -> Response<Body> + Clone + use<>> {
    let bytes = Arc::clone(bytes);
    MapResponseLayer::new(move |response: Response<Body>| {
        let bytes = Arc::clone(&bytes);
        response.map(|body| {
            use http_body_util::BodyExt as _;
            Body::stream(body.map_frame(move |frame| {
                bytes.fetch_add(frame.data_ref().map_or(0, |data| data.len()), Ordering::Relaxed);
                frame
            }))
        })
    })
}
