//! The server's side of a WebSocket: the same frames over and over, from memory, so that only the reader is measured.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use mm_core::Duplex;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::sample;

/// How many different frames there are.
const FRAMES: usize = 64;

/// The first number, which has as many digits as all that follow.
const FIRST: u64 = 1_000_000_000;

/// Frames without an end, and a bin for whatever is written.
pub(crate) struct Tape {
    bytes: Vec<u8>,
    at: usize,
    /// The first `hello`, where it is wanted.
    hello: Vec<u8>,
    /// Where each frame's number stands.
    numbers: Vec<usize>,
    next: u64,
}

impl Tape {
    /// `posted` events.
    pub(crate) fn posted() -> Self {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        let mut next = FIRST;
        for number in 0..FRAMES {
            frame(&mut bytes, &sample::posted(number, next));
            numbers.push(bytes.len() - "1000000000}".len());
            next += 1;
        }
        Self { bytes, at: 0, hello: Vec::new(), numbers, next }
    }

    /// A greeting before them.
    pub(crate) fn with_hello(mut self) -> Self {
        let hello = r#"{"event":"hello","data":{"connection_id":"n1111111111111111111111111","server_version":"11.6.0"},"broadcast":{},"seq":SEQ}"#;
        frame(&mut self.hello, &hello.replace("SEQ", &(FIRST - 1).to_string()));
        self
    }

    fn read(&mut self, buffer: &mut [u8]) -> usize {
        if !self.hello.is_empty() {
            let length = self.hello.len().min(buffer.len());
            buffer[..length].copy_from_slice(&self.hello[..length]);
            self.hello.drain(..length);
            return length;
        }
        if self.at == self.bytes.len() {
            self.rewind();
        }
        let rest = &self.bytes[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        length
    }

    /// The same frames once more, with new numbers.
    fn rewind(&mut self) {
        self.at = 0;
        for at in &self.numbers {
            let mut number = self.next;
            for digit in self.bytes[*at..*at + 10].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
            self.next += 1;
        }
    }
}

/// A text frame as a server sends it. All of them are of middling length.
fn frame(bytes: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    bytes.push(0x81);
    match u8::try_from(length) {
        Ok(length @ ..=125) => bytes.push(length),
        _ => {
            bytes.push(126);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend(text.as_bytes());
}

impl AsyncRead for Tape {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let length = self.read(buffer.initialize_unfilled());
        buffer.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tape {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Duplex for Tape {
    fn poll_read(&mut self, _: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(self.read(buffer)))
    }

    fn poll_write(&mut self, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
