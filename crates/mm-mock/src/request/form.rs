//! Reading `multipart/form-data`.

use bytes::Bytes;
use mm_core::{Args, Part};

/// The boundary that a content type announces, if it is a form's.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_it = name.trim().eq_ignore_ascii_case("boundary");
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Adds the fields and files of a form.
pub(crate) fn read(args: Args, body: &Bytes, boundary: &str) -> Args {
    fields(body, boundary).into_iter().fold(args, |args, field| match &field.file_name {
        Some(file_name) => args.with_part(field.name, Part::new(file_name, field.content)),
        None => {
            let text = field.text();
            args.with_text(field.name, text)
        }
    })
}

/// A field or file of a form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Files have one.
    pub(crate) file_name: Option<String>,
    pub(crate) content: Bytes,
}

impl Field {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.content).into_owned()
    }
}

/// What a form holds, in its order. What is not a part is skipped; a form that breaks off ends there.
pub(crate) fn fields(body: &Bytes, boundary: &str) -> Vec<Field> {
    let delimiter = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut fields = Vec::new();
    let Some(start) = find(body, delimiter.as_bytes()) else {
        return fields;
    };
    let mut rest = body.slice(start + delimiter.len()..);
    while !rest.starts_with(b"--") {
        let Some(end) = find(&rest, next.as_bytes()) else { break };
        let part = rest.slice(..end);
        rest = rest.slice(end + next.len()..);
        let Some(head_end) = find(&part, b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..head_end]).into_owned();
        let Some(name) = parameter(&head, "name") else { continue };
        let file_name = parameter(&head, "filename");
        fields.push(Field { name, file_name, content: part.slice(head_end + 4..) });
    }
    fields
}

/// A parameter of `Content-Disposition`, in quotes or not. Percent signs stay what they are, as on the
/// real server.
fn parameter(head: &str, name: &str) -> Option<String> {
    let is_it = |line: &&str| line.to_ascii_lowercase().starts_with("content-disposition:");
    let mut rest = head.split("\r\n").find(is_it)?;
    while let Some((_, parameters)) = rest.split_once(';') {
        let (key, value) = parameters.split_once('=')?;
        let (text, after) = value_of(value);
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = after;
    }
    None
}

/// The value that a text begins with, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, char)| char)),
            other => value.push(other),
        }
    }
    (value, "")
}

/// Where `needle` begins.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    loop {
        at += haystack.get(at..)?.iter().position(|byte| *byte == first)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use mm_core::Form;

    use super::*;

    #[tokio::test]
    async fn a_form_is_read_as_it_was_written() {
        let form = Form::new()
            .text("channel_id", "c")
            .text("client_ids", "1")
            .text("client_ids", "2")
            .file("files", Part::new("a\"b.txt", "line\r\n--not the boundary\r\n"))
            .file("files", Part::new("empty", ""));
        let (content_type, body) = form.into_multipart();
        let body = body.collect().await.unwrap().to_bytes();
        let boundary = boundary(content_type.to_str().unwrap()).unwrap();
        let mut args = read(Args::default(), &body, &boundary);
        assert_eq!(args.body::<String>("channel_id").unwrap(), "c");
        assert_eq!(args.body::<Vec<String>>("client_ids").unwrap(), ["1", "2"]);
        let files = args.parts("files");
        assert_eq!(files[0].file_name(), "a\"b.txt");
        assert_eq!(files[0].open().as_bytes(), Some(&b"line\r\n--not the boundary\r\n"[..]));
        assert_eq!(files[1].len(), Some(0));
    }

    #[test]
    fn names_come_in_quotes_or_without() {
        let head = "Content-Type: text/plain\r\ncontent-disposition: form-data; filename=\"a;\\\"%22.txt\"; name=files";
        assert_eq!(parameter(head, "name").as_deref(), Some("files"));
        assert_eq!(parameter(head, "filename").as_deref(), Some("a;\"%22.txt"));
        assert_eq!(parameter(head, "other"), None);
    }

    #[test]
    fn only_a_form_has_a_boundary() {
        assert_eq!(boundary("multipart/form-data; boundary=\"x\"").as_deref(), Some("x"));
        assert_eq!(boundary("application/json; boundary=x"), None);
    }
}
