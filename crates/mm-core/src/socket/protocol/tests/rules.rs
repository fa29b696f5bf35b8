//! Tests: the rules of the socket, one by one.

use std::time::Duration;

use http::{Response, StatusCode};

use super::driver::{Driver, event, hello};
use crate::api::system::{ConnectWebSocket, GetPing};
use crate::socket::actions::{Custom, GetStatuses, Ping};
use crate::socket::{
    Action, ActionFailure, Call, EndReason, GapReason, Input, MAX_FRAME, Output, Refusal, State, Verdict,
};
use crate::types::RawJson;
use crate::{ApiError, Delivery, Endpoint as _, Error, ErrorKind, TransportError, TransportErrorKind};

/// An upgrade that was answered with this status.
fn answered(status: u16, retry_after: Option<&str>) -> Error {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    if let Some(wait) = retry_after {
        response.headers_mut().insert("retry-after", wait.parse().expect("a header"));
    }
    ApiError::read(ConnectWebSocket::INFO, response.into_parts().0, bytes::Bytes::new()).into()
}

fn unreachable() -> Refusal {
    let error = TransportError::new(TransportErrorKind::Connect, Delivery::NotSent);
    Refusal::new(Error::transport(ConnectWebSocket::INFO, error))
}

fn lost_session() -> Verdict {
    Verdict::Lost(Error::local(GetPing::INFO.operation, "the session has ended"))
}

fn act<A: Action>(driver: &mut Driver, ticket: u64, action: &A) {
    let call = Call::new(action).expect("short enough");
    driver.handle(Input::Act { ticket, call });
}

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
fn a_handshake_without_a_session_is_followed_by_the_challenge() {
    let mut driver = Driver::new();
    driver.connect();
    driver.take();
    driver.seconds(2);
    assert_eq!(driver.take(), ["challenge 2"]);
    driver.text(&hello("c1"));
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    assert_eq!(driver.take(), ["Connected c1"]);
    // The ping from before the challenge is not answered, and nobody waits for that.
    driver.seconds(29);
    assert!(driver.take().is_empty());
    driver.seconds(1);
    assert_eq!(driver.take(), ["send 3 ping"]);
}

#[test]
fn a_challenge_that_is_refused_asks_for_the_session_before_the_next_attempt() {
    for closed in [true, false] {
        let mut driver = Driver::new();
        driver.connect();
        driver.seconds(2);
        driver.take();
        if closed {
            driver.handle(Input::Ended(EndReason::Lost));
            assert_eq!(driver.take(), ["check"]);
        } else {
            driver.seconds(8);
            assert_eq!(driver.take(), ["disconnect", "check"]);
        }
        driver.seconds(20);
        assert!(driver.take().is_empty());
        driver.checked(Verdict::Renewed);
        assert_eq!(driver.take(), ["connect"]);
    }
}

#[test]
fn a_session_that_is_lost_is_the_end() {
    let mut driver = Driver::new();
    driver.connect();
    act(&mut driver, 7, &Ping::new());
    driver.seconds(2);
    driver.handle(Input::Ended(EndReason::Lost));
    driver.take();
    driver.checked(lost_session());
    assert_eq!(driver.take(), ["reply 7: NotSent", "AuthLost", "finished"]);
    assert_eq!((driver.protocol.state(), driver.protocol.deadline()), (State::Closed, None));
    act(&mut driver, 8, &Ping::new());
    assert_eq!(driver.take(), ["reply 8: NotSent"]);
}

