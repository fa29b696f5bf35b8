use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap};
use http_body_util::BodyExt as _;

use super::{content_type, unescape};
use crate::{Body, BoxError, Delivery, TransportError, TransportErrorKind};

/// A file on its way: what the head of the answer says, and the bytes as a stream.
#[derive(Debug)]
#[non_exhaustive]
pub struct Download {
    /// 200, or 206 for a part of the file.
    pub status: StatusCode,
    /// All headers.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Body,
}

impl Download {
    /// A download out of memory, for fakes and tests.
    #[must_use]
    pub fn new(content_type: &'static str, body: impl Into<Body>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
        Self { status: StatusCode::OK, headers, body: body.into() }
    }

    /// The content type; empty if the server gave none.
    #[must_use]
    pub fn content_type(&self) -> &str {
        content_type(&self.headers)
    }

    /// The number of bytes, if it is known beforehand. A compressed answer carries it in another header.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        let number = |name| self.headers.get(name)?.to_str().ok()?.parse().ok();
        number("x-uncompressed-content-length")
            .or_else(|| number(CONTENT_LENGTH.as_str()))
            .or_else(|| self.body.len())
    }

    /// Whether the file is known to hold nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The tag that a later request can send as `If-None-Match`.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.headers.get(ETAG)?.to_str().ok()
    }

    /// The file's name as the server gives it. It is text from outside: never use it as a path.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let header = self.headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
        let (_, encoded) = header.split_once("filename*=UTF-8''")?;
        unescape(encoded.split(';').next().unwrap_or_default().trim())
    }

    /// The next bytes, in pieces as they arrive; `None` at the end.
    ///
    /// # Errors
    ///
    /// If the connection is lost, or no piece comes in the client's time for a try.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, TransportError>> {
        loop {
            match self.body.frame().await? {
                Ok(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Some(Ok(data));
                    }
                }
                Err(error) => return Some(Err(lost(error))),
            }
        }
    }

    /// The whole file, in memory.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and if the file is longer than `limit` bytes, or shorter than announced.
    pub async fn collect(mut self, limit: u64) -> Result<Bytes, TransportError> {
        let announced = self.len();
        let too_large = || {
            let reason =
                format!("the file is longer than {limit} bytes; take it piece by piece with `chunk`");
            TransportError::new(TransportErrorKind::TooLarge, Delivery::MaybeSent).with_source(reason)
        };
        if announced.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await {
            let chunk = chunk?;
            if (whole.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            whole.extend_from_slice(&chunk);
        }
        match announced.and_then(|length| length.checked_sub(whole.len() as u64)) {
            Some(missing @ 1..) => Err(lost(format!("the file lacks its last {missing} bytes").into())),
            _ => Ok(whole.freeze()),
        }
    }
}

/// The head of the answer came, the rest did not.
fn lost(error: BoxError) -> TransportError {
    let error = TransportError::from_box(error);
    let kind = match error.kind() {
        TransportErrorKind::Other => TransportErrorKind::Closed,
        kind => kind,
    };
    TransportError::new(kind, Delivery::MaybeSent).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_tells_its_name() {
        let mut download = Download::new("text/plain", "x");
        let header = "attachment;filename=\"a%20%C3%BC.txt\"; filename*=UTF-8''a%20%C3%BC.txt";
        download.headers.insert(CONTENT_DISPOSITION, http::HeaderValue::from_static(header));
        assert_eq!(download.file_name().as_deref(), Some("a ü.txt"));
    }
}
