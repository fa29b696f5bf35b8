//! More events than the consumer takes: what is held is bounded, and what is not held is told.

use std::time::Duration;

use mm_mock::{Audience, Event, Town};
use mm_tower::Client;
use mm_tower::socket::{Connect, Connection, Events, GapReason, Incoming};
use tokio::time::sleep;

/// How many events; `MM_EVENTS` makes it more.
const EVENTS: usize = 50_000;
/// How many at a time, so that the server's queue of 256 is never full.
const AT_ONCE: usize = 100;

fn connect(town: &Town) -> Connect {
    town.fake.follow_tokio_time();
    let client = Client::builder("https://chat.example.com").expect("a URL");
    client.token(town.alice.token.clone()).build(town.fake.clone()).events()
}

/// Tells this many numbers.
fn tell(town: &Town, numbers: std::ops::Range<usize>) {
    for number in numbers {
        let event = Event::new("custom_com.example.clock_ticked").with("number", number);
        town.fake.emit(event, Audience::channel(town.town_square.id));
    }
}

/// What comes until nothing comes any more: runs of numbers, and what happened in between.
async fn drain(events: &mut Events) -> Vec<String> {
    let mut seen = Vec::new();
    let mut run: Option<(u64, u64)> = None;
    let end = |run: &mut Option<(u64, u64)>, seen: &mut Vec<String>| {
        seen.extend(run.take().map(|(first, last)| format!("{first} to {last}")));
    };
    while let Ok(incoming) = tokio::time::timeout(Duration::from_secs(200), events.next()).await {
        match incoming.expect("more") {
            Incoming::Event(event) => {
                let data: serde_json::Value = serde_json::from_str(event.raw_data()).expect("JSON");
                let Some(number) = data["number"].as_u64() else { continue };
                match &mut run {
                    Some((_, last)) if *last + 1 == number => *last = number,
                    _ => {
                        end(&mut run, &mut seen);
                        run = Some((number, number));
                    }
                }
            }
            Incoming::Connection(connection) => {
                end(&mut run, &mut seen);
                seen.push(match connection {
                    Connection::Connected { .. } => "connected".to_owned(),
                    Connection::Resumed { .. } => "resumed".to_owned(),
                    Connection::Gap(gap) => format!("gap ({:?})", gap.reason),
                    other => format!("{other:?}"),
                });
            }
            other => seen.push(format!("{other:?}")),
        }
    }
    end(&mut run, &mut seen);
    seen
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_stands_still_takes_no_more_memory_than_was_granted() {
    let events = std::env::var("MM_EVENTS").map_or(EVENTS, |text| text.parse().expect("a number"));
    let town = Town::new();
    // As by default, and not so patient that the server gives up.
    let (room, bytes) = (10_000, 16 << 20);
    let connect = connect(&town).patience(Duration::from_millis(500));
    let mut stream = connect.await.expect("a connection");
    let mut most = (0, 0);
    for first in (0..events).step_by(AT_ONCE) {
        tell(&town, first..first + AT_ONCE);
        // Nothing is read for a while, and then everything.
        sleep(Duration::from_millis(600)).await;
        let (waiting, held) = stream.waiting();
        most = (most.0.max(waiting), most.1.max(held));
    }
    assert_eq!(most.0, room);
    assert!(most.1 <= bytes, "{most:?}");
    assert_eq!(town.fake.sockets().opened(), 1);
    println!("{events} events for a consumer that stands still: {} wait, which are {} bytes", most.0, most.1);

    let seen = drain(&mut stream).await;
    let [connected, taken, gap] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((connected.as_str(), gap.as_str()), ("connected", "gap (Overflow)"));
    assert!(taken.starts_with("0 to ") && stream.waiting() == (0, 0), "{taken}, {:?}", stream.waiting());
    tell(&town, events..events + AT_ONCE);
    assert_eq!(drain(&mut stream).await, [format!("{events} to {}", events + AT_ONCE - 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_is_waited_for_by_the_server() {
    let town = Town::new();
    let mut stream = connect(&town).queue(10, 1 << 20).await.expect("a connection");
    tell(&town, 0..200);
    sleep(Duration::from_secs(4)).await;
    assert_eq!(stream.waiting().0, 10);
    assert_eq!(drain(&mut stream).await, ["connected", "0 to 199"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_waited_for_too_long_is_given_up_by_the_server_and_finds_a_gap() {
    let town = Town::new();
    let mut stream =
        connect(&town).queue(10, 1 << 20).patience(Duration::from_secs(3600)).await.expect("a connection");
    for first in (0..5_000).step_by(AT_ONCE) {
        tell(&town, first..first + AT_ONCE);
        sleep(Duration::from_millis(10)).await;
    }
    let seen = drain(&mut stream).await;
    let [connected, taken, gap, again] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!((connected.as_str(), again.as_str()), ("connected", "connected"));
    assert_eq!(*gap, format!("gap ({:?})", GapReason::ResumeRefused));
    assert!(taken.starts_with("0 to "), "{taken}");
    println!("of 5000 the server kept {taken} for a consumer that does not come");
}
