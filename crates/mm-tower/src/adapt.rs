//! From anybody's service to the one shape that the rest of this crate sees.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use mm_core::{Body, BoxError, TransportError};
use pin_project_lite::pin_project;
use tower::util::BoxCloneSyncService;
use tower_service::Service;

/// Any transport or stack of layers, its type erased.
pub type BoxTransport = BoxCloneSyncService<Request<Body>, Response<Body>, TransportError>;

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
        self.0.poll_ready(cx).map_err(transport_error)
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
        Poll::Ready(result.map(|response| response.map(into_body)).map_err(transport_error))
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
pub(crate) fn transport_error<E: Into<BoxError>>(error: E) -> TransportError {
    TransportError::from_box(error.into())
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
