//! The times of the protocol.

use std::time::Duration;

/// How long the protocol waits for what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtocolConfig {
    /// For a connection, from the name lookup to the 101. 30 s.
    pub connect_timeout: Duration,
    /// For a sign of the session after the 101, before the token is sent once more as a frame. 2 s.
    pub challenge_after: Duration,
    /// For a sign of the session after the 101, all in all. 10 s.
    pub hello_timeout: Duration,
    /// Between two pings of ours. 30 s.
    pub ping_interval: Duration,
    /// For the reply to a ping. 15 s.
    pub ping_timeout: Duration,
    /// For the WebSocket's own pong, when there was no reply. 10 s.
    pub pong_timeout: Duration,
    /// For any frame at all. The server pings every 60 s. 75 s.
    pub silence: Duration,
    /// For the answer to a question about the session. 60 s.
    pub check_timeout: Duration,
    /// For the reply to an action, waiting for a connection included. 10 s.
    pub action_timeout: Duration,
    /// For the other side to end a connection that we close. 5 s.
    pub close_timeout: Duration,
    /// The shortest wait before an attempt: the server has to notice the end of a connection before it is resumed. 100 ms.
    pub min_delay: Duration,
    /// The longest wait before the first attempt; doubles with each. 1 s.
    pub base_delay: Duration,
    /// The longest wait before any attempt. 60 s.
    pub max_delay: Duration,
    /// The longest wait that a server is granted when it asks for one (`Retry-After`). 10 min.
    pub max_retry_after: Duration,
    /// How long a connection has to last to count as healthy. 30 s.
    pub healthy_after: Duration,
    /// How many attempts may follow each other without regard to `attempt_interval`. 8.
    pub attempt_burst: u32,
    /// How often there may be an attempt in the long run, those that got healthy not counted. 60 s.
    pub attempt_interval: Duration,
    /// How many actions may wait, for the connection or for their replies. 256.
    pub max_actions: usize,
}

impl Default for ProtocolConfig {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connect_timeout: seconds(30),
            challenge_after: seconds(2),
            hello_timeout: seconds(10),
            ping_interval: seconds(30),
            ping_timeout: seconds(15),
            pong_timeout: seconds(10),
            silence: seconds(75),
            check_timeout: seconds(60),
            action_timeout: seconds(10),
            close_timeout: seconds(5),
            min_delay: Duration::from_millis(100),
            base_delay: seconds(1),
            max_delay: seconds(60),
            max_retry_after: seconds(600),
            healthy_after: seconds(30),
            attempt_burst: 8,
            attempt_interval: seconds(60),
            max_actions: 256,
        }
    }
}
