use mm_core::Part;
use mm_core::api::files::{GetFile, GetFileInfo, UploadFile};

use super::{ALICE, CHANNEL, FILE, POST};

wire!(files_are_uploaded:
    UploadFile::new(CHANNEL, [Part::new("a.txt", "A"), Part::new("ü b.txt", "B")]).client_ids(["one", "two"]),
    request: "POST /api/v4/files" parts [
        text "channel_id" = "channel0000000000000000000",
        text "client_ids" = "one",
        text "client_ids" = "two",
        file "files" ("a.txt") = "A",
        file "files" ("ü b.txt") = "B",
    ],
    response: 201 json {
        "file_infos": [{"id": "file0000000000000000000000", "name": "a.txt", "size": 1}, {"name": "ü b.txt", "size": 1}],
        "client_ids": ["one", "two"]
    },
    |upload| assert_eq!((upload.file_infos[0].id, upload.client_ids.len()), (FILE, 2)));

wire!(one_file_with_a_name_of_ones_own_is_uploaded: UploadFile::new(CHANNEL, [Part::new("a.txt", "A")]).client_ids(["one"]),
    request: "POST /api/v4/files" parts [
        text "channel_id" = "channel0000000000000000000",
        text "client_ids" = "one",
        file "files" ("a.txt") = "A",
    ],
    response: 201 json {"file_infos": [{"name": "a.txt"}], "client_ids": ["one"]});

wire!(a_file_of_a_bookmark_is_uploaded: UploadFile::new(CHANNEL, [Part::new("a.txt", "A")]).bookmark(true),
    request: "POST /api/v4/files?bookmark=true" parts [
        text "channel_id" = "channel0000000000000000000",
        file "files" ("a.txt") = "A",
    ],
    response: 201 json {"file_infos": [{"name": "a.txt"}], "client_ids": null},
    |upload| assert!(upload.client_ids.is_empty()));

wire!(a_file_is_downloaded: GetFile::new(FILE),
    request: "GET /api/v4/files/file0000000000000000000000",
    response: 200 bytes "text/plain" "content",
    |download| assert_eq!((download.content_type(), download.len()), ("text/plain", Some(7))));

wire!(a_file_is_downloaded_by_a_reviewer:
    GetFile::new(FILE).download(true).as_content_reviewer(true).flagged_post_id(POST),
    request: "GET /api/v4/files/file0000000000000000000000?download=true&as_content_reviewer=true&flagged_post_id=post0000000000000000000000",
    response: 200 bytes "text/plain" "content");

wire!(what_is_known_of_a_file_is_got: GetFileInfo::new(FILE),
request: "GET /api/v4/files/file0000000000000000000000/info",
response: 200 json {
    "id": "file0000000000000000000000", "user_id": "alice000000000000000000000",
    "post_id": "post0000000000000000000000", "channel_id": "channel0000000000000000000",
    "create_at": 1795320728352_i64, "update_at": 1795320728352_i64, "delete_at": 0, "name": "picture.png",
    "extension": "png", "size": 2543, "mime_type": "image/png", "width": 320, "height": 240,
    "has_preview_image": true, "mini_preview": "/9j/2wCE", "remote_id": "", "archived": false
},
|file| {
    assert_eq!((file.user_id, file.post_id), (ALICE, POST));
    assert_eq!((file.width, file.height), (320, 240));
});
