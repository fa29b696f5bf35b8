//! Actions on their way.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use mm_types::RawJson;

use super::reconnect::later;
use super::{Frame, Output, ProtocolConfig, Ticket};
use crate::socket::{ActionFailure, Call, NotSent};

/// Actions on their way.
///
/// Their numbers go on from one connection to the next: a server keeps replies that it could not send, and sends them after
/// the connection is resumed. With numbers that begin anew, such a reply would be taken for that of another action.
#[derive(Debug, Default)]
pub(super) struct Calls {
    last_seq: i64,
    waiting: VecDeque<Waiting>,
    flying: BTreeMap<i64, Flying>,
}

#[derive(Debug)]
struct Waiting {
    ticket: Ticket,
    call: Call,
    until: Instant,
}

#[derive(Debug)]
struct Flying {
    ticket: Ticket,
    until: Instant,
}

impl Calls {
    /// The next number.
    pub(super) const fn number(&mut self) -> i64 {
        self.last_seq += 1;
        self.last_seq
    }

    pub(super) fn add(
        &mut self,
        ticket: Ticket,
        call: Call,
        config: &ProtocolConfig,
        now: Instant,
    ) -> Result<(), Output> {
        if self.waiting.len() + self.flying.len() >= config.max_actions {
            return Err(failed(ticket, ActionFailure::NotSent(NotSent::TooMany)));
        }
        let until = later(now, call.time().unwrap_or(config.action_timeout));
        self.waiting.push_back(Waiting { ticket, call, until });
        Ok(())
    }

    /// Sends what waits.
    pub(super) fn send(&mut self, outputs: &mut VecDeque<Output>) {
        while let Some(Waiting { ticket, call, until }) = self.waiting.pop_front() {
            let seq = self.number();
            outputs.push_back(Output::Send(Frame::Text(call.frame(seq))));
            if call.replies() {
                self.flying.insert(seq, Flying { ticket, until });
            } else {
                outputs.push_back(Output::Reply { ticket, result: Ok(RawJson::default()) });
            }
        }
    }

    /// A reply came. Those to what nobody waits for any more are dropped.
    pub(super) fn replied(&mut self, seq: i64, result: Result<RawJson, ActionFailure>) -> Option<Output> {
        let Flying { ticket, .. } = self.flying.remove(&seq)?;
        Some(Output::Reply { ticket, result })
    }

    pub(super) fn forget(&mut self, ticket: Ticket) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
        self.flying.retain(|_, flying| flying.ticket != ticket);
    }

    /// The connection is lost.
    pub(super) fn lost(&mut self, outputs: &mut VecDeque<Output>) {
        let flying = std::mem::take(&mut self.flying);
        outputs.extend(flying.into_values().map(|flying| failed(flying.ticket, ActionFailure::Lost)));
    }

    /// There will be no other connection.
    pub(super) fn end(&mut self, reason: &NotSent, outputs: &mut VecDeque<Output>) {
        self.lost(outputs);
        let not_sent = |waiting: Waiting| failed(waiting.ticket, ActionFailure::NotSent(reason.clone()));
        outputs.extend(self.waiting.drain(..).map(not_sent));
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let waiting = self.waiting.iter().map(|waiting| waiting.until);
        waiting.chain(self.flying.values().map(|flying| flying.until)).min()
    }

    /// Gives up what took too long.
    pub(super) fn wake(&mut self, now: Instant, outputs: &mut VecDeque<Output>) {
        self.waiting.retain(|waiting| {
            let in_time = waiting.until > now;
            if !in_time {
                let failure = ActionFailure::NotSent(NotSent::NoConnection);
                outputs.push_back(failed(waiting.ticket, failure));
            }
            in_time
        });
        self.flying.retain(|_, flying| {
            let in_time = flying.until > now;
            if !in_time {
                outputs.push_back(failed(flying.ticket, ActionFailure::TimedOut));
            }
            in_time
        });
    }
}

pub(super) const fn failed(ticket: Ticket, failure: ActionFailure) -> Output {
    Output::Reply { ticket, result: Err(failure) }
}
