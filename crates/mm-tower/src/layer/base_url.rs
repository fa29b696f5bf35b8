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
///
/// In a client: [`Client::builder`](crate::Client::builder) takes the URL. It cannot be left out; an
/// [`inner_layer`](crate::ClientBuilder::inner_layer) may send requests elsewhere all the same. Alone:
///
/// ```
/// use mm_tower::core::{Body, BoxError};
/// use mm_tower::layer::BaseUrlLayer;
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let transport = service_fn(async |request: http::Request<Body>| {
///     assert_eq!(request.uri(), "https://example.com/chat/api/v4/users/me");
///     Ok::<_, BoxError>(http::Response::new(Body::empty()))
/// });
/// let base = "https://example.com/chat".parse()?;
/// let service = ServiceBuilder::new().layer(BaseUrlLayer::new(base)).service(transport);
/// service.oneshot(http::Request::get("/api/v4/users/me").body(Body::empty())?).await?;
/// # Ok(())
/// # }
/// ```
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
