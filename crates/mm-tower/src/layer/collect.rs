use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response, response};
use mm_core::{Body, BoxError, Delivery, EndpointInfo, ResponseKind, TransportError, TransportErrorKind};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::adapt::{into_body, transport_error, unready};

/// The largest buffer made on the strength of a `Content-Length` alone, in bytes.
const TRUSTED: usize = 16 << 20;

/// Reads answers to their end before it hands them over, so that a truncated answer is an error of
/// the try.
///
/// Downloads, upgrades and answers to requests without an [`EndpointInfo`] are handed over as they
/// come; a download that is refused is read like any other answer.
///
/// Belongs inside of [`RetryLayer`](super::RetryLayer): outside of it a truncated answer
/// would be found out when nobody tries again any more. Belongs outside of layers that change the body, such as
/// decompression.
///
/// In a client: [`max_answer`](crate::ClientBuilder::max_answer) sets the limit. It cannot be left out, as answers are decoded
/// from memory; what is to come piece by piece is a download. Alone:
///
/// ```
/// use mm_tower::api::users::GetUser;
/// use mm_tower::core::{Body, BoxError, Endpoint as _};
/// use mm_tower::layer::CollectLayer;
/// use tower::{ServiceBuilder, ServiceExt as _, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let transport = service_fn(async |_: http::Request<Body>| {
///     let arriving = Body::stream(Body::from(r#"{"username": "alice"}"#));
///     Ok::<_, BoxError>(http::Response::new(arriving))
/// });
/// let service = ServiceBuilder::new().layer(CollectLayer::new(1 << 20)).service(transport);
/// let response = service.oneshot(GetUser::me().to_request()?).await?;
/// assert_eq!(GetUser::decode(response)?.username, "alice");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CollectLayer {
    limit: u64,
}

impl CollectLayer {
    /// The limit of [`CollectLayer::default`], in bytes.
    pub const DEFAULT_LIMIT: u64 = 64 << 20;

    /// Answers longer than `limit` bytes are an error
    /// ([`TooLarge`](TransportErrorKind::TooLarge)).
    #[must_use]
    pub const fn new(limit: u64) -> Self {
        Self { limit }
    }
}

impl Default for CollectLayer {
    /// With a limit of 64 MiB.
    fn default() -> Self {
        Self::new(Self::DEFAULT_LIMIT)
    }
}

impl<S> Layer<S> for CollectLayer {
    type Service = Collect<S>;

    fn layer(&self, inner: S) -> Collect<S> {
        Collect { inner, limit: self.limit }
    }
}

/// The service that [`CollectLayer`] makes.
#[derive(Debug, Clone)]
pub struct Collect<S> {
    inner: S,
    limit: u64,
}

impl<S, R, B> Service<Request<R>> for Collect<S>
where
    S: Service<Request<R>, Response = Response<B>>,
    S::Error: Into<BoxError>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = CollectFuture<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let kind = EndpointInfo::of(&request).map(|info| info.response);
        let limit = self.limit;
        let has_body = *request.method() != Method::HEAD;
        CollectFuture { state: State::Head { future: self.inner.call(request) }, kind, has_body, limit }
    }
}

pin_project! {
    /// The answer to come of [`Collect`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct CollectFuture<F, B> {
        #[pin]
        state: State<F, B>,
        kind: Option<ResponseKind>,
        has_body: bool,
        limit: u64,
    }
}

