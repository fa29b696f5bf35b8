//! Several processes that keep to one quota, because what they know of it is in one place.
//!
//! The place is a Redis in memory here. Against a real one, the methods of `Redis` are the commands that they name;
//! the rest stays.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mm_mock::{FakeServer, Rate};
use mm_tower::api::users::GetUser;
use mm_tower::core::BoxError;
use mm_tower::layer::PacingLayer;
use mm_tower::layer::pacing::{Pace, PaceChange, PaceKey, PaceStore};
use mm_tower::{Client, RetryConfig};
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), BoxError> {
    let fake = FakeServer::new();
    fake.follow_tokio_time();
    fake.configure(|config| config.rate_limit = Some(Rate::new(10, 20)));
    let alice = fake.user("alice").create();
    let token = fake.token_for(&alice);

    let redis = Redis::new();
    let mut processes = Vec::new();
    for _ in 0..3 {
        let pacing = PacingLayer::default().with_store(InRedis(redis.clone()));
        let client = Client::builder("http://fake.example")?
            .token(token.clone())
            .pacing(pacing)
            .retry(RetryConfig::never())
            .build(fake.clone());
        processes.push(tokio::spawn(async move {
            let mut refused = 0;
            for _ in 0..100 {
                refused += u32::from(client.send(GetUser::me()).await.is_err());
            }
            refused
        }));
    }

    let start = Instant::now();
    let mut refused = 0;
    for process in processes {
        refused += process.await?;
    }
    println!("300 calls of three processes took {:?}; {refused} were refused", start.elapsed());
    println!("the server takes 21 in a row and 10 a second");
    for (key, value) in redis.rows.lock().map_err(|_| "a process died")?.iter() {
        println!("kept as {key}: {value}");
    }
    Ok(())
}

/// Keeps the state of pacing in Redis, so that no process overwrites what another one has learnt meanwhile.
struct InRedis(Arc<Redis>);

#[async_trait::async_trait]
impl PaceStore for InRedis {
    async fn update(&self, key: PaceKey, change: &mut PaceChange<'_>) -> Result<(), BoxError> {
        let key = format!("mattermost:pace:{key}");
        loop {
            let before = self.0.get(&key).await;
            let mut pace: Pace = match &before {
                Some(text) => serde_json::from_str(text)?,
                None => Pace::default(),
            };
            let unchanged = pace.clone();
            change(&mut pace, self.0.time().await);
            if pace == unchanged || self.0.set_if(&key, before, serde_json::to_string(&pace)?).await {
                return Ok(());
            }
        }
    }
}

/// What is needed of Redis.
struct Redis {
    rows: Mutex<HashMap<String, String>>,
    start: Instant,
}

impl Redis {
    fn new() -> Arc<Self> {
        Arc::new(Self { rows: Mutex::default(), start: Instant::now() })
    }

    /// `GET key`.
    async fn get(&self, key: &str) -> Option<String> {
        self.round_trip().await;
        self.rows.lock().ok()?.get(key).cloned()
    }

    /// `SET key value EX 3600`, if the value is still the one that was read: between `WATCH key` and
    /// `MULTI … EXEC`, or as a script.
    async fn set_if(&self, key: &str, before: Option<String>, value: String) -> bool {
        self.round_trip().await;
        let Ok(mut rows) = self.rows.lock() else {
            return false;
        };
        let is_same = rows.get(key) == before.as_ref();
        if is_same {
            rows.insert(key.to_owned(), value);
        }
        is_same
    }

    /// `TIME`.
    async fn time(&self) -> Duration {
        self.start.elapsed()
    }

    async fn round_trip(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
