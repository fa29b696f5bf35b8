//! Tests: when to connect, and when no more.

use std::time::Duration;

use super::{answered, unreachable};
use crate::socket::protocol::tests::driver::{Driver, event, hello};
use crate::socket::{EndReason, Input, Output, Protocol, Refusal, State};

#[test]
fn the_first_attempt_after_a_healthy_connection_comes_within_a_second() {
    let mut driver = Driver::open();
    driver.seconds(30);
    driver.handle(Input::Ended(EndReason::Closed(None)));
    driver.take();
    driver.pass(Duration::from_millis(99));
    assert!(driver.take().is_empty(), "the server has to notice first");
    driver.seconds(1);
    assert_eq!(driver.take(), ["connect c1@1"]);
}

#[test]
fn a_permanent_refusal_ends_it_only_before_the_first_success() {
    for status in [302, 400, 401, 403, 404] {
        let mut driver = Driver::new();
        driver.handle(Input::Refused(Refusal::new(answered(status, None))));
        let outputs = driver.take();
        assert!(outputs[1].starts_with("Closed Refused") && outputs[2] == "finished", "{outputs:?}");

        let mut driver = Driver::open();
        driver.handle(Input::Ended(EndReason::Lost));
        driver.seconds(1);
        driver.handle(Input::Refused(Refusal::new(answered(status, None))));
        assert!(matches!(driver.protocol.state(), State::Waiting { .. }));
        let asks = driver.take().contains(&"check".to_owned());
        assert_eq!(asks, matches!(status, 401 | 403));
    }
}

#[test]
fn a_passing_refusal_is_waited_out_as_long_as_the_server_asks() {
    for refusal in
        [unreachable(), Refusal::new(answered(502, None)), Refusal::new(answered(429, Some("120")))]
    {
        let wait = refusal.retry_after.unwrap_or_default();
        let mut driver = Driver::new();
        driver.take();
        driver.handle(Input::Refused(refusal));
        driver.pass(wait);
        assert!(driver.take().is_empty());
        driver.seconds(1);
        assert_eq!(driver.take(), ["connect"]);
    }
}

#[test]
fn a_connection_that_does_not_come_about_is_given_up() {
    let mut driver = Driver::new();
    driver.take();
    driver.seconds(30);
    assert_eq!(driver.take(), ["disconnect"]);
    driver.handle(Input::Opened);
    assert!(matches!(driver.protocol.state(), State::Waiting { .. }));
}

#[test]
fn a_server_that_drops_after_each_handshake_sees_at_most_70_connections_an_hour() {
    for (greets, seed) in [(false, 1), (true, 2), (true, 3)] {
        let mut driver = Driver::new();
        driver.protocol = Protocol::new(Default::default(), seed, driver.start);
        let end = driver.start + Duration::from_secs(3600);
        let mut connections = 0;
        while driver.now < end {
            driver.handle(Input::Wake);
            if driver.outputs.drain(..).any(|output| matches!(output, Output::Connect(_))) {
                connections += 1;
                driver.handle(Input::Opened);
                if greets {
                    driver.text(&hello("c1"));
                }
                driver.handle(Input::Ended(EndReason::Lost));
            }
            driver.now = driver.protocol.deadline().expect("another attempt");
        }
        println!("{connections} connections");
        assert!((30..=70).contains(&connections), "{connections} connections");
    }
}

#[test]
fn a_list_that_ends_every_connection_is_given_up_after_three() {
    let mut driver = Driver::open();
    driver.handle(Input::Ended(EndReason::Lost));
    for _ in 0..3 {
        assert!(driver.connect().resume.is_some());
        driver.handle(Input::Ended(EndReason::Lost));
    }
    assert!(driver.connect().resume.is_none());
    driver.take();
    // Not resumed, so nothing but a greeting counts.
    driver.text(r#"{"status":"OK","seq_reply":5}"#);
    driver.text(&event(1));
    driver.text(&hello("c2"));
    assert_eq!(driver.take(), ["Gap after Some(0): ResumeRefused", "Connected c2"]);
}

#[test]
fn a_connection_that_answers_nothing_is_dead_after_55_seconds() {
    let mut driver = Driver::open();
    driver.seconds(30);
    assert_eq!(driver.take(), ["send 2 ping"]);
    driver.seconds(15);
    assert_eq!(driver.take(), ["send Ping"]);
    driver.seconds(9);
    assert!(driver.take().is_empty());
    driver.seconds(1);
    assert_eq!(driver.take(), ["disconnect"]);
    assert_eq!(driver.connect().disconnect_code, Some(4000));
}

#[test]
fn frames_of_the_server_keep_a_connection_alive_and_pings_go_on() {
    let mut driver = Driver::open();
    for seq in 1..100 {
        driver.seconds(30);
        let pings = driver.take();
        assert_eq!(pings, [format!("send {} ping", seq + 1)]);
        driver.text(&format!(r#"{{"status":"OK","seq_reply":{}}}"#, seq + 1));
    }
    assert_eq!(driver.protocol.state(), State::Open);
}
