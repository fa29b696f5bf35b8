use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use mm_core::{BoxError, Delivery, TransportError, TransportErrorKind};
use tower_layer::Layer;
use tower_service::Service;

use crate::BaseUrl;
use crate::adapt::{ErrorFuture, unready};

/// Makes the relative URIs of operations absolute. Requests to another server are not sent.
///
/// Belongs inside of everything that looks at paths, right above the transport. Outside of
/// [`AuthLayer`](super::AuthLayer) it would still work, as that knows the server too; outside of a
/// layer that keys its state by path, such as a cache, that state would depend on the subpath.
#[derive(Debug, Clone)]
pub struct BaseUrlLayer {
    base: Arc<BaseUrl>,
}

impl BaseUrlLayer {
    /// For requests to this server.
    #[must_use]
    pub fn new(base: BaseUrl) -> Self {
        Self { base: Arc::new(base) }
    }
}

impl<S> Layer<S> for BaseUrlLayer {
    type Service = WithBaseUrl<S>;

    fn layer(&self, inner: S) -> WithBaseUrl<S> {
        WithBaseUrl { inner, base: Arc::clone(&self.base) }
    }
}

/// The service that [`BaseUrlLayer`] makes.
#[derive(Debug, Clone)]
pub struct WithBaseUrl<S> {
    inner: S,
    base: Arc<BaseUrl>,
}

impl<S, R> Service<Request<R>> for WithBaseUrl<S>
where
    S: Service<Request<R>>,
    S::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = TransportError;
    type Future = ErrorFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        match self.base.join(request.uri()) {
            Ok(uri) => {
                *request.uri_mut() = uri;
                ErrorFuture::call(self.inner.call(request))
            }
            Err(error) => {
                let local = TransportError::new(TransportErrorKind::Local, Delivery::NotSent);
                ErrorFuture::failed(local.with_source(error))
            }
        }
    }
}
