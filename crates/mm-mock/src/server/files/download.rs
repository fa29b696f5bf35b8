//! The content of a file: all of it, a part of it, or nothing because the client has it.

use std::ops::Range;

use http::{HeaderMap, HeaderValue, Response, StatusCode};
use mm_core::Body;
use mm_core::codec::Download;

use crate::world::StoredFile;
use crate::{Answer, Caller, Failure, date};

/// Types that browsers would run.
const UNSAFE: [&str; 6] = [
    "application/javascript",
    "application/ecmascript",
    "text/javascript",
    "text/ecmascript",
    "application/x-javascript",
    "text/html",
];
/// Types that browsers show rather than save.
const MEDIA: [&str; 11] = [
    "image/jpeg",
    "image/png",
    "image/bmp",
    "image/gif",
    "image/tiff",
    "image/webp",
    "video/avi",
    "video/mpeg",
    "video/mp4",
    "audio/mpeg",
    "audio/wav",
];

pub(super) fn answer(file: &StoredFile, save: bool, caller: &Caller) -> Result<Answer<Download>, Failure> {
    let size = file.content.len();
    let changed = file.info.update_at.as_millis().div_euclid(1000);
    let headers = headers(file, save);
    if is_known(caller, changed) {
        let mut headers = headers;
        headers.remove("content-type");
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = headers;
        return Err(Failure::response(response));
    }
    let (content, range) = match wanted(caller, changed, size) {
        Wanted::All => (file.content.clone(), None),
        Wanted::Part(range) => (file.content.slice(range.clone()), Some(range)),
        Wanted::Beyond => return Err(beyond(headers, size)),
    };
    let mut download = Download::new("application/octet-stream", content);
    download.headers = headers;
    if let Some(range) = range {
        download.status = StatusCode::PARTIAL_CONTENT;
        let value = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        insert(&mut download.headers, "content-range", &value);
    }
    Ok(download.into())
}

fn headers(file: &StoredFile, save: bool) -> HeaderMap {
    let info = &file.info;
    let is_one_of = |kinds: &[&str]| kinds.iter().any(|kind| info.mime_type.starts_with(kind));
    let content_type = match info.mime_type.as_str() {
        "" => "application/octet-stream",
        _ if is_one_of(&UNSAFE) => "text/plain",
        other => other,
    };
    let how = if save || !is_one_of(&MEDIA) { "attachment" } else { "inline" };
    let name = escaped(&info.name);
    let mut headers = HeaderMap::new();
    insert(&mut headers, "accept-ranges", "bytes");
    insert(&mut headers, "cache-control", "private, max-age=86400");
    let disposition = format!("{how};filename=\"{name}\"; filename*=UTF-8''{name}");
    insert(&mut headers, "content-disposition", &disposition);
    insert(&mut headers, "content-security-policy", "Frame-ancestors 'none'");
    insert(&mut headers, "content-type", content_type);
    insert(&mut headers, "last-modified", &date::http(info.update_at));
    insert(&mut headers, "x-frame-options", "DENY");
    if info.size > 0 {
        insert(&mut headers, "x-uncompressed-content-length", &info.size.to_string());
    }
    headers
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) {
    // Names are escaped and the rest is ASCII, so every value can be one.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// A name as it stands in an address.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'~' | b'$' | b'&' | b'+' | b'=' | b':' | b'@' => {
                text.push(char::from(byte))
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Whether the client has the file as it is since `changed`, in seconds since 1970.
fn is_known(caller: &Caller, changed: i64) -> bool {
    let since = date::read_http(caller.header("if-modified-since"));
    caller.header("if-none-match").is_empty() && since.is_some_and(|since| changed <= since)
}

#[derive(Debug, PartialEq)]
enum Wanted {
    All,
    Part(Range<usize>),
    Beyond,
}

fn wanted(caller: &Caller, changed: i64, size: usize) -> Wanted {
    let condition = caller.header("if-range");
    // A tag fits no file: they have none.
    if !condition.is_empty() && date::read_http(condition) != Some(changed) {
        return Wanted::All;
    }
    part(caller.header("range"), size)
}

/// The part that a `Range` header names. More than one part, or nonsense, stands for all.
fn part(header: &str, size: usize) -> Wanted {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::All;
    };
    let (first, last) = (first.trim(), last.trim());
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), _) if last.is_empty() => first..size,
        (_, Ok(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return Wanted::All,
    };
    if range.start >= size { Wanted::Beyond } else { Wanted::Part(range) }
}

/// 416: the file ends before.
fn beyond(mut headers: HeaderMap, size: usize) -> Failure {
    for name in ["cache-control", "last-modified", "content-disposition"] {
        headers.remove(name);
    }
    insert(&mut headers, "content-type", "text/plain; charset=utf-8");
    insert(&mut headers, "content-range", &format!("bytes */{size}"));
    let mut response = Response::new(Body::from("invalid range: failed to overlap\n"));
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    *response.headers_mut() = headers;
    Failure::response(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_a_part_from_the_front_or_the_back() {
        for (header, range) in [
            ("bytes=0-3", 0..4),
            ("bytes=4-", 4..10),
            ("bytes=-3", 7..10),
            ("bytes=8-99", 8..10),
            ("bytes=-99", 0..10),
        ] {
            assert_eq!(part(header, 10), Wanted::Part(range), "{header}");
        }
        for header in ["", "bytes=3-1", "bytes=x-", "items=0-1", "bytes=0-1,3-4"] {
            assert_eq!(part(header, 10), Wanted::All, "{header}");
        }
        assert_eq!(part("bytes=10-", 10), Wanted::Beyond);
    }

    #[test]
    fn names_are_escaped_as_in_addresses() {
        assert_eq!(escaped("notes – ü.txt"), "notes%20%E2%80%93%20%C3%BC.txt");
        assert_eq!(escaped("a\"b;c&d"), "a%22b%3Bc&d");
    }
}
