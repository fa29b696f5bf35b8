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
//! asked. Whether it has is what the pool says, which knows when it was given the connection; without a pool
//! that says so, as with HTTP/2, the clock is read here. hyper then finds the connection closed while it still holds the request, and the pool sends it
//! over another one. A connection that was at work a moment ago is not asked: what the server did since
//! may be on its way as well as here, and asking costs a system call.

use std::io::{self, IoSlice, Read as _};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
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
    lookout: Lookout,
    waiting: Waiting,
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

/// Whether a read found nothing, with nothing read or written since.
#[derive(Clone, Copy)]
enum Waiting {
    No,
    Yes,
    /// Yes, and nobody but the wire notes for how long.
    Since(Instant),
}

/// What whoever uses a connection tells its wire. Travels in the connection's extras.
#[derive(Clone, Default)]
pub(crate) struct Lookout(Arc<Told>);

#[derive(Default)]
struct Told {
    is_upgraded: AtomicBool,
    rest: AtomicU8,
}

/// Nobody says how long it rests.
const UNTOLD: u8 = 0;
/// It was at work a moment ago.
const SHORT: u8 = 1;
/// It has not been at work for a while, and nobody has asked the socket since.
const LONG: u8 = 2;

impl Lookout {
    /// It no longer carries HTTP. From now on write errors are reported at once: whoever has the stream now may never read.
    pub(crate) fn upgraded(&self) {
        self.0.is_upgraded.store(true, Ordering::Relaxed);
    }

    /// It is used again, after so long a rest.
    pub(crate) fn rested(&self, time: Duration) {
        // What was not looked at yet has to be.
        if time >= FRESH {
            self.0.rest.store(LONG, Ordering::Relaxed);
        } else if self.rest() == UNTOLD {
            self.0.rest.store(SHORT, Ordering::Relaxed);
        }
    }

    fn looked(&self) {
        if self.rest() == LONG {
            self.0.rest.store(SHORT, Ordering::Relaxed);
        }
    }

    fn rest(&self) -> u8 {
        self.0.rest.load(Ordering::Relaxed)
    }

    fn is_upgraded(&self) -> bool {
        self.0.is_upgraded.load(Ordering::Relaxed)
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
        Self {
            socket,
            proxied: false,
            lookout: Lookout::default(),
            waiting: Waiting::No,
            writing: Writing::Open,
        }
    }

    /// Has requests written in absolute form.
    pub(crate) fn forwarding(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// Reads although the other side is gone, to see when it has no more to say.
    // A function of its own, as every read would need the room on the stack otherwise.
    #[cold]
    #[inline(never)]
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

    /// Reads from the socket itself, which the runtime knows nothing new of.
    #[cold]
    fn read_now(&mut self, cx: &Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut chunk = [0; SCRAP];
        let room = buf.remaining().min(SCRAP);
        match self.socket.read_now(&mut chunk[..room]) {
            // The task is registered already: that was found out when the runtime was asked.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.lookout.looked();
                self.found_nothing();
                Poll::Pending
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(error)),
            Ok(read) => {
                self.waiting = Waiting::No;
                buf.put_slice(&chunk[..read]);
                Poll::Ready(Ok(()))
            }
        }
    }

    /// Whether what the runtime knows of the socket may be out of date.
    fn is_stale(&self) -> bool {
        match self.waiting {
            Waiting::No => false,
            Waiting::Yes => self.lookout.rest() == LONG,
            Waiting::Since(time) => time.elapsed() >= FRESH,
        }
    }

    fn found_nothing(&mut self) {
        self.waiting = match self.lookout.rest() {
            UNTOLD => Waiting::Since(Instant::now()),
            _ => Waiting::Yes,
        };
    }

    fn wrote(&mut self, result: io::Result<usize>, len: usize) -> io::Result<usize> {
        self.waiting = Waiting::No;
        match result {
            Err(error) if is_gone(&error) && !self.lookout.is_upgraded() && self.writing == Writing::Open => {
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
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.writing != Writing::Open {
            return self.poll_read_rest(cx, buf);
        }
        if self.is_stale() && self.socket.poll_read_ready(cx).is_pending() {
            return self.read_now(cx, buf);
        }
        let read = self.socket.poll_read(cx, buf);
        match read {
            Poll::Ready(_) => self.waiting = Waiting::No,
            Poll::Pending if matches!(self.waiting, Waiting::No) => self.found_nothing(),
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
        Connected::new().proxy(self.proxied).extra(self.lookout.clone())
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
