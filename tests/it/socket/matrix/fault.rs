//! What goes wrong, and when.

use std::fmt;

use mm_mock::Town;

/// What happens to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Fin,
    Reset,
    Silence,
    CloseFrame,
    Garbage,
    NoEvent,
    LostEvent,
    LeftOutNumber,
    Revoked,
    RevokedWithLogin,
    Restart,
    Overflow,
}

impl Fault {
    pub(super) const ALL: [Self; 12] = [
        Self::Fin,
        Self::Reset,
        Self::Silence,
        Self::CloseFrame,
        Self::Garbage,
        Self::NoEvent,
        Self::LostEvent,
        Self::LeftOutNumber,
        Self::Revoked,
        Self::RevokedWithLogin,
        Self::Restart,
        Self::Overflow,
    ];

    /// Those that are about how bytes come and end.
    pub(super) const OF_BYTES: [Self; 6] =
        [Self::Fin, Self::Reset, Self::Silence, Self::CloseFrame, Self::Garbage, Self::Restart];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fin => "FIN",
            Self::Reset => "RST",
            Self::Silence => "silence",
            Self::CloseFrame => "close frame",
            Self::Garbage => "garbage",
            Self::NoEvent => "a text that is no event",
            Self::LostEvent => "an event lost on the way",
            Self::LeftOutNumber => "a number left out",
            Self::Revoked => "revoked, with a token",
            Self::RevokedWithLogin => "revoked, with a password",
            Self::Restart => "server restart",
            Self::Overflow => "the server's queue full",
        }
    }

    /// Does it to Alice's socket.
    pub(super) fn happen(self, town: &Town) {
        let sockets = town.fake.sockets().of(&town.alice);
        match self {
            Self::Fin => sockets.fin(),
            Self::Reset => sockets.reset(),
            Self::Silence => sockets.silence(),
            Self::CloseFrame => sockets.close(1001),
            Self::Garbage => sockets.bytes(b"\xff\xff\xff\xff"),
            Self::NoEvent => sockets.text("<html>"),
            Self::LostEvent => sockets.lose(1),
            Self::LeftOutNumber => sockets.skip(1),
            Self::Revoked | Self::RevokedWithLogin => {
                town.fake.end_sessions(&town.alice);
                &sockets
            }
            Self::Restart => {
                sockets.restart();
                &sockets
            }
            Self::Overflow => sockets.overflow(),
        };
    }
}

/// What goes on when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Load {
    /// Nothing.
    Idle,
    /// A post each second.
    Busy,
    /// An action is on its way.
    Action,
}

impl Load {
    pub(super) const ALL: [Self; 3] = [Self::Idle, Self::Busy, Self::Action];
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Action => "action",
        })
    }
}
