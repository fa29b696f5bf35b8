use std::time::Duration;

use mm_core::socket::{CloseReason, Event, Input, Output, Protocol, ProtocolConfig};

use super::*;
use crate::socket::testing::frame;

fn event(seq: i64) -> Incoming {
    Incoming::Event(
        Event::read(&frame("typing", seq, &serde_json::json!({"user_id": "u"})).to_string()).unwrap(),
    )
}

/// As the protocol says it.
fn connected(connection_id: &str) -> Incoming {
    let now = Instant::now();
    let mut protocol = Protocol::new(ProtocolConfig::default(), 0, now);
    protocol.handle(Input::Opened, now);
    let hello = frame("hello", 0, &serde_json::json!({"connection_id": connection_id})).to_string();
    protocol.handle(Input::Text(&hello), now);
    std::iter::from_fn(|| protocol.poll())
        .find_map(|output| match output {
            Output::Deliver(incoming @ Incoming::Connection(_)) => Some(incoming),
            _ => None,
        })
        .unwrap()
}

const fn room(events: usize) -> Room {
    Room { events, bytes: 1 << 20 }
}

/// All that is there, in short.
fn drain(consumer: &mut Consumer) -> Vec<String> {
    let mut seen = Vec::new();
    while let Poll::Ready(Some(incoming)) = consumer.poll_pop(&Context::from_waker(Waker::noop())) {
        seen.push(match incoming {
            Incoming::Event(event) => event.seq().to_string(),
            Incoming::Connection(Connection::Gap(gap)) => format!("gap after {:?}", gap.last_seq),
            Incoming::Connection(Connection::Connected { connection_id, .. }) => connection_id,
            Incoming::Connection(Connection::Closed(_)) => "closed".to_owned(),
            other => panic!("{other:?}"),
        });
    }
    seen
}

#[test]
fn what_does_not_fit_is_one_gap_in_its_place() {
    let (producer, mut consumer) = queue(room(4));
    let now = Instant::now();
    for seq in 0..10 {
        producer.push(event(seq), now + Duration::from_secs(seq.cast_unsigned()));
    }
    assert!(producer.is_overflown());
    assert_eq!(drain(&mut consumer), ["0", "1", "2", "3", "gap after Some(3)"]);
    producer.push(event(10), now);
    assert_eq!(drain(&mut consumer), ["10"]);
}

#[test]
fn a_gap_says_when_the_last_event_before_it_came() {
    let (producer, mut consumer) = queue(room(1));
    let now = Instant::now();
    let came = now + Duration::from_secs(3);
    producer.push(event(0), came);
    producer.push(event(1), came + Duration::from_secs(4));
    let context = Context::from_waker(Waker::noop());
    assert!(consumer.poll_pop(&context).is_ready());
    let Poll::Ready(Some(Incoming::Connection(Connection::Gap(gap)))) = consumer.poll_pop(&context) else {
        panic!("no gap");
    };
    assert_eq!((gap.since, gap.reason), (came, GapReason::Overflow));
}

#[test]
fn after_a_gap_there_is_room_for_a_run_of_events() {
    let (producer, mut consumer) = queue(room(4));
    let now = Instant::now();
    (0..6).for_each(|seq| producer.push(event(seq), now));
    let context = Context::from_waker(Waker::noop());
    assert!(consumer.poll_pop(&context).is_ready());
    // Three of four still wait, so this one is lost with the others.
    producer.push(event(6), now);
    assert!(consumer.poll_pop(&context).is_ready());
    producer.push(event(7), now);
    assert_eq!(drain(&mut consumer), ["2", "3", "gap after Some(3)", "7"]);
}

#[test]
fn a_new_connection_and_the_end_are_told_however_full_it_is() {
    let (producer, mut consumer) = queue(room(1));
    let now = Instant::now();
    producer.push(event(0), now);
    for id in ["one", "two"] {
        producer.push(connected(id), now);
        producer.push(event(1), now);
    }
    producer.push(Incoming::Connection(Connection::Closed(CloseReason::Asked)), now);
    drop(producer);
    assert_eq!(drain(&mut consumer), ["0", "gap after Some(0)", "two", "gap after Some(0)", "closed"]);
}

#[test]
fn a_million_events_for_nobody_take_no_more_than_the_room() {
    let room = Room { events: 10_000, bytes: 1 << 20 };
    let (producer, mut consumer) = queue(room);
    let event = event(1);
    let one = bytes_of(&event);
    let now = Instant::now();
    let mut most = 0;
    for _ in 0..1_000_000 {
        producer.push(event.clone(), now);
        most = most.max(consumer.waiting().1);
    }
    assert!(most >= room.bytes && most < room.bytes + one, "{most}");
    assert!(lock(&producer.0).items.capacity() <= 2 * room.events);
    assert_eq!(drain(&mut consumer).last().unwrap(), "gap after Some(1)");
    assert_eq!(consumer.waiting(), (0, 0));
}

#[test]
fn the_producer_waits_for_room_and_for_the_consumer_to_go() {
    let (producer, mut consumer) = queue(room(1));
    let context = Context::from_waker(Waker::noop());
    assert!(producer.poll_room(&context).is_ready());
    producer.push(event(0), Instant::now());
    assert!(producer.poll_room(&context).is_pending());
    assert!(consumer.poll_pop(&context).is_ready());
    assert!(producer.poll_room(&context).is_ready());
    assert!(producer.poll_abandoned(&context).is_pending());
    drop(consumer);
    assert!(producer.poll_abandoned(&context).is_ready());
}
