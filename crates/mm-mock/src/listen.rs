//! The server on a socket.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service as _;

use crate::FakeServer;
use crate::socket::Open;

/// The server on a port of this machine. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Listener {
    addr: SocketAddr,
    accepting: JoinHandle<()>,
}

impl FakeServer {
    /// Serves HTTP/1.1 on a free port of the loopback address, with the same state as `self`.
    ///
    /// Needs a tokio runtime, which does the work.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn listen(&self) -> io::Result<Listener> {
        self.listen_on((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// As [`listen`](Self::listen), on an address of one's own choice. Nothing here keeps strangers out.
    ///
    /// # Errors
    ///
    /// If the address cannot be had.
    pub async fn listen_on(&self, addr: SocketAddr) -> io::Result<Listener> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        let accepting = tokio::spawn(accept(self.clone(), listener));
        Ok(Listener { addr, accepting })
    }
}

impl Listener {
    /// The base URL: `http://127.0.0.1:…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The address.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(fake: FakeServer, listener: TcpListener) {
    // Dropped together with this future, and every connection with it.
    let mut connections = JoinSet::new();
    // Ends the sockets, which are no part of their connection any more.
    let (_open, is_open) = watch::channel(());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    // Out of files, most likely: let some connections end first.
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    continue;
                };
                // A small answer must not wait for the next one.
                let _ = stream.set_nodelay(true);
                let (fake, is_open) = (fake.clone(), is_open.clone());
                let service = service_fn(move |mut request: http::Request<Incoming>| {
                    request.extensions_mut().insert(Open(is_open.clone()));
                    fake.clone().call(request)
                });
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                connections.spawn(async move {
                    // An error is a client that went away, or a scripted end of the connection.
                    let _ = connection.with_upgrades().await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::GetUser;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::Town;

    /// Sends a request and reads until the server closes the connection.
    async fn exchange(listener: &Listener, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(listener.addr()).await.unwrap();
        let length = body.len();
        let text =
            format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn the_same_world_is_behind_the_socket() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let body = format!(r#"{{"login_id": "alice", "password": "{}"}}"#, crate::PASSWORD);
        let answer = exchange(&listener, "POST /api/v4/users/login HTTP/1.1", &body).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let token = answer.lines().find_map(|line| line.strip_prefix("token: ")).unwrap();
        let head = format!("GET /api/v4/users/me HTTP/1.1\r\nAuthorization: Bearer {token}");
        assert!(exchange(&listener, &head, "").await.contains(r#""username":"alice""#));
        assert_eq!(town.fake.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_scripted_end_of_the_connection_is_a_real_one() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        town.fake.on::<GetUser>().reset();
        assert_eq!(exchange(&listener, "GET /api/v4/users/me HTTP/1.1", "").await, "");
        town.fake.on::<GetUser>().truncate(5);
        let answer = exchange(&listener, "GET /api/v4/users/me HTTP/1.1", "").await;
        assert!(answer.ends_with("\r\n\r\n{\"id\"") && !answer.contains("content-length: 5\r\n"), "{answer}");
    }

    #[tokio::test]
    async fn dropping_the_listener_closes_its_connections() {
        let town = Town::new();
        let listener = town.fake.listen().await.unwrap();
        let mut stream = TcpStream::connect(listener.addr()).await.unwrap();
        town.fake.on::<GetUser>().hang();
        stream.write_all(b"GET /api/v4/users/me HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        while town.fake.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(listener);
        assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
    }
}
