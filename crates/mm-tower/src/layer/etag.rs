mod cache;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, RANGE,
    TRANSFER_ENCODING,
};
use http::{Method, Request, Response, StatusCode, Uri, response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::Collect as CollectBody;
use mm_core::{Body, BoxError, EndpointInfo, Retry, TransportError};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

pub use self::cache::EtagStats;
use self::cache::{Cache, Entry, Found, Owner};
use super::collect::truncated;
use crate::adapt::{into_body, transport_error, unready};

/// The longest download that is kept, in bytes: profile pictures and the like.
const SMALL: u64 = 128 << 10;

/// Ends of the paths of POSTs that change nothing which is kept.
const READS: [&str; 8] =
    ["ids", "names", "usernames", "search", "group_channels", "member_count", "type", "typing"];

/// Keeps answers that have an `ETag`, and asks the server only whether they are still right.
///
/// If they are, the server answers 304 without a body, and the caller gets the answer that was kept, with its status and body and the
/// headers of the 304. The request is made all the same, so nothing is saved of a rate limit; what is saved are the
/// bytes, and for users, channels and lists of posts the server's work. Nothing is ever answered without asking.
///
/// * Only for operations whose [`EndpointInfo::etag`] says so, and that do not carry a condition or a range of the caller's.
/// * The tag is sent back byte for byte, without the quotes that HTTP wants and Mattermost does not know.
/// * Kept by server, token and URI; with another token nothing is found.
/// * Every write with a token forgets what was kept for it: the server's tags do not tell of all that
///   changes. Writes are all requests but GET, HEAD and those POSTs that read, such as searches.
/// * The least recently used answers are forgotten when there are too many bytes. Downloads are kept up to 128 KiB.
///
/// Belongs inside of [`AuthLayer`](super::AuthLayer) and [`BaseUrlLayer`](super::BaseUrlLayer): outside of the former all
/// users would share what is kept, and be shown what is not for them. Belongs outside of
/// [`CollectLayer`](super::CollectLayer) and of decompression: inside of the latter compressed bytes would be kept, to be
/// decompressed again for each 304. Clones share what is kept.
///
/// In a client: not there unless [`etags`](crate::ClientBuilder::etags) asks for it:
///
/// ```
/// use mm_mock::FakeServer;
/// use mm_tower::Client;
/// use mm_tower::api::users::GetUser;
/// use mm_tower::layer::EtagLayer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = FakeServer::new();
/// let alice = fake.user("alice").create();
/// let etags = EtagLayer::new(16 << 20);
/// let client = Client::builder("https://chat.example.com")?
///     .token(fake.token_for(&alice))
///     .etags(etags.clone())
///     .build(fake);
/// for _ in 0..3 {
///     assert_eq!(client.send(GetUser::me()).await?.username, "alice");
/// }
/// assert_eq!(etags.stats().not_modified, 2);
/// # Ok(())
/// # }
/// ```
///
/// Alone:
///
/// ```
/// use mm_mock::Town;
/// use mm_tower::api::users::GetUser;
/// use mm_tower::core::{BoxError, Endpoint as _};
/// use mm_tower::layer::EtagLayer;
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let town = Town::new();
/// let etags = EtagLayer::new(1 << 20);
/// let service = ServiceBuilder::new().layer(etags.clone()).service(town.fake.clone());
/// for _ in 0..2 {
///     let mut request = GetUser::me().to_request()?;
///     let token = format!("Bearer {}", town.alice.token.expose()).parse()?;
///     request.headers_mut().insert("authorization", token);
///     assert_eq!(service.clone().oneshot(request).await?.status(), 200);
/// }
/// assert_eq!(etags.stats().not_modified, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct EtagLayer {
    cache: Arc<Cache>,
}

impl EtagLayer {
    /// With room for this many bytes.
    #[must_use]
    pub fn new(max_bytes: usize) -> Self {
        Self { cache: Arc::new(Cache::new(max_bytes)) }
    }

    /// What it has done so far.
    #[must_use]
    pub fn stats(&self) -> EtagStats {
        self.cache.stats()
    }
}

impl fmt::Debug for EtagLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (max, stats) = (self.cache.max(), self.cache.stats());
        f.debug_struct("EtagLayer").field("max_bytes", &max).field("stats", &stats).finish()
    }
}

impl<S> Layer<S> for EtagLayer {
    type Service = Etag<S>;

    fn layer(&self, inner: S) -> Etag<S> {
        Etag { inner, layer: self.clone() }
    }
}

/// The service that [`EtagLayer`] makes.
#[derive(Debug, Clone)]
pub struct Etag<S> {
    inner: S,
    layer: EtagLayer,
}

impl<S, R, B> Service<Request<R>> for Etag<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = EtagFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        let cache = &self.layer.cache;
        let role = if is_write(&request) {
            let owner = Owner::of(&request);
            cache.written(&owner);
            Role::Write { _write: Write { cache: Arc::clone(cache), owner } }
        } else if is_cacheable(&request) {
            let (owner, uri) = (Owner::of(&request), request.uri().clone());
            let found = cache.find(&owner, &uri);
            if let Some(entry) = &found.entry {
                request.headers_mut().insert(IF_NONE_MATCH, entry.tag.clone());
            }
            Role::Read(Read { cache: Arc::clone(cache), owner, uri, found })
        } else {
            Role::Other
        };
        EtagFuture { state: State::Head { future: self.inner.call(request), role } }
    }
}

