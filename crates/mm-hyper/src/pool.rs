//! Connections of HTTP/1.1: opened when they are needed, kept, used again.
//!
//! hyper-util's client does the same for more protocols and more kinds of programs; a call through it takes
//! twice the time of everything that is left of it here.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use http::header::HOST;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Extensions, HeaderValue, Request, Response, StatusCode, Uri};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::client::legacy::connect::Connection as _;
use mm_core::{TransportError, header};
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until};
use tower_service::Service as _;

use crate::body::{RequestBody, ResponseBody};
use crate::connect::Connector;
use crate::error;
use crate::wire::Lookout;

/// Sends requests over connections that clones share.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    connector: Connector,
    /// How many are kept for one server.
    max_idle: usize,
    idle_timeout: Duration,
    idle: Mutex<Idle>,
    /// Tells calls that wait for a new connection that an old one is free.
    freed: Notify,
}

#[derive(Default)]
struct Idle {
    /// The one used last is the last one.
    connections: Vec<(Box<Connection>, Instant)>,
    /// A task closes those that were not used for too long.
    is_watched: bool,
}

/// An open connection. In a box, as every call moves one from here to the answer's body and back.
struct Connection {
    sender: SendRequest<RequestBody>,
    server: Arc<Server>,
    /// An HTTP proxy forwards what is sent, so that it has to be told the server.
    is_forwarded: bool,
    lookout: Lookout,
    /// Where the task runs that does the reading and writing.
    runtime: Handle,
}

/// Where a connection leads.
struct Server {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
}

/// A connection that is busy with the answer to a call.
pub(crate) struct Lease {
    connection: Box<Connection>,
    pool: Arc<Inner>,
}

impl Pool {
    pub(crate) fn new(connector: Connector, max_idle: usize, idle_timeout: Duration) -> Self {
        let (idle, freed) = (Mutex::default(), Notify::new());
        Self(Arc::new(Inner { connector, max_idle, idle_timeout, idle, freed }))
    }

    /// Sends a request and waits for the head of its answer.
    ///
    /// A connection that was kept may turn out to be closed before anything was written to it; the request
    /// then goes over another.
    #[expect(clippy::manual_async_fn, reason = "its future would have room for the request twice")]
    pub(crate) fn send(
        self,
        mut request: Request<RequestBody>,
    ) -> impl Future<Output = Result<Response<ResponseBody>, TransportError>> {
        async move {
            loop {
                let (mut connection, is_new) = match self.0.take(request.uri()) {
                    Some(kept) => (kept, false),
                    None => self.0.connect_or_wait(request.uri().clone()).await?,
                };
                connection.address(&mut request);
                let mut failed = match connection.sender.try_send_request(request).await {
                    Ok(response) => return Ok(self.answer(response, connection)),
                    Err(failed) => failed,
                };
                match failed.take_message() {
                    Some(unsent) if !is_new => request = connection.server.addressed(unsent)?,
                    _ => return Err(error::of_call(failed.into_error())),
                }
            }
        }
    }

    fn answer(
        self,
        response: Response<hyper::body::Incoming>,
        connection: Box<Connection>,
    ) -> Response<ResponseBody> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            connection.lookout.upgraded();
        }
        let lease = Lease { connection, pool: self.0 };
        response.map(|incoming| ResponseBody::leased(incoming, lease))
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, TransportError>> + Send + 'a>>;

impl Inner {
    /// The connection to this server that was used last.
    fn take(&self, uri: &Uri) -> Option<Box<Connection>> {
        let mut idle = self.idle();
        loop {
            let leads_there = |(connection, _): &(Box<Connection>, _)| connection.server.is_of(uri);
            let place = idle.connections.iter().rposition(leads_there)?;
            let (connection, since) = idle.connections.remove(place);
            let rest = since.elapsed();
            if connection.sender.is_ready() && rest < self.idle_timeout {
                connection.lookout.rested(rest);
                return Some(connection);
            }
        }
    }

    /// A new connection, or an old one if that is free earlier. The new one is kept for others then.
    ///
    /// Large and rare, and so no part of the future of every call.
    #[cold]
    fn connect_or_wait(self: &Arc<Self>, uri: Uri) -> BoxFuture<'_, (Box<Connection>, bool)> {
        Box::pin(async move {
            let server = Arc::new(Server::of(&uri)?);
            let mut connecting = Box::pin(connect(self.connector.clone(), server));
            loop {
                let mut freed = std::pin::pin!(self.freed.notified());
                // Whoever comes after this is noticed by the line above.
                if let Some(kept) = self.take(&uri) {
                    let pool = Arc::downgrade(self);
                    tokio::spawn(async move {
                        if let (Ok(connection), Some(pool)) = (connecting.await, pool.upgrade()) {
                            pool.keep(connection);
                        }
                    });
                    return Ok((kept, false));
                }
                let connected = poll_fn(|cx| match connecting.as_mut().poll(cx) {
                    Poll::Ready(connected) => Poll::Ready(Some(connected)),
                    Poll::Pending => freed.as_mut().poll(cx).map(|()| None),
                });
                if let Some(connected) = connected.await {
                    return connected.map(|connection| (connection, true));
                }
            }
        })
    }

    /// Keeps a connection for the next call.
    fn keep(self: &Arc<Self>, connection: Box<Connection>) {
        let mut idle = self.idle();
        if idle.connections.len() >= self.max_idle {
            let server = &connection.server;
            let same = |(other, _): &&(Box<Connection>, _)| other.server.is_same(server);
            if idle.connections.iter().filter(same).count() >= self.max_idle {
                return;
            }
        }
        let watch_on = (!idle.is_watched).then(|| connection.runtime.clone());
        idle.connections.push((connection, Instant::now()));
        idle.is_watched = true;
        // A runtime that has ended drops what it is given at once, and that takes the lock again.
        drop(idle);
        if let Some(runtime) = watch_on {
            runtime.spawn(Watch { pool: Arc::downgrade(self), found_none: false, is_over: false }.run());
        }
        self.freed.notify_waiters();
    }

    // No call is left half done under the lock, so a panic elsewhere leaves it sound.
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections that were not used for too long.
struct Watch {
    pool: Weak<Inner>,
    /// The last look found no connection. One such look ends nothing: while calls follow each other it finds the only
    /// connection at work every time, and each call would need a new task.
    found_none: bool,
    /// There is nothing left to watch. Otherwise it ends because its runtime does.
    is_over: bool,
}

