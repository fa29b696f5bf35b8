//! Thousands of connections that are lost in every way there is, while posts are written, edited and deleted: each event
//! comes once and in its order, or is missing inside a gap that was told; and with a backfill each post comes exactly once.
//!
//! A whole proof, in some minutes: `MM_RECONNECTS=10000 cargo test --release -p mm-tests socket::proof -- --nocapture`.

mod chaos;
mod filled;
mod scribe;
mod seen;

use std::time::Duration;

use mm_mock::{PASSWORD, Town};
use mm_tower::Client;
use mm_tower::socket::{Backfill, Connect, ProtocolConfig};
use mm_types::ChannelId;
use tokio::time::{Instant, sleep};

use self::chaos::Chaos;
use self::scribe::{Fact, Scribe};
use self::seen::{Consumer, Seen};

/// How many connections; `MM_RECONNECTS` makes it more.
const RECONNECTS: u64 = 150;
/// Where chance begins; `MM_SEED` makes it another.
const SEED: u64 = 5;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// What there is to compare in the end.
struct Run {
    /// What was done on the server, in order.
    facts: Vec<Fact>,
    /// What came, in order.
    seen: Vec<Seen>,
    said: String,
}

/// So many connections, with the same faults and deeds for each seed.
async fn run(prepare: impl FnOnce(Connect, &[ChannelId]) -> Connect) -> Run {
    let (seed, reconnects) =
        (from_environment("MM_SEED", SEED), from_environment("MM_RECONNECTS", RECONNECTS));
    let town = Town::new();
    town.fake.follow_tokio_time();
    let client = Client::builder("https://chat.example.com").expect("a URL");
    let client = client.login("alice", PASSWORD).build(town.fake.clone());
    // All chance is in the seed. The queue is small, so that a slow consumer has something to lose.
    let mut config = ProtocolConfig::default();
    config.min_delay = Duration::from_millis(700);
    (config.base_delay, config.max_delay) = (config.min_delay, config.min_delay);
    let secret = town.fake.channel(&town.team, "secret").private();
    let secret = secret.members([&town.alice, &town.bob, &town.admin]).create();
    let channels = [town.town_square.id, town.off_topic.id, secret.id];
    let connect = prepare(client.events().protocol(config).queue(16, 1 << 20), &channels);
    let events = connect.await.expect("a connection");
    let socket = events.socket();
    let consumer = Consumer::start(events);
    let scribe = Scribe::start(&town, &channels, seed);
    let mut chaos = Chaos::new(&town, seed, consumer.stall());
    let since = Instant::now();
    while town.fake.sockets().opened() < reconnects && !consumer.is_over() {
        chaos.strike().await;
    }
    town.fake.recover();
    sleep(Duration::from_secs(900)).await;
    let facts = scribe.stop().await;
    sleep(Duration::from_secs(60)).await;
    assert!(!consumer.is_over(), "the stream ended");
    socket.close().await;
    let seen = consumer.seen().await;
    let said = format!(
        "seed {seed}: {} connections in {} h of the server's time\n{}",
        town.fake.sockets().opened(),
        since.elapsed().as_secs() / 3600,
        chaos.said(),
    );
    Run { facts, seen, said }
}

#[tokio::test(start_paused = true)]
async fn every_event_comes_once_and_in_order_or_is_missing_inside_a_gap() {
    let Run { facts, seen, said } = run(|connect, _| connect).await;
    let report = seen::compare(&facts, &seen);
    println!("without backfill, {said}\n{report}");
    assert!(report.broken.is_empty(), "{:#?}", report.broken);
    assert!(report.missing > 0 && report.gaps > report.empty_gaps, "nothing was put to the test");
}

#[tokio::test(start_paused = true)]
async fn with_a_backfill_every_post_comes_exactly_once() {
    let backfill = |connect: Connect, channels: &[ChannelId]| {
        connect.backfill(Backfill::channels(channels.iter().copied()))
    };
    let Run { facts, seen, said } = run(backfill).await;
    let report = filled::compare(&facts, &seen);
    println!("with backfill, {said}\n{report}");
    assert!(report.broken.is_empty(), "{:#?}", report.broken);
    assert!(report.live > 0 && report.backfilled > 0, "nothing was put to the test");
}
