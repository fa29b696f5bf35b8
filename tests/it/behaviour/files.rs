//! Files of posts.

use http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use mm_core::api::channels::{AddChannelMember, CreateChannel};
use mm_core::api::files::{GetFile, GetFileInfo, UploadFile};
use mm_core::api::posts::{CreatePost, DeletePost, GetPost, PatchPost};
use mm_core::types::{ChannelId, ChannelType, FileId, FileInfo};
use mm_core::{Body, BoxError, Part};

use super::town::Citizen;

const FORBIDDEN: &str = "api.context.permissions.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

async fn upload(
    citizen: &Citizen,
    channel: ChannelId,
    name: &str,
    content: &str,
) -> Result<FileInfo, BoxError> {
    let op = UploadFile::new(channel, [Part::new(name, content.to_owned())]);
    let uploaded = citizen.send(op).await?;
    Ok(uploaded.file_infos.into_iter().next().ok_or("no file")?)
}

/// A part of a download, or its head.
async fn fetch(
    citizen: &Citizen,
    method: Method,
    file: FileId,
    headers: &[(&'static str, &str)],
) -> Result<Response<Vec<u8>>, BoxError> {
    let mut request = Request::builder().method(method).uri(format!("/api/v4/files/{file}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = citizen.client.send_request(request.body(Body::empty())?).await?;
    let (head, body) = answer.into_parts();
    Ok(Response::from_parts(head, body.collect().await?.to_bytes().to_vec()))
}

async fn content(citizen: &Citizen, file: FileId) -> Result<Vec<u8>, BoxError> {
    let download = citizen.send(GetFile::new(file)).await?;
    Ok(download.body.collect().await?.to_bytes().to_vec())
}

fn header<'a>(answer: &'a Response<Vec<u8>>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

behaviour!(a_file_comes_back_as_it_was_sent, |t| {
    let info = upload(&t.alice, t.square, "notes – ü.txt", "hello").await?;
    assert_eq!((&*info.name, &*info.extension, info.size), ("notes – ü.txt", "txt", 5));
    assert_eq!((&*info.mime_type, info.user_id), ("text/plain; charset=utf-8", t.alice.id));
    assert_eq!(
        (info.channel_id, info.post_id.is_empty(), info.mini_preview.is_none()),
        (t.square, true, true)
    );
    assert_eq!(content(&t.alice, info.id).await?, b"hello");
    let again = t.alice.send(GetFileInfo::new(info.id)).await?;
    assert_eq!((again.id, again.create_at, again.size), (info.id, info.create_at, 5));
});

behaviour!(files_have_the_clients_names_in_their_order, |t| {
    let files = [Part::new("a.txt", "a"), Part::new("b.txt", "bb")];
    let named = t.alice.send(UploadFile::new(t.square, files.clone()).client_ids(["one", "two"])).await?;
    assert_eq!(named.client_ids, ["one", "two"]);
    assert_eq!(named.file_infos.iter().map(|info| info.size).collect::<Vec<_>>(), [1, 2]);
    assert!(t.alice.send(UploadFile::new(t.square, files.clone())).await?.client_ids.is_empty());
    let refused = t.alice.refused(UploadFile::new(t.square, files).client_ids(["one"])).await?;
    assert_eq!(refused, error(400, "api.context.invalid_body_param.app_error"));
    let too_many = UploadFile::new(t.square, [Part::new("a.txt", "a")]).client_ids(["one", "two"]);
    let id = "api.file.upload_file.incorrect_number_of_client_ids.app_error";
    assert_eq!(t.alice.refused(too_many).await?, error(400, id));
});

behaviour!(a_file_can_be_the_whole_body, |t| {
    let url = format!("/api/v4/files?channel_id={}&filename=raw.bin&client_id=mine", t.square);
    let request = Request::post(url).header("content-type", "application/octet-stream");
    let answer = t.alice.client.send_request(request.body(Body::from("raw"))?).await?;
    assert_eq!(answer.status(), 201);
    let body = answer.into_body().collect().await?.to_bytes();
    let uploaded: mm_core::types::FileUpload = serde_json::from_slice(&body)?;
    assert_eq!((&*uploaded.file_infos[0].name, uploaded.file_infos[0].size), ("raw.bin", 3));
    assert_eq!(uploaded.client_ids, ["mine"]);
});

behaviour!(files_go_to_channels_one_is_in, |t| {
    let file = || [Part::new("a.txt", "a")];
    assert_eq!(t.carol.refused(UploadFile::new(t.square, file())).await?, error(403, FORBIDDEN));
    let unknown: ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.bob.refused(UploadFile::new(unknown, file())).await?, error(403, FORBIDDEN));
});

behaviour!(a_post_takes_files_of_its_author_and_channel_once, |t| {
    let other = t.alice.send(CreateChannel::new(t.team, "other", "Other")).await?.id;
    let first = upload(&t.alice, t.square, "a.txt", "a").await?.id;
    let second = upload(&t.alice, t.square, "b.txt", "b").await?.id;
    let bobs = upload(&t.bob, t.square, "c.txt", "c").await?.id;
    let elsewhere = upload(&t.alice, other, "d.txt", "d").await?.id;
    let unknown: FileId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let op = CreatePost::new(t.square, "files").file_ids([second, bobs, elsewhere, unknown, first]);
    let post = t.alice.send(op).await?;
    let mut attached = [first, second, elsewhere];
    attached.sort_unstable();
    assert_eq!(post.file_ids, attached, "those of the author, by id");
    let metadata = t.bob.send(GetPost::new(post.id)).await?.metadata.unwrap_or_default();
    let names: Vec<&str> = metadata.files.iter().map(|info| &*info.name).collect();
    assert_eq!(names.len(), 3);
    assert!(metadata.files.iter().all(|info| info.channel_id == t.square));
    assert!(metadata.files.iter().all(|info| info.post_id == post.id));
    let again = t.alice.send(CreatePost::new(t.square, "again").file_ids([first])).await?;
    assert!(again.file_ids.is_empty());
    let repeated = CreatePost::new(t.square, "one").file_ids([unknown; 11]);
    assert!(t.alice.send(repeated).await?.file_ids.is_empty());
    let eleven: Vec<FileId> =
        ('a'..='k').map(|letter| letter.to_string().repeat(26).parse()).collect::<Result<_, _>>()?;
    let eleven = CreatePost::new(t.square, "many").file_ids(eleven);
    assert_eq!(t.alice.refused(eleven).await?, error(400, "model.post.is_valid.file_ids.app_error"));
});

behaviour!(a_patch_exchanges_files, |t| {
    let old = upload(&t.alice, t.square, "old.txt", "a").await?.id;
    let new = upload(&t.alice, t.square, "new.txt", "b").await?.id;
    let post = t.alice.send(CreatePost::new(t.square, "x").file_ids([old])).await?;
    let patched = t.alice.send(PatchPost::new(post.id).file_ids(vec![new])).await?;
    assert_eq!(patched.file_ids, [new]);
    assert!(patched.is_edited());
    assert_eq!(t.alice.refused(GetFileInfo::new(old)).await?, error(404, "app.file_info.get.app_error"));
});

behaviour!(files_are_for_those_who_may_read_the_channel, |t| {
    let op = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let closed = t.alice.send(op).await?.id;
    let secret = upload(&t.alice, closed, "a.txt", "a").await?.id;
    let public = upload(&t.alice, t.square, "b.txt", "b").await?.id;
    assert_eq!(t.bob.refused(GetFile::new(secret)).await?, error(403, FORBIDDEN));
    assert_eq!(t.bob.refused(GetFileInfo::new(secret)).await?, error(403, FORBIDDEN));
    assert_eq!(content(&t.bob, public).await?, b"b", "though no post has it");
    t.alice.send(AddChannelMember::new(closed).user_id(t.bob.id)).await?;
    assert_eq!(content(&t.bob, secret).await?, b"a");
    let unknown: FileId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.bob.refused(GetFile::new(unknown)).await?, error(404, "api.file.get_file_info.app_error"));
    assert_eq!(t.bob.refused(GetFileInfo::new(unknown)).await?, error(404, "app.file_info.get.app_error"));
});

behaviour!(files_go_with_their_post, |t| {
    let file = upload(&t.alice, t.square, "a.txt", "a").await?.id;
    let post = t.alice.send(CreatePost::new(t.square, "x").file_ids([file])).await?;
    t.alice.send(DeletePost::new(post.id)).await?;
    // A real server does it after it has answered.
    for _ in 0..50 {
        if t.alice.send(GetFileInfo::new(file)).await.is_err() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(t.alice.refused(GetFileInfo::new(file)).await?, error(404, "app.file_info.get.app_error"));
});

behaviour!(a_download_says_what_it_is, |t| {
    let page = upload(&t.alice, t.square, "a b.html", "<b>").await?.id;
    let answer = fetch(&t.alice, Method::GET, page, &[]).await?;
    assert_eq!(header(&answer, "content-type"), "text/plain", "nothing that browsers would run");
    let name = "attachment;filename=\"a%20b.html\"; filename*=UTF-8''a%20b.html";
    assert_eq!(header(&answer, "content-disposition"), name);
    assert_eq!(header(&answer, "cache-control"), "private, max-age=86400");
    assert_eq!(header(&answer, "x-frame-options"), "DENY");
    assert_eq!(header(&answer, "accept-ranges"), "bytes");

    let picture = upload(&t.alice, t.square, "a.unknownending", "x").await?.id;
    let head = fetch(&t.alice, Method::HEAD, picture, &[]).await?;
    assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
    assert_eq!(header(&head, "content-length"), "1");
    assert_eq!(header(&head, "content-type"), "application/octet-stream");
});

behaviour!(a_download_can_be_taken_up_again, |t| {
    let file = upload(&t.alice, t.square, "a.bin", "0123456789").await?.id;
    let whole = fetch(&t.alice, Method::GET, file, &[]).await?;
    let modified = header(&whole, "last-modified").to_owned();
    let part = fetch(&t.alice, Method::GET, file, &[("range", "bytes=4-"), ("if-range", &modified)]).await?;
    assert_eq!((part.status().as_u16(), &part.body()[..]), (206, &b"456789"[..]));
    assert_eq!(header(&part, "content-range"), "bytes 4-9/10");
    let stale = [("range", "bytes=4-"), ("if-range", "Sun, 06 Nov 1994 08:49:37 GMT")];
    let stale = fetch(&t.alice, Method::GET, file, &stale).await?;
    assert_eq!((stale.status().as_u16(), stale.body().len()), (200, 10), "the file has changed since");
    let beyond = fetch(&t.alice, Method::GET, file, &[("range", "bytes=10-")]).await?;
    assert_eq!((beyond.status().as_u16(), header(&beyond, "content-range")), (416, "bytes */10"));
    let known = fetch(&t.alice, Method::GET, file, &[("if-modified-since", &modified)]).await?;
    assert_eq!((known.status().as_u16(), known.body().len()), (304, 0));
});
