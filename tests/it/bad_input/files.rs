//! Files that are not what they should be.

use mm_core::ErrorKind;
use mm_core::api::posts::CreatePost;
use mm_mock::{FakeServer, Town};
use mm_tower::{Client, recipes};

fn client(town: &Town) -> Client {
    Client::builder("http://fake.example")
        .expect("an address")
        .token(town.alice.token.clone())
        .build(town.fake.clone())
}

fn sent(fake: &FakeServer) -> usize {
    fake.requests().len()
}

#[tokio::test]
async fn a_file_that_is_not_there_keeps_all_files_and_the_post_from_being_sent() {
    let town = Town::new();
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    for missing in ["/no/such/file.pdf", env!("CARGO_MANIFEST_DIR"), ""] {
        let paths = [here, missing];
        let result = recipes::post_with_files(&client(&town), town.town_square.id, "look", paths).await;
        let error = result.expect_err("no file");
        assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "UploadFile"), "{missing:?}");
        assert!(error.to_string().contains(missing), "{error}");
    }
    assert_eq!(sent(&town.fake), 0);
}

#[tokio::test]
async fn more_files_than_a_post_takes_are_refused_before_the_first_is_read() {
    let town = Town::new();
    let paths = vec!["/no/such/file.pdf"; 11];
    let post = CreatePost::new(town.town_square.id, "look");
    let error = recipes::create_with_files(&client(&town), post, paths).await.expect_err("too many");
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "CreatePost"));
    assert!(error.to_string().contains("10 files, not 11"), "{error}");
    assert_eq!(sent(&town.fake), 0);
}

#[tokio::test]
async fn a_download_to_where_nothing_can_be_written_is_not_begun() {
    let town = Town::new();
    let file = "a".repeat(26).parse().expect("an id");
    for path in ["/no/such/directory/a.txt", ""] {
        let error = recipes::download_to(&client(&town), file, path).await.expect_err("no place");
        assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSent, "GetFile"), "{path:?}: {error}");
    }
    assert_eq!(sent(&town.fake), 0);
}
