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

/// A quoted name: UTF-8 as it is, quotes and backslashes behind a backslash, as the server undoes it.
///
/// Browsers write `%22` for a quote, but the server keeps that as it comes, and so would name the
/// file. Control characters, which could end the header, have no other way than percent-encoding.
fn quote_into(text: &mut String, name: &str) {
    for char in name.chars() {
        match char {
            '"' | '\\' => text.extend(['\\', char]),
            control if control.is_ascii_control() => text.push_str(&format!("%{:02X}", u32::from(control))),
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Waker;

    use http_body::Body as _;

    use super::*;

    /// Reads a body to its end. Nothing here waits, so there is nothing to be woken for.
    fn read(mut body: Body) -> Result<String, BoxError> {
        let mut bytes = Vec::new();
        loop {
            match Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Some(frame)) => {
                    bytes.extend_from_slice(frame?.data_ref().unwrap_or(&Bytes::new()))
                }
                Poll::Ready(None) => return Ok(String::from_utf8(bytes)?),
                Poll::Pending => return Err("it waits".into()),
            }
        }
    }

    fn boundary_of(content_type: &HeaderValue) -> String {
        let text = content_type.to_str().unwrap_or_default();
        text.strip_prefix("multipart/form-data; boundary=").expect("a boundary").to_owned()
    }

    /// The body with its boundary replaced by `B`.
    fn written(form: Form) -> String {
        let (content_type, body) = form.into_multipart();
        read(body).expect("a body").replace(&boundary_of(&content_type), "B")
    }

    /// A stream of two pieces that does not say how long it is.
    fn pieces() -> Body {
        struct Pieces(VecDeque<&'static str>);
        impl http_body::Body for Pieces {
            type Data = Bytes;
            type Error = BoxError;

            fn poll_frame(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
                Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(Bytes::from(piece)))))
            }
        }
        Body::stream(Pieces(VecDeque::from(["first, ", "second"])))
    }

    #[test]
    fn a_form_is_written_in_order_part_by_part() {
        let form = Form::new()
            .text("channel_id", "town")
            .file("files", Part::new("a.txt", "A").content_type("text/plain"))
            .file("files", Part::new("b.bin", ""));
        assert_eq!(
            written(form),
            "--B\r\nContent-Disposition: form-data; name=\"channel_id\"\r\n\r\ntown\r\n\
             --B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nA\r\n\
             --B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"b.bin\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\r\n\
             --B--\r\n"
        );
        assert_eq!(written(Form::new()), "--B--\r\n");
    }

    #[test]
    fn a_name_cannot_end_its_header() {
        let name = "a\"b\\c\r\nX-Evil: 1\0 ü 文.txt";
        let text = written(Form::new().file(name, Part::new(name, "")));
        let quoted = "\"a\\\"b\\\\c%0D%0AX-Evil: 1%00 ü 文.txt\"";
        let header = format!("Content-Disposition: form-data; name={quoted}; filename={quoted}\r\n");
        assert!(text.contains(&header), "{text}");
    }

    #[test]
    fn the_length_is_exactly_what_is_written() {
        let sized = Part::streamed("ü.txt", Some(13), pieces);
        let form = Form::new().text("name", "wörld").file("a", Part::new("a", "bytes")).file("b", sized);
        let (_, body) = form.into_multipart();
        let len = body.len().expect("every part's length is known");
        assert_eq!(body.size_hint().exact(), Some(len));
        assert_eq!(read(body).expect("a body").len() as u64, len);
    }

    #[test]
    fn one_part_of_unknown_length_makes_the_whole_length_unknown() {
        let form = Form::new().file("a", Part::new("a", "x")).file("b", Part::streamed("b", None, pieces));
        let (content_type, body) = form.into_multipart();
        assert_eq!(body.len(), None);
        let text = read(body).expect("a body");
        let end = format!("\r\n\r\nfirst, second\r\n--{}--\r\n", boundary_of(&content_type));
        assert!(text.ends_with(&end), "{text}");
    }

    #[test]
    fn a_part_that_is_not_as_long_as_it_said_is_an_error() {
        for len in [12, 14] {
            let (_, body) = Form::new().file("a", Part::streamed("a", Some(len), pieces)).into_multipart();
            assert!(read(body).is_err(), "{len}");
        }
    }

    #[test]
    fn a_form_that_is_sent_again_is_the_same_to_the_byte() {
        let opened = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&opened);
        let part = Part::streamed("a", None, move || {
            counter.fetch_add(1, Ordering::Relaxed);
            pieces()
        });
        let (_, body) = Form::new().text("x", "1").file("a", part).into_multipart();
        let again = body.try_clone().expect("it can be sent again");
        let third = again.try_clone().expect("and again");
        let first = read(body).expect("a body");
        assert!(first.contains("first, second"));
        assert_eq!(read(again).expect("a body"), first);
        assert_eq!(read(third).expect("a body"), first);
        assert_eq!(opened.load(Ordering::Relaxed), 3, "opened for each try");
    }

    #[test]
    fn content_that_can_be_read_once_is_sent_once() {
        let part = Part::once("a", pieces());
        let form = Form::new().file("a", part.clone());
        let (_, body) = form.into_multipart();
        assert!(body.try_clone().is_none());
        assert!(read(body).expect("the first time").contains("first, second"));
        let error = read(part.open()).expect_err("the second time");
        assert_eq!(error.to_string(), "this content could be read only once, and it was");
    }

    #[test]
    fn every_form_has_a_boundary_of_its_own() {
        let boundary = || boundary_of(&Form::new().into_multipart().0);
        let one = boundary();
        assert_ne!(one, boundary());
        assert!(
            one.len() <= 70 && one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{one}"
        );
    }

    #[test]
    fn a_url_encoded_form_escapes_names_and_values() {
        let body = Form::new().text("a b", "1&2").text("c", "ü").into_url_encoded();
        assert_eq!(body.as_bytes(), Some(b"a%20b=1%262&c=%C3%BC" as &[u8]));
    }
}
