use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use http::StatusCode;
use mm_core::Body;
use mm_core::api::users::GetUser;
use mm_core::types::Secret;
use mm_mock::{FakeServer, Rate};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tower::service_fn;

use super::*;
use crate::{Client, ClientBuilder};

/// A server with a limit, whose answers take 30 ms, and what it answered.
#[derive(Clone)]
struct Limited {
    fake: FakeServer,
    token: Secret,
    served: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Limited {
    fn new(rate: impl Into<Option<Rate>>) -> Self {
        let fake = FakeServer::new();
        fake.follow_tokio_time();
        let rate = rate.into();
        fake.configure(|config| config.rate_limit = rate);
        let alice = fake.user("alice").create();
        let token = fake.token_for(&alice);
        Self { fake, token, served: Arc::default(), refused: Arc::default() }
    }

    fn client(&self, pacing: PacingLayer) -> Client {
        self.client_with(|builder| builder.pacing(pacing))
    }

    fn client_with(&self, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let (fake, served, refused) = (self.fake.clone(), self.served.clone(), self.refused.clone());
        let slow = service_fn(move |request: Request<Body>| {
            let (mut fake, served, refused) = (fake.clone(), served.clone(), refused.clone());
            async move {
                sleep(Duration::from_millis(15)).await;
                let answer = fake.call(request).await?;
                let is_refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
                if is_refused { refused } else { served }.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(15)).await;
                Ok::<_, TransportError>(answer)
            }
        });
        let builder = Client::builder("https://chat.example.com").unwrap().token(self.token.clone());
        settings(builder).build(slow)
    }

    /// Many clones that call without a pause: how many calls were served and refused.
    async fn storm(&self, pacing: PacingLayer, clones: usize, time: Duration) -> (usize, usize) {
        let client = self.client(pacing);
        let mut tasks = JoinSet::new();
        for _ in 0..clones {
            let client = client.clone();
            tasks.spawn(async move {
                loop {
                    let _ = client.send(GetUser::me()).await;
                }
            });
        }
        sleep(time).await;
        tasks.shutdown().await;
        self.counts()
    }

