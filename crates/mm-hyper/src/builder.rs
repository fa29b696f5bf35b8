//! The settings of a transport.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;

use crate::connect::{Connector, Dial};
use crate::pool::Pool;
use crate::proxy::{Proxies, ProxySetting, ProxyValues};
use crate::tls::{Tls, TlsSetting};
use crate::transport::Shared;
use crate::{HyperTransport, SetupError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_CONNECTIONS: usize = 32;
/// The server gives up an idle connection after 60 s, common proxies in front of it after 75 s or more.
/// One that was closed meanwhile is noticed before it is used, so it pays to keep them longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(90);
/// When the operating system begins to ask whether a silent peer is still there.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

const HTTP1: &[&[u8]] = &[b"http/1.1"];
#[cfg(feature = "http2")]
const HTTP2_FIRST: &[&[u8]] = &[b"h2", b"http/1.1"];

/// Collects the settings of a [`HyperTransport`]; made by [`HyperTransport::builder`].
///
/// Mistakes in what is given to it come out of [`build`](Self::build), the first one first.
///
/// ```
/// use std::time::Duration;
/// use mm_hyper::HyperTransport;
///
/// let transport = HyperTransport::builder()
///     .connect_timeout(Duration::from_secs(3))
///     .proxy("http://proxy.example.com:3128")
///     .proxy_credentials("ann", "secret")
///     .build()?;
/// assert!(!format!("{transport:?}").contains("secret"));
/// # Ok::<(), mm_hyper::SetupError>(())
/// ```
#[must_use]
pub struct HyperTransportBuilder {
    connect_timeout: Duration,
    idle_connections: usize,
    idle_timeout: Duration,
    unix_socket: Option<PathBuf>,
    proxy: ProxySetting,
    proxy_credentials: Option<(String, String)>,
    tls: TlsSetting,
    mistake: Option<SetupError>,
}

impl Default for HyperTransportBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: CONNECT_TIMEOUT,
            idle_connections: IDLE_CONNECTIONS,
            idle_timeout: IDLE_TIMEOUT,
            unix_socket: None,
            proxy: ProxySetting::default(),
            proxy_credentials: None,
            tls: TlsSetting::default(),
            mistake: None,
        }
    }
}

impl HyperTransportBuilder {
    /// How long connecting may take in all: name lookup, TCP, proxy and TLS. 10 s unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How many unused connections to one server are kept open. 32 unless set; 0 keeps none.
    pub fn idle_connections(mut self, per_server: usize) -> Self {
        self.idle_connections = per_server;
        self
    }

