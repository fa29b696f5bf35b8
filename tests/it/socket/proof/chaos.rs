//! Whatever can happen to a connection, by chance.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use mm_core::api::system::ConnectWebSocket;
use mm_mock::{Sockets, Town};
use tokio::time::sleep;

use super::seen::Stall;
use crate::chance::Chance;

/// What can be done to a socket.
const TO_SOCKETS: [&str; 15] = [
    "FIN",
    "RST",
    "close frame",
    "close frame without a code",
    "silence",
    "garbage",
    "half a frame",
    "text",
    "binary frame",
    "repeated event",
    "number left out",
    "event lost",
    "overflow",
    "slow bytes",
    "unfinished hello",
];

/// What else can happen.
const OTHERS: [&str; 9] = [
    "restart",
    "forgotten",
    "session ended",
    "consumer asleep",
    "429",
    "502",
    "connection refused",
    "handshake reset",
    "handshake unanswered",
];

pub(super) struct Chaos {
    town: Town,
    chance: Chance,
    stall: Stall,
    counts: BTreeMap<&'static str, usize>,
}

impl Chaos {
    pub(super) fn new(town: &Town, seed: u64, stall: Stall) -> Self {
        Self { town: town.clone(), chance: Chance::new(seed), stall, counts: BTreeMap::new() }
    }

    /// Waits for some time, then lets something happen.
    pub(super) async fn strike(&mut self) {
        let pause = match self.chance.number(10) {
            0 => 0,
            1 | 2 => self.chance.number(3_000),
            3 => self.chance.number(400_000),
            _ => 30_000 + self.chance.number(40_000),
        };
        sleep(Duration::from_millis(pause)).await;
        let sockets = self.town.fake.sockets();
        match self.chance.number(10) {
            // To what there is.
            0..5 => self.hit(sockets.of(&self.town.alice)),
            // To what comes next, soon after its beginning.
            5..7 => {
                let after = self.chance.number(5);
                self.hit(sockets.clone().next().after(usize::try_from(after).expect("a few")));
                sockets.fin();
            }
            _ => self.other(&sockets),
        }
    }

    fn hit(&mut self, sockets: Sockets) {
        let what = self.chance.one_of(&TO_SOCKETS);
        *self.counts.entry(what).or_default() += 1;
        let few = self.chance.number(3) + 1;
        match what {
            "FIN" => sockets.fin(),
            "RST" => sockets.reset(),
            "close frame" => sockets.close(self.chance.one_of(&[1000, 1001, 1006, 1011, 1012, 1013, 4000])),
            "close frame without a code" => sockets.close(None),
            "silence" => sockets.silence(),
            "garbage" => sockets.bytes(b"\xff\xff\xff\xff"),
            // The beginning of a text of 100 bytes.
            "half a frame" => sockets.bytes(b"\x81\x64{\"event\":\"posted\"").fin(),
            "text" => {
                let text =
                    self.chance.one_of(&["", "null", "<html>", r#"{"event": "posted"}"#, r#"{"seq": 3}"#]);
                sockets.text(text)
            }
            "binary frame" => sockets.binary(b"\x00\x01"),
            "repeated event" => sockets.repeat(),
            "number left out" => sockets.skip(u32::try_from(few).expect("a few")),
            "event lost" => sockets.lose(usize::try_from(few).expect("a few")),
            "overflow" => sockets.overflow(),
            "slow bytes" => sockets.trickle(60, Duration::from_millis(100)),
            _ => sockets.text(r#"{"event": "hello", "data": {}}"#).fin(),
        };
    }

    fn other(&mut self, sockets: &Sockets) {
        let what = self.chance.one_of(&OTHERS);
        *self.counts.entry(what).or_default() += 1;
        let times = usize::try_from(self.chance.number(4) + 1).expect("a few");
        let wait = Duration::from_secs(self.chance.number(100));
        let upgrade = || self.town.fake.on::<ConnectWebSocket>();
        match what {
            "restart" => return sockets.restart(),
            "forgotten" => {
                sockets.fin();
                // As soon as it has ended.
                let sockets = sockets.clone();
                tokio::spawn(async move {
                    sleep(Duration::from_millis(100)).await;
                    sockets.forget();
                });
                return;
            }
            "session ended" => return self.town.fake.end_sessions(&self.town.alice),
            "consumer asleep" => return self.stall.fall_asleep(wait),
            "429" => upgrade().rate_limited(wait).times(times),
            "502" => upgrade().html(502).times(times),
            "connection refused" => upgrade().refuse().times(times),
            "handshake reset" => upgrade().reset().times(times),
            _ => upgrade().hang().times(times),
        }
        sockets.fin();
    }

    pub(super) fn said(&self) -> String {
        let mut said = String::new();
        for (what, count) in &self.counts {
            let _ = write!(said, "{}{what}: {count}", if said.is_empty() { "" } else { ", " });
        }
        said
    }
}
