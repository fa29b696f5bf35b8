//! Calls that are given up, at each point they can have come to: nothing goes on, and nobody else has to wait for it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use mm_core::api::files::{GetFile, UploadFile};
use mm_core::api::users::{GetUser, Login};
use mm_core::{Body, BoxError, Part};
use mm_mock::{Listener, PASSWORD, Rate, Town};
use mm_tower::{Client, RetryConfig};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

use crate::hyper::support::{Server, direct, transport};

const SECOND: Duration = Duration::from_secs(1);

/// A client on a socket, and the tasks that there are without calls: that of the listener.
struct Rig {
    town: Town,
    client: Client,
    listener: Listener,
    tasks: usize,
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Gives all others their turn until this is true. Sockets are looked at every 61 turns.
async fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    for _ in 0..100_000 {
        if is_true() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it did not come to this: {what}");
}

/// Time for what would happen by mistake.
async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

impl Rig {
    async fn new() -> Self {
        let town = Town::new();
        let listener = town.fake.listen().await.expect("a port");
        let builder = Client::builder(listener.url()).expect("a URL").token(town.alice.token.clone());
        // Who waits in this, waits for ever.
        let retry = RetryConfig::default().base_delay(SECOND * 10_000_000).max_delay(SECOND * 10_000_000);
        let retry = retry.total_delay(SECOND * 100_000_000);
        let client = builder.retry(retry).build(transport());
        Self { town, client, listener, tasks: tasks() }
    }

    /// Begins a call, gives it up when it has come to a point, and sees that its connection is closed on both sides, and
    /// no task is left.
    async fn gives_up<T>(self, call: impl Future<Output = T>, point: impl FnMut() -> bool) {
        let Self { town, client, listener, tasks: before } = self;
        {
            let mut call = std::pin::pin!(call);
            tokio::select! {
                biased;
                () = until("the point where the call is given up", point) => {}
                _ = &mut call => panic!("the call has ended"),
            }
            // Once there, a little further, as far as it goes.
            tokio::select! {
                biased;
                () = settle() => {}
                _ = &mut call => panic!("the call has ended"),
            }
        }
        until("no task is left", || tasks() == before).await;
        let requests = town.fake.requests().len();
        settle().await;
        assert_eq!((town.fake.requests().len(), tasks()), (requests, before), "something goes on");
        // It leaves the client as it was.
        client.send(GetUser::me()).await.expect("another call");
        drop(client);
        until("idle connections are closed", || tasks() == before).await;
        drop(listener);
    }
}

#[tokio::test]
async fn while_waiting_for_the_head() {
    let rig = Rig::new().await;
    rig.town.fake.on::<GetUser>().hang();
    let (fake, client) = (rig.town.fake.clone(), rig.client.clone());
    rig.gives_up(async move { client.send(GetUser::me()).await }, move || fake.count::<GetUser>() == 1).await;
}

#[tokio::test]
async fn while_reading_the_body() {
    let rig = Rig::new().await;
    rig.town.fake.on::<GetUser>().stall(5);
    let (fake, client) = (rig.town.fake.clone(), rig.client.clone());
    rig.gives_up(async move { client.send(GetUser::me()).await }, move || fake.count::<GetUser>() == 1).await;
}

#[tokio::test]
async fn in_the_middle_of_a_download() {
    let rig = Rig::new().await;
    let upload = UploadFile::new(rig.town.town_square.id, [Part::new("a.txt", "0123456789")]);
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    let other = builder.token(rig.town.alice.token.clone()).build(rig.town.fake.clone());
    let file = other.send(upload).await.expect("a file").file_infos[0].id;
    rig.town.fake.on::<GetFile>().stall(5);
    let has_begun = Arc::new(AtomicBool::new(false));
    let (client, begun) = (rig.client.clone(), Arc::clone(&has_begun));
    let call = async move {
        let mut download = client.send(GetFile::new(file)).await.expect("a file");
        assert_eq!(download.chunk().await.expect("a piece").expect("bytes"), "01234");
        begun.store(true, Ordering::SeqCst);
        download.chunk().await
    };
    rig.gives_up(call, move || has_begun.load(Ordering::SeqCst)).await;
}

/// One piece, and then a pause for ever.
struct Stuck {
    was_asked: Arc<AtomicBool>,
    has_given: bool,
}

impl http_body::Body for Stuck {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if !std::mem::replace(&mut self.has_given, true) {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"begin")))));
        }
        self.was_asked.store(true, Ordering::SeqCst);
        Poll::Pending
    }
}

