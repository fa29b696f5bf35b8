//! Posts through a connection that fails at any point: each is there exactly once, or its call says "maybe" and the
//! look-up tells which.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Frame;
use mm_core::api::posts::{CreatePost, GetPostsForChannel};
use mm_core::{Body, BoxError, Delivery, ErrorKind, TransportError, TransportErrorKind};
use mm_mock::{FakeServer, Town};
use mm_tower::layer::RetryBudget;
use mm_tower::{Client, RetryConfig, recipes};
use tower::{Service, ServiceExt as _};

use crate::chance::Chance;

/// A connection to the fake on which posts meet with accidents.
#[derive(Clone)]
struct Flaky {
    fake: FakeServer,
    fate: Arc<Mutex<Fate>>,
}

/// What happens to the next post: the same in every run of the same seed.
struct Fate {
    chance: Chance,
    drawn: usize,
    seen: HashMap<&'static str, usize>,
}

impl Fate {
    fn next(&mut self) -> (&'static str, Duration) {
        const ACCIDENTS: [&str; 10] = [
            "refused",
            "broken while sending",
            "answer lost",
            "answer cut off",
            "lost on the way",
            "answer never comes",
            "gateway without server",
            "gateway lost the answer",
            "arrives after the connection broke",
            "slow",
        ];
        // Bad times come and go.
        self.drawn += 1;
        let outcomes = if self.drawn % 1000 < 250 { 12 } else { 60 };
        let drawn = usize::try_from(self.chance.number(outcomes)).unwrap_or(usize::MAX);
        let accident = ACCIDENTS.get(drawn).copied().unwrap_or("none");
        *self.seen.entry(accident).or_default() += 1;
        (accident, Duration::from_millis(self.chance.number(4000)))
    }
}

impl Service<Request<Body>> for Flaky {
    type Response = Response<Body>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let fake = self.fake.clone();
        let is_post = request.method() == Method::POST;
        let (accident, delay) =
            if is_post { self.fate.lock().expect("a lock").next() } else { ("none", Duration::ZERO) };
        let lost = || TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent);
        Box::pin(async move {
            let server = async move { fake.oneshot(request).await };
            match accident {
                "refused" => Err(TransportError::new(TransportErrorKind::Connect, Delivery::NotSent)),
                "broken while sending" => Err(lost()),
                "answer lost" => {
                    server.await?;
                    Err(lost())
                }
                "answer cut off" => {
                    let (head, body) = server.await?.into_parts();
                    let half = body.as_bytes().map_or(0, <[u8]>::len) / 2;
                    let bytes = body.into_bytes().unwrap_or_default().slice(..half);
                    Ok(Response::from_parts(head, Body::stream(Cut(Some(bytes)))))
                }
                "lost on the way" => std::future::pending().await,
                "answer never comes" => {
                    server.await?;
                    std::future::pending().await
                }
                "gateway without server" => Ok(bad_gateway()),
                "gateway lost the answer" => {
                    server.await?;
                    Ok(bad_gateway())
                }
                "arrives after the connection broke" => {
                    tokio::spawn(async move {
                        tokio::time::sleep(delay).await;
                        server.await
                    });
                    Err(lost())
                }
                "slow" => {
                    tokio::time::sleep(delay * 2).await;
                    server.await
                }
                _ => server.await,
            }
        })
    }
}

fn bad_gateway() -> Response<Body> {
    let mut response = Response::new(Body::from("<html>Bad Gateway</html>"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

/// Some bytes, and then the end of the connection.
struct Cut(Option<Bytes>);

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let end = || Err(TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent).into());
        Poll::Ready(Some(self.0.take().map_or_else(end, |bytes| Ok(Frame::data(bytes)))))
    }
}

/// How often each message of a channel is there.
pub(crate) async fn messages(
    client: &Client,
    channel: mm_types::ChannelId,
) -> Result<HashMap<String, usize>, BoxError> {
    let mut posts = client.stream(GetPostsForChannel::new(channel));
    let mut count = HashMap::new();
    while let Some(post) = posts.next().await {
        *count.entry(post?.message).or_default() += 1;
    }
    Ok(count)
}

