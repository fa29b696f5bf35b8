//! Tests: what becomes of the server's list of events.

use crate::socket::protocol::tests::driver::{Driver, event, hello};
use crate::socket::{EndReason, GapReason, Input, State};

#[test]
fn a_fresh_connection_begins_with_hello() {
    let mut driver = Driver::new();
    assert_eq!(driver.take(), ["connect"]);
    assert_eq!(driver.protocol.state(), State::Connecting { attempt: 1 });
    driver.handle(Input::Opened);
    driver.text(&hello("c1"));
    driver.text(&event(1));
    assert_eq!(driver.take(), ["send 1 ping", "Connected c1", "typing 1"]);
    assert_eq!((driver.protocol.state(), driver.protocol.connection_id()), (State::Open, Some("c1")));
}

#[test]
fn a_resumed_connection_goes_on_with_the_event_that_was_missed() {
    let mut driver = Driver::open();
    driver.text(&event(1));
    driver.take();
    driver.handle(Input::Ended(EndReason::Lost));
    let connect = driver.connect();
    let resume = connect.resume.expect("something to go on with");
    assert_eq!((&*resume.connection_id, resume.sequence_number), ("c1", 2));
    assert_eq!(connect.disconnect_code, Some(1006));
    driver.take();
    driver.text(&event(2));
    driver.text(&event(3));
    assert_eq!(driver.take(), ["Resumed", "typing 2", "typing 3"]);
}

#[test]
fn a_resumed_connection_that_missed_nothing_is_told_by_the_reply_to_the_first_ping() {
    let mut driver = Driver::lost_after(4);
    // Of a ping before: not the reply that is awaited.
    driver.text(r#"{"status":"OK","seq_reply":1}"#);
    assert!(driver.take().is_empty());
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    assert_eq!(driver.take(), ["Resumed"]);
    driver.text(&event(5));
    assert_eq!(driver.take(), ["typing 5"]);
}

#[test]
fn a_server_that_has_forgotten_the_list_begins_another_behind_a_gap() {
    let mut driver = Driver::lost_after(4);
    let lost_at = driver.start;
    driver.text(&hello("c2"));
    assert_eq!(driver.gap().since, lost_at);
    driver.text(&event(1));
    assert_eq!(driver.take(), ["Gap after Some(4): ResumeRefused", "Connected c2", "typing 1"]);
}

#[test]
fn events_that_were_there_before_are_dropped() {
    let mut driver = Driver::lost_after(3);
    for seq in [4, 4, 1, 5] {
        driver.text(&event(seq));
    }
    driver.text(&hello("c1"));
    assert_eq!(driver.take(), ["Resumed", "typing 4", "typing 5"]);
}

#[test]
fn a_first_frame_that_may_belong_to_another_list_is_not_taken_for_this_one() {
    for first in [event(2), hello("c2").replace("\"seq\"", "seq")] {
        let mut driver = Driver::lost_after(3);
        driver.text(&first);
        assert_eq!(driver.take().last().map(String::as_str), Some("disconnect"));
        for _ in 0..2 {
            assert!(driver.connect().resume.is_some());
            driver.text(&first);
        }
        assert!(driver.connect().resume.is_none(), "a fresh list is asked for in the end");
        driver.take();
        driver.text(&hello("c3"));
        assert_eq!(driver.take(), ["Gap after Some(3): ResumeRefused", "Connected c3"]);
    }
}

#[test]
fn a_reply_that_is_followed_by_events_of_before_was_that_of_another_list() {
    let mut driver = Driver::lost_after(4);
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    assert_eq!(driver.take(), ["Resumed"]);
    driver.text(&event(2));
    assert_eq!(driver.take(), ["disconnect"]);
    let resume = driver.connect().resume.expect("the list may be there yet");
    assert_eq!(resume.sequence_number, 5);
    driver.take();
    driver.text(&event(5));
    driver.text(&event(4));
    assert_eq!(driver.take(), ["Resumed", "typing 5"]);
}

#[test]
fn numbers_that_are_left_out_are_asked_for_over_another_connection() {
    let mut driver = Driver::open();
    driver.text(&event(1));
    driver.text(&event(3));
    assert_eq!(driver.take(), ["typing 1", "disconnect"]);
    // Nothing of the old connection is heard any more.
    driver.text(&event(4));
    let connect = driver.connect();
    assert_eq!(connect.disconnect_code, Some(4001));
    assert_eq!(connect.resume.map(|resume| resume.sequence_number), Some(2));
    driver.take();
    driver.text(&event(2));
    driver.text(&event(3));
    assert_eq!(driver.take(), ["Resumed", "typing 2", "typing 3"]);
}

#[test]
fn numbers_that_asking_does_not_bring_are_a_gap() {
    for first in [None, Some(hello("c2"))] {
        let mut driver = Driver::open();
        driver.text(&event(1));
        driver.text(&event(3));
        driver.connect();
        driver.take();
        let expected = match first {
            Some(hello) => {
                driver.text(&hello);
                driver.text(&event(1));
                ["Gap after Some(1): Skipped", "Connected c2", "typing 1"]
            }
            None => {
                driver.text(&event(3));
                driver.text(&event(4));
                ["Gap after Some(1): Skipped", "typing 3", "typing 4"]
            }
        };
        assert_eq!(driver.take(), expected);
        assert_eq!(driver.protocol.state(), State::Open);
    }
}

#[test]
fn what_cannot_be_read_is_a_value_and_its_number_is_asked_for() {
    let mut driver = Driver::open();
    driver.text("{\"event\":\"posted\",\"da");
    driver.handle(Input::Binary(&[0x81]));
    driver.text(r#"{"status":"FAIL","error":{"id":"x"}}"#);
    driver.text(&event(2));
    assert_eq!(
        driver.take(),
        [
            "unreadable: no JSON object",
            "unreadable: a binary frame",
            "unreadable: neither an event nor a reply",
            "disconnect"
        ]
    );
}

#[test]
fn the_gap_of_a_skip_has_the_reason() {
    let mut driver = Driver::open();
    driver.text(&event(5));
    driver.connect();
    driver.text(&event(9));
    assert_eq!(driver.gap().reason, GapReason::Skipped);
}
