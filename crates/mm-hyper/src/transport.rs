//! The service: a request in, a response out.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::header::{CONTENT_LENGTH, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::Scheme;
use http::{Method, Request, Response, Version};
use mm_core::{Body, TransportError};
use tower_service::Service;

use crate::body::{RequestBody, ResponseBody};
use crate::error;
use crate::pool::Pool;
use crate::proxy::Proxies;
use crate::{HyperTransportBuilder, SetupError};

/// Speaks HTTP/2 or HTTP/1.1, whichever the TLS handshake comes to.
#[cfg(feature = "http2")]
pub(crate) type Http2Client = hyper_util::client::legacy::Client<crate::connect::Connector, RequestBody>;

/// Sends requests over HTTP. Cloning is cheap, and clones share their connections.
///
/// A [`Service`] from requests with absolute URIs to responses. It adds nothing of its own: no cookies,
/// no redirects, no retries except where a pooled connection turns out to be closed before anything was
/// written to it. Time limits on whole calls are a layer's business; only connecting has one in here.
///
/// Calls need a Tokio runtime with I/O and time. Dropping the future of a call gives it up; the
/// connection is closed if an answer was under way on it.
#[derive(Clone)]
pub struct HyperTransport {
    http1: Pool,
    /// For https, but not for requests that ask for another protocol: HTTP/2 does not know how to do that.
    #[cfg(feature = "http2")]
    http2: Http2Client,
    shared: Arc<Shared>,
}

/// What calls look at, and `Debug` shows.
pub(crate) struct Shared {
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) unix_socket: Option<std::path::PathBuf>,
    pub(crate) connect_timeout: Duration,
    pub(crate) idle_connections: usize,
    pub(crate) idle_timeout: Duration,
}

impl HyperTransport {
    /// A transport with the usual settings: the system's root certificates, the proxy the environment
    /// names, 10 s to connect.
    ///
    /// # Errors
    ///
    /// When a proxy variable in the environment is not the address of a proxy.
    pub fn new() -> Result<Self, SetupError> {
        Self::builder().build()
    }

    /// A transport with settings of your own.
    pub fn builder() -> HyperTransportBuilder {
        HyperTransportBuilder::default()
    }

    pub(crate) fn from_parts(
        http1: Pool,
        #[cfg(feature = "http2")] http2: Http2Client,
        shared: Shared,
    ) -> Self {
        Self {
            http1,
            #[cfg(feature = "http2")]
            http2,
            shared: Arc::new(shared),
        }
    }

    fn start(&self, mut request: Request<Body>) -> Result<BoxFuture, TransportError> {
        match request.uri().scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => self.authorize_to_proxy(&mut request),
            Some(scheme) if *scheme == Scheme::HTTPS && self.shared.unix_socket.is_some() => {
                return Err(error::unsendable(
                    "a unix socket speaks plain HTTP: use an http:// URL, with any host name",
                ));
            }
            Some(scheme) if *scheme == Scheme::HTTPS => {}
            Some(_) => return Err(error::unsendable("the URL must begin with http:// or https://")),
            None => {
                return Err(error::unsendable(
                    "the request has no server in its URI: give the client a base URL",
                ));
            }
        }
        // hyper leaves the length out if there is nothing to send, but some proxies answer that with 411.
        if matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH)
            && request.body().len() == Some(0)
        {
            request.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
        }
        // hyper picks the version of the connection; a request made for another would be refused.
        *request.version_mut() = Version::HTTP_11;
        let request = request.map(RequestBody);
        #[cfg(feature = "http2")]
        if request.uri().scheme() == Some(&Scheme::HTTPS)
            && !request.headers().contains_key(http::header::UPGRADE)
        {
            let call = self.http2.request(request);
            return Ok(Box::pin(async move {
                call.await.map(|response| response.map(ResponseBody::unleased)).map_err(error::classify)
            }));
        }
        Ok(Box::pin(self.http1.clone().send(request)))
    }

    /// A plain request is read by the proxy that forwards it, so that is where its credentials go. One
    /// in TLS is not: there the connector shows them when it asks for the tunnel.
    fn authorize_to_proxy(&self, request: &mut Request<Body>) {
        if self.shared.unix_socket.is_some() {
            return;
        }
        let Some(proxy) = self.shared.proxies.find(request.uri()) else { return };
        if let Some(value) = proxy.authorization()
            && !request.headers().contains_key(PROXY_AUTHORIZATION)
        {
            request.headers_mut().insert(PROXY_AUTHORIZATION, value.clone());
        }
    }
}

impl Service<Request<Body>> for HyperTransport {
    type Response = Response<ResponseBody>;
    type Error = TransportError;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> ResponseFuture {
        match self.start(request) {
            Ok(call) => ResponseFuture { state: State::Call(call), is_started: false },
            Err(error) => ResponseFuture { state: State::Failed(Some(error)), is_started: true },
        }
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.shared;
        let mut f = f.debug_struct("HyperTransport");
        f.field("connect_timeout", &shared.connect_timeout)
            .field("idle_connections", &shared.idle_connections)
            .field("idle_timeout", &shared.idle_timeout);
        match &shared.unix_socket {
            Some(path) => f.field("unix_socket", path),
            None => f.field("proxies", &shared.proxies),
        };
        f.finish_non_exhaustive()
    }
}

/// The response to come. Does nothing until it is polled, within a Tokio runtime.
#[must_use = "futures do nothing unless polled"]
pub struct ResponseFuture {
    state: State,
    /// Whether it was seen to run within a Tokio runtime.
    is_started: bool,
}

type BoxFuture = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, TransportError>> + Send>>;

enum State {
    Call(BoxFuture),
    Failed(Option<TransportError>),
}

impl Future for ResponseFuture {
    type Output = Result<Response<ResponseBody>, TransportError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.is_started {
            // Tokio would panic.
            if tokio::runtime::Handle::try_current().is_err() {
                self.state = State::Failed(Some(error::unsendable(
                    "no Tokio runtime: call from async code that runs in one",
                )));
            }
            self.is_started = true;
        }
        match &mut self.state {
            State::Call(call) => call.as_mut().poll(cx),
            State::Failed(error) => Poll::Ready(Err(error
                .take()
                .unwrap_or_else(|| error::unsendable("the call was polled after it had ended")))),
        }
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
