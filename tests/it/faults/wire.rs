//! The way to the fake, in process or over a socket, with a count of what went along it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http::header::COOKIE;
use http::{Request, Response};
use mm_core::{Body, Delivery, EndpointInfo, TransportError, TransportErrorKind};
use mm_hyper::HyperTransport;
use mm_mock::FakeServer;
use tower::{Service, ServiceExt as _};

/// A transport that counts the tries of operations.
#[derive(Clone)]
pub(crate) struct Wire {
    way: Way,
    seen: Arc<Seen>,
}

#[derive(Clone)]
enum Way {
    InProcess(FakeServer),
    /// Over a socket. The other address is one where nobody listens.
    Loopback(Box<HyperTransport>, http::uri::Authority),
}

#[derive(Default)]
struct Seen {
    /// Of everything but logins.
    tries: AtomicUsize,
    logins: AtomicUsize,
    running: AtomicUsize,
    cookies: AtomicUsize,
    to_refuse: AtomicUsize,
}

impl Wire {
    pub(crate) fn in_process(fake: &FakeServer) -> Self {
        Self { way: Way::InProcess(fake.clone()), seen: Arc::default() }
    }

    /// `nobody` is an address where nobody listens.
    pub(crate) fn loopback(transport: HyperTransport, nobody: &str) -> Self {
        let nobody = nobody.parse().expect("an address");
        Self { way: Way::Loopback(Box::new(transport), nobody), seen: Arc::default() }
    }

    pub(crate) fn tries(&self) -> usize {
        self.seen.tries.load(Ordering::SeqCst)
    }

    pub(crate) fn logins(&self) -> usize {
        self.seen.logins.load(Ordering::SeqCst)
    }

    /// How many tries are neither over nor given up.
    pub(crate) fn running(&self) -> usize {
        self.seen.running.load(Ordering::SeqCst)
    }

    pub(crate) fn cookies(&self) -> usize {
        self.seen.cookies.load(Ordering::SeqCst)
    }

    /// Leads so many of the next tries to where nobody listens.
    pub(crate) fn refuse(&self, tries: usize) {
        self.seen.to_refuse.store(tries, Ordering::SeqCst);
    }

    fn is_to_be_refused(&self) -> bool {
        let one_less = |left: usize| left.checked_sub(1);
        self.seen.to_refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok()
    }
}

/// A try under way, even if it is dropped before its end.
struct Running(Arc<Seen>);

impl Running {
    fn new(seen: &Arc<Seen>) -> Self {
        seen.running.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(seen))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Service<Request<Body>> for Wire {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let is_login = EndpointInfo::of(&request).is_some_and(|info| info.operation == "Login");
        let count = if is_login { &self.seen.logins } else { &self.seen.tries };
        count.fetch_add(1, Ordering::SeqCst);
        self.seen.cookies.fetch_add(request.headers().get_all(COOKIE).iter().count(), Ordering::SeqCst);
        let is_refused = !is_login && self.is_to_be_refused();
        let running = Running::new(&self.seen);
        match self.way.clone() {
            Way::InProcess(_) if is_refused => {
                let error = TransportError::new(TransportErrorKind::Connect, Delivery::NotSent);
                Box::pin(std::future::ready(Err(error)))
            }
            Way::InProcess(fake) => Box::pin(async move {
                let _running = running;
                fake.oneshot(request).await
            }),
            Way::Loopback(transport, nobody) => {
                if is_refused {
                    let mut uri = request.uri().clone().into_parts();
                    uri.authority = Some(nobody);
                    *request.uri_mut() = http::Uri::from_parts(uri).expect("parts of a URI");
                }
                Box::pin(async move {
                    let _running = running;
                    let response = transport.oneshot(request).await?;
                    Ok::<_, TransportError>(response.map(Body::stream))
                })
            }
        }
    }
}
