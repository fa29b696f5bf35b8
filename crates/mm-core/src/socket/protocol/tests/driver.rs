//! A driver for tests: the other side is what the test says, and time is what it says too.

use std::time::{Duration, Instant};

use crate::socket::actions::Ping;
use crate::socket::{
    Action as _, Connect, Connection, Frame, Gap, Incoming, Input, Output, Protocol, ProtocolConfig, Verdict,
};

pub(super) struct Driver {
    pub(super) protocol: Protocol,
    pub(super) start: Instant,
    pub(super) now: Instant,
    /// What came out and was not asked for yet.
    pub(super) outputs: Vec<Output>,
}

impl Driver {
    pub(super) fn new() -> Self {
        let start = Instant::now();
        let protocol = Protocol::new(ProtocolConfig::default(), 1, start);
        let mut driver = Self { protocol, start, now: start, outputs: Vec::new() };
        driver.poll();
        driver
    }

    /// Connected, with what happened until then already taken.
    pub(super) fn open() -> Self {
        let mut driver = Self::new();
        driver.connect();
        driver.text(&hello("c1"));
        driver.take();
        // The reply to the probe.
        driver.text(r#"{"status":"OK","seq_reply":1,"data":{"text":"pong"}}"#);
        driver
    }

    /// Lost after `count` events, and connected again.
    pub(super) fn lost_after(count: i64) -> Self {
        let mut driver = Self::open();
        (1..=count).for_each(|seq| driver.text(&event(seq)));
        driver.take();
        driver.handle(Input::Ended(crate::socket::EndReason::Lost));
        driver.connect();
        driver.take();
        driver
    }

    fn poll(&mut self) {
        while let Some(output) = self.protocol.poll() {
            self.outputs.push(output);
        }
    }

    pub(super) fn handle(&mut self, input: Input<'_>) {
        self.protocol.handle(input, self.now);
        self.poll();
        assert!(self.protocol.deadline().is_none_or(|deadline| deadline > self.now));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.handle(Input::Text(text));
    }

    pub(super) fn checked(&mut self, verdict: Verdict) {
        self.handle(Input::SessionChecked(verdict));
    }

    /// Lets time pass, waking the protocol when it wants.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(deadline) = self.protocol.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline;
            self.handle(Input::Wake);
        }
        self.now = end;
    }

    pub(super) fn seconds(&mut self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    /// Waits for the next attempt, if none has been made yet, and lets it succeed.
    #[track_caller]
    pub(super) fn connect(&mut self) -> Connect {
        for _ in 0..100 {
            let found = self.outputs.iter().position(|output| matches!(output, Output::Connect(_)));
            if let Some(at) = found {
                let Output::Connect(connect) = self.outputs.remove(at) else { break };
                self.handle(Input::Opened);
                return connect;
            }
            self.seconds(1);
        }
        panic!("no attempt was made: {:?}", self.outputs);
    }

    /// What came out since the last time, in short.
    pub(super) fn take(&mut self) -> Vec<String> {
        self.outputs.drain(..).map(|output| short(&output)).collect()
    }

    /// The gap among what came out.
    #[track_caller]
    pub(super) fn gap(&self) -> Gap {
        let gap = self.outputs.iter().find_map(|output| match output {
            Output::Deliver(Incoming::Connection(Connection::Gap(gap))) => Some(*gap),
            _ => None,
        });
        gap.expect("a gap")
    }
}

pub(super) fn hello(connection_id: &str) -> String {
    format!(
        r#"{{"event":"hello","data":{{"connection_id":"{connection_id}","server_version":"11.6.0"}},"broadcast":{{}},"seq":0}}"#
    )
}

pub(super) fn event(seq: i64) -> String {
    format!(r#"{{"event":"typing","data":{{}},"broadcast":{{}},"seq":{seq}}}"#)
}

pub(super) fn short(output: &Output) -> String {
    match output {
        Output::Connect(Connect { resume: None, .. }) => "connect".to_owned(),
        Output::Connect(Connect { resume: Some(resume), .. }) => {
            format!("connect {}@{}", resume.connection_id, resume.sequence_number)
        }
        Output::Send(Frame::Text(text)) => {
            let frame: serde_json::Value = serde_json::from_str(text).expect("JSON");
            format!("send {} {}", frame["seq"], frame["action"].as_str().expect("a name"))
        }
        Output::Send(frame) => format!("send {frame:?}"),
        Output::Challenge { seq } => format!("challenge {seq}"),
        Output::Disconnect => "disconnect".to_owned(),
        Output::Deliver(Incoming::Event(event)) => format!("{} {}", event.name(), event.seq()),
        Output::Deliver(Incoming::Connection(connection)) => match connection {
            Connection::Connected { connection_id, .. } => format!("Connected {connection_id}"),
            Connection::Resumed { .. } => "Resumed".to_owned(),
            Connection::Gap(gap) => format!("Gap after {:?}: {:?}", gap.last_seq, gap.reason),
            Connection::AuthLost(_) => "AuthLost".to_owned(),
            Connection::Closed(reason) => format!("Closed {reason:?}"),
            // Not one of the protocol's.
            Connection::Backfilled(done) => format!("{done:?}"),
        },
        Output::Deliver(Incoming::Unreadable(unreadable)) => format!("unreadable: {}", unreadable.reason),
        Output::Reply { ticket, result: Ok(data) } => format!("reply {ticket}: {}", data.raw()),
        Output::Reply { ticket, result: Err(failure) } => {
            let error = failure.clone().into_error(Ping::INFO);
            format!("reply {ticket}: {:?}", error.kind())
        }
        Output::CheckSession => "check".to_owned(),
        Output::Finished => "finished".to_owned(),
    }
}
