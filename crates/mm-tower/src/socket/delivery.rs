//! The last station before the consumer.

use std::task::{Context, Poll};
use std::time::Instant;

use mm_core::socket::Incoming;

use super::queue::Producer;

/// Takes what the protocol delivers, in its order, and sees to it that it reaches the queue. Whatever has to hold events
/// back or put others before them belongs here.
#[derive(Debug)]
pub(super) struct Delivery {
    queue: Producer,
}

impl Delivery {
    pub(super) fn new(queue: Producer) -> Self {
        Self { queue }
    }

    pub(super) fn accept(&mut self, incoming: Incoming, now: Instant) {
        self.queue.push(incoming, now);
    }

    /// Ready when there is room for what may be read next.
    pub(super) fn poll_room(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.queue.poll_room(cx)
    }

    /// Ready when the consumer is gone.
    pub(super) fn poll_abandoned(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.queue.poll_abandoned(cx)
    }

    /// Whether events are lost already, so that waiting for room would save none.
    pub(super) fn is_overflown(&self) -> bool {
        self.queue.is_overflown()
    }
}
