//! What clients of others send and see: forms in another order, heads, parts, what the client has.

use bytes::Bytes;
use http::{Method, Response};
use mm_core::api::files::{GetFile, GetFileInfo};
use mm_types::{FileInfo, FileUpload};

use crate::testing::{ask, error, request, send};
use crate::{Person, Town};

const BOUNDARY: &str = "multipart/form-data; boundary=x";

/// A form of fields (`name=value`) and files (`name:file name=content`).
fn form(parts: &[&str]) -> String {
    let mut body = String::new();
    for part in parts {
        let (name, value) = part.split_once('=').unwrap();
        let disposition = match name.split_once(':') {
            Some((name, file)) => format!("name=\"{name}\"; filename=\"{file}\""),
            None => format!("name=\"{name}\""),
        };
        body += &format!("--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{value}\r\n");
    }
    body + "--x--\r\n"
}

async fn post(town: &Town, who: &Person, query: &str, kind: &str, body: String) -> Response<Bytes> {
    let bearer = format!("Bearer {}", who.token.expose());
    let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
    send(&town.fake, request(Method::POST, &format!("/api/v4/files{query}"), &headers, body)).await
}

fn uploaded(answer: &Response<Bytes>) -> FileUpload {
    assert_eq!(answer.status(), 201, "{:?}", answer.body());
    serde_json::from_slice(answer.body()).unwrap()
}

async fn file(town: &Town, name: &str, content: &str) -> FileInfo {
    let query = format!("?channel_id={}&filename={name}", town.town_square.id);
    let answer = post(town, &town.alice, &query, "text/plain", content.to_owned()).await;
    uploaded(&answer).file_infos.remove(0)
}

