//! Polls a channel with and without the ETag layer, and tells what it saves.
//!
//! Events over the socket are cheaper than either; this is for programs that cannot hold a connection.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::Response;
use mm_mock::Town;
use mm_tower::api::posts::GetPostsForChannel;
use mm_tower::api::users::GetUsers;
use mm_tower::core::{Body, BoxError};
use mm_tower::layer::EtagLayer;
use mm_tower::{Client, ClientBuilder};
use tower::util::MapResponseLayer;

/// How often to look, and after how many looks somebody has written something.
const LOOKS: usize = 100;
const NEWS: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let kib = env::args().nth(1).map_or(Ok(1024), |kib| kib.parse::<usize>())?;
    let etags = EtagLayer::new(kib * 1024);

    let plain = poll(|builder| builder).await?;
    let tagged = poll(|builder| builder.etags(etags.clone())).await?;

    let stats = etags.stats();
    println!("                 requests    bytes of answers");
    println!("without          {:8}    {:16}", plain.requests, plain.bytes);
    println!("with ETags       {:8}    {:16}", tagged.requests, tagged.bytes);
    println!("{} of {} conditional requests were answered 304", stats.not_modified, stats.asked);
    println!("{} bytes saved, {} answers kept in {} bytes", stats.bytes_saved, stats.entries, stats.bytes);
    Ok(())
}

/// What went over the wire.
struct Traffic {
    requests: u64,
    bytes: u64,
}

async fn poll(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Traffic, BoxError> {
    let town = Town::new();
    for number in 0..60 {
        let text = format!("{number}: the build is green again, thanks to everybody who looked into it");
        town.fake.post(&town.town_square, &town.bob, &text).create();
    }

    let (requests, bytes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let counters = (requests.clone(), bytes.clone());
    let count = MapResponseLayer::new(move |response: Response<Body>| {
        counters.0.fetch_add(1, Ordering::Relaxed);
        counters.1.fetch_add(response.body().len().unwrap_or_default(), Ordering::Relaxed);
        response
    });
    let builder = Client::builder("http://fake.example")?.token(town.alice.token.clone()).inner_layer(count);
    let client = settings(builder).build(town.fake.clone());

    for look in 1..=LOOKS {
        if look % NEWS == 0 {
            town.fake.post(&town.town_square, &town.bob, "one more thing").create();
        }
        client.send(GetPostsForChannel::new(town.town_square.id)).await?;
        client.send(GetUsers::new().in_team(town.team.id)).await?;
    }
    Ok(Traffic { requests: requests.load(Ordering::Relaxed), bytes: bytes.load(Ordering::Relaxed) })
}
