//! From anybody's service to the one shape that the rest of this crate sees.

use std::any::Any;
use std::fmt;
use std::future::{self, Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::{Request, Response};
use mm_core::{Body, BoxError, Delivery, TransportError};
use pin_project_lite::pin_project;
use tower_service::Service;

/// Any HTTP service, be it a transport or a stack of layers, its type erased.
///
/// Cheap to clone, and always ready: it waits for the service inside of each call, on a clone that no other call has then.
#[derive(Clone)]
pub struct BoxTransport(Arc<dyn Transport>);

pub(crate) type BoxFuture = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

pub(crate) trait Transport: Send + Sync {
    fn send(&self, request: Request<Body>) -> BoxFuture;
}

/// A service whose types are ours.
struct Own<S> {
    service: S,
    /// A clone whose call has begun, free for the next one. To clone and drop a stack of layers takes longer than to look here.
    idle: Mutex<Option<Box<S>>>,
}

impl<S: Clone> Own<S> {
    fn take(&self) -> Box<S> {
        let idle = self.idle.try_lock().ok().and_then(|mut idle| idle.take());
        idle.unwrap_or_else(|| Box::new(self.service.clone()))
    }

    fn give_back(&self, service: Box<S>) {
        if let Ok(mut idle) = self.idle.try_lock() {
            *idle = Some(service);
        }
    }
}

impl<S> Transport for Own<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = TransportError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    fn send(&self, request: Request<Body>) -> BoxFuture {
        // The shared service is only cloned from: a clone that was made ready is the one to call.
        let mut service = self.take();
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            // As nearly every service is at once. Nothing but its future need be kept then.
            Poll::Ready(Ok(())) => {
                let future = Box::pin(service.call(request));
                self.give_back(service);
                future
            }
            Poll::Ready(Err(error)) => Box::pin(future::ready(Err(error))),
            Poll::Pending => once_ready(service, request),
        }
    }
}

#[cold]
fn once_ready<S>(mut service: Box<S>, request: Request<Body>) -> BoxFuture
where
    S: Service<Request<Body>, Response = Response<Body>, Error = TransportError> + Send + 'static,
    S::Future: Send,
{
    Box::pin(async move {
        poll_fn(|cx| service.poll_ready(cx)).await?;
        service.call(request).await
    })
}

impl BoxTransport {
    /// Erases the type of a service, whatever its error and its body.
    pub fn new<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::own(Adapt(service))
    }

    /// Erases the type of a service whose error and body are ours.
    pub(crate) fn own<S>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = TransportError>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send,
    {
        Self(Arc::new(Own { service, idle: Mutex::default() }))
    }

    pub(crate) fn of(transport: impl Transport + 'static) -> Self {
        Self(Arc::new(transport))
    }

    /// As a call, without a clone.
    pub(crate) fn send(&self, request: Request<Body>) -> BoxFuture {
        self.0.send(request)
    }
}

impl Service<Request<Body>> for BoxTransport {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = BoxFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> BoxFuture {
        self.0.send(request)
    }
}

impl fmt::Debug for BoxTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxTransport")
    }
}

/// Maps a service's body and error to ours.
#[derive(Debug, Clone)]
pub(crate) struct Adapt<S>(pub(crate) S);

impl<S, B> Service<Request<Body>> for Adapt<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = AdaptFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.0.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        AdaptFuture { future: self.0.call(request) }
    }
}

pin_project! {
    pub(crate) struct AdaptFuture<F> {
        #[pin]
        future: F,
    }
}

impl<F, B, E> Future for AdaptFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = ready!(self.project().future.poll(cx));
        Poll::Ready(result.map(into_response).map_err(transport_error))
    }
}

pin_project! {
    /// A service's future with its error made ours.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ErrorFuture<F> {
        #[pin]
        state: ErrorState<F>,
    }
}

pin_project! {
    #[project = ErrorStateProjection]
    #[derive(Debug)]
    enum ErrorState<F> {
        Call { #[pin] future: F },
        Failed { error: Option<TransportError> },
    }
}

impl<F> ErrorFuture<F> {
    pub(crate) fn call(future: F) -> Self {
        Self { state: ErrorState::Call { future } }
    }

    #[cold]
    pub(crate) fn failed(error: TransportError) -> Self {
        Self { state: ErrorState::Failed { error: Some(error) } }
    }
}

impl<F, T, E> Future for ErrorFuture<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<BoxError>,
{
    type Output = Result<T, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            ErrorStateProjection::Call { future } => future.poll(cx).map_err(transport_error),
            ErrorStateProjection::Failed { error } => match error.take() {
                Some(error) => Poll::Ready(Err(error)),
                // Polled after it was done, which no future has to bear.
                None => Poll::Pending,
            },
        }
    }
}

/// As [`TransportError::from_box`], for any error.
#[cold]
pub(crate) fn transport_error<E: Into<BoxError>>(error: E) -> TransportError {
    TransportError::from_box(error.into())
}

/// The error of a service that does not get ready: whatever it is, the request was not sent.
#[cold]
pub(crate) fn unready<E: Into<BoxError>>(error: E) -> TransportError {
    let error = transport_error(error);
    let not_sent = TransportError::new(error.kind(), Delivery::NotSent);
    match error.into_source() {
        Some(source) => not_sent.with_source(source),
        None => not_sent,
    }
}

/// The request again, if its body is ours and can be read again.
pub(crate) fn copy<R: 'static>(request: &Request<R>) -> Option<Request<R>> {
    let body: &dyn Any = request.body();
    let mut body = Some(body.downcast_ref::<Body>()?.try_clone()?);
    let body: &mut dyn Any = &mut body;
    let mut copy = Request::new(body.downcast_mut::<Option<R>>()?.take()?);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.version_mut() = request.version();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    Some(copy)
}

/// The answer with its body [ours](into_body).
pub(crate) fn into_response<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut response = Some(response);
    let any: &mut dyn Any = &mut response;
    // Answers are moved through several layers, and taking each apart for its body is what that costs.
    if let Some(own) = any.downcast_mut::<Option<Response<Body>>>() {
        return own.take().unwrap_or_default();
    }
    response.map_or_else(Response::default, |response| response.map(into_body))
}

/// Ours as it is, anything else as a stream.
pub(crate) fn into_body<B>(body: B) -> Body
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let mut body = Some(body);
    let any: &mut dyn Any = &mut body;
    if let Some(own) = any.downcast_mut::<Option<Body>>() {
        return own.take().unwrap_or_default();
    }
    body.filter(|body| !body.is_end_stream()).map_or_else(Body::empty, Body::stream)
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    #[tokio::test]
    async fn any_body_becomes_ours_with_its_content_and_length() {
        assert!(!into_body(Body::from("x")).is_stream());
        assert!(!into_body(http_body_util::Empty::new()).is_stream());
        let full = into_body(Full::new(Bytes::from_static(b"abc")));
        assert_eq!(full.len(), Some(3));
        assert_eq!(full.collect().await.unwrap().to_bytes(), "abc");
    }
}
