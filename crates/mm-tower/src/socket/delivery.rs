//! The last station before the consumer.

use std::task::{Context, Poll};
use std::time::Instant;

use mm_core::socket::Incoming;

use super::backfill::Filler;
use super::queue::Producer;

/// Takes what the protocol delivers, in its order, and sees to it that it reaches the queue. Whatever has to hold events
/// back or put others before them belongs here.
#[derive(Debug)]
pub(super) struct Delivery {
    queue: Producer,
    filler: Option<Box<Filler>>,
}

impl Delivery {
    pub(super) fn new(queue: Producer, filler: Option<Filler>) -> Self {
        Self { queue, filler: filler.map(Box::new) }
    }

    pub(super) fn accept(&mut self, incoming: Incoming, now: Instant) {
        match &mut self.filler {
            Some(filler) => filler.accept(incoming, &self.queue, now),
            None => self.queue.push(incoming, now),
        }
    }

    /// Does what there is to do beside taking in. To be called whenever the task is woken.
    pub(super) fn poll_work(&mut self, cx: &mut Context<'_>, now: Instant) {
        if let Some(filler) = &mut self.filler {
            filler.poll(cx, &self.queue, now);
        }
    }

    /// Ready when there is room for what may be read next.
    pub(super) fn poll_room(&mut self, cx: &Context<'_>) -> Poll<()> {
        match &self.filler {
            Some(filler) => filler.poll_room(cx, &self.queue),
            None => self.queue.poll_room(cx),
        }
    }

    /// Ready when the consumer is gone.
    pub(super) fn poll_abandoned(&mut self, cx: &Context<'_>) -> Poll<()> {
        self.queue.poll_abandoned(cx)
    }

    /// Whether events are lost already, so that waiting for room would save none.
    pub(super) fn is_overflown(&self) -> bool {
        self.queue.is_overflown() || self.filler.as_ref().is_some_and(|filler| filler.is_overflown())
    }
}