impl Watch {
    async fn run(mut self) {
        while let Some(next) = self.close_old() {
            sleep_until(next).await;
        }
    }

    /// Closes those whose time is over, and says when the next one's is.
    fn close_old(&mut self) -> Option<Instant> {
        let pool = self.pool.upgrade()?;
        let mut idle = pool.idle();
        idle.connections.retain(|(connection, since)| {
            !connection.sender.is_closed() && since.elapsed() < pool.idle_timeout
        });
        let oldest = idle.connections.iter().map(|(_, since)| *since).min();
        let found_none = std::mem::replace(&mut self.found_none, oldest.is_none());
        let from = oldest.or_else(|| (!found_none).then(Instant::now));
        // Nobody need wait for a time that is too far off to be told.
        let next = from.and_then(|from| from.checked_add(pool.idle_timeout));
        idle.is_watched = from.is_some();
        self.is_over = next.is_none();
        next
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_over
            && let Some(pool) = self.pool.upgrade()
        {
            pool.idle().is_watched = false;
        }
    }
}

async fn connect(mut connector: Connector, server: Arc<Server>) -> Result<Box<Connection>, TransportError> {
    let stream = connector.call(server.uri(PathAndQuery::from_static("/"))?).await?;
    let connected = stream.connected();
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    let (mut sender, driver) = http1::handshake(stream).await.map_err(error::of_connection)?;
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        if let Err(error) = driver.with_upgrades().await {
            // Nobody listens once the connection is in use: calls get their errors themselves.
            tell.send(error).ok();
        }
    });
    if let Err(error) = sender.ready().await {
        // What ended the driver says more than that it ended.
        return Err(error::of_connection(told.await.unwrap_or(error)));
    }
    let lookout: Lookout = extras.remove().unwrap_or_default();
    lookout.rested(Duration::ZERO);
    Ok(Box::new(Connection {
        sender,
        is_forwarded: connected.is_proxied() && server.scheme == Scheme::HTTP,
        server,
        lookout,
        runtime: Handle::current(),
    }))
}

impl Connection {
    /// Writes where the request is to go in the way that this connection needs it.
    fn address(&self, request: &mut Request<RequestBody>) {
        let headers = request.headers_mut();
        if header::get(headers, HOST).is_none() {
            header::set(headers, HOST, self.server.host.clone());
        }
        if !self.is_forwarded
            && let Some(path) = request.uri().path_and_query().cloned()
        {
            *request.uri_mut() = path.into();
        }
    }
}

impl Server {
    fn of(uri: &Uri) -> Result<Self, TransportError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(error::unsendable(
                "the request has no server in its URI: give the client a base URL",
            ));
        };
        let default_port = if *scheme == Scheme::HTTPS { 443 } else { 80 };
        let host = match authority.port_u16() {
            Some(port) if port != default_port => format!("{}:{port}", authority.host()),
            _ => authority.host().to_owned(),
        };
        let host = HeaderValue::try_from(host)
            .map_err(|_| error::unsendable("the server's name in the URL cannot stand in a header"))?;
        Ok(Self { scheme: scheme.clone(), authority: authority.clone(), host })
    }

    fn is_of(&self, uri: &Uri) -> bool {
        // The URIs of a client have their authority from the same text, which saves looking at each letter.
        let is_here = |authority: &Authority| {
            std::ptr::eq(authority.as_str(), self.authority.as_str()) || *authority == self.authority
        };
        uri.scheme() == Some(&self.scheme) && uri.authority().is_some_and(is_here)
    }

    fn is_same(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.authority == other.authority
    }

    fn uri(&self, path: PathAndQuery) -> Result<Uri, TransportError> {
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        uri.path_and_query(path).build().map_err(|_| error::unsendable("the URL names no server"))
    }

    /// A request that was not sent, with the server in its URI again.
    #[cold]
    fn addressed(&self, mut request: Request<RequestBody>) -> Result<Request<RequestBody>, TransportError> {
        if let Some(path) = request.uri().path_and_query().cloned() {
            *request.uri_mut() = self.uri(path)?;
        }
        Ok(request)
    }
}

impl Lease {
    /// Gives the connection back when the answer was read, or is not wanted any more.
    pub(crate) fn give_back(self) {
        let Self { mut connection, pool } = self;
        if pool.max_idle == 0 || connection.sender.is_closed() {
            return;
        }
        if connection.sender.is_ready() {
            return pool.keep(connection);
        }
        // Something is left to be read past, or of the request to be written. Dropping the pool ends it.
        let pool = Arc::downgrade(&pool);
        let runtime = connection.runtime.clone();
        runtime.spawn(async move {
            if connection.sender.ready().await.is_ok()
                && let Some(pool) = pool.upgrade()
            {
                pool.keep(connection);
            }
        });
    }
}