    /// How long an unused connection is kept open. 90 s unless set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Talks to the server's local mode over this socket, `/var/tmp/mattermost_local.socket` by default
    /// on the server's side. The host in the URL is then of no importance, proxies are not used, and
    /// `https` is refused.
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.unix_socket = Some(path.into());
        self
    }

    /// Sends everything through this proxy, and leaves the environment's out of account:
    /// `http://`, `https://` or `socks5://`, host, port, and a user name and password if it wants them.
    ///
    /// Plain HTTP goes through an HTTP proxy in absolute form, https by `CONNECT`. A SOCKS proxy is given
    /// the server's name, not its address.
    pub fn proxy(mut self, uri: impl Into<String>) -> Self {
        self.proxy = ProxySetting::Values(ProxyValues::explicit(uri.into()));
        self
    }

    /// The user name and password for the proxy, wherever its address comes from. They take precedence
    /// over those in the address.
    pub fn proxy_credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.proxy_credentials = Some((user.into(), password.into()));
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxySetting::None;
        self
    }

    /// Looks the proxy variables up with `lookup` in place of the process environment: `HTTP_PROXY`,
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, each in lower case first. `HTTP_PROXY` in capitals does
    /// not count where there is a `REQUEST_METHOD`, since then it comes out of somebody's request.
    ///
    /// ```
    /// use mm_hyper::HyperTransport;
    ///
    /// let from_my_config = |name: &str| match name {
    ///     "https_proxy" => Some("http://proxy.example.com:3128".to_owned()),
    ///     "no_proxy" => Some("localhost,.corp.example".to_owned()),
    ///     _ => None,
    /// };
    /// let transport = HyperTransport::builder().proxy_variables(from_my_config).build()?;
    /// # Ok::<(), mm_hyper::SetupError>(())
    /// ```
    pub fn proxy_variables(mut self, lookup: impl Fn(&str) -> Option<String>) -> Self {
        self.proxy = ProxySetting::Values(ProxyValues::from_lookup(lookup));
        self
    }

    /// Trusts these root certificates as well: one or more in PEM.
    #[cfg(feature = "_tls")]
    pub fn add_root_certificate_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        let result = self.tls.add_root_pem(pem.as_ref());
        self.note(result);
        self
    }

    /// Trusts this root certificate as well: one in DER.
    #[cfg(feature = "_tls")]
    pub fn add_root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        let result = self.tls.add_root_der(der.into().into());
        self.note(result);
        self
    }

    /// Trusts the root certificates added here and no others.
    #[cfg(feature = "_tls")]
    pub fn only_added_root_certificates(mut self) -> Self {
        self.tls.only_added_roots = true;
        self
    }

    /// Shows this certificate to servers that ask for one: the certificate with its chain, and its
    /// unencrypted key, both in PEM.
    #[cfg(feature = "_tls")]
    pub fn client_certificate_pem(mut self, chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Self {
        let result = self.tls.set_identity(chain.as_ref(), key.as_ref());
        self.note(result);
        self
    }

    #[cfg(feature = "_tls")]
    fn note(&mut self, result: Result<(), SetupError>) {
        if let Err(mistake) = result {
            self.mistake.get_or_insert(mistake);
        }
    }

    /// Makes the transport. Opens nothing yet.
    ///
    /// # Errors
    ///
    /// When one of the settings makes no sense; the message says which.
    pub fn build(self) -> Result<HyperTransport, SetupError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let proxies = Arc::new(Proxies::new(self.proxy, self.proxy_credentials)?);
        let dial = match &self.unix_socket {
            Some(path) => Dial::Unix(Arc::new(path.clone())),
            None => Dial::Tcp(tcp(self.connect_timeout)),
        };
        let setting = Arc::new(self.tls);
        let http1 = Tls::new(Arc::clone(&setting), HTTP1);
        let connector = |tls: Tls| {
            Connector::new(dial.clone(), Arc::clone(&proxies), tls, http1.clone(), self.connect_timeout)
        };
        let pool = Pool::new(connector(http1.clone()), self.idle_connections, self.idle_timeout);
        #[cfg(feature = "http2")]
        let http2 = {
            use hyper_util::client::legacy;
            use hyper_util::rt::{TokioExecutor, TokioTimer};
            legacy::Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(self.idle_timeout)
                .pool_max_idle_per_host(self.idle_connections)
                .timer(TokioTimer::new())
                .build(connector(Tls::new(setting, HTTP2_FIRST)))
        };
        let shared = Shared {
            proxies: Arc::clone(&proxies),
            unix_socket: self.unix_socket,
            connect_timeout: self.connect_timeout,
            idle_connections: self.idle_connections,
            idle_timeout: self.idle_timeout,
        };
        Ok(HyperTransport::from_parts(
            pool,
            #[cfg(feature = "http2")]
            http2,
            shared,
        ))
    }
}

fn tcp(timeout: Duration) -> HttpConnector {
    let mut connector = HttpConnector::new();
    // The scheme is looked at one step further out.
    connector.enforce_http(false);
    connector.set_nodelay(true);
    // Shared out among the addresses of a host, so that a dead one does not use up all the time.
    connector.set_connect_timeout(Some(timeout));
    connector.set_keepalive(Some(TCP_KEEPALIVE));
    connector
}

impl fmt::Debug for HyperTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_connections", &self.idle_connections)
            .field("idle_timeout", &self.idle_timeout)
            .field("unix_socket", &self.unix_socket)
            .finish_non_exhaustive()
    }
}
