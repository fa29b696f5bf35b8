//! What to do when: the socket's state machine.

mod calls;
mod config;
mod heartbeat;
mod io;
mod link;
mod reconnect;
mod resume;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::calls::{Calls, failed};
use self::heartbeat::{Beat, Heartbeat};
use self::reconnect::{Reconnect, later};
use self::resume::List;
use super::{ActionFailure, CloseReason, Connection, Incoming, NotSent, Unreadable};
use crate::Error;

pub use self::{config::*, io::*};

/// The life of a socket, without I/O, clock and randomness.
///
/// Hand in what happened with [`handle`](Self::handle), then do what [`poll`](Self::poll) says until it says nothing, then
/// wait for the next thing to happen, but no longer than until [`deadline`](Self::deadline).
#[derive(Debug)]
pub struct Protocol {
    config: ProtocolConfig,
    phase: Phase,
    /// The server's list of events, once there is one.
    list: Option<List>,
    calls: Calls,
    reconnect: Reconnect,
    /// Until when an answer about the session is awaited, if one is.
    check: Option<Instant>,
    /// Why the connection before ended, for the server's statistics.
    disconnect_code: Option<u16>,
    /// When the connection was lost.
    lost_at: Option<Instant>,
    now: Instant,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
enum Phase {
    /// A connection is being made.
    Connecting {
        until: Instant,
        resuming: bool,
    },
    /// There is a connection, and no sign of the session yet.
    Greeting {
        since: Instant,
        probe: i64,
        challenge: Option<i64>,
        resuming: bool,
    },
    /// Events arrive.
    Open {
        healthy_at: Option<Instant>,
        heartbeat: Heartbeat,
    },
    /// No connection is wanted before then.
    Waiting {
        until: Instant,
    },
    /// We have said that we close.
    Closing {
        until: Instant,
    },
    Finished,
}

impl Protocol {
    /// A socket that is to be connected now. The seed spreads the attempts of many clients over time.
    #[must_use]
    pub fn new(config: ProtocolConfig, seed: u64, now: Instant) -> Self {
        let reconnect = Reconnect::new(&config, seed, now);
        let mut protocol = Self {
            config,
            phase: Phase::Waiting { until: now },
            list: None,
            calls: Calls::default(),
            reconnect,
            check: None,
            disconnect_code: None,
            lost_at: None,
            now,
            outputs: VecDeque::new(),
        };
        protocol.wake();
        protocol
    }

    /// Takes in what happened. What cannot have happened now is ignored, such as a frame without a connection.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) {
        // Clocks that are read by several threads may go back a little.
        self.now = self.now.max(now);
        if let Phase::Finished = self.phase {
            if let Input::Act { ticket, .. } = input {
                self.outputs.push_back(failed(ticket, ActionFailure::NotSent(NotSent::Closed)));
            }
            return;
        }
        match input {
            Input::Wake => {}
            Input::Opened => self.opened(),
            Input::Refused(refusal) => self.refused(refusal),
            Input::Text(text) => self.text(text),
            Input::Binary(frame) => self.binary(frame),
            Input::Ping => self.heard(),
            Input::Pong => self.pong(),
            Input::Ended(reason) => self.ended(reason),
            Input::Act { ticket, call } => self.act(ticket, call),
            Input::Forget { ticket } => self.calls.forget(ticket),
            Input::SessionChecked(verdict) => self.checked(verdict),
            Input::Close => self.close(),
        }
        self.wake();
    }

