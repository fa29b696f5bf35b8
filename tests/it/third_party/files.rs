//! Posts and files, written by hand.

use super::{exchange, get, town};

#[tokio::test]
async fn a_post_is_created_from_json_and_from_nothing_else() {
    let (town, listener) = town().await;
    let head = get(&town, "/api/v4/posts", "Content-Type: application/json").replacen("GET", "POST", 1);
    let body = format!(
        r#"{{"channel_id": "{}", "message": "created **here**", "unknown": [1]}}"#,
        town.town_square.id
    );
    let answer = exchange(&listener, &head, &body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let post = answer.json();
    assert_eq!(
        (&post["message"], &post["user_id"]),
        (&"created **here**".into(), &town.alice.id.as_str().into())
    );
    let id = post["id"].as_str().expect("an id");
    let read = exchange(&listener, &get(&town, &format!("/api/v4/posts/{id}"), ""), "").await;
    assert_eq!((read.status, &read.json()["message"]), (200, &"created **here**".into()));

    for broken in ["{\"channel_id\":", "[]", "message=hello"] {
        let answer = exchange(&listener, &head, broken).await;
        assert_eq!(answer.error(), (400, "api.context.invalid_body_param.app_error".to_owned()), "{broken}");
    }
}

#[tokio::test]
async fn a_form_written_by_hand_is_a_file() {
    let (town, listener) = town().await;
    let content = b"\x89PNG\r\n--B not the end\r\n\0\xff";
    let kind = "Content-Type: multipart/form-data; boundary=\"B-1\"";
    let head = get(&town, "/api/v4/files", kind).replacen("GET", "POST", 1);
    let mut body = format!(
        "preamble\r\n--B-1\r\ncontent-disposition: form-data; name=channel_id\r\n\r\n{}\r\n\
         --B-1\r\nContent-Type: image/png\r\nContent-Disposition: form-data; filename=\"a \\\"b\\\".png\"; name=\"files\"\r\n\r\n",
        town.town_square.id
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--B-1--\r\nepilogue");
    let answer = exchange(&listener, &head, &body).await;
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let json = answer.json();
    let info = &json["file_infos"][0];
    assert_eq!((&info["name"], &info["size"]), (&"a \"b\".png".into(), &content.len().into()));
    let path = format!("/api/v4/files/{}", info["id"].as_str().expect("an id"));

    let file = exchange(&listener, &get(&town, &path, ""), "").await;
    assert_eq!((file.status, file.body.as_slice()), (200, content.as_slice()));

    // Reading a head is all that `curl -I` does.
    let head = exchange(&listener, &get(&town, &path, "").replacen("GET", "HEAD", 1), "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), content.len().to_string());
    for name in [
        "accept-ranges",
        "content-disposition",
        "content-type",
        "last-modified",
        "x-uncompressed-content-length",
    ] {
        assert!(!head.header(name).is_empty(), "{name}");
    }
}
