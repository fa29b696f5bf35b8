//! Files to the server: the form as it is written.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use mm_core::api::files::UploadFile;
use mm_core::api::users::SetProfileImage;
use mm_core::types::{ChannelId, UserId};
use mm_core::{Body, Part};
use wiremock::{MockServer, Request};

use super::{CHANNEL, FILE, answering, body, client, header, json, line, request};

fn channel() -> ChannelId {
    CHANNEL.parse().expect("an id")
}

async fn server() -> MockServer {
    answering(json(201, &format!(r#"{{"file_infos":[{{"id":"{FILE}","name":"a.txt"}}],"client_ids":[]}}"#)))
        .await
}

/// The body with its boundary, which is checked, replaced by `B`.
fn form(request: &Request) -> String {
    let boundary =
        header(request, "content-type").strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    assert!((20..=70).contains(&boundary.len()), "{boundary}");
    assert!(boundary.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{boundary}");
    body(request).replace(boundary, "B")
}

#[tokio::test]
async fn a_form_has_its_parts_in_order_and_its_exact_length() {
    let server = server().await;
    let files = [
        Part::new("notes.txt", "first line\r\n--not a boundary\r\n"),
        Part::new("empty.bin", ""),
        Part::new("photo.png", "PNG").content_type("image/png"),
    ];
    let upload = UploadFile::new(channel(), files).client_ids(["one", "two", "three"]);
    let answer = client(&server).send(upload).await.expect("files");
    assert_eq!(answer.file_infos[0].id.as_str(), FILE);

    let request = request(&server).await;
    assert_eq!(line(&request), "POST /api/v4/files");
    assert_eq!(header(&request, "content-length"), request.body.len().to_string());
    assert_eq!(header(&request, "transfer-encoding"), "");
    let text = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = |name: &str, kind: &str, content: &str| {
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n{content}\r\n"
        )
    };
    let expected = [
        text("channel_id", CHANNEL),
        text("client_ids", "one"),
        text("client_ids", "two"),
        text("client_ids", "three"),
        file("notes.txt", "application/octet-stream", "first line\r\n--not a boundary\r\n"),
        file("empty.bin", "application/octet-stream", ""),
        file("photo.png", "image/png", "PNG"),
        "--B--\r\n".to_owned(),
    ];
    assert_eq!(form(&request), expected.concat());
}

#[tokio::test]
async fn a_file_name_stays_within_its_quotes() {
    for (name, written) in [
        ("a \"quoted\" name.txt", r#"a \"quoted\" name.txt"#),
        (r"C:\temp\a.txt", r"C:\\temp\\a.txt"),
        ("größe 🎉.txt", "größe 🎉.txt"),
        ("evil\"\r\nX-Evil: 1\r\n\r\n.txt", r#"evil\"%0D%0AX-Evil: 1%0D%0A%0D%0A.txt"#),
        ("../../etc/passwd", "../../etc/passwd"),
    ] {
        let server = server().await;
        client(&server).send(UploadFile::new(channel(), [Part::new(name, "x")])).await.expect("a file");
        let form = form(&request(&server).await);
        let line = form.lines().find(|line| line.contains("filename=")).expect("a file").to_owned();
        assert_eq!(line, format!("Content-Disposition: form-data; name=\"files\"; filename=\"{written}\""));
    }
}

#[tokio::test]
async fn a_picture_is_the_form_of_its_operation() {
    let server = answering(json(200, r#"{"status":"OK"}"#)).await;
    let picture = Part::new("me.png", Bytes::from_static(b"PNG")).content_type("image/png");
    client(&server).send(SetProfileImage::new(UserId::ME, picture)).await.expect("done");
    let request = request(&server).await;
    assert_eq!(line(&request), "POST /api/v4/users/me/image");
    assert_eq!(
        form(&request),
        "--B\r\nContent-Disposition: form-data; name=\"image\"; filename=\"me.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--B--\r\n"
    );
}

#[tokio::test]
async fn a_stream_of_unknown_length_is_sent_in_chunks() {
    let server = server().await;
    let unsized_body = Full::new(Bytes::from_static(b"line\n")).map_frame(|frame| frame);
    let part = Part::once("log.txt", Body::stream(unsized_body));
    client(&server).send(UploadFile::new(channel(), [part])).await.expect("a file");
    let request = request(&server).await;
    // The other side has put the chunks together.
    assert_eq!((header(&request, "content-length"), header(&request, "transfer-encoding")), ("", "chunked"));
    assert!(form(&request).ends_with("\r\n\r\nline\n\r\n--B--\r\n"));
}

#[tokio::test]
async fn a_stream_of_known_length_announces_it() {
    let server = server().await;
    let part = Part::streamed("log.txt", Some(5), || Body::stream(Full::new(Bytes::from_static(b"line\n"))));
    client(&server).send(UploadFile::new(channel(), [part])).await.expect("a file");
    let request = request(&server).await;
    assert_eq!(header(&request, "content-length"), request.body.len().to_string());
    assert!(form(&request).ends_with("\r\n\r\nline\n\r\n--B--\r\n"));
}
