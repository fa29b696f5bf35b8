//! Tests: actions and their replies, and the end.

use super::{act, unreachable};
use crate::ErrorKind;
use crate::socket::actions::{Custom, GetStatuses};
use crate::socket::protocol::tests::driver::{Driver, event, hello};
use crate::socket::{Action as _, ActionFailure, Call, EndReason, Input, MAX_FRAME};
use crate::types::RawJson;

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
fn an_error_of_an_action_says_what_happened() {
    let error = |failure: ActionFailure| failure.into_error(GetStatuses::INFO);
    assert_eq!(error(ActionFailure::Lost).kind(), ErrorKind::MaybeSent);
    let text = error(ActionFailure::TimedOut).to_string();
    assert!(text.starts_with("get_statuses: ") && text.contains("no reply came over the socket"), "{text}");
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
