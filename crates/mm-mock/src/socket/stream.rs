//! The bytes below a socket: in memory, or a connection of the listener.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

#[cfg(feature = "listen")]
use bytes::{Buf as _, Bytes};
#[cfg(feature = "listen")]
use hyper_util::rt::TokioIo;
use mm_core::Duplex;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
#[cfg(feature = "listen")]
use tokio::net::TcpStream;

/// How much fits into the pipe in memory, each way.
const PIPE: usize = 64 * 1024;

/// The server's end.
pub(super) enum Stream {
    Memory {
        pipe: DuplexStream,
        was_reset: Arc<AtomicBool>,
    },
    /// With what was read before the connection left HTTP.
    #[cfg(feature = "listen")]
    Tcp {
        tcp: TcpStream,
        early: Bytes,
    },
    /// What a server of somebody else's had below.
    #[cfg(feature = "listen")]
    Other(TokioIo<hyper::upgrade::Upgraded>),
}

/// The client's end of a pipe in memory.
struct ClientEnd {
    pipe: DuplexStream,
    was_reset: Arc<AtomicBool>,
}

/// Both ends of a connection in memory.
pub(super) fn in_memory() -> (Stream, mm_core::Upgrade) {
    let (server, client) = tokio::io::duplex(PIPE);
    let was_reset = Arc::new(AtomicBool::new(false));
    let theirs = ClientEnd { pipe: client, was_reset: Arc::clone(&was_reset) };
    (Stream::Memory { pipe: server, was_reset }, mm_core::Upgrade::new(theirs))
}

impl Stream {
    #[cfg(feature = "listen")]
    pub(super) fn of(upgraded: hyper::upgrade::Upgraded) -> Self {
        match upgraded.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => Self::Tcp { tcp: parts.io.into_inner(), early: parts.read_buf },
            Err(upgraded) => Self::Other(TokioIo::new(upgraded)),
        }
    }

    /// Reads into `buffer`; no bytes are the end.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        let read = match self {
            Self::Memory { pipe, .. } => Pin::new(pipe).poll_read(cx, &mut buffer),
            #[cfg(feature = "listen")]
            Self::Tcp { early, .. } if !early.is_empty() => {
                let length = early.len().min(buffer.remaining());
                buffer.put_slice(&early[..length]);
                early.advance(length);
                Poll::Ready(Ok(()))
            }
            #[cfg(feature = "listen")]
            Self::Tcp { tcp, .. } => Pin::new(tcp).poll_read(cx, &mut buffer),
            #[cfg(feature = "listen")]
            Self::Other(io) => Pin::new(io).poll_read(cx, &mut buffer),
        };
        read.map_ok(|()| buffer.filled().len())
    }

    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Memory { pipe, .. } => Pin::new(pipe).poll_write(cx, bytes),
            #[cfg(feature = "listen")]
            Self::Tcp { tcp, .. } => Pin::new(tcp).poll_write(cx, bytes),
            #[cfg(feature = "listen")]
            Self::Other(io) => {
                // What is above TCP may hold bytes back.
                let written = Pin::new(&mut *io).poll_write(cx, bytes);
                if written.is_ready() {
                    let _ = Pin::new(io).poll_flush(cx);
                }
                written
            }
        }
    }

    /// Ends the connection in an orderly way: the client reads what was written, and then the end.
    pub(super) fn finish(self) {
        #[cfg(feature = "listen")]
        if let Self::Tcp { mut tcp, .. } = self {
            // What nobody has read would make it a reset.
            while matches!(tcp.try_read(&mut [0; 4096]), Ok(1..)) {}
            let _ = Pin::new(&mut tcp).poll_shutdown(&mut Context::from_waker(std::task::Waker::noop()));
        }
    }

    /// Ends the connection as a host does that knows of none, so that reading and writing fails.
    pub(super) fn reset(self) {
        match self {
            Self::Memory { was_reset, .. } => was_reset.store(true, Ordering::Release),
            #[cfg(feature = "listen")]
            Self::Tcp { tcp, .. } => {
                let _ = tcp.set_zero_linger();
            }
            #[cfg(feature = "listen")]
            Self::Other(_) => {}
        }
    }
}

impl ClientEnd {
    fn check(&self) -> io::Result<()> {
        if self.was_reset.load(Ordering::Acquire) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl Duplex for ClientEnd {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        let mut buffer = ReadBuf::new(buffer);
        let read = Pin::new(&mut self.pipe).poll_read(cx, &mut buffer);
        read.map_ok(|()| buffer.filled().len())
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.pipe).poll_write(cx, bytes)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.pipe).poll_flush(cx)
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(cx)
    }
}
