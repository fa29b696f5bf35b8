use std::sync::{Arc, Mutex};

use http_body_util::BodyExt as _;
use mm_core::ErrorKind;

use super::*;
use crate::testing::{Outcome, Script, TempDir, answer, lost, pieces, refused};

const ME: &str = "yhwnfy5nzbn9jd5e9wtq7hmjpc";
const CHANNEL: &str = "chchnfy5nzbn9jd5e9wtq7hmjp";

fn client(script: &Script) -> Client {
    Client::builder("https://a.example").unwrap().token("t").build(script.clone())
}

fn channel() -> ChannelId {
    CHANNEL.parse().unwrap()
}

/// Notes bodies; takes files under the ids `f…0`, `f…1`; the first try of each call may fail.
fn server(bodies: &Arc<Mutex<Vec<String>>>, first: Option<fn() -> Outcome>) -> Script {
    let bodies = Arc::clone(bodies);
    Script::new(move |number, request| {
        let bodies = Arc::clone(&bodies);
        async move {
            if let Some(first) = first.filter(|_| number == 0) {
                return first();
            }
            let path = request.uri().path().to_owned();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let mut bodies = bodies.lock().unwrap();
            bodies.push(format!("{path} {}", String::from_utf8_lossy(&body)));
            match path.as_str() {
                "/api/v4/files" => {
                    let file = format!("filenfy5nzbn9jd5e9wtq7hmj{}", bodies.len());
                    answer(201, format!(r#"{{"file_infos": [{{"id": "{file}"}}], "client_ids": []}}"#))
                }
                "/api/v4/posts" => answer(201, r#"{"message": "posted"}"#),
                "/api/v4/channels/direct" => answer(201, format!(r#"{{"id": "{CHANNEL}"}}"#)),
                _ => answer(200, format!(r#"{{"id": "{ME}"}}"#)),
            }
        }
    })
}

#[tokio::test]
async fn files_are_uploaded_and_attached_in_order() {
    let dir = TempDir::new();
    let paths = [dir.file("b.txt", b"bbb"), dir.file("a.txt", b"aaa")];
    let bodies = Arc::default();
    let script = server(&bodies, None);
    let post = post_with_files(&client(&script), channel(), "hello", &paths).await.unwrap();
    assert_eq!(post.message, "posted");
    let bodies = bodies.lock().unwrap();
    assert!(bodies[0].contains("filename=\"b.txt\"") && bodies[0].contains("\r\nbbb\r\n"), "{}", bodies[0]);
    assert!(bodies[1].contains("filename=\"a.txt\"") && bodies[1].contains("\r\naaa\r\n"), "{}", bodies[1]);
    let ids = r#""file_ids":["filenfy5nzbn9jd5e9wtq7hmj1","filenfy5nzbn9jd5e9wtq7hmj2"]"#;
    assert!(bodies[2].contains(ids), "{}", bodies[2]);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_did_not_get_through_is_sent_again_from_its_beginning() {
    let dir = TempDir::new();
    let path = dir.file("a.txt", b"content");
    let bodies = Arc::default();
    let script = server(&bodies, Some(refused));
    post_with_files(&client(&script), channel(), "", [path]).await.unwrap();
    assert!(bodies.lock().unwrap()[0].contains("\r\ncontent\r\n"));
    // One that may have got through is not: there would be two files.
    let script = server(&bodies, Some(lost));
    let path = dir.file("a.txt", b"content");
    let error = post_with_files(&client(&script), channel(), "", [path]).await.unwrap_err();
    assert_eq!((error.kind(), script.seen().len()), (ErrorKind::MaybeSent, 1));
}

#[tokio::test]
async fn nothing_is_sent_if_a_file_is_missing_or_there_are_too_many() {
    let dir = TempDir::new();
    let good = dir.file("a.txt", b"a");
    let script = server(&Arc::default(), None);
    let paths = [good.clone(), dir.0.join("absent.txt")];
    let error = post_with_files(&client(&script), channel(), "hello", paths).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "UploadFile"));
    assert!(error.to_string().contains("absent.txt"), "{error}");
    let error = post_with_files(&client(&script), channel(), "hello", vec![good; 11]).await.unwrap_err();
    assert!(error.to_string().contains("10 files, not 11"), "{error}");
    assert!(script.seen().is_empty());
}

#[tokio::test]
async fn a_direct_message_goes_from_the_own_id_to_the_user() {
    let other = "otherfy5nzbn9jd5e9wtq7hmjp";
    let bodies = Arc::default();
    let client = client(&server(&bodies, None));
    direct_message(&client, other.parse().unwrap(), "psst").await.unwrap();
    direct_message(&client, UserId::ME, "note").await.unwrap();
    let bodies = bodies.lock().unwrap();
    assert_eq!(bodies[1], format!("/api/v4/channels/direct [\"{ME}\",\"{other}\"]"));
    assert!(bodies[2].contains("psst") && bodies[2].contains(CHANNEL), "{}", bodies[2]);
    assert_eq!(bodies[3], format!("/api/v4/channels/direct [\"{ME}\",\"{ME}\"]"));
}

#[tokio::test]
async fn a_file_is_downloaded_to_where_the_caller_says() {
    let dir = TempDir::new();
    let script = Script::answering(|_, _| {
        let mut response = answer(200, pieces(&["con", "tent"], false))?;
        let disposition = "attachment;filename=\"..%2Fevil\"; filename*=UTF-8''..%2Fevil";
        response.headers_mut().insert("content-disposition", disposition.parse().unwrap());
        Ok(response)
    });
    let path = dir.0.join("mine.txt");
    assert_eq!(download_to(&client(&script), ME.parse().unwrap(), &path).await.unwrap(), 7);
    assert_eq!(std::fs::read(&path).unwrap(), b"content");
    assert_eq!(std::fs::read_dir(&dir.0).unwrap().count(), 1);
}

#[tokio::test]
async fn a_download_that_fails_leaves_no_file() {
    let dir = TempDir::new();
    let path = dir.0.join("mine.txt");
    let refused =
        Script::answering(|_, _| answer(404, r#"{"id": "app.file_info.get.app_error", "message": "gone"}"#));
    let error = download_to(&client(&refused), ME.parse().unwrap(), &path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api);
    let cut_off = Script::answering(|_, _| answer(200, pieces(&["con"], true)));
    let error = download_to(&client(&cut_off), ME.parse().unwrap(), &path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert_eq!(std::fs::read_dir(&dir.0).unwrap().count(), 0);
    let error = download_to(&client(&cut_off), ME.parse().unwrap(), dir.0.join("no/dir")).await.unwrap_err();
    assert_eq!((error.kind(), cut_off.seen().len()), (ErrorKind::NotSent, 1));
}
