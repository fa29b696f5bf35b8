//! Tests: whatever comes in, in whatever order and at whatever time, some things always hold.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use super::driver::{event, hello};
use super::random::Random;
use crate::Error;
use crate::socket::actions::{Custom, GetStatuses};
use crate::socket::{
    Call, Connection, EndReason, Incoming, Input, Output, Protocol, ProtocolConfig, Refusal, State, Verdict,
};
use crate::types::RawJson;
use crate::{Delivery, EndpointInfo, TransportError, TransportErrorKind};

const HOUR: Duration = Duration::from_secs(3600);
static INFO: EndpointInfo = EndpointInfo::new("X", http::Method::GET, "/");

/// Watches what comes out.
struct Watch {
    protocol: Protocol,
    now: Instant,
    finished: bool,
    /// The number of the last event, and whether a gap was told since.
    last_seq: Option<i64>,
    gap: bool,
    tickets: BTreeSet<u64>,
    /// Attempts of the last hour, and how many of them got healthy.
    attempts: VecDeque<(Instant, i64)>,
    open_since: Option<Instant>,
    delivered: u64,
}

impl Watch {
    fn new(seed: u64) -> Self {
        let now = Instant::now();
        let mut watch = Self {
            protocol: Protocol::new(ProtocolConfig::default(), seed, now),
            now,
            finished: false,
            last_seq: None,
            gap: false,
            tickets: BTreeSet::new(),
            attempts: VecDeque::new(),
            open_since: None,
            delivered: 0,
        };
        watch.outputs();
        watch
    }

    fn handle(&mut self, input: Input<'_>) {
        self.protocol.handle(input, self.now);
        self.outputs();
        assert!(self.protocol.deadline().is_none_or(|deadline| deadline > self.now), "a deadline has passed");
        assert_eq!(
            self.protocol.deadline().is_none(),
            self.finished,
            "it waits for nothing, or does not end"
        );
        assert!(self.tickets.len() <= 256, "too much is remembered");
        self.count_healthy();
    }

    fn outputs(&mut self) {
        while let Some(output) = self.protocol.poll() {
            match output {
                Output::Reply { ticket, .. } => {
                    assert!(self.tickets.remove(&ticket), "nobody waits for {ticket}");
                }
                _ if self.finished => panic!("{output:?} after the end"),
                Output::Connect(_) => {
                    self.open_since = None;
                    self.attempts.push_back((self.now, 1));
                    self.check_attempts();
                }
                Output::Deliver(incoming) => self.delivered(&incoming),
                Output::Finished => self.finished = true,
                _ => {}
            }
        }
    }

    fn delivered(&mut self, incoming: &Incoming) {
        self.delivered += 1;
        match incoming {
            Incoming::Event(event) => {
                let last = self.last_seq.expect("no event comes before the first `hello`");
                assert!(event.seq() > last, "{} after {last}", event.seq());
                assert!(event.seq() == last + 1 || self.gap, "{} after {last} without a gap", event.seq());
                (self.last_seq, self.gap) = (Some(event.seq()), false);
            }
            Incoming::Connection(Connection::Gap(gap)) => {
                assert_eq!(gap.last_seq, self.last_seq.filter(|seq| *seq >= 0));
                assert!(gap.since <= self.now);
                self.gap = true;
            }
            Incoming::Connection(Connection::Connected { hello, .. }) => {
                assert!(self.last_seq.is_none() || self.gap, "another list without a gap");
                (self.last_seq, self.gap) = (Some(hello.seq()), false);
            }
            _ => {}
        }
    }

    fn count_healthy(&mut self) {
        match (self.protocol.state(), self.open_since) {
            (State::Open, None) => self.open_since = Some(self.now),
            (State::Open, Some(since)) if since + Duration::from_secs(30) <= self.now => {
                self.attempts.push_back((self.now, -1));
                // Counted once.
                self.open_since = Some(self.now + 1000 * HOUR);
            }
            (State::Open, Some(_)) => {}
            _ => self.open_since = None,
        }
    }

    fn check_attempts(&mut self) {
        while self.attempts.front().is_some_and(|(at, _)| *at + HOUR <= self.now) {
            self.attempts.pop_front();
        }
        let sum: i64 = self.attempts.iter().map(|(_, count)| count).sum();
        assert!(sum <= 70, "{sum} attempts in an hour");
    }

