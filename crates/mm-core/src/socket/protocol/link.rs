//! What comes over a connection, and what is due on it.

use super::calls::Calls;
use super::heartbeat::{Beat, Heartbeat};
use super::reconnect::later;
use super::resume::{List, Place};
use super::{Frame, Output, Phase, Protocol};
use crate::socket::actions::Ping;
use crate::socket::frame::{Frame as Text, Reply};
use crate::socket::{Action as _, ActionFailure, Connection, Event, Incoming, Unreadable};

/// Numbers were left out: what the server is told when we come back.
const SKIPPED: u16 = 4001;
/// There was no reply to a ping.
const NO_REPLY: u16 = 4000;

impl Protocol {
    /// The first thing that is sent is a ping: on a list that goes on, its reply may be the first thing that comes.
    pub(super) fn opened(&mut self) {
        let Phase::Connecting { resuming, .. } = self.phase else { return };
        self.disconnect_code = None;
        let probe = self.send_ping();
        self.phase = Phase::Greeting { since: self.now, probe, challenge: None, resuming };
    }

    pub(super) fn text(&mut self, text: &str) {
        if !matches!(self.phase, Phase::Greeting { .. } | Phase::Open { .. }) {
            return;
        }
        self.heard();
        match Text::read(text) {
            Text::Event(event) if matches!(self.phase, Phase::Open { .. }) => self.event(event),
            Text::Event(event) => self.first_event(event),
            Text::Reply(reply) => self.reply(reply),
            Text::Unreadable(reason) => {
                self.deliver(Incoming::Unreadable(Unreadable::new(text, reason)));
                self.unclear();
            }
        }
    }

    /// The first event after the handshake tells whether the list goes on.
    fn first_event(&mut self, event: Event) {
        if event.name() == "hello" {
            return self.hello(&event);
        }
        let (Some(list), Phase::Greeting { resuming: true, .. }) = (&mut self.list, &self.phase) else {
            // Servers begin each list with `hello`.
            return;
        };
        match list.place(&event, self.now) {
            Place::Next => {
                self.resumed();
                self.deliver(Incoming::Event(event));
            }
            // No server goes on with what we have, so this may be another list.
            Place::Duplicate => self.unclear(),
            Place::Ask => self.drop_connection(Some(SKIPPED)),
            Place::Missing(gap) => {
                self.open();
                self.deliver(Incoming::Connection(Connection::Gap(gap)));
                self.deliver(Incoming::Event(event));
            }
        }
    }

    /// What came first may have been the `hello` of another list. Taken for the old one, its events would be dropped as
    /// those that we have.
    fn unclear(&mut self) {
        if let (Some(list), Phase::Greeting { resuming: true, .. }) = (&mut self.list, &self.phase) {
            list.unanswered();
            self.drop_connection(Some(SKIPPED));
        }
    }

    fn event(&mut self, event: Event) {
        let Some(list) = &mut self.list else { return };
        if event.name() == "hello" && list.is_other(&event) {
            return self.hello(&event);
        }
        match list.place(&event, self.now) {
            Place::Next => self.deliver(Incoming::Event(event)),
            // The reply that we took for a sign of our list was that of another one.
            Place::Duplicate if list.is_doubtful() => {
                list.unanswered();
                self.drop_connection(Some(SKIPPED));
            }
            Place::Duplicate => {}
            Place::Ask => self.drop_connection(Some(SKIPPED)),
            Place::Missing(gap) => {
                self.deliver(Incoming::Connection(Connection::Gap(gap)));
                self.deliver(Incoming::Event(event));
            }
        }
    }

    /// The server begins a list.
    fn hello(&mut self, hello: &Event) {
        if let Some(list) = &self.list {
            let gap = list.gap_before_another();
            self.deliver(Incoming::Connection(Connection::Gap(gap)));
        }
        let (list, connected) = List::new(hello, self.now);
        self.list = Some(list);
        self.deliver(Incoming::Connection(connected));
        if !matches!(self.phase, Phase::Open { .. }) {
            self.open();
        }
    }

    fn resumed(&mut self) {
        let after = self.lost_at.map(|lost| self.now.saturating_duration_since(lost)).unwrap_or_default();
        self.deliver(Incoming::Connection(Connection::Resumed { after }));
        self.open();
    }

    /// There was a sign of the session.
    fn open(&mut self) {
        let mut heartbeat = Heartbeat::resting(&self.config, self.now);
        // A probe that was sent before the challenge is not answered.
        if let Phase::Greeting { probe, challenge: None, .. } = self.phase {
            heartbeat.asked(probe, &self.config, self.now);
        }
        let healthy_at = Some(later(self.now, self.config.healthy_after));
        self.phase = Phase::Open { healthy_at, heartbeat };
        self.calls.send(&mut self.outputs);
    }

    fn reply(&mut self, Reply { seq, result }: Reply) {
        let is_unauthorized = result.as_ref().is_err_and(|error| error.status_code == 401);
        if let (true, Some(list)) = (is_unauthorized, &mut self.list) {
            list.break_off();
        }
        match &mut self.phase {
            Phase::Greeting { probe, resuming, .. } if *probe == seq => {
                if is_unauthorized {
                    self.drop_connection(None);
                    self.check_session();
                } else if let (Some(list), true) = (&mut self.list, *resuming) {
                    list.presumed();
                    self.resumed();
                    if let Phase::Open { heartbeat, .. } = &mut self.phase {
                        heartbeat.replied(seq, &self.config, self.now);
                    }
                }
                return;
            }
            Phase::Open { heartbeat, .. } => {
                heartbeat.replied(seq, &self.config, self.now);
                if is_unauthorized {
                    heartbeat.suspect();
                }
            }
            _ => {}
        }
        let reply = self.calls.replied(seq, result.map_err(ActionFailure::Refused));
        self.outputs.extend(reply);
        if is_unauthorized && matches!(self.phase, Phase::Open { .. }) {
            self.check_session();
        }
    }

    pub(super) fn wake_greeting(&mut self) {
        let Phase::Greeting { since, challenge, .. } = &mut self.phase else { return };
        if later(*since, self.config.hello_timeout) <= self.now {
            self.drop_connection(None);
            self.check_session();
        } else if challenge.is_none() && later(*since, self.config.challenge_after) <= self.now {
            let seq = self.calls.number();
            *challenge = Some(seq);
            self.outputs.push_back(Output::Challenge { seq });
        }
    }

    pub(super) fn wake_open(&mut self) {
        let Phase::Open { healthy_at, heartbeat } = &mut self.phase else { return };
        if healthy_at.is_some_and(|at| at <= self.now) {
            *healthy_at = None;
            self.reconnect.healthy(&self.config);
            if let Some(list) = &mut self.list {
                list.lasted();
            }
        }
        match heartbeat.wake(&self.config, self.now) {
            Some(Beat::Ask) => {
                let seq = self.send_ping();
                if let Phase::Open { heartbeat, .. } = &mut self.phase {
                    heartbeat.asked(seq, &self.config, self.now);
                }
            }
            Some(Beat::Ping) => self.outputs.push_back(Output::Send(Frame::Ping)),
            Some(Beat::Dead) => self.drop_connection(Some(NO_REPLY)),
            Some(Beat::Check) | None => {}
        }
    }

    fn send_ping(&mut self) -> i64 {
        let seq = Calls::number(&mut self.calls);
        let text = format!(r#"{{"seq":{seq},"action":"{}","data":{{}}}}"#, Ping::NAME);
        self.outputs.push_back(Output::Send(Frame::Text(text)));
        seq
    }
}