async fn get(town: &Town, method: Method, file: &FileInfo, header: (&'static str, &str)) -> Response<Bytes> {
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let headers = [("authorization", bearer.as_str()), header];
    send(&town.fake, request(method, &format!("/api/v4/files/{}", file.id), &headers, "")).await
}

#[tokio::test]
async fn parts_may_have_any_name_after_the_channel() {
    let town = Town::new();
    let channel = format!("channel_id={}", town.town_square.id);
    let body = form(&[&channel, "client_ids=1", "client_ids=2", "mine:a.txt=A", "other:b.txt=BB"]);
    let answer = uploaded(&post(&town, &town.alice, "", BOUNDARY, body).await);
    assert_eq!(answer.client_ids, ["1", "2"]);
    let names: Vec<_> = answer.file_infos.iter().map(|info| (&*info.name, info.size)).collect();
    assert_eq!(names, [("a.txt", 1), ("b.txt", 2)]);
    let query = format!("?{channel}");
    let answer = uploaded(&post(&town, &town.alice, &query, BOUNDARY, form(&["files:dir/c.txt=C"])).await);
    assert_eq!((&*answer.file_infos[0].name, answer.client_ids.len()), ("c.txt", 0));
}

#[tokio::test]
async fn files_before_the_channel_have_to_be_called_files() {
    let town = Town::new();
    let channel = format!("channel_id={}", town.town_square.id);
    let body = form(&["files:a.txt=A", "other:b.txt=B", &channel, "anything=x", "client_ids=1"]);
    let answer = uploaded(&post(&town, &town.alice, "", BOUNDARY, body).await);
    assert_eq!((answer.file_infos.len(), &*answer.client_ids), (1, &["1".to_owned()][..]));
}

#[tokio::test]
async fn a_form_that_is_wrong_is_refused() {
    let town = Town::new();
    let channel = format!("channel_id={}", town.town_square.id);
    let other = format!("channel_id={}", town.off_topic.id);
    let file = "files:a.txt=A";
    let body_param = |name: &str| format!("Invalid or missing {name} in request body.");
    for (parts, message) in [
        (vec![&*channel, "colour=red", file], body_param("colour")),
        (vec![&*channel, file, "client_ids=1"], body_param("client_ids")),
        (vec![&*channel, "client_ids=1", file, file], body_param("client_ids")),
        (vec![file], body_param("channel_id")),
        (
            vec![&*channel, &*other, file],
            "Unable to upload file(s). Multiple conflicting channel_ids.".to_owned(),
        ),
        (
            vec![&*channel, "client_ids=1", "client_ids=2", file],
            "Unable to upload file(s). Have 2 client_ids for 1 files.".to_owned(),
        ),
    ] {
        let answer = post(&town, &town.alice, "", BOUNDARY, form(&parts)).await;
        assert_eq!((answer.status().as_u16(), error(&answer).message), (400, message), "{parts:?}");
    }
    let empty = post(&town, &town.alice, &format!("?{channel}"), "text/plain", String::new()).await;
    assert_eq!(error(&empty).id, "api.file.upload_file.read_request.app_error");
    let nameless = post(&town, &town.alice, &format!("?{channel}"), "text/plain", "x".to_owned()).await;
    assert_eq!(error(&nameless).message, "Invalid or missing filename parameter in request URL.");
}

#[tokio::test]
async fn a_file_over_the_limit_is_413() {
    let town = Town::new();
    town.fake.configure(|config| config.max_file_size = 10);
    let query = format!("?channel_id={}&filename=a.txt", town.town_square.id);
    let answer = post(&town, &town.alice, &query, "text/plain", "x".repeat(10 + 513)).await;
    assert_eq!(
        (answer.status().as_u16(), &*error(&answer).id),
        (413, "api.context.request_body_too_large.app_error")
    );
}

#[tokio::test]
async fn pictures_have_a_size() {
    let town = Town::new();
    let query = format!("?channel_id={}&filename=A.GIF", town.town_square.id);
    let answer = post(&town, &town.alice, &query, "image/gif", "GIF89a\x08\0\x09\0".to_owned()).await;
    let info = uploaded(&answer).file_infos.remove(0);
    assert_eq!((info.width, info.height, &*info.extension, &*info.mime_type), (8, 9, "gif", "image/gif"));
    assert!(info.mini_preview.is_some() && !info.has_preview_image);
}

#[tokio::test]
async fn a_file_of_a_bookmark_is_the_channels() {
    let town = Town::new();
    let channel = town.fake.channel(&town.team, "ops").private().members([&town.alice]).create();
    let query = format!("?channel_id={}&filename=a.txt&bookmark=true", channel.id);
    let answer = post(&town, &town.alice, &query, "text/plain", "x".to_owned()).await;
    let info = uploaded(&answer).file_infos.remove(0);
    assert!(ask(&town.fake, &town.alice, GetFileInfo::new(info.id)).await.is_ok());
    assert_eq!(ask(&town.fake, &town.bob, GetFileInfo::new(info.id)).await.unwrap_err().0, 403);
    let reviewed = GetFile::new(info.id).as_content_reviewer(true);
    assert_eq!(ask(&town.fake, &town.alice, reviewed).await.unwrap_err().0, 501);
}

#[tokio::test]
async fn a_head_says_everything_but_the_content() {
    let town = Town::new();
    let file = file(&town, "picture.png", "0123456789").await;
    let head = get(&town, Method::HEAD, &file, ("accept", "*/*")).await;
    let header = |name: &str| head.headers().get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!((head.status().as_u16(), head.body().len(), header("content-length")), (200, 0, "10"));
    assert_eq!(
        header("content-disposition"),
        "inline;filename=\"picture.png\"; filename*=UTF-8''picture.png"
    );
    assert_eq!((header("content-type"), header("x-uncompressed-content-length")), ("image/png", "10"));
    assert_eq!(header("content-security-policy"), "Frame-ancestors 'none'");
    assert_eq!(header("last-modified"), "Thu, 15 Jan 2026 09:00:00 GMT");
    assert!(!head.headers().contains_key("expires"));
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let town = Town::new();
    let file = file(&town, "a.txt", "0123456789").await;
    let known = get(&town, Method::GET, &file, ("if-modified-since", "Thu, 15 Jan 2026 09:00:00 GMT")).await;
    assert_eq!((known.status().as_u16(), known.body().len()), (304, 0));
    assert!(!known.headers().contains_key("content-type") && known.headers().contains_key("last-modified"));
    let older = get(&town, Method::GET, &file, ("if-modified-since", "Thu, 15 Jan 2026 08:59:59 GMT")).await;
    assert_eq!(older.status(), 200);
}

#[tokio::test]
async fn a_part_beyond_the_end_is_416() {
    let town = Town::new();
    let file = file(&town, "a.txt", "0123456789").await;
    let part = get(&town, Method::GET, &file, ("range", "bytes=2-4")).await;
    assert_eq!((part.status().as_u16(), &part.body()[..]), (206, &b"234"[..]));
    assert_eq!(part.headers()["content-range"], "bytes 2-4/10");
    let beyond = get(&town, Method::GET, &file, ("range", "bytes=10-")).await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(beyond.headers()["content-range"], "bytes */10");
}
