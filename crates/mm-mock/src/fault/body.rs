//! Bodies that do not come as they should.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http_body::Frame;
use mm_core::{Body, BoxError};
use tokio::time::{Sleep, sleep};

use super::closed;

/// What becomes of the server's own body.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// The connection ends after this many bytes.
    Truncate(usize),
    /// Nothing comes any more after this many bytes.
    Stall(usize),
    /// It ends after this many bytes, and the head agrees.
    Shorten(usize),
    /// So many bytes at a time, each piece after a pause.
    Trickle(usize, Duration),
}

pub(crate) fn shaped(response: Response<Body>, shape: Shape) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    // A body in memory says how long it would have been; a stream is cut off at once.
    let content = body.into_bytes().unwrap_or_default();
    let (kept, announced) = match shape {
        Shape::Truncate(bytes) | Shape::Stall(bytes) => (bytes, content.len().max(bytes.saturating_add(1))),
        Shape::Shorten(bytes) => (bytes, content.len().min(bytes)),
        Shape::Trickle(..) => (content.len(), content.len()),
    };
    let kept = content.slice(..kept.min(content.len()));
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(announced));
    let (piece, pause, end) = match shape {
        Shape::Shorten(_) => return Response::from_parts(head, kept.into()),
        Shape::Truncate(_) => (usize::MAX, Duration::ZERO, End::Closed { has_paused: false }),
        Shape::Stall(_) => (usize::MAX, Duration::ZERO, End::Silent),
        Shape::Trickle(piece, pause) => (piece.max(1), pause, End::Whole),
    };
    Response::from_parts(head, Body::stream(Played { left: kept, piece, pause, sleep: None, end }))
}

/// Some bytes, and then what comes instead of more.
struct Played {
    left: Bytes,
    piece: usize,
    pause: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    end: End,
}

enum End {
    Whole,
    Silent,
    Closed { has_paused: bool },
}

impl http_body::Body for Played {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if !this.left.is_empty() {
            if !this.pause.is_zero() {
                let pause = this.pause;
                ready!(this.sleep.get_or_insert_with(|| Box::pin(sleep(pause))).as_mut().poll(cx));
                this.sleep = None;
            }
            let piece = this.left.split_to(this.piece.min(this.left.len()));
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match &mut this.end {
            End::Whole => Poll::Ready(None),
            End::Silent => Poll::Pending,
            End::Closed { has_paused } => {
                if !std::mem::replace(has_paused, true) {
                    // What was given so far goes out only while there is nothing more to give.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(closed().into())))
            }
        }
    }
}