#[tokio::test]
async fn while_sending_the_body() {
    let rig = Rig::new().await;
    let was_asked = Arc::new(AtomicBool::new(false));
    let stuck = Stuck { was_asked: Arc::clone(&was_asked), has_given: false };
    let upload = UploadFile::new(rig.town.town_square.id, [Part::once("a.txt", Body::stream(stuck))]);
    let (fake, client) = (rig.town.fake.clone(), rig.client.clone());
    rig.gives_up(async move { client.send(upload).await }, move || was_asked.load(Ordering::SeqCst)).await;
    assert_eq!(fake.count::<UploadFile>(), 0, "half an upload is none");
}

#[tokio::test]
async fn while_waiting_for_another_try() {
    let rig = Rig::new().await;
    rig.town.fake.on::<GetUser>().reset();
    let (fake, client) = (rig.town.fake.clone(), rig.client.clone());
    rig.gives_up(async move { client.send(GetUser::me()).await }, move || fake.count::<GetUser>() == 1).await;
}

#[tokio::test]
async fn while_connecting() {
    let before = tasks();
    // Takes connections and says nothing, so that TLS never begins; ends with the connection.
    let server = Server::start(|mut stream| async move {
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await;
    let url = format!("https://{}", server.address);
    let client = Client::builder(url).expect("a URL").build(direct().build().expect("settings"));
    {
        let call = std::pin::pin!(client.send(GetUser::me()));
        tokio::select! {
            biased;
            () = until("a connection", || server.connections() == 1) => {}
            _ = call => panic!("the call has ended"),
        }
    }
    // The server's own task goes on.
    until("the connection is closed", || tasks() == before + 1).await;
    settle().await;
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_whose_answer_was_read_is_used_again_though_the_call_is_not_over() {
    let rig = Rig::new().await;
    let channel = rig.town.town_square.id;
    let upload = UploadFile::new(channel, [Part::new("a.txt", "0123456789")]);
    let file = rig.client.send(upload).await.expect("a file").file_infos[0].id;
    for _ in 0..3 {
        let mut download = rig.client.send(GetFile::new(file)).await.expect("a file");
        assert_eq!(download.chunk().await.expect("a piece").expect("bytes").len(), 10);
        drop(download);
        settle().await;
    }
    // The listener, a connection on both sides, and who closes it when it was not used for long.
    assert_eq!(tasks(), rig.tasks + 3);
}

#[tokio::test(start_paused = true)]
async fn while_waiting_in_line() {
    let town = Town::new();
    town.fake.follow_tokio_time();
    town.fake.configure(|config| config.rate_limit = Some(Rate::new(1, 5)));
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    let client = builder.token(town.alice.token.clone()).build(town.fake.clone());
    // Until somebody has to wait.
    while timeout(SECOND / 10, client.send(GetUser::me())).await.is_ok() {}
    let requests = town.fake.requests().len();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(GetUser::me()).await.map(|_| ()) })
        })
        .collect();
    sleep(SECOND / 10).await;
    for call in &waiting {
        call.abort();
    }
    settle().await;
    assert_eq!((tasks(), town.fake.requests().len()), (0, requests), "nobody has gone");
    // Twenty places in line would be twenty seconds.
    let start = Instant::now();
    client.send(GetUser::me()).await.expect("a user");
    assert!(start.elapsed() <= SECOND * 2, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn during_a_login_that_others_wait_for() {
    let town = Town::new();
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    let client = builder.login("alice", PASSWORD).build(town.fake.clone());
    let me = || {
        let client = client.clone();
        tokio::spawn(async move { client.send(GetUser::me()).await.map(|me| me.username) })
    };
    for round in 1..=2 {
        // The first login, and then one because the session has ended.
        town.fake.on::<Login>().hang();
        let first = me();
        while town.fake.count::<Login>() < 2 * round - 1 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (0..5).map(|_| me()).collect();
        settle().await;
        assert_eq!(town.fake.count::<Login>(), 2 * round - 1, "all wait for the same login");
        let start = Instant::now();
        first.abort();
        for other in others {
            assert_eq!(other.await.expect("no panic").expect("a user"), "alice");
        }
        assert_eq!((town.fake.count::<Login>(), start.elapsed()), (2 * round, Duration::ZERO));
        town.fake.advance(Duration::from_secs(181 * 24 * 3600));
    }
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn during_a_login_that_was_asked_for() {
    let town = Town::new();
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    let client = builder.build(town.fake.clone());
    town.fake.on::<Login>().hang();
    let login = || client.log_in(Login::new("alice", PASSWORD));
    assert!(timeout(SECOND, login()).await.is_err());
    assert!(!format!("{:?}", client.session()).contains("token"), "not logged in");
    let me = timeout(SECOND, login()).await.expect("nobody is in the way").expect("a login");
    assert_eq!(me.username, "alice");
}
