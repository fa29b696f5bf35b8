//! Whether the other side is still there, and still knows us.
//!
//! A connection that leads nowhere and one whose session has ended are both silent. The first answers nothing at all; the
//! second still answers a WebSocket ping, because no session is needed for that.

use std::time::Instant;

use super::ProtocolConfig;
use super::reconnect::later;

#[derive(Debug)]
pub(super) struct Heartbeat {
    pulse: Pulse,
    /// When the last frame came.
    heard: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pulse {
    /// All is well until then.
    Resting { until: Instant },
    /// The action `ping` was sent.
    Asked { seq: i64, until: Instant },
    /// It was not answered, so a WebSocket ping was sent.
    Pinged { seq: i64, until: Instant },
    /// That was answered, but the action is not.
    Suspicious { seq: i64 },
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Send the action `ping` and say so with [`Heartbeat::asked`].
    Ask,
    /// Send a WebSocket ping.
    Ping,
    /// Find out about the session.
    Check,
    /// The connection is dead.
    Dead,
}

impl Heartbeat {
    pub(super) fn resting(config: &ProtocolConfig, now: Instant) -> Self {
        Self { pulse: Pulse::Resting { until: later(now, config.ping_interval) }, heard: now }
    }

    pub(super) fn asked(&mut self, seq: i64, config: &ProtocolConfig, now: Instant) {
        self.pulse = Pulse::Asked { seq, until: later(now, config.ping_timeout) };
    }

    /// Any frame came.
    pub(super) const fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    /// A reply came. Whether it was for us.
    pub(super) fn replied(&mut self, reply: i64, config: &ProtocolConfig, now: Instant) -> bool {
        let (Pulse::Asked { seq, .. } | Pulse::Pinged { seq, .. } | Pulse::Suspicious { seq }) = self.pulse
        else {
            return false;
        };
        if seq == reply {
            self.pulse = Pulse::Resting { until: later(now, config.ping_interval) };
        }
        seq == reply
    }

    /// A pong came.
    pub(super) fn pong(&mut self) -> Option<Beat> {
        let Pulse::Pinged { seq, .. } = self.pulse else { return None };
        self.pulse = Pulse::Suspicious { seq };
        Some(Beat::Check)
    }

    /// Something else says that the session may have ended.
    pub(super) const fn suspect(&mut self) {
        self.pulse = Pulse::Suspicious { seq: 0 };
    }

    pub(super) const fn is_suspicious(&self) -> bool {
        matches!(self.pulse, Pulse::Suspicious { .. })
    }

    pub(super) fn deadline(&self, config: &ProtocolConfig) -> Instant {
        let silence = later(self.heard, config.silence);
        match self.pulse {
            Pulse::Resting { until } | Pulse::Asked { until, .. } | Pulse::Pinged { until, .. } => {
                until.min(silence)
            }
            Pulse::Suspicious { .. } => silence,
        }
    }

    /// The [deadline](Self::deadline) has come.
    pub(super) fn wake(&mut self, config: &ProtocolConfig, now: Instant) -> Option<Beat> {
        if later(self.heard, config.silence) <= now {
            return Some(Beat::Dead);
        }
        match self.pulse {
            Pulse::Resting { until } if until <= now => Some(Beat::Ask),
            Pulse::Asked { seq, until } if until <= now => {
                self.pulse = Pulse::Pinged { seq, until: later(now, config.pong_timeout) };
                Some(Beat::Ping)
            }
            Pulse::Pinged { until, .. } if until <= now => Some(Beat::Dead),
            _ => None,
        }
    }
}
