//! The bytes behind a 101, whoever made them.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read as _, Write as _};
use hyper::upgrade::Upgraded;
use mm_core::Duplex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub(super) enum Wire {
    /// Of a transport that is made of hyper.
    Hyper(Upgraded),
    /// Of any other.
    Other(Box<dyn Duplex>),
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.initialize_unfilled();
        let length = match &mut *self {
            Self::Hyper(stream) => {
                let mut theirs = hyper::rt::ReadBuf::new(room);
                ready!(Pin::new(stream).poll_read(cx, theirs.unfilled()))?;
                theirs.filled().len()
            }
            Self::Other(stream) => {
                let most = room.len();
                // More than there is room for cannot have been read.
                ready!(stream.poll_read(cx, room))?.min(most)
            }
        };
        buffer.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Hyper(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Other(stream) => stream.poll_write(cx, bytes).map_ok(|length| length.min(bytes.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Hyper(stream) => Pin::new(stream).poll_flush(cx),
            Self::Other(stream) => stream.poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Hyper(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Other(stream) => stream.poll_shutdown(cx),
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hyper(_) => "Wire(hyper)",
            Self::Other(_) => "Wire(other)",
        })
    }
}