    fn counts(&self) -> (usize, usize) {
        (self.served.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}

const DEFAULT: Rate = Rate::new(10, 100);

#[tokio::test(start_paused = true)]
async fn a_storm_of_clones_is_hardly_ever_refused_and_uses_what_is_allowed() {
    for rate in [DEFAULT, Rate::new(50, 20), Rate::new(20, 5)] {
        for clones in [10, 200] {
            let server = Limited::new(rate);
            let time = Duration::from_secs(30);
            let (served, refused) = server.storm(PacingLayer::default(), clones, time).await;
            let allowed = rate.burst + 1 + rate.per_second * 30;
            assert!(served as f64 >= 0.95 * f64::from(allowed), "{rate:?}: {served} of {allowed}");
            assert!(refused * 100 < served, "{rate:?}: {refused} refused, {served} served");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_pacing_the_same_storm_is_refused_often() {
    let server = Limited::new(DEFAULT);
    let (served, refused) = server.storm(PacingLayer::off(), 200, Duration::from_secs(30)).await;
    assert!(refused * 3 > served, "{refused} refused, {served} served");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_one_at_a_time_is_found_out() {
    let server = Limited::new(Rate::new(20, 0));
    let (served, refused) = server.storm(PacingLayer::default(), 40, Duration::from_secs(60)).await;
    assert!(served > 1000 && refused < 10, "{served} served, {refused} refused");
}

#[tokio::test(start_paused = true)]
async fn calls_go_out_in_the_order_in_which_they_came_and_who_leaves_makes_room() {
    let server = Limited::new(Rate::new(1, 9));
    let client = server.client(PacingLayer::default());
    for _ in 0..9 {
        client.send(GetUser::me()).await.unwrap();
    }
    let (order, start) = (Arc::new(Mutex::new(Vec::new())), Instant::now());
    let mut tasks: Vec<_> = (0..6)
        .map(|number| {
            let (client, order) = (client.clone(), order.clone());
            tokio::spawn(async move {
                client.send(GetUser::me()).await.unwrap();
                order.lock().unwrap().push(number);
            })
        })
        .collect();
    sleep(Duration::from_millis(100)).await;
    tasks.remove(4).abort();
    tasks.remove(0).abort();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [1, 2, 3, 5]);
    assert!(start.elapsed() < Duration::from_millis(4900), "{:?}", start.elapsed());
    assert_eq!(server.counts().1, 0);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_ones_turn_does_not_count_as_a_silent_server() {
    let server = Limited::new(Rate::new(1, 9));
    let client = server.client_with(|builder| builder.try_timeout(Duration::from_millis(500)).no_retry());
    for _ in 0..15 {
        client.send(GetUser::me()).await.unwrap();
    }
    assert_eq!(server.counts().0, 15);
}

#[tokio::test(start_paused = true)]
async fn tokens_do_not_wait_for_each_other_unless_they_share_a_name() {
    let server = Limited::new(Rate::new(1, 9));
    let bob = server.fake.token_for(server.fake.user("bob").create());
    let wait_of_bob = async |pacing: PacingLayer| {
        let alice = server.client(pacing.clone());
        for _ in 0..9 {
            alice.send(GetUser::me()).await.unwrap();
        }
        let bob = server.client_with(|builder| builder.token(bob.clone()).pacing(pacing));
        let start = Instant::now();
        bob.send(GetUser::me()).await.unwrap();
        start.elapsed()
    };
    assert!(wait_of_bob(PacingLayer::default()).await < Duration::from_millis(40));
    assert!(wait_of_bob(PacingLayer::default().with_key("office")).await > Duration::from_millis(400));
}

#[tokio::test(start_paused = true)]
async fn a_server_without_limits_is_called_at_once() {
    let server = Limited::new(None);
    let client = server.client(PacingLayer::default());
    client.send(GetUser::me()).await.unwrap();
    let start = Instant::now();
    let mut tasks: JoinSet<_> = (0..500)
        .map(|_| {
            let client = client.clone();
            async move { client.send(GetUser::me()).await.map(drop) }
        })
        .collect();
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    assert!(start.elapsed() < Duration::from_millis(40));
}

#[tokio::test(start_paused = true)]
async fn the_first_calls_wait_no_longer_than_a_second_for_a_server_that_says_nothing() {
    let server = Limited::new(None);
    server.fake.on::<GetUser>().hang().times(4);
    let client = server.client(PacingLayer::default());
    let hanging: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(GetUser::me()).await })
        })
        .collect();
    sleep(Duration::from_millis(100)).await;
    assert!(timeout(Duration::from_secs(2), client.send(GetUser::me())).await.is_ok());
    hanging.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn limits_that_come_later_and_go_again_are_noticed() {
    let server = Limited::new(None);
    let client = server.client(PacingLayer::default());
    client.send(GetUser::me()).await.unwrap();
    server.fake.configure(|config| config.rate_limit = Some(Rate::new(1, 9)));
    let start = Instant::now();
    for _ in 0..12 {
        client.send(GetUser::me()).await.unwrap();
    }
    assert!(start.elapsed() > Duration::from_secs(1));
    assert_eq!(server.counts().1, 0);
    server.fake.configure(|config| config.rate_limit = None);
    for _ in 0..30 {
        client.send(GetUser::me()).await.unwrap();
    }
    let start = Instant::now();
    for _ in 0..30 {
        client.send(GetUser::me()).await.unwrap();
    }
    assert!(start.elapsed() < Duration::from_secs(1));
}

/// What several processes would share.
struct Table {
    rows: Mutex<HashMap<PaceKey, String>>,
    start: Instant,
    is_away: bool,
}

impl Table {
    fn new(is_away: bool) -> Arc<Self> {
        Arc::new(Self { rows: Mutex::default(), start: Instant::now(), is_away })
    }
}

#[async_trait]
impl PaceStore for Arc<Table> {
    async fn update(&self, key: PaceKey, change: &mut PaceChange<'_>) -> Result<(), BoxError> {
        sleep(Duration::from_millis(1)).await;
        if self.is_away {
            return Err("away".into());
        }
        let mut rows = self.rows.lock().unwrap();
        let mut pace = rows.get(&key).map_or_else(|| Ok(Pace::default()), |row| serde_json::from_str(row))?;
        change(&mut pace, self.start.elapsed());
        rows.insert(key, serde_json::to_string(&pace)?);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn processes_that_share_a_store_keep_to_one_quota() {
    let server = Limited::new(Rate::new(10, 20));
    let table = Table::new(false);
    let mut processes = JoinSet::new();
    for _ in 0..3 {
        let (server, layer) = (server.clone(), PacingLayer::default().with_store(table.clone()));
        processes.spawn(async move { server.storm(layer, 20, Duration::from_secs(30)).await });
    }
    processes.join_all().await;
    let (served, refused) = server.counts();
    assert!(served * 100 >= 95 * (21 + 10 * 30), "{served} served");
    assert!(refused * 100 < served, "{refused} refused, {served} served");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_stops_no_call() {
    let server = Limited::new(Rate::new(10, 20));
    let client = server.client(PacingLayer::default().with_store(Table::new(true)));
    for _ in 0..10 {
        client.send(GetUser::me()).await.unwrap();
    }
}

#[test]
fn nothing_of_a_token_is_shown() {
    let session = Session::with_token("xoxo4secret");
    let layer = PacingLayer::default().with_session(session.clone()).with_key("office");
    let shown = format!("{layer:?} {:?} {}", session.pace_key(), session.pace_key());
    assert!(!shown.contains("xoxo") && !shown.contains("secret") && !shown.contains("office"), "{shown}");
}

#[test]
fn a_key_is_the_same_in_every_process() {
    assert_eq!(PaceKey::NONE.and(b"foobar").to_string(), "db1790868e4f055f");
}
