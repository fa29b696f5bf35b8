//! The two bodies of a call: the request's on its way to hyper, and the response's on its way out.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use mm_core::{BoxError, TransportError};

use crate::error;
use crate::pool::Lease;

/// The body of a response, as it comes in.
///
/// Errors are [`TransportError`]s; a body that ends too early is one of kind
/// [`Closed`](mm_core::TransportErrorKind::Closed). Dropping it before its end closes the connection
/// unless little is left; reading it to the end gives the connection back to the pool.
pub struct ResponseBody {
    incoming: hyper::body::Incoming,
    /// The connection, until the end has come.
    lease: Option<Lease>,
}

impl ResponseBody {
    /// A body whose connection goes back when it has been read.
    pub(crate) fn leased(incoming: hyper::body::Incoming, lease: Lease) -> Self {
        let mut body = Self { incoming, lease: Some(lease) };
        if body.incoming.is_end_stream() {
            body.give_back();
        }
        body
    }

    /// A body whose connection is somebody else's care.
    #[cfg(feature = "http2")]
    pub(crate) fn unleased(incoming: hyper::body::Incoming) -> Self {
        Self { incoming, lease: None }
    }

    fn give_back(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = ready!(Pin::new(&mut self.incoming).poll_frame(cx));
        if frame.is_none() || self.incoming.is_end_stream() {
            self.give_back();
        }
        Poll::Ready(frame.map(|frame| frame.map_err(error::of_response_body)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}

/// A request body whose failures can be told from all others.
pub(crate) struct RequestBody(pub(crate) mm_core::Body);

impl Body for RequestBody {
    type Data = Bytes;
    type Error = RequestBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestBodyError>>> {
        Pin::new(&mut self.0).poll_frame(cx).map_err(RequestBodyError)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Marks an error as the request body's own; the next in the chain is what the body said.
#[derive(Debug)]
pub(crate) struct RequestBodyError(BoxError);

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body stream failed")
    }
}

impl std::error::Error for RequestBodyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}
