//! A server that answers every request to a path with the same bytes, so that only the client is measured.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// Path prefix and the JSON it is answered with.
pub(crate) type Answers = Vec<(&'static str, u16, String)>;

/// Serves on a loopback port until the process ends.
pub(crate) fn serve(answers: Answers) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let answers: Arc<Vec<(String, Vec<u8>)>> = Arc::new(
        answers.into_iter().map(|(path, status, json)| (path.to_owned(), response(status, &json))).collect(),
    );
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            // A connection that breaks ends its thread; the client's side reports it.
            thread::spawn(move || connection(stream, &answers).ok());
        }
    });
    Ok(address)
}

/// The headers that a real server sends.
fn response(status: u16, json: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nExpires: 0\r\nPermissions-Policy: \r\n\
         Referrer-Policy: no-referrer\r\nVary: Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\n\
         X-Request-Id: x1e1ice1ajybfj5zfysbahhuww\r\nX-Version-Id: 11.6.0.11.6.0.c3b8d7ab44c7134d.false\r\n\
         Date: Sun, 22 Nov 2026 04:14:52 GMT\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    )
    .into_bytes()
}

fn connection(stream: TcpStream, answers: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let mut body = Vec::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default();
        let answer = answers.iter().find(|(prefix, _)| path.starts_with(prefix.as_str()));
        let answer = answer
            .map_or(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".as_slice(), |(_, bytes)| bytes);
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                None => break,
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or(0);
                }
                Some(_) => {}
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body)?;
        writer.write_all(answer)?;
    }
}
