//! A transport for tests: answers from a closure, and notes what it was asked.

use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use mm_core::{Body, Delivery, TransportError, TransportErrorKind};
use tower_service::Service;

pub(crate) type Outcome = Result<Response<Body>, TransportError>;
type Handler = dyn Fn(usize, Request<Body>) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync;

/// Panics if it is called without having been ready, as some real services do.
pub(crate) struct Script {
    shared: Arc<Shared>,
    is_ready: bool,
}

struct Shared {
    handler: Box<Handler>,
    seen: Mutex<Vec<Seen>>,
    running: AtomicUsize,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl Script {
    /// The closure gets the number of the request, from 0, and the request.
    pub(crate) fn new<F>(handler: impl Fn(usize, Request<Body>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler = Box::new(move |number, request| Box::pin(handler(number, request)) as Pin<Box<_>>);
        let shared = Shared { handler, seen: Mutex::default(), running: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared), is_ready: false }
    }

    /// Answers that are there at once.
    pub(crate) fn answering(
        answer: impl Fn(usize, Request<Body>) -> Outcome + Send + Sync + 'static,
    ) -> Self {
        Self::new(move |number, request| std::future::ready(answer(number, request)))
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().iter().map(|seen| seen.uri.to_string().replace("https://a.example", "")).collect()
    }

    /// How many requests are neither answered nor given up.
    pub(crate) fn running(&self) -> usize {
        self.shared.running.load(Ordering::SeqCst)
    }
}

impl Clone for Script {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), is_ready: false }
    }
}

impl Service<Request<Body>> for Script {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Outcome> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called without being ready");
        let number = {
            let mut seen = self.shared.seen.lock().unwrap();
            let (method, uri) = (request.method().clone(), request.uri().clone());
            seen.push(Seen { method, uri, headers: request.headers().clone() });
            seen.len() - 1
        };
        let future = (self.shared.handler)(number, request);
        let shared = Arc::clone(&self.shared);
        shared.running.fetch_add(1, Ordering::SeqCst);
        let running = Running(shared);
        Box::pin(async move {
            let _running = running;
            future.await
        })
    }
}

struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// An answer with a body in memory, as a server of the real kind heads it.
pub(crate) fn answer(status: u16, body: impl Into<Body>) -> Outcome {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("x-request-id", "r1".parse().unwrap());
    Ok(response)
}

pub(crate) fn lost() -> Outcome {
    Err(TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent))
}

pub(crate) fn refused() -> Outcome {
    Err(TransportError::new(TransportErrorKind::Connect, Delivery::NotSent))
}

/// A body that comes in these pieces, and then ends or breaks.
pub(crate) fn pieces(pieces: &'static [&'static str], breaks: bool) -> Body {
    struct Pieces(std::slice::Iter<'static, &'static str>, bool);
    impl http_body::Body for Pieces {
        type Data = bytes::Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
            let piece = self
                .0
                .next()
                .map(|piece| Ok(http_body::Frame::data(bytes::Bytes::from_static(piece.as_bytes()))));
            let broken = std::mem::take(&mut self.1).then(|| Err(std::io::ErrorKind::UnexpectedEof.into()));
            Poll::Ready(match piece {
                Some(piece) => {
                    self.1 = broken.is_some();
                    Some(piece)
                }
                None => broken,
            })
        }
    }
    Body::stream(Pieces(pieces.iter(), breaks))
}

/// A directory that is gone with the test.
pub(crate) struct TempDir(pub(crate) PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        let unique = RandomState::new().build_hasher().finish();
        let path = std::env::temp_dir().join(format!("mm-tower-{unique:016x}"));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
