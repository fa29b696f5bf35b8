//! Streams may take their time as long as they move; connecting has a time of its own.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use mm_core::api::files::{GetFile, UploadFile};
use mm_core::api::teams::CreateTeam;
use mm_core::types::FileId;
use mm_core::{Body, BoxError, ErrorKind, Part, TransportErrorKind};
use mm_mock::Town;
use mm_tower::{Client, ClientBuilder};
use tokio::time::{Instant, Sleep, sleep};

use crate::hyper::support::{Server, direct};

const SECOND: Duration = Duration::from_secs(1);

/// 60 s for a call, 30 s for a try.
fn builder(url: &str, town: &Town) -> ClientBuilder {
    let builder = Client::builder(url).expect("a URL").token(town.alice.token.clone());
    builder.timeout(SECOND * 60).try_timeout(SECOND * 30)
}

fn client(town: &Town) -> Client {
    builder("https://chat.example.com", town).build(town.fake.clone())
}

/// A byte after each pause.
struct Pieces {
    pauses: std::vec::IntoIter<Duration>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.sleep.is_none() {
            let Some(pause) = self.pauses.next() else { return Poll::Ready(None) };
            self.sleep = Some(Box::pin(sleep(pause)));
        }
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(cx));
        }
        self.sleep = None;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
    }
}

fn upload(town: &Town, pauses: Vec<Duration>) -> UploadFile {
    let body = Body::stream(Pieces { pauses: pauses.into_iter(), sleep: None });
    UploadFile::new(town.town_square.id, [Part::once("a.txt", body)])
}

async fn file(town: &Town) -> FileId {
    let upload = UploadFile::new(town.town_square.id, [Part::new("a.txt", vec![b'x'; 100])]);
    client(town).send(upload).await.expect("a file").file_infos[0].id
}

#[tokio::test(start_paused = true)]
async fn a_download_may_take_longer_than_a_call_but_no_piece_longer_than_a_try() {
    let town = Town::new();
    let id = file(&town).await;
    town.fake.on::<GetFile>().trickle(10, SECOND * 25);
    let start = Instant::now();
    let download = client(&town).send(GetFile::new(id)).await.expect("a file");
    assert_eq!(download.collect(1000).await.expect("bytes").len(), 100);
    assert_eq!(start.elapsed(), SECOND * 250);

    town.fake.on::<GetFile>().stall(10);
    let start = Instant::now();
    let mut download = client(&town).send(GetFile::new(id)).await.expect("a file");
    assert_eq!(download.chunk().await.expect("a piece").expect("bytes").len(), 10);
    let error = download.chunk().await.expect("an error").expect_err("silence");
    assert_eq!((error.kind(), start.elapsed()), (TransportErrorKind::Timeout, SECOND * 30));
    assert!(download.chunk().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn the_head_of_a_download_has_to_come_in_the_time_of_a_try_and_all_tries_in_that_of_the_call() {
    let town = Town::new();
    let id = file(&town).await;
    town.fake.on::<GetFile>().hang().times(9);
    let start = Instant::now();
    let error = client(&town).send(GetFile::new(id)).await.expect_err("silence");
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::MaybeSent, SECOND * 60));
    assert_eq!(town.fake.count::<GetFile>(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_upload_may_take_longer_than_a_call_but_no_piece_longer_than_a_try() {
    let town = Town::new();
    let start = Instant::now();
    client(&town).send(upload(&town, vec![SECOND * 25; 10])).await.expect("a file");
    assert_eq!(start.elapsed(), SECOND * 250);

    let start = Instant::now();
    let stuck = upload(&town, vec![SECOND * 25, SECOND * 3600]);
    let error = client(&town).send(stuck).await.expect_err("no piece");
    assert_eq!((error.kind(), start.elapsed()), (ErrorKind::MaybeSent, SECOND * 55));

    // The answer has its time from the last piece on.
    town.fake.on::<UploadFile>().hang();
    let start = Instant::now();
    let error = client(&town).send(upload(&town, vec![SECOND * 25; 4])).await.expect_err("silence");
    assert_eq!(error.kind(), ErrorKind::MaybeSent);
    assert!(start.elapsed() >= SECOND * 125 && start.elapsed() <= SECOND * 130, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_come_about_in_its_time_was_not_sent_and_is_tried_again() {
    let town = Town::new();
    // Takes connections and says nothing, so that TLS never begins.
    let server = Server::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let transport = direct().connect_timeout(SECOND * 7).build().expect("settings");
    let client = builder(&format!("https://{}", server.address), &town).build(transport);
    let start = Instant::now();
    let error = client.send(CreateTeam::new("lost", "Lost")).await.expect_err("no connection");
    assert_eq!(error.kind(), ErrorKind::NotSent);
    let cause = error.transport_error().expect("a failure on the way");
    assert_eq!(cause.kind(), TransportErrorKind::Timeout);
    // Four tries of 7 s, and the waits between them.
    assert!(start.elapsed() >= SECOND * 28 && start.elapsed() < SECOND * 30, "{:?}", start.elapsed());
}