/// How many posts; `MM_POSTS` makes it more: 10,000 take half a minute.
const POSTS: usize = 2000;
/// How many of them are under way at once.
const AT_ONCE: usize = 20;

/// What a caller knows of a post in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Told {
    Made,
    NotSent,
    /// Told "maybe", looked it up, and found it.
    Found,
    /// Told "maybe", looked it up, and did not find it.
    Missing,
}

#[tokio::test(start_paused = true)]
async fn posts_over_a_failing_connection_are_there_once_or_the_look_up_tells() -> Result<(), BoxError> {
    let town = Town::new();
    town.fake.follow_tokio_time();
    let fate = Fate { chance: Chance::new(0x5eed), drawn: 0, seen: HashMap::new() };
    let flaky = Flaky { fake: town.fake.clone(), fate: Arc::new(Mutex::new(fate)) };
    let client = Client::builder("https://chat.example.com")?
        .token(town.alice.token.clone())
        // More patient than the server's memory is long: it is the window that ends calls.
        .retry(RetryConfig::default().tries(20).base_delay(Duration::from_secs(5)))
        .retry_budget(RetryBudget::unlimited())
        .build(flaky.clone());
    client.me().await?;
    let channel = town.town_square.id;
    let before: usize = messages(&client, channel).await?.values().sum();
    let least = std::env::var("MM_POSTS").map_or(Ok(POSTS), |posts| posts.parse())?;
    let mut told = Vec::with_capacity(least);
    // One in a thousand ends as missing, by chance: the waits of the retry are not drawn from the seed.
    let has_missing = |told: &[(String, Told)]| told.iter().any(|(_, told)| *told == Told::Missing);
    while told.len() < least || !has_missing(&told) && told.len() < 10 * POSTS {
        let first = told.len();
        let mut calls = tokio::task::JoinSet::new();
        for number in 0..AT_ONCE {
            let (client, fake) = (client.clone(), town.fake.clone());
            calls.spawn(async move {
                let post = CreatePost::new(channel, format!("message {}", first + number));
                let since = fake.now();
                let told = match client.send(post.clone()).await {
                    Ok(made) => {
                        assert_eq!(made.message, post.message);
                        Told::Made
                    }
                    Err(error) if error.kind() == ErrorKind::NotSent => Told::NotSent,
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::MaybeSent, "{error}");
                        assert!(error.to_string().contains("maybe posted"), "{error}");
                        // What is still on its way has arrived by then.
                        tokio::time::sleep(Duration::from_secs(5)).await;
                        let found = recipes::find_posted(&client, &post, since).await.expect("a look-up");
                        if found.is_some() { Told::Found } else { Told::Missing }
                    }
                };
                (post.message, told)
            });
        }
        told.extend(calls.join_all().await);
    }
    let posts = told.len();
    let made = messages(&client, channel).await?;
    let is_there = |told: Told| matches!(told, Told::Made | Told::Found);
    let wrong: Vec<_> = told
        .iter()
        .filter(|(message, told)| made.get(message).copied().unwrap_or(0) != usize::from(is_there(*told)))
        .collect();
    assert!(wrong.is_empty(), "{} of {posts} are not as was told: {wrong:?}", wrong.len());
    let count = |wanted| told.iter().filter(|(_, told)| *told == wanted).count();
    let [made_now, not_sent, found, missing] =
        [Told::Made, Told::NotSent, Told::Found, Told::Missing].map(count);
    assert_eq!(made.values().sum::<usize>(), before + made_now + found);
    assert!(found > 0 && missing > 0, "{found} found, {missing} missing");
    let fate = flaky.fate.lock().expect("a lock");
    assert!(fate.seen.len() == 11 && fate.seen.values().all(|times| *times > 50), "{:?}", fate.seen);
    assert!(fate.drawn > posts + posts / 5, "{} tries", fate.drawn);
    println!(
        "{posts} posts, {} tries: {made_now} made, {not_sent} not sent, {found} found, {missing} missing; {:?}",
        fate.drawn, fate.seen
    );
    Ok(())
}