fn is_cacheable<R>(request: &Request<R>) -> bool {
    let has = |name| request.headers().contains_key(name);
    *request.method() == Method::GET
        && EndpointInfo::of(request).is_some_and(|info| info.etag)
        && !(has(IF_NONE_MATCH) || has(IF_MODIFIED_SINCE) || has(RANGE))
}

fn is_write<R>(request: &Request<R>) -> bool {
    match *request.method() {
        // There are some that change things.
        Method::GET => EndpointInfo::of(request).is_some_and(|info| !matches!(info.retry, Retry::Idempotent)),
        Method::HEAD | Method::OPTIONS => false,
        Method::POST => {
            let end = request.uri().path().rsplit('/').next();
            !end.is_some_and(|end| READS.contains(&end))
        }
        _ => true,
    }
}

/// What a request is to the cache.
enum Role {
    Read(Read),
    Write {
        /// Acts when it is dropped.
        _write: Write,
    },
    Other,
}

struct Write {
    cache: Arc<Cache>,
    owner: Owner,
}

impl Drop for Write {
    /// Done or given up: what was read meanwhile may be from before it.
    fn drop(&mut self) {
        self.cache.written(&self.owner);
    }
}

struct Read {
    cache: Arc<Cache>,
    owner: Owner,
    uri: Uri,
    found: Found,
}

impl Read {
    /// The answer that was kept, with what the server says anew.
    fn restore(self, entry: &Entry, mut head: response::Parts) -> Response<Body> {
        self.cache.hit(entry);
        let mut headers = entry.headers.clone();
        // These are about the body, and a 304 has none.
        for name in [CONTENT_LENGTH, CONTENT_ENCODING, CONTENT_TYPE, TRANSFER_ENCODING] {
            head.headers.remove(name);
        }
        for name in head.headers.keys() {
            headers.remove(name);
        }
        let mut last = None;
        for (name, value) in std::mem::take(&mut head.headers) {
            last = name.or(last);
            if let Some(name) = &last {
                headers.append(name.clone(), value);
            }
        }
        (head.status, head.headers) = (entry.status, headers);
        Response::from_parts(head, Body::from(entry.body.clone()))
    }

    fn keep(self, head: &response::Parts, body: Bytes) {
        if let Some(tag) = head.headers.get(ETAG).cloned() {
            let entry = Entry { tag, status: head.status, headers: head.headers.clone(), body };
            self.cache.keep(self.owner, self.uri, entry, self.found.writes);
        }
    }
}

pin_project! {
    /// The answer to come of [`Etag`].
    #[must_use = "futures do nothing unless polled"]
    pub struct EtagFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Head { #[pin] future: F, role: Role },
        Body { #[pin] body: CollectBody<Body>, rest: Option<(response::Parts, Read)> },
    }
}

impl<F> fmt::Debug for EtagFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EtagFuture")
    }
}

impl<F, B, E> Future for EtagFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Head { future, role } => {
                    let result = ready!(future.poll(cx)).map_err(transport_error);
                    let read = match std::mem::replace(role, Role::Other) {
                        Role::Read(read) => read,
                        Role::Write { .. } | Role::Other => {
                            return Poll::Ready(result.map(|response| response.map(into_body)));
                        }
                    };
                    let response = result?.map(into_body);
                    let status = response.status();
                    if let (StatusCode::NOT_MODIFIED, Some(entry)) = (status, read.found.entry.clone()) {
                        return Poll::Ready(Ok(read.restore(&entry, response.into_parts().0)));
                    }
                    if matches!(status.as_u16(), 401 | 403 | 404 | 410) {
                        read.cache.remove(&read.owner, &read.uri);
                    }
                    if status != StatusCode::OK || !response.headers().contains_key(ETAG) {
                        return Poll::Ready(Ok(response));
                    }
                    if response.body().is_stream() && response.body().len().is_none_or(|len| len > SMALL) {
                        return Poll::Ready(Ok(response));
                    }
                    let (head, body) = response.into_parts();
                    match body.into_bytes() {
                        Ok(bytes) => {
                            read.keep(&head, bytes.clone());
                            return Poll::Ready(Ok(Response::from_parts(head, Body::from(bytes))));
                        }
                        Err(stream) => {
                            let rest = Some((head, read));
                            this.state.set(State::Body { body: stream.collect(), rest });
                        }
                    }
                }
                StateProjection::Body { body, rest } => {
                    let bytes = ready!(body.poll(cx)).map_err(truncated)?.to_bytes();
                    let Some((head, read)) = rest.take() else {
                        return Poll::Ready(Err(truncated("polled after it was done".into())));
                    };
                    read.keep(&head, bytes.clone());
                    return Poll::Ready(Ok(Response::from_parts(head, Body::from(bytes))));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
