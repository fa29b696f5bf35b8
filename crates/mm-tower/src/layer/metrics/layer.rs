use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use mm_core::{BoxError, EndpointInfo, TransportError};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use super::{CallEnded, CallStarted, Ending, Metrics};
use crate::adapt::{transport_error, unready};
use crate::layer::watch::Watch;

/// Tells [`Metrics`] of calls, and of what the layers inside of it do for them.
///
/// [`RetryLayer`](crate::layer::RetryLayer) adds its tries and the waits between them,
/// [`PacingLayer`](crate::layer::PacingLayer) its waits. Without a retry inside, each call is told of as one try.
///
/// Belongs outside of all of them. Inside of the retry every try would count as a call, and the waits between them
/// would be missing.
///
/// In a client: [`ClientBuilder::metrics`](crate::ClientBuilder::metrics); without that, there is none. Alone:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use mm_tower::core::Body;
/// use mm_tower::layer::metrics::{CallEnded, Metrics, MetricsLayer};
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// #[derive(Default)]
/// struct Failures(AtomicU32);
///
/// impl Metrics for Failures {
///     fn call_ended(&self, call: &CallEnded) {
///         self.0.fetch_add(u32::from(!call.ending.is_success()), Ordering::Relaxed);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), mm_tower::core::BoxError> {
/// let failures = Arc::new(Failures::default());
/// let service = ServiceBuilder::new()
///     .layer(MetricsLayer::new(Arc::clone(&failures)))
///     .service(mm_mock::FakeServer::new());
/// service.oneshot(http::Request::get("/api/v4/users/me").body(Body::empty())?).await?;
/// assert_eq!(failures.0.load(Ordering::Relaxed), 1, "nobody is logged in");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct MetricsLayer {
    metrics: Option<Arc<dyn Metrics>>,
}

impl MetricsLayer {
    /// For these metrics.
    #[must_use]
    pub fn new(metrics: impl Metrics) -> Self {
        Self { metrics: Some(Arc::new(metrics)) }
    }

    /// A layer that does nothing.
    #[must_use]
    pub const fn off() -> Self {
        Self { metrics: None }
    }

    pub(crate) const fn is_on(&self) -> bool {
        self.metrics.is_some()
    }
}

impl fmt::Debug for MetricsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsLayer").field("is_on", &self.is_on()).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for MetricsLayer {
    type Service = MetricsService<S>;

    fn layer(&self, inner: S) -> MetricsService<S> {
        MetricsService { inner, layer: self.clone() }
    }
}

/// The service that [`MetricsLayer`] makes.
#[derive(Debug, Clone)]
pub struct MetricsService<S> {
    inner: S,
    layer: MetricsLayer,
}

impl<S, R, B> Service<Request<R>> for MetricsService<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    R: http_body::Body,
    B: http_body::Body,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = MetricsFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        let call = self.layer.metrics.as_ref().map(|metrics| Call::begin(Arc::clone(metrics), &mut request));
        MetricsFuture { future: Some(self.inner.call(request)), call }
    }
}

/// A call under way. One that is dropped before its end was cancelled.
struct Call {
    metrics: Arc<dyn Metrics>,
    watch: Watch,
    operation: &'static str,
    began: Instant,
    sent: Option<u64>,
    is_over: bool,
}

impl Call {
    fn begin<R: http_body::Body>(metrics: Arc<dyn Metrics>, request: &mut Request<R>) -> Self {
        let info = EndpointInfo::of(request);
        let operation = info.map_or("request", |info| info.operation);
        let watch = Watch::new(Arc::clone(&metrics), operation);
        request.extensions_mut().insert(watch.clone());
        metrics.call_started(&CallStarted { operation, info });
        let sent = request.body().size_hint().exact();
        Self { metrics, watch, operation, began: Instant::now(), sent, is_over: false }
    }

    fn end(&mut self, ending: Ending, received: Option<u64>) {
        self.is_over = true;
        let duration = self.began.elapsed();
        if self.watch.attempts() == 0 {
            self.watch.attempt_ended(1, ending, duration, self.sent, received);
        }
        let (operation, attempts) = (self.operation, self.watch.attempts());
        self.metrics.call_ended(&CallEnded { operation, ending, attempts, duration });
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_over {
            self.end(Ending::Cancelled, None);
        }
    }
}

pin_project! {
    /// The answer to come of [`MetricsService`].
    #[must_use = "futures do nothing unless polled"]
    pub struct MetricsFuture<F> {
        // `None` when it is over. Dropped before the call ends, as its tries end with it.
        #[pin]
        future: Option<F>,
        call: Option<Call>,
    }
}

impl<F> fmt::Debug for MetricsFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsFuture")
    }
}

impl<F, B, E> Future for MetricsFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let result = ready!(future.poll(cx)).map_err(transport_error);
        this.future.set(None);
        if let Some(call) = this.call {
            let received = result.as_ref().ok().and_then(|response| response.body().size_hint().exact());
            call.end(Ending::of(&result), received);
        }
        Poll::Ready(result)
    }
}
