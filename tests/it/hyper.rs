//! mm-hyper against real sockets on the loopback interface.

mod early_answer;
mod failures;
#[cfg(feature = "http2")]
mod http2;
mod pool;
mod proxy;
pub(crate) mod support;
pub(crate) mod tls;
mod unix_socket;
mod upgrade;
