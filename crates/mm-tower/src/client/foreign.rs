//! Layers of others, whose errors do not say whether the request was sent.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use mm_core::{Body, BoxError, TransportError};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::adapt::{BoxFuture, BoxTransport, Transport, into_response, transport_error, unready};

/// Puts a layer around a service, and sees to it that what fails before it comes to that service counts as not sent: a
/// layer that sheds load, say, which has an error of its own for it.
pub(super) fn around<L, B>(layer: L, inner: BoxTransport) -> BoxTransport
where
    L: Layer<BoxTransport>,
    L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
    <L::Service as Service<Request<Body>>>::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let is_blind = Arc::new(AtomicBool::new(false));
    let below = BoxTransport::of(Below { inner, is_blind: Arc::clone(&is_blind) });
    BoxTransport::own(Above { inner: layer.layer(below), is_blind })
}

/// Travels in the request's extensions through the layer: whether it came out below.
#[derive(Clone)]
struct Passed(Arc<AtomicBool>);

/// What the layer is put around.
struct Below {
    inner: BoxTransport,
    /// Whether a request came without its [`Passed`]. Nothing is known of any request then.
    is_blind: Arc<AtomicBool>,
}

impl Transport for Below {
    fn send(&self, mut request: Request<Body>) -> BoxFuture {
        match request.extensions_mut().remove::<Passed>() {
            Some(passed) => passed.0.store(true, Ordering::SeqCst),
            None => self.is_blind.store(true, Ordering::SeqCst),
        }
        self.inner.send(request)
    }
}

/// The layer's service.
#[derive(Clone)]
struct Above<S> {
    inner: S,
    is_blind: Arc<AtomicBool>,
}

impl<S, B> Service<Request<Body>> for Above<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = AboveFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let passed = Passed(Arc::default());
        request.extensions_mut().insert(passed.clone());
        let is_blind = Arc::clone(&self.is_blind);
        AboveFuture { future: self.inner.call(request), passed, is_blind }
    }
}

pin_project! {
    struct AboveFuture<F> {
        #[pin]
        future: F,
        passed: Passed,
        is_blind: Arc<AtomicBool>,
    }
}

impl<F, B, E> Future for AboveFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready(match ready!(this.future.poll(cx)) {
            Ok(response) => Ok(into_response(response)),
            Err(error) => {
                let may_have_passed =
                    this.passed.0.load(Ordering::SeqCst) || this.is_blind.load(Ordering::SeqCst);
                Err(if may_have_passed { transport_error(error) } else { unready(error) })
            }
        })
    }
}

#[cfg(test)]
mod tests;
