//! What to do when: the socket's state machine.

mod config;
mod io;

use std::collections::VecDeque;
use std::time::Instant;

pub use self::{config::*, io::*};

/// The life of a socket, without I/O, clock and randomness.
///
/// Hand in what happened with [`handle`](Self::handle), then do what [`poll`](Self::poll) says until it says nothing, then
/// wait for the next thing to happen, but no longer than until [`deadline`](Self::deadline).
#[derive(Debug)]
pub struct Protocol {
    config: ProtocolConfig,
    seed: u64,
    now: Instant,
    outputs: VecDeque<Output>,
    state: State,
}

impl Protocol {
    /// A socket that is not connected yet. The seed spreads the attempts of many clients over time.
    #[must_use]
    pub fn new(config: ProtocolConfig, seed: u64, now: Instant) -> Self {
        let outputs = VecDeque::from([Output::Connect(Connect::default())]);
        Self { config, seed, now, outputs, state: State::Connecting { attempt: 1 } }
    }

    /// Takes in what happened.
    pub fn handle(&mut self, input: Input<'_>, now: Instant) {
        self.now = now;
        if let Input::Close = input {
            self.state = State::Closed;
            self.outputs.push_back(Output::Finished);
        }
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to hand in [`Input::Wake`] at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        (self.seed == 0).then(|| self.now.checked_add(self.config.ping_interval))?
    }

    /// Where it is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }
}