    /// What is to be done next; `None` until something happens.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Wake`], if nothing else happens before. Always later than what was handed in last; `None` when
    /// it is over.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        if let Phase::Finished = self.phase {
            return None;
        }
        let phase = match &self.phase {
            Phase::Connecting { until, .. } | Phase::Closing { until } => Some(*until),
            Phase::Waiting { until } => Some(*until).filter(|_| self.check.is_none()),
            Phase::Greeting { since, challenge, .. } => {
                let wait = match challenge {
                    None => self.config.challenge_after.min(self.config.hello_timeout),
                    Some(_) => self.config.hello_timeout,
                };
                Some(later(*since, wait))
            }
            Phase::Open { healthy_at, heartbeat } => {
                [*healthy_at, Some(heartbeat.deadline(&self.config))].into_iter().flatten().min()
            }
            Phase::Finished => None,
        };
        [phase, self.check, self.calls.deadline()].into_iter().flatten().min()
    }

    /// Where it is.
    #[must_use]
    pub const fn state(&self) -> State {
        match self.phase {
            Phase::Connecting { .. } | Phase::Greeting { .. } => {
                State::Connecting { attempt: self.reconnect.attempts() }
            }
            Phase::Open { .. } => State::Open,
            Phase::Waiting { until } => State::Waiting { attempt: self.reconnect.attempts(), until },
            Phase::Closing { .. } | Phase::Finished => State::Closed,
        }
    }

    /// The server's name for the list of events, once there is one. Requests that carry it as `Connection-Id` are not echoed
    /// as events, for some kinds of them.
    #[must_use]
    pub fn connection_id(&self) -> Option<&str> {
        self.list.as_ref().map(|list| &*list.connection_id)
    }

    /// Does all that is due.
    fn wake(&mut self) {
        while self.deadline().is_some_and(|deadline| deadline <= self.now) {
            self.calls.wake(self.now, &mut self.outputs);
            if self.check.is_some_and(|until| until <= self.now) {
                self.checked(Verdict::Unknown);
            }
            match &mut self.phase {
                Phase::Connecting { until, .. } if *until <= self.now => self.drop_connection(None),
                Phase::Waiting { until } if *until <= self.now && self.check.is_none() => self.connect(),
                Phase::Closing { until } if *until <= self.now => {
                    self.outputs.push_back(Output::Disconnect);
                    self.finish(Connection::Closed(CloseReason::Asked));
                }
                Phase::Greeting { .. } => self.wake_greeting(),
                Phase::Open { .. } => self.wake_open(),
                _ => {}
            }
        }
    }

    fn connect(&mut self) {
        self.reconnect.begin(&self.config, self.now);
        let resume = self.list.as_ref().and_then(List::resume);
        let until = later(self.now, self.config.connect_timeout);
        self.phase = Phase::Connecting { until, resuming: resume.is_some() };
        let disconnect_code = self.disconnect_code;
        self.outputs.push_back(Output::Connect(Connect { resume, disconnect_code }));
    }

    fn refused(&mut self, refusal: Refusal) {
        if !matches!(self.phase, Phase::Connecting { .. }) {
            return;
        }
        if self.list.is_none() && refusal.is_permanent {
            self.finish(Connection::Closed(CloseReason::Refused(refusal.error)));
            return;
        }
        self.wait(refusal.retry_after);
        if matches!(refusal.error.status().map(|status| status.as_u16()), Some(401 | 403)) {
            self.check_session();
        }
    }

    fn act(&mut self, ticket: Ticket, call: super::Call) {
        match self.phase {
            Phase::Closing { .. } => {
                self.outputs.push_back(failed(ticket, ActionFailure::NotSent(NotSent::Closed)));
            }
            _ => match self.calls.add(ticket, call, &self.config, self.now) {
                Ok(()) if matches!(self.phase, Phase::Open { .. }) => self.calls.send(&mut self.outputs),
                Ok(()) => {}
                Err(refused) => self.outputs.push_back(refused),
            },
        }
    }

    fn close(&mut self) {
        match self.phase {
            Phase::Greeting { .. } | Phase::Open { .. } => {
                self.outputs.push_back(Output::Send(Frame::Close(1000)));
                self.calls.end(&NotSent::Closed, &mut self.outputs);
                self.check = None;
                self.phase = Phase::Closing { until: later(self.now, self.config.close_timeout) };
            }
            Phase::Connecting { .. } => {
                self.outputs.push_back(Output::Disconnect);
                self.finish(Connection::Closed(CloseReason::Asked));
            }
            Phase::Waiting { .. } => self.finish(Connection::Closed(CloseReason::Asked)),
            Phase::Closing { .. } | Phase::Finished => {}
        }
    }

    fn ended(&mut self, reason: EndReason) {
        let is_unanswered = matches!(self.phase, Phase::Greeting { .. });
        let is_challenged = matches!(self.phase, Phase::Greeting { challenge: Some(_), .. });
        match self.phase {
            Phase::Greeting { .. } | Phase::Open { .. } => {}
            Phase::Closing { .. } => return self.finish(Connection::Closed(CloseReason::Asked)),
            Phase::Connecting { .. } | Phase::Waiting { .. } | Phase::Finished => return,
        }
        self.disconnect_code = match reason {
            EndReason::Closed(Some(code @ 1000..=1016)) => Some(code),
            EndReason::Closed(_) => Some(1005),
            EndReason::Lost => Some(1006),
            EndReason::Framing => Some(1002),
        };
        if let (true, Some(list)) = (is_unanswered, &mut self.list) {
            list.unanswered();
        }
        self.wait(None);
        if is_challenged {
            self.check_session();
        }
    }

    /// Gives up a connection or an attempt at one. The code is for the server's statistics.
    fn drop_connection(&mut self, code: Option<u16>) {
        self.outputs.push_back(Output::Disconnect);
        self.disconnect_code = code.or(self.disconnect_code);
        self.wait(None);
    }

    /// There is no connection any more: wait for the next attempt.
    fn wait(&mut self, retry_after: Option<Duration>) {
        self.calls.lost(&mut self.outputs);
        if let Phase::Open { .. } = self.phase {
            self.lost_at = Some(self.now);
        }
        let until = self.reconnect.next(&self.config, retry_after, self.now);
        self.phase = Phase::Waiting { until };
    }

    fn check_session(&mut self) {
        if self.check.is_none() {
            self.check = Some(later(self.now, self.config.check_timeout));
            self.outputs.push_back(Output::CheckSession);
        }
    }

    fn checked(&mut self, verdict: Verdict) {
        if self.check.take().is_none() {
            return;
        }
        if let (Verdict::Renewed, Some(list)) = (&verdict, &mut self.list) {
            list.break_off();
        }
        match (verdict, &self.phase) {
            (Verdict::Lost(error), _) => self.auth_lost(error),
            // Such a connection goes on for the session that is gone.
            (Verdict::Renewed, Phase::Greeting { .. } | Phase::Open { .. }) => self.drop_connection(None),
            (_, Phase::Open { heartbeat, .. }) if heartbeat.is_suspicious() => {
                self.drop_connection(Some(4000));
            }
            _ => {}
        }
    }

    fn auth_lost(&mut self, error: Error) {
        if !matches!(self.phase, Phase::Waiting { .. }) {
            self.outputs.push_back(Output::Disconnect);
        }
        let error = Arc::new(error);
        self.calls.end(&NotSent::AuthLost(Arc::clone(&error)), &mut self.outputs);
        self.finish(Connection::AuthLost(error));
    }

    fn finish(&mut self, last: Connection) {
        self.calls.end(&NotSent::Closed, &mut self.outputs);
        self.check = None;
        self.phase = Phase::Finished;
        self.deliver(Incoming::Connection(last));
        self.outputs.push_back(Output::Finished);
    }

    fn binary(&mut self, frame: &[u8]) {
        self.heard();
        if let Phase::Greeting { .. } | Phase::Open { .. } = self.phase {
            let unreadable = Unreadable::new(frame, "a binary frame");
            self.deliver(Incoming::Unreadable(unreadable));
        }
    }

    fn heard(&mut self) {
        if let Phase::Open { heartbeat, .. } = &mut self.phase {
            heartbeat.heard(self.now);
        }
    }

    fn pong(&mut self) {
        self.heard();
        if let Phase::Open { heartbeat, .. } = &mut self.phase
            && let Some(Beat::Check) = heartbeat.pong()
        {
            self.check_session();
        }
    }

    fn deliver(&mut self, incoming: Incoming) {
        self.outputs.push_back(Output::Deliver(incoming));
    }
}
