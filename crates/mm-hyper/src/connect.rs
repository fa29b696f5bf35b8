//! How a connection comes about: name, socket, proxy, TLS, within one time limit.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use mm_core::TransportErrorKind;
use tower_service::Service;

use crate::error::{ConnectError, find};
use crate::proxy::{Proxies, Proxy};
use crate::tls::{self, Stream, Tls};
use crate::wire::Wire;

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, ConnectError>> + Send>>;

/// Makes connections for the pool.
#[derive(Clone)]
pub(crate) struct Connector {
    route: Route,
    tls: Tls,
    timeout: Duration,
}

/// Reaches the other end, be it through a proxy: the last step before TLS.
#[derive(Clone)]
pub(crate) struct Route {
    dial: Dial,
    proxies: Arc<Proxies>,
    /// For proxies that are themselves spoken to in TLS.
    tls: Tls,
}

/// Opens sockets.
#[derive(Clone)]
pub(crate) enum Dial {
    Tcp(HttpConnector),
    Unix(Arc<PathBuf>),
}

impl Connector {
    /// `tls` is for servers; `proxy_tls` never offers HTTP/2, which is not how proxies are asked.
    pub(crate) fn new(
        dial: Dial,
        proxies: Arc<Proxies>,
        tls: Tls,
        proxy_tls: Tls,
        timeout: Duration,
    ) -> Self {
        Self { route: Route { dial, proxies, tls: proxy_tls }, tls, timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = ConnectError;
    type Future = BoxFuture<Stream>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let Self { route, tls, timeout } = self.clone();
        Box::pin(async move {
            let place = Place(server.clone());
            match tokio::time::timeout(timeout, tls.connect(route, server)).await {
                Ok(result) => result,
                Err(_) => Err(ConnectError::new(
                    TransportErrorKind::Timeout,
                    format!(
                        "no connection to {place} within {} s: check that the address can be reached from here, \
                         or allow more with connect_timeout",
                        timeout.as_secs_f32()
                    ),
                )),
            }
        })
    }
}

impl Service<Uri> for Route {
    type Response = Stream<Wire>;
    type Error = ConnectError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let mut route = self.clone();
        Box::pin(async move {
            let proxy = match &route.dial {
                Dial::Tcp(_) => route.proxies.find(&server),
                Dial::Unix(_) => None,
            };
            match proxy {
                None => route.dial.call(server).await.map(tls::bare),
                Some(proxy) => route.through(&proxy, server).await,
            }
        })
    }
}

impl Route {
    async fn through(self, proxy: &Proxy, server: Uri) -> Result<Stream<Wire>, ConnectError> {
        let failed = |error: crate::BoxError| proxy_failed(proxy, &server, error);
        let mut to_proxy = ToProxy { dial: self.dial, tls: self.tls, forwards: false };
        if !proxy.speaks_http() {
            let mut socks = SocksV5::new(proxy.uri().clone(), to_proxy);
            if let Some((user, password)) = proxy.user_and_password() {
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            return socks.call(server.clone()).await.map_err(|error| failed(error.into()));
        }
        if server.scheme() != Some(&Scheme::HTTPS) {
            to_proxy.forwards = true;
            return to_proxy.call(proxy.uri().clone()).await.map_err(|error| failed(error.into()));
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), to_proxy);
        if let Some(authorization) = proxy.authorization() {
            tunnel = tunnel.with_auth(authorization.clone());
        }
        tunnel.call(server.clone()).await.map_err(|error| failed(error.into()))
    }
}

/// Connects to a proxy.
#[derive(Clone)]
struct ToProxy {
    dial: Dial,
    tls: Tls,
    /// The proxy is to forward requests, as opposed to open a tunnel.
    forwards: bool,
}

impl Service<Uri> for ToProxy {
    type Response = Stream<Wire>;
    type Error = ConnectError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        let Self { dial, tls, forwards } = self.clone();
        Box::pin(async move { tls.connect(Forwarding { dial, forwards }, proxy).await })
    }
}

/// A dialed connection that remembers whether requests on it are to be forwarded.
#[derive(Clone)]
struct Forwarding {
    dial: Dial,
    forwards: bool,
}

impl Service<Uri> for Forwarding {
    type Response = Wire;
    type Error = ConnectError;
    type Future = BoxFuture<Wire>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        let forwards = self.forwards;
        let dialing = self.dial.call(proxy);
        Box::pin(async move {
            let wire = dialing.await?;
            Ok(if forwards { wire.forwarding() } else { wire })
        })
    }
}

impl Service<Uri> for Dial {
    type Response = Wire;
    type Error = ConnectError;
    type Future = BoxFuture<Wire>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        match self {
            Self::Tcp(connector) => {
                let connecting = connector.call(to.clone());
                Box::pin(
                    async move { connecting.await.map(Wire::tcp).map_err(|error| no_socket(&to, error)) },
                )
            }
            #[cfg(unix)]
            Self::Unix(path) => {
                let path = Arc::clone(path);
                Box::pin(async move {
                    match tokio::net::UnixStream::connect(&*path).await {
                        Ok(stream) => Ok(Wire::unix(stream)),
                        Err(error) => Err(ConnectError::new(
                            TransportErrorKind::Connect,
                            format!(
                                "cannot open the socket {}: check that local mode is on \
                                 (ServiceSettings.EnableLocalMode) and that this user may read the file",
                                path.display()
                            ),
                        )
                        .with_source(error)),
                    }
                })
            }
            #[cfg(not(unix))]
            Self::Unix(_) => Box::pin(async {
                Err(ConnectError::new(
                    TransportErrorKind::Connect,
                    "unix sockets are not available on this system",
                ))
            }),
        }
    }
}

fn no_socket(to: &Uri, error: impl std::error::Error + Send + Sync + 'static) -> ConnectError {
    use std::io::ErrorKind as Io;
    let place = Place(to.clone());
    let message = if error.to_string().starts_with("dns error") {
        format!("the name in {place} could not be resolved: check its spelling and the network")
    } else {
        match find::<std::io::Error>(&error).map(std::io::Error::kind) {
            Some(Io::ConnectionRefused) => {
                format!("nothing accepts connections at {place}: check the port and that the server runs")
            }
            Some(Io::TimedOut) => format!("{place} did not take the connection in time"),
            _ => format!("cannot reach {place}"),
        }
    };
    ConnectError::new(TransportErrorKind::Connect, message).with_source(error)
}

fn proxy_failed(proxy: &Proxy, server: &Uri, error: crate::BoxError) -> ConnectError {
    let proxy = Place(proxy.uri().clone());
    let message = if error.to_string().contains("authorization required") {
        format!("the proxy {proxy} wants credentials: put them into its address or use proxy_credentials")
    } else if find::<ConnectError>(&*error).is_some() {
        format!(
            "no connection to the proxy {proxy}: check HTTPS_PROXY and its kin, proxy(…), or use no_proxy()"
        )
    } else {
        format!(
            "the proxy {proxy} would not connect to {}: it may not allow that host or port",
            Place(server.clone())
        )
    };
    ConnectError::new(TransportErrorKind::Proxy, message).with_source(error)
}

/// A URI for messages: scheme, host and port, never a user name, password or path.
pub(crate) struct Place(pub(crate) Uri);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme_str().unwrap_or("http"), self.0.host().unwrap_or_default())?;
        match self.0.port_u16() {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}
