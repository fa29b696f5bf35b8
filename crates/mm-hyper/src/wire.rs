//! The byte stream under HTTP and TLS, with two bad habits of sockets taken out.
//!
//! **A server that answers before the upload is over.** Mattermost refuses a body that is too large with
//! 413 while the client still writes, then resets. The next write fails although the answer lies in the
//! receive buffer, and hyper ends a connection on the first write error: the caller would see "broken
//! pipe" where the server had said why. So a write error caused by the other side going away is held
//! back: what is written from then on goes nowhere, reading goes on, and the answer, or the end of
//! stream, decides how the call ends.
//!
//! **A pooled connection the server has closed meanwhile.** hyper looks for the end of stream before it
//! takes a new request, but the runtime's idea of what is readable is as old as its last look at the
//! operating system; with a current-thread runtime that only runs inside calls, that was at the end of
//! the previous call. So where a read has come up empty and some time has gone by, the socket itself is
//! asked. hyper then finds the connection closed while it still holds the request, and the pool sends it
//! over another one. A connection that was at work a moment ago is not asked: what the server did since
//! may be on its way as well as here, and asking costs a system call.

use std::io::{self, IoSlice, Read as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// Bytes taken at once where a buffer of our own has to be used.
const CHUNK: usize = 4096;

/// How long what the runtime knows of a socket is taken for true.
const FRESH: Duration = Duration::from_millis(1);

/// Bytes taken at once where none are expected.
const SCRAP: usize = 64;

/// One connection to the server or to a proxy.
pub(crate) struct Wire {
    socket: Socket,
    /// Requests are to be written in absolute form, for an HTTP proxy to forward.
    proxied: bool,
    upgraded: Upgraded,
    /// When a read found nothing, if nothing was read or written since.
    waiting: Option<Instant>,
    writing: Writing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Open,
    /// The other side is gone, but may have said something before.
    Gone,
    /// It is gone, and all it said has been read.
    Over,
}

enum Socket {
    Tcp(TokioIo<TcpStream>),
    #[cfg(unix)]
    Unix(TokioIo<UnixStream>),
}

/// Tells the wire that it no longer carries HTTP. Travels in the extensions of the response.
#[derive(Clone, Default)]
pub(crate) struct Upgraded(Arc<AtomicBool>);

impl Upgraded {
    /// From now on write errors are reported at once: whoever has the stream now may never read.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wire {
    pub(crate) fn tcp(stream: TokioIo<TcpStream>) -> Self {
        Self::new(Socket::Tcp(stream))
    }

    #[cfg(unix)]
    pub(crate) fn unix(stream: UnixStream) -> Self {
        Self::new(Socket::Unix(TokioIo::new(stream)))
    }

    fn new(socket: Socket) -> Self {
        Self { socket, proxied: false, upgraded: Upgraded::default(), waiting: None, writing: Writing::Open }
    }

    /// Has requests written in absolute form.
    pub(crate) fn forwarding(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// Reads although the other side is gone, to see when it has no more to say.
    fn poll_read_rest(&mut self, cx: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut chunk = [0; CHUNK];
        let room = buf.remaining().min(CHUNK);
        let mut part = ReadBuf::new(&mut chunk[..room]);
        let read = ready!(self.socket.poll_read(cx, part.unfilled()));
        if read.is_err() || part.filled().is_empty() {
            self.writing = Writing::Over;
        }
        buf.put_slice(part.filled());
        Poll::Ready(read)
    }

    fn wrote(&mut self, result: io::Result<usize>, len: usize) -> io::Result<usize> {
        self.waiting = None;
        match result {
            Err(error) if is_gone(&error) && !self.upgraded.get() && self.writing == Writing::Open => {
                self.writing = Writing::Gone;
                Ok(len)
            }
            other => other,
        }
    }
}

/// Whether a write failed because the other side does not take any more.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.writing != Writing::Open {
            return self.poll_read_rest(cx, buf);
        }
        if self.waiting.is_some_and(|since| since.elapsed() >= FRESH)
            && self.socket.poll_read_ready(cx).is_pending()
        {
            let mut chunk = [0; SCRAP];
            let room = buf.remaining().min(SCRAP);
            return match self.socket.read_now(&mut chunk[..room]) {
                // The task is registered already: the condition above has done it.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.waiting = Some(Instant::now());
                    Poll::Pending
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Err(error) => Poll::Ready(Err(error)),
                Ok(read) => {
                    self.waiting = None;
                    buf.put_slice(&chunk[..read]);
                    Poll::Ready(Ok(()))
                }
            };
        }
        let read = self.socket.poll_read(cx, buf);
        match read {
            Poll::Ready(_) => self.waiting = None,
            Poll::Pending if self.waiting.is_none() => self.waiting = Some(Instant::now()),
            Poll::Pending => {}
        }
        read
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.writing == Writing::Gone {
            return Poll::Ready(Ok(buf.len()));
        }
        let result = ready!(self.socket.poll_write(cx, buf));
        Poll::Ready(self.wrote(result, buf.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let len = bufs.iter().map(|buf| buf.len()).sum();
        if self.writing == Writing::Gone {
            return Poll::Ready(Ok(len));
        }
        let result = ready!(self.socket.poll_write_vectored(cx, bufs));
        Poll::Ready(self.wrote(result, len))
    }

    fn is_write_vectored(&self) -> bool {
        // Both kinds of socket take several buffers in one call.
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.writing != Writing::Open {
            return Poll::Ready(Ok(()));
        }
        self.socket.poll_shutdown(cx)
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.proxied).extra(self.upgraded.clone())
    }
}

impl Socket {
    fn poll_read(&mut self, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }

    fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => stream.inner().poll_read_ready(cx),
            #[cfg(unix)]
            Self::Unix(stream) => stream.inner().poll_read_ready(cx),
        }
    }

    /// Asks the operating system, which does not wait: the sockets are non-blocking.
    fn read_now(&self, buf: &mut [u8]) -> io::Result<usize> {
        let socket = match self {
            Self::Tcp(stream) => SockRef::from(stream.inner()),
            #[cfg(unix)]
            Self::Unix(stream) => SockRef::from(stream.inner()),
        };
        (&*socket).read(buf)
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
