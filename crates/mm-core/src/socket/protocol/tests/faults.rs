//! Tests: against a server that numbers, keeps and forgets events as the real one does, over connections that lose,
//! double and garble frames.

use std::time::{Duration, Instant};

use super::random::Random;
use crate::socket::{
    Connect, Connection, EndReason, Frame, Incoming, Input, Output, Protocol, ProtocolConfig, Verdict,
};

/// How many events the server keeps.
const KEPT: usize = 128;

#[derive(Default)]
struct Server {
    /// The list of our connection: what was told in it, by number.
    list: Vec<String>,
    lists: u64,
    /// Whether it still has the list.
    knows: bool,
    told: u64,
}

struct World {
    random: Random,
    server: Server,
    protocol: Protocol,
    now: Instant,
    is_connected: bool,
    is_greeting: bool,
    replies: Vec<String>,
    /// Which event was delivered last, counted from 1 over all lists.
    last: Option<u64>,
    gap: bool,
    delivered: u64,
    missed: u64,
    gaps: u64,
    resumed: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        let now = Instant::now();
        let protocol = Protocol::new(ProtocolConfig::default(), seed, now);
        Self {
            random: Random(seed),
            server: Server::default(),
            protocol,
            now,
            is_connected: false,
            is_greeting: false,
            replies: Vec::new(),
            last: None,
            gap: false,
            delivered: 0,
            missed: 0,
            gaps: 0,
            resumed: 0,
        }
    }

    fn handle(&mut self, input: Input<'_>) {
        self.protocol.handle(input, self.now);
        while let Some(output) = self.protocol.poll() {
            match output {
                Output::Connect(connect) => self.connect(&connect),
                Output::Disconnect => self.is_connected = false,
                Output::Send(Frame::Text(text)) => self.reply(&text),
                Output::Send(Frame::Ping) if self.is_connected => self.handle(Input::Pong),
                Output::CheckSession => self.handle(Input::SessionChecked(Verdict::Valid)),
                Output::Deliver(incoming) => self.delivered(&incoming),
                _ => {}
            }
        }
    }

    fn connect(&mut self, connect: &Connect) {
        self.is_connected = true;
        self.is_greeting = true;
        self.handle(Input::Opened);
        self.greet(connect);
        // Replies stand in line behind what there is to tell.
        self.is_greeting = false;
        for reply in std::mem::take(&mut self.replies) {
            self.transmit(&reply);
        }
    }

    fn greet(&mut self, connect: &Connect) {
        let from = match &connect.resume {
            Some(resume)
                if self.server.knows && resume.connection_id == format!("c{}", self.server.lists) =>
            {
                usize::try_from(resume.sequence_number).expect("a number")
            }
            _ => usize::MAX,
        };
        if from <= self.server.list.len() && self.server.list.len() - from < KEPT {
            for at in from..self.server.list.len() {
                let text = self.server.list[at].clone();
                self.transmit(&text);
            }
            return;
        }
        self.server.lists += 1;
        self.server.knows = true;
        self.server.list = vec![super::driver::hello(&format!("c{}", self.server.lists))];
        let hello = self.server.list[0].clone();
        self.transmit(&hello);
    }

    fn reply(&mut self, text: &str) {
        let frame: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let reply = format!(r#"{{"status":"OK","seq_reply":{}}}"#, frame["seq"]);
        if self.is_greeting {
            self.replies.push(reply);
        } else {
            self.transmit(&reply);
        }
    }

    /// Something happens on the server.
    fn tell(&mut self) {
        self.server.told += 1;
        if !self.server.knows {
            return;
        }
        let (seq, number) = (self.server.list.len(), self.server.told);
        let text = format!(r#"{{"event":"typing","data":{{"n":{number}}},"broadcast":{{}},"seq":{seq}}}"#);
        self.server.list.push(text.clone());
        self.transmit(&text);
    }

    fn transmit(&mut self, text: &str) {
        if !self.is_connected {
            return;
        }
        match self.random.below(60) {
            // A stream cannot lose what it begins with.
            0 if !text.contains("hello") => {}
            1 => {
                self.handle(Input::Text(text));
                if self.is_connected {
                    self.handle(Input::Text(text));
                }
            }
            2 => self.handle(Input::Text(&text[..text.len() / 2])),
            _ => self.handle(Input::Text(text)),
        }
    }

    fn delivered(&mut self, incoming: &Incoming) {
        match incoming {
            Incoming::Event(event) => {
                let data: serde_json::Value = serde_json::from_str(event.raw_data()).expect("JSON");
                let number = data["n"].as_u64().expect("a number");
                if let Some(last) = self.last {
                    assert!(number > last, "{number} after {last}");
                    let missed = number - last - 1;
                    assert!(
                        missed == 0 || self.gap,
                        "{missed} are missing in front of {number} without a gap"
                    );
                    self.missed += missed;
                }
                (self.last, self.gap) = (Some(number), false);
                self.delivered += 1;
            }
            Incoming::Connection(Connection::Gap(_)) => {
                self.gap = true;
                self.gaps += 1;
            }
            // Before the first one nothing was promised.
            Incoming::Connection(Connection::Connected { .. }) => {
                self.last.get_or_insert(self.server.told);
            }
            Incoming::Connection(Connection::Resumed { .. }) => self.resumed += 1,
            _ => {}
        }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0 if self.is_connected => {
                self.is_connected = false;
                self.handle(Input::Ended(EndReason::Lost));
            }
            1 if !self.is_connected => self.server.knows = false,
            2..=29 => {
                let wait = Duration::from_millis(self.random.below(8000));
                let end = self.now + wait;
                while let Some(at) = self.protocol.deadline().filter(|at| *at <= end) {
                    self.now = at;
                    self.handle(Input::Wake);
                }
                self.now = end;
            }
            _ => self.tell(),
        }
    }
}

#[test]
fn every_event_is_delivered_once_or_lies_in_a_gap() {
    let (mut told, mut delivered, mut missed, mut gaps, mut resumed) = (0, 0, 0, 0, 0);
    for seed in 0..60 {
        println!("seed {seed}");
        let mut world = World::new(seed);
        for _ in 0..3000 {
            world.step();
        }
        told += world.server.told;
        delivered += world.delivered;
        missed += world.missed;
        gaps += world.gaps;
        resumed += world.resumed;
    }
    println!("{told} told, {delivered} delivered, {missed} missed in {gaps} gaps, {resumed} times resumed");
    assert!(
        delivered > told / 2 && missed > 0 && gaps > 50 && resumed > 500,
        "the faults are not those meant"
    );
}