    fn anything(&mut self, random: &mut Random, ticket: u64) {
        let expected = self.last_seq.unwrap_or_default() + 1;
        let near = i64::try_from(random.below(7)).unwrap_or_default() + expected - 3;
        let reply = random.below(12);
        match random.below(28) {
            0 => self.handle(Input::Opened),
            1 => {
                let error = TransportError::new(TransportErrorKind::Connect, Delivery::NotSent);
                self.handle(Input::Refused(Refusal::new(Error::transport(&INFO, error))));
            }
            2..=4 => self.handle(Input::Text(&hello(&format!("c{}", random.below(3))))),
            5..=9 => self.handle(Input::Text(&event(expected))),
            10 => self.handle(Input::Text(&event(near))),
            11 => self.handle(Input::Text(&event(if random.one_in(2) { i64::MAX } else { (1 << 53) - 1 }))),
            12 => self.handle(Input::Text(r#"{"event":"hello","seq":-5,"data":[]}"#)),
            13 => self.handle(Input::Text(&"{\"event\":\"x\"".repeat(reply as usize))),
            14 | 15 => self.handle(Input::Text(&format!(r#"{{"status":"OK","seq_reply":{reply}}}"#))),
            16 => {
                let status = if random.one_in(2) { 401 } else { 400 };
                let error = format!(r#"{{"id":"x","status_code":{status}}}"#);
                let text = format!(r#"{{"status":"FAIL","seq_reply":{reply},"error":{error}}}"#);
                self.handle(Input::Text(&text));
            }
            17 => self.handle(Input::Binary(&[1, 2])),
            18 => self.handle(Input::Ping),
            19 => self.handle(Input::Pong),
            20 => self.handle(Input::Ended(EndReason::Closed(Some(1000)))),
            21 => self.handle(Input::Ended(EndReason::Framing)),
            22 | 23 if self.tickets.len() < 256 => {
                let call = if random.one_in(2) {
                    Call::new(&GetStatuses::new())
                } else {
                    Call::new(&Custom::new("p", "a", RawJson::default()))
                };
                self.tickets.insert(ticket);
                self.handle(Input::Act { ticket, call: call.expect("short") });
            }
            24 => {
                let ticket = random.below(ticket + 1);
                self.tickets.remove(&ticket);
                self.handle(Input::Forget { ticket });
            }
            25 => self.handle(Input::SessionChecked(match random.below(3) {
                0 => Verdict::Valid,
                1 => Verdict::Renewed,
                _ => Verdict::Unknown,
            })),
            26 if random.one_in(500) => self.handle(Input::Close),
            27 if random.one_in(500) => {
                self.handle(Input::SessionChecked(Verdict::Lost(Error::local("X", "x"))))
            }
            _ => self.handle(Input::Wake),
        }
    }
}

#[test]
fn whatever_happens_events_come_once_and_in_order_and_nothing_waits_forever() {
    let (mut steps, mut delivered) = (0_u64, 0);
    for seed in 0..300 {
        println!("seed {seed}");
        let mut random = Random(seed);
        let mut watch = Watch::new(seed);
        for ticket in 0..2000 {
            if watch.finished {
                break;
            }
            // Mostly at once, sometimes when it wants, sometimes before, sometimes much too late, sometimes backwards.
            let until = watch.protocol.deadline().map_or(Duration::ZERO, |at| at - watch.now);
            match random.below(10) {
                0 | 1 => watch.now += until,
                2 => watch.now += until.mul_f64(0.5),
                3 if random.one_in(20) => watch.now += Duration::from_secs(random.below(7200)),
                _ => {}
            }
            watch.anything(&mut random, ticket);
            steps += 1;
        }
        watch.handle(Input::Close);
        for _ in 0..3 {
            watch.now += Duration::from_secs(10);
            watch.handle(Input::Wake);
        }
        assert!(watch.finished, "it does not end");
        assert!(watch.tickets.is_empty(), "{:?} have no reply", watch.tickets);
        delivered += watch.delivered;
    }
    assert!(steps > 100_000 && delivered > 10_000, "{steps} steps, {delivered} delivered: too few to tell");
}
