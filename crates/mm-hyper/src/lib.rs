//! The HTTP transport of the Mattermost SDK: hyper, with TLS by rustls.
//!
//! [`HyperTransport`] is a [`tower::Service`](tower_service::Service): it takes an
//! [`http::Request`] with an [`mm_core::Body`] and gives an [`http::Response`]. Whoever builds a client
//! hands it over once and need not think of it again; used on its own it looks like this:
//!
//! ```
//! use http_body_util::BodyExt as _;
//! use mm_core::Body;
//! use mm_hyper::HyperTransport;
//! use tower::ServiceExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! # let server = format!("http://{}", listener.local_addr()?);
//! # tokio::spawn(async move {
//! #     let (mut stream, _) = listener.accept().await.unwrap();
//! #     let _ = stream.read(&mut [0; 4096]).await;
//! #     let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}";
//! #     stream.write_all(answer).await.unwrap();
//! # });
//! let transport = HyperTransport::new()?;
//! # let transport = HyperTransport::builder().no_proxy().build()?;
//! let request = http::Request::get(format!("{server}/api/v4/system/ping")).body(Body::empty())?;
//!
//! let response = transport.oneshot(request).await?;
//! assert_eq!(response.status(), 200);
//! let body = response.into_body().collect().await?.to_bytes();
//! assert_eq!(&body[..], br#"{"status":"OK"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # What it takes care of
//!
//! * **Connections** are kept and used again, 32 to a server for 90 s unless
//!   [set](HyperTransportBuilder::idle_connections) otherwise. One the server has closed meanwhile is
//!   found out before anything is written to it, and the request goes over another.
//! * **TLS**: the system's root certificates, [others](HyperTransportBuilder::add_root_certificate_pem)
//!   beside or [instead](HyperTransportBuilder::only_added_root_certificates), and a
//!   [client certificate](HyperTransportBuilder::client_certificate_pem). TLS 1.2 and 1.3.
//! * **Proxies**: those the environment names, [one of your own](HyperTransportBuilder::proxy), or
//!   [none](HyperTransportBuilder::no_proxy). HTTP, HTTPS and SOCKS 5.
//! * **Local mode**: the server's [unix socket](HyperTransportBuilder::unix_socket).
//! * **Upgrades**: the response to a WebSocket handshake keeps `hyper::upgrade::OnUpgrade` in its
//!   extensions.
//! * **Answers that come early**: when the server refuses an upload and closes while it is still being
//!   written, the call ends with the server's answer and not with "broken pipe".
//! * **Errors** say whether the server can have seen the request
//!   ([`Delivery`](mm_core::Delivery)), and what to do next. [`classify`] does it for other hyper-util
//!   clients.
//!
//! It keeps no cookies (the server takes a request with its cookie for a browser's, and then asks for a
//! CSRF token), follows no redirects and repeats nothing that may have been sent.
//!
//! # Features
//!
//! | feature | default | what it is for |
//! |---|---|---|
//! | `ring` | yes | TLS with ring's cryptography |
//! | `aws-lc-rs` | | TLS with AWS-LC's, which takes precedence over `ring` |
//! | `platform-verifier` | yes | trust what the operating system trusts |
//! | `webpki-roots` | | trust Mozilla's roots, compiled in, where `platform-verifier` is off |
//! | `http2` | | HTTP/2 where the server offers it; WebSockets stay on HTTP/1.1 |
//!
//! Without `ring` and `aws-lc-rs` there is plain HTTP and the unix socket; `https` fails with an error
//! that names the features.

mod body;
mod builder;
mod connect;
mod error;
mod pool;
mod proxy;
mod setup;
#[cfg_attr(not(feature = "_tls"), path = "plain.rs")]
mod tls;
mod transport;
mod wire;

pub use body::ResponseBody;
pub use builder::HyperTransportBuilder;
pub use error::classify;
pub use setup::SetupError;
pub use transport::{HyperTransport, ResponseFuture};

pub(crate) use mm_core::BoxError;