#[test]
fn a_question_about_the_session_without_an_answer_does_not_hold_up_forever() {
    let mut driver = Driver::new();
    driver.connect();
    driver.seconds(2);
    driver.handle(Input::Ended(EndReason::Lost));
    driver.take();
    driver.seconds(59);
    assert!(driver.take().is_empty());
    driver.seconds(1);
    assert_eq!(driver.take(), ["connect"]);
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
fn a_connection_that_answers_only_to_pings_of_the_framing_has_lost_its_session() {
    let mut driver = Driver::open();
    driver.seconds(45);
    driver.take();
    driver.handle(Input::Pong);
    assert_eq!(driver.take(), ["check"]);
    driver.checked(Verdict::Valid);
    assert_eq!(driver.take(), ["disconnect"]);
    assert_eq!(driver.connect().resume.map(|resume| resume.sequence_number), Some(1));
}

#[test]
fn a_late_reply_clears_a_connection_of_suspicion() {
    let mut driver = Driver::open();
    driver.seconds(45);
    driver.handle(Input::Pong);
    driver.take();
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    driver.checked(Verdict::Valid);
    assert!(driver.take().is_empty());
    assert_eq!(driver.protocol.state(), State::Open);
}

#[test]
fn a_session_that_was_revoked_is_noticed_by_the_reply_to_a_ping() {
    let mut driver = Driver::open();
    driver.seconds(30);
    driver.take();
    driver.text(r#"{"status":"FAIL","seq_reply":2,"error":{"id":"a","message":"b","status_code":401}}"#);
    assert_eq!(driver.take(), ["check"]);
    driver.checked(lost_session());
    assert_eq!(driver.take(), ["disconnect", "AuthLost", "finished"]);
}

#[test]
fn a_session_that_was_renewed_needs_another_connection() {
    let mut driver = Driver::open();
    act(&mut driver, 1, &GetStatuses::new());
    driver.take();
    driver.text(r#"{"status":"FAIL","seq_reply":2,"error":{"id":"a","message":"b","status_code":401}}"#);
    assert_eq!(driver.take(), ["reply 1: Api", "check"]);
    driver.checked(Verdict::Renewed);
    assert_eq!(driver.take(), ["disconnect"]);
    assert!(driver.connect().resume.is_none());
}

#[test]
fn a_list_is_not_gone_on_with_after_the_server_did_not_know_the_session() {
    let mut driver = Driver::open();
    driver.seconds(30);
    driver.take();
    driver.text(r#"{"status":"FAIL","seq_reply":2,"error":{"id":"a","message":"b","status_code":401}}"#);
    driver.take();
    driver.checked(Verdict::Valid);
    assert_eq!(driver.take(), ["disconnect"]);
    assert!(driver.connect().resume.is_none());
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
        driver.protocol = super::super::Protocol::new(Default::default(), seed, driver.start);
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
fn replies_find_their_actions_in_any_order() {
    let mut driver = Driver::open();
    for ticket in [10, 11, 12] {
        act(&mut driver, ticket, &GetStatuses::new());
    }
    assert_eq!(driver.take(), ["send 2 get_statuses", "send 3 get_statuses", "send 4 get_statuses"]);
    driver.text(r#"{"status":"OK","seq_reply":4,"data":{"a":"online"}}"#);
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    driver.text(r#"{"status":"FAIL","seq_reply":3,"error":{"id":"x","message":"y","status_code":400}}"#);
    assert_eq!(driver.take(), [r#"reply 12: {"a":"online"}"#, "reply 10: null", "reply 11: Api"]);
}

#[test]
fn an_action_without_a_reply_in_time_may_have_been_done_and_its_late_reply_is_nobodys() {
    let mut driver = Driver::open();
    act(&mut driver, 5, &GetStatuses::new());
    driver.seconds(10);
    assert_eq!(driver.take(), ["send 2 get_statuses", "reply 5: MaybeSent"]);
    act(&mut driver, 6, &GetStatuses::new());
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    assert_eq!(driver.take(), ["send 3 get_statuses"]);
}

#[test]
fn replies_that_a_resumed_connection_brings_are_not_taken_for_others() {
    let mut driver = Driver::open();
    act(&mut driver, 1, &GetStatuses::new());
    driver.handle(Input::Ended(EndReason::Lost));
    assert_eq!(driver.take(), ["send 2 get_statuses", "reply 1: MaybeSent"]);
    driver.connect();
    act(&mut driver, 2, &GetStatuses::new());
    driver.text(r#"{"status":"OK","seq_reply":2,"data":{"old":"online"}}"#);
    driver.text(r#"{"status":"OK","seq_reply":3}"#);
    driver.text(r#"{"status":"OK","seq_reply":4,"data":{"new":"online"}}"#);
    assert_eq!(
        driver.take(),
        ["send 3 ping", "Resumed", "send 4 get_statuses", r#"reply 2: {"new":"online"}"#]
    );
}

#[test]
fn an_action_waits_for_a_connection_but_not_forever() {
    let mut driver = Driver::new();
    act(&mut driver, 1, &GetStatuses::new());
    driver.connect();
    driver.text(&hello("c1"));
    assert_eq!(driver.take(), ["send 1 ping", "Connected c1", "send 2 get_statuses"]);
    driver.handle(Input::Ended(EndReason::Lost));
    driver.take();
    act(&mut driver, 2, &GetStatuses::new());
    driver.seconds(1);
    driver.handle(Input::Refused(unreachable()));
    driver.seconds(9);
    assert!(driver.take().contains(&"reply 2: NotSent".to_owned()));
}

#[test]
fn too_many_actions_and_forgotten_ones() {
    let mut driver = Driver::open();
    (0..256).for_each(|ticket| act(&mut driver, ticket, &GetStatuses::new()));
    driver.take();
    act(&mut driver, 999, &GetStatuses::new());
    assert_eq!(driver.take(), ["reply 999: NotSent"]);
    driver.handle(Input::Forget { ticket: 0 });
    act(&mut driver, 1000, &GetStatuses::new());
    assert_eq!(driver.take(), ["send 258 get_statuses"]);
    driver.text(r#"{"status":"OK","seq_reply":2}"#);
    assert!(driver.take().is_empty());
}

#[test]
fn an_action_of_a_plugin_has_no_reply() {
    let mut driver = Driver::open();
    let data = RawJson::from_raw(r#"{"a":1}"#).expect("JSON");
    act(&mut driver, 3, &Custom::new("com.example", "tick", data));
    assert_eq!(driver.take(), ["send 2 custom_com.example_tick", "reply 3: null"]);
}

#[test]
fn a_frame_that_the_server_would_not_take_is_not_sent() {
    let of_length = |length| {
        let text = RawJson::new(&"x".repeat(length)).expect("JSON");
        Call::new(&Custom::new("p", "a", text))
    };
    let frame = of_length(0).expect("short").frame(4_294_967_295);
    assert!(of_length(MAX_FRAME - frame.len()).is_ok());
    let error = of_length(MAX_FRAME - frame.len() + 1).expect_err("too long");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "custom"));
    assert!(error.to_string().contains("8193 bytes"), "{error}");
}

#[test]
fn closing_says_so_and_waits_for_the_other_side_but_not_forever() {
    for ends in [true, false] {
        let mut driver = Driver::open();
        act(&mut driver, 1, &GetStatuses::new());
        driver.take();
        driver.handle(Input::Close);
        assert_eq!(driver.take(), ["send Close(1000)", "reply 1: MaybeSent"]);
        driver.text(&event(1));
        act(&mut driver, 2, &GetStatuses::new());
        assert_eq!(driver.take(), ["reply 2: NotSent"]);
        if ends {
            driver.handle(Input::Ended(EndReason::Closed(Some(1000))));
            assert_eq!(driver.take(), ["Closed Asked", "finished"]);
        } else {
            driver.seconds(5);
            assert_eq!(driver.take(), ["disconnect", "Closed Asked", "finished"]);
        }
        driver.text(&event(2));
        driver.seconds(100);
        assert!(driver.take().is_empty());
    }
}

#[test]
fn closing_without_a_connection_is_immediate() {
    let mut driver = Driver::new();
    driver.take();
    driver.handle(Input::Close);
    assert_eq!(driver.take(), ["disconnect", "Closed Asked", "finished"]);

    let mut driver = Driver::open();
    driver.handle(Input::Ended(EndReason::Lost));
    driver.take();
    driver.handle(Input::Close);
    assert_eq!(driver.take(), ["Closed Asked", "finished"]);
}

#[test]
fn an_error_of_an_action_says_what_happened() {
    let error = |failure: ActionFailure| failure.into_error(GetStatuses::INFO);
    assert_eq!(error(ActionFailure::Lost).kind(), ErrorKind::MaybeSent);
    let text = error(ActionFailure::TimedOut).to_string();
    assert!(text.starts_with("get_statuses: ") && text.contains("no reply came over the socket"), "{text}");
}

#[test]
fn the_gap_of_a_skip_has_the_reason() {
    let mut driver = Driver::open();
    driver.text(&event(5));
    driver.connect();
    driver.text(&event(9));
    assert_eq!(driver.gap().reason, GapReason::Skipped);
}
