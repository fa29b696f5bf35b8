//! Servers that do exactly what a test says, and the shortest way to call them.

use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use mm_core::{Body, TransportError};
use mm_hyper::{HyperTransport, HyperTransportBuilder, ResponseBody};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// A server on a free port that hands every connection to a function, and counts them.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start<F, Fut>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let accepted = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&accepted);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { address, accepted }
    }

    /// One that answers every request on every connection with the same text.
    pub(crate) async fn answering(answer: &'static str) -> Self {
        Self::start(move |mut stream| async move {
            while read_request(&mut stream).await.is_some() {
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
        })
        .await
    }

    /// One whose answer is whatever it is, and then the end of the stream.
    pub(crate) async fn last_words(answer: &'static str) -> Self {
        Self::start(move |mut stream| async move {
            read_request(&mut stream).await;
            // Not delivered is as good as not said.
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

/// Settings that do not depend on where the tests run.
pub(crate) fn direct() -> HyperTransportBuilder {
    HyperTransport::builder().no_proxy()
}

pub(crate) fn transport() -> HyperTransport {
    direct().build().expect("plain settings")
}

pub(crate) fn get(url: impl AsRef<str>) -> Request<Body> {
    Request::get(url.as_ref()).body(Body::empty()).expect("a valid request")
}

pub(crate) fn post(url: impl AsRef<str>, body: impl Into<Body>) -> Request<Body> {
    Request::post(url.as_ref()).body(body.into()).expect("a valid request")
}

pub(crate) async fn send(
    transport: &HyperTransport,
    request: Request<Body>,
) -> Result<Response<ResponseBody>, TransportError> {
    transport.clone().oneshot(request).await
}

pub(crate) async fn text(response: Response<ResponseBody>) -> Result<String, TransportError> {
    let body = response.into_body().collect().await?.to_bytes();
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// Reads up to the end of a request, its `Content-Length` included. `None` at the end of the stream.
pub(crate) async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut seen = read_head(stream).await?;
    let length = seen
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned))
        .and_then(|length| length.trim().parse::<usize>().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    seen.push_str(&String::from_utf8_lossy(&body));
    Some(seen)
}

/// Reads up to the empty line. `None` at the end of the stream.
pub(crate) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Moves bytes both ways until either side ends.
pub(crate) async fn join<A, B>(mut a: A, mut b: B)
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    // How it ends is seen by the two sides themselves.
    let _ = tokio::io::copy_bidirectional(&mut a, &mut b).await;
}

/// All that an error has to say, the way a log would show it.
pub(crate) fn whole_story(error: &(dyn StdError + 'static)) -> String {
    let mut story = format!("{error:?}\n{error}");
    let mut next = error.source();
    while let Some(cause) = next {
        story.push_str(&format!("\n{cause}"));
        next = cause.source();
    }
    story
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
