//! A bare hyper connection: the baseline of calls.

use std::net::SocketAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use mm_core::BoxError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

pub(crate) struct Bare {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// What a caller in a hurry would read of a user or a post.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct TwoFields {
    id: String,
    create_at: i64,
}

/// What a caller would read of a page to know who is on it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoding is what is measured")]
pub(crate) struct IdOnly {
    id: String,
}

impl Bare {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, BoxError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string() })
    }

    pub(crate) async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, BoxError> {
        let request = Request::get(path)
            .header("host", &self.host)
            .header("authorization", "Bearer tokentokentokentokentoken1")
            .body(Full::default())?;
        self.send(request).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &mut self,
        path: &str,
        body: String,
    ) -> Result<T, BoxError> {
        let request = Request::post(path)
            .header("host", &self.host)
            .header("authorization", "Bearer tokentokentokentokentoken1")
            .header("content-type", "application/json")
            .body(Full::from(body))?;
        self.send(request).await
    }

    async fn send<T: DeserializeOwned>(&mut self, request: Request<Full<Bytes>>) -> Result<T, BoxError> {
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice(&body)?)
    }
}
