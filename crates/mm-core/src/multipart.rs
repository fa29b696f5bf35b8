//! Forms: `multipart/form-data` that streams, and the URL-encoded kind.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderValue;
use http_body::Frame;

use crate::encode::escape_into;
use crate::{Body, BoxError};

/// The parts of a form, in order.
///
/// The length is known exactly if every part's is, so a server sees a `Content-Length` and can refuse
/// early. Names and file names are written the way RFC 7578 asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Form {
    fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq)]
enum Field {
    Text { name: String, value: String },
    File { name: String, part: Part },
}

/// A file in a form: name, type and content.
///
/// The content is in memory, or a stream that is opened when the request is made, and again for
/// every retry.
///
/// ```
/// use mm_core::Part;
///
/// let part = Part::new("notes.txt", "first line\n").content_type("text/plain");
/// assert_eq!(part.file_name(), "notes.txt");
/// assert_eq!(part.len(), Some(11));
/// ```
#[derive(Clone)]
pub struct Part {
    file_name: String,
    content_type: Option<HeaderValue>,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    Stream { len: Option<u64>, repeatable: bool, open: Arc<dyn Fn() -> Body + Send + Sync> },
}

impl Part {
    /// A file out of memory.
    pub fn new(file_name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { file_name: file_name.into(), content_type: None, content: Content::Bytes(content.into()) }
    }

    /// A file that is opened anew for every try. `len` in bytes, if it is known.
    pub fn streamed(
        file_name: impl Into<String>,
        len: Option<u64>,
        open: impl Fn() -> Body + Send + Sync + 'static,
    ) -> Self {
        let content = Content::Stream { len, repeatable: true, open: Arc::new(open) };
        Self { file_name: file_name.into(), content_type: None, content }
    }

    /// A file whose content can be read only once, so that it cannot be sent again. A second reading
    /// fails.
    pub fn once(file_name: impl Into<String>, body: Body) -> Self {
        let len = body.len();
        let body = Mutex::new(Some(body));
        let open = move || {
            let taken = body.lock().ok().and_then(|mut body| body.take());
            taken.unwrap_or_else(|| Body::stream(Failed))
        };
        let content = Content::Stream { len, repeatable: false, open: Arc::new(open) };
        Self { file_name: file_name.into(), content_type: None, content }
    }

    /// Sets the content type. Without it the server goes by the name.
    #[must_use]
    pub fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = Some(HeaderValue::from_static(content_type));
        self
    }

    /// The file's name.
    #[must_use]
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// The number of bytes, if it is known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Stream { len, .. } => *len,
        }
    }

    /// Whether the file is known to hold nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// The content, from its beginning.
    #[must_use]
    pub fn open(&self) -> Body {
        match &self.content {
            Content::Bytes(bytes) => Body::from(bytes.clone()),
            Content::Stream { open, len: Some(len), .. } => Body::sized_stream(open(), *len),
            Content::Stream { open, len: None, .. } => open(),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part")
            .field("file_name", &self.file_name)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Part {
    /// Streams are equal if they are the same stream.
    fn eq(&self, other: &Self) -> bool {
        let same_content = match (&self.content, &other.content) {
            (Content::Bytes(a), Content::Bytes(b)) => a == b,
            (Content::Stream { open: a, .. }, Content::Stream { open: b, .. }) => Arc::ptr_eq(a, b),
            _ => false,
        };
        same_content && self.file_name == other.file_name && self.content_type == other.content_type
    }
}

impl Form {
    /// A form without parts.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Adds a field of text.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push(Field::Text { name: name.into(), value: value.into() });
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, part: Part) -> Self {
        self.fields.push(Field::File { name: name.into(), part });
        self
    }

    /// The content type with its boundary, and the body.
    #[must_use]
    pub fn into_multipart(self) -> (HeaderValue, Body) {
        let boundary = boundary();
        let content_type = HeaderValue::from_str(&format!("multipart/form-data; boundary={boundary}"))
            .unwrap_or(HeaderValue::from_static("multipart/form-data"));
        let repeatable = self.fields.iter().all(|field| match field {
            Field::Text { .. } => true,
            Field::File { part, .. } => !matches!(part.content, Content::Stream { repeatable: false, .. }),
        });
        let body = self.clone().body(&boundary);
        if repeatable {
            (content_type, body.remade_by(move || self.clone().body(&boundary)))
        } else {
            (content_type, body)
        }
    }

    fn body(self, boundary: &str) -> Body {
        let mut pieces = VecDeque::new();
        let mut text = String::new();
        for field in self.fields {
            let (Field::Text { name, .. } | Field::File { name, .. }) = &field;
            text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\""));
            quote_into(&mut text, name);
            text.push('"');
            match field {
                Field::Text { value, .. } => text.push_str(&format!("\r\n\r\n{value}\r\n")),
                Field::File { part, .. } => {
                    text.push_str("; filename=\"");
                    quote_into(&mut text, &part.file_name);
                    let content_type = part.content_type.as_ref().and_then(|value| value.to_str().ok());
                    let content_type = content_type.unwrap_or("application/octet-stream");
                    text.push_str(&format!("\"\r\nContent-Type: {content_type}\r\n\r\n"));
                    pieces.push_back(Body::from(std::mem::take(&mut text)));
                    pieces.push_back(part.open());
                    text.push_str("\r\n");
                }
            }
        }
        text.push_str(&format!("--{boundary}--\r\n"));
        pieces.push_back(Body::from(text));
        let len = pieces.iter().map(Body::len).try_fold(0, |sum: u64, len| sum.checked_add(len?));
        match len {
            Some(len) => Body::sized_stream(Chain(pieces), len),
            None => Body::stream(Chain(pieces)),
        }
    }

    /// The body as `application/x-www-form-urlencoded`. Files are left out.
    #[must_use]
    pub fn into_url_encoded(self) -> Body {
        let mut text = String::new();
        for field in &self.fields {
            if let Field::Text { name, value } = field {
                if !text.is_empty() {
                    text.push('&');
                }
                escape_into(&mut text, name);
                text.push('=');
                escape_into(&mut text, value);
            }
        }
        Body::from(text)
    }
}

/// RFC 7578: what would end the quoted name is percent-encoded, the rest is UTF-8 as it is.
fn quote_into(text: &mut String, name: &str) {
    for char in name.chars() {
        match char {
            '"' => text.push_str("%22"),
            '\r' => text.push_str("%0D"),
            '\n' => text.push_str("%0A"),
            other => text.push(other),
        }
    }
}

/// 128 random bits: no content will hold them by chance, and nobody can guess them to forge a part.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("mm-{:016x}{:016x}", random(), random())
}

/// Bodies one after the other.
struct Chain(VecDeque<Body>);

impl http_body::Body for Chain {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        while let Some(body) = self.0.front_mut() {
            match ready!(Pin::new(body).poll_frame(cx)) {
                Some(frame) => return Poll::Ready(Some(frame)),
                None => self.0.pop_front(),
            };
        }
        Poll::Ready(None)
    }
}

/// The second reading of a stream that can be read once.
struct Failed;

impl http_body::Body for Failed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(Some(Err("this content could be read only once, and it was".into())))
    }
}
