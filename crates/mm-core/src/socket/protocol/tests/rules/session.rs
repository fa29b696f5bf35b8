//! Tests: whether the server knows us.

use super::{act, lost_session};
use crate::socket::actions::{GetStatuses, Ping};
use crate::socket::protocol::tests::driver::{Driver, hello};
use crate::socket::{EndReason, Input, State, Verdict};

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