pin_project! {
    #[project = StateProjection]
    #[derive(Debug)]
    enum State<F, B> {
        Head { #[pin] future: F },
        Body { head: Option<response::Parts>, #[pin] body: B, gathered: Gathered },
    }
}

impl<F, B, E> Future for CollectFuture<F, B>
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
                StateProjection::Head { future } => {
                    let response = ready!(future.poll(cx)).map_err(transport_error)?;
                    let status = response.status();
                    let as_it_comes = match this.kind {
                        None => true,
                        Some(ResponseKind::Stream) => status.is_success(),
                        Some(_) => false,
                    };
                    if as_it_comes || status.is_informational() {
                        return Poll::Ready(Ok(response.map(into_body)));
                    }
                    if is_here(response.body()) {
                        let response = response.map(into_body);
                        // A test with a fake should end as the call it stands for.
                        let is_too_large = response.body().len().is_some_and(|length| length > *this.limit);
                        return Poll::Ready(if is_too_large {
                            Err(too_large(*this.limit))
                        } else {
                            Ok(response)
                        });
                    }
                    let (head, body) = response.into_parts();
                    let has_body = *this.has_body && status != http::StatusCode::NOT_MODIFIED;
                    // HTTP/1.1 itself knows the length and sees to it that it comes.
                    let announced = has_body
                        .then(|| body.size_hint().exact().or_else(|| content_length(&head)))
                        .flatten();
                    if announced.is_some_and(|length| length > *this.limit) {
                        return Poll::Ready(Err(too_large(*this.limit)));
                    }
                    let gathered = Gathered { announced, limit: *this.limit, content: Content::None };
                    this.state.set(State::Body { head: Some(head), body, gathered });
                }
                StateProjection::Body { head, body, gathered } => {
                    let content = match ready!(body.poll_frame(cx)) {
                        Some(Ok(frame)) => {
                            if let Ok(data) = frame.into_data() {
                                gathered.add(data)?;
                            }
                            continue;
                        }
                        Some(Err(error)) => return Poll::Ready(Err(truncated(error.into()))),
                        None => gathered.finish()?,
                    };
                    return Poll::Ready(match head.take() {
                        Some(head) => Ok(Response::from_parts(head, Body::from(content))),
                        None => Err(truncated("polled after it was done".into())),
                    });
                }
            }
        }
    }
}

/// Whether there is nothing left to wait for.
fn is_here<B: http_body::Body + 'static>(body: &B) -> bool {
    let own = (body as &dyn Any).downcast_ref::<Body>();
    own.map_or_else(|| body.is_end_stream(), |own| !own.is_stream())
}

fn content_length(head: &response::Parts) -> Option<u64> {
    head.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What was read of a body so far. A single frame is kept as it came, several go into one buffer.
#[derive(Debug)]
struct Gathered {
    announced: Option<u64>,
    limit: u64,
    content: Content,
}

enum Content {
    None,
    One(Bytes),
    Many(Vec<u8>),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.len())
    }
}

impl Content {
    fn len(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many(buffer) => buffer.len(),
        }
    }
}

impl Gathered {
    fn add(&mut self, data: Bytes) -> Result<(), TransportError> {
        let length = self.content.len() + data.remaining();
        if length as u64 > self.limit {
            return Err(too_large(self.limit));
        }
        match &mut self.content {
            Content::None => self.content = Content::One(data),
            Content::Many(buffer) => buffer.extend_from_slice(&data),
            Content::One(first) => {
                let announced = self.announced.and_then(|length| usize::try_from(length).ok());
                let capacity = announced.unwrap_or(length * 2).clamp(length, TRUSTED.max(length));
                let mut buffer = Vec::with_capacity(capacity);
                buffer.extend_from_slice(first);
                buffer.extend_from_slice(&data);
                self.content = Content::Many(buffer);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Bytes, TransportError> {
        let missing = self.announced.and_then(|length| length.checked_sub(self.content.len() as u64));
        if let Some(missing @ 1..) = missing {
            return Err(truncated(format!("the answer lacks its last {missing} bytes").into()));
        }
        Ok(match std::mem::replace(&mut self.content, Content::None) {
            Content::None => Bytes::new(),
            Content::One(bytes) => bytes,
            Content::Many(buffer) => buffer.into(),
        })
    }
}

#[cold]
fn too_large(limit: u64) -> TransportError {
    TransportError::new(TransportErrorKind::TooLarge, Delivery::MaybeSent)
        .with_source(format!("an answer may have {limit} bytes; ask for less at once, or raise `max_answer`"))
}

/// The server did its part, but the answer did not arrive whole.
#[cold]
pub(super) fn truncated(error: BoxError) -> TransportError {
    let error = TransportError::from_box(error);
    let kind = match error.kind() {
        TransportErrorKind::Other => TransportErrorKind::Closed,
        kind => kind,
    };
    TransportError::new(kind, Delivery::MaybeSent).with_source(error)
}

#[cfg(test)]
mod tests;
