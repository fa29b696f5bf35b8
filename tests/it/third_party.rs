//! The fake server under programs that are not ours: text on a socket in, text out, held against what real servers
//! were seen to answer.

mod files;
mod recorded;
mod session;

use mm_mock::{Listener, Town};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer as it came.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Status and id of the server's own error.
    fn error(&self) -> (u16, String) {
        (self.status, self.json()["id"].as_str().unwrap_or_default().to_owned())
    }

    /// The names of the headers, sorted, each once.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Sends a request on a connection of its own: its first line and headers, and its body.
async fn exchange(listener: &Listener, head: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut stream = TcpStream::connect(listener.addr()).await.expect("the server listens");
    let mut text = head.trim_end().replace('\n', "\r\n");
    text.push_str("\r\nHost: chat.example.com\r\nConnection: close\r\n");
    if !body.is_empty() {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let request = [text.as_bytes(), b"\r\n", body].concat();
    stream.write_all(&request).await.expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server answers");
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let head = std::str::from_utf8(&answer[..end]).expect("text");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let header = |line: &str| {
        let (name, value) = line.split_once(':').expect("a header");
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    Answer {
        status: status.expect("a status line"),
        headers: lines.map(header).collect(),
        body: answer[end + 4..].to_vec(),
    }
}

async fn town() -> (Town, Listener) {
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a port");
    (town, listener)
}

/// `GET path` as alice, with more headers if need be.
fn get(town: &Town, path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\nAuthorization: Bearer {}\n{headers}", town.alice.token.expose())
}
