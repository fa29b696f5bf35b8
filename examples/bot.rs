//! A bot that throws dice: it answers `!roll 2d6`, and whoever mentions it, in the thread.
//!
//! ```text
//! MM_URL=https://chat.example.com MM_TOKEN=… cargo run --example bot
//! ```
//!
//! It ends with Ctrl-C, or when its token is refused for good. Lost connections, restarts of the server and answers that get
//! lost do not end it, and nobody waits in vain or is answered twice. Without `MM_URL` it plays a scene on the
//! fake server.

use std::collections::hash_map::RandomState;
use std::env;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

use mm_examples::connect;
use mm_mock::Town;
use mm_tower::Client;
use mm_tower::api::posts::{CreatePost, GetPostThread, GetPostsForChannel};
use mm_tower::api::users::GetUser;
use mm_tower::core::BoxError;
use mm_tower::socket::actions::UserTyping;
use mm_tower::socket::{Backfill, Connection, Event, Events, Incoming};
use mm_tower::types::event::Posted;
use mm_tower::types::{PostId, User};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    if env::var_os("MM_URL").is_none() {
        return scene().await;
    }
    let client = connect()?;
    let events = open(&client).await?;
    let socket = events.socket();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            socket.close().await; // What has arrived is still answered.
        }
    });
    run(&client, events).await
}

/// What the bot listens to. After a gap the posts that were missed are fetched, and come as if nothing had happened.
async fn open(client: &Client) -> Result<Events, BoxError> {
    Ok(client.events().backfill(Backfill::seen()).await?)
}

/// Answers until the socket is closed.
async fn run(client: &Client, mut events: Events) -> Result<(), BoxError> {
    let me = client.send(GetUser::me()).await?;
    let socket = events.socket();
    while let Some(incoming) = events.next().await {
        match incoming {
            Incoming::Event(event) => {
                let Some(answer) = answer(&me, &event) else { continue };
                // Shows that somebody is at it. Whether that works is of no concern.
                let typing = UserTyping::new(answer.channel_id);
                let _ = socket.send_within(typing, Duration::from_millis(500)).await;
                // Tried again for as long as that makes sense, and never posted twice.
                if let Err(error) = client.send(answer).await {
                    eprintln!("an answer is lost: {error}");
                }
            }
            // There is no point in going on, and whoever runs the bot has to know.
            Incoming::Connection(Connection::AuthLost(error)) => {
                return Err(format!("the bot needs a new token: {error}").into());
            }
            Incoming::Connection(connection) => eprintln!("{connection:?}"),
            other => eprintln!("{other:?}"),
        }
    }
    Ok(())
}

/// What the bot says to an event, if it says anything.
fn answer(me: &User, event: &Event) -> Option<CreatePost> {
    let post = event.data::<Posted>()?.and_then(|posted| posted.post.get());
    let post = post.inspect_err(|error| eprintln!("a post that cannot be read: {error}")).ok()?;
    // Two bots that answer each other never end.
    let is_human = post.props.from_bot() != Some(true) && post.props.from_webhook() != Some(true);
    if post.user_id == me.id || !is_human || post.is_system_message() {
        return None;
    }
    let text = reply(&me.username, &post.message)?;
    Some(CreatePost::new(post.channel_id, text).root_id(post.thread_id()))
}

fn reply(my_name: &str, message: &str) -> Option<String> {
    let mut words = message.split_whitespace();
    if words.next() == Some("!roll") {
        return Some(match roll(words.next().unwrap_or("1d6")) {
            Some(thrown) => format!(":game_die: {thrown:?}, together {}", thrown.iter().sum::<u32>()),
            None => "I know `!roll 2d6`, with up to 20 dice of up to 100 sides.".to_owned(),
        });
    }
    // `Posted::mentions` says so too, but is not known of posts that are fetched after a gap.
    let is_part_of_name = |char: char| char.is_ascii_alphanumeric() || ".-_@".contains(char);
    let mut names = message.split(|char| !is_part_of_name(char));
    let is_mentioned = names.any(|name| name.trim_end_matches('.').strip_prefix('@') == Some(my_name));
    is_mentioned.then(|| "Try `!roll 2d6`.".to_owned())
}

/// Throws dice: `2d6` are two of six sides each.
fn roll(dice: &str) -> Option<Vec<u32>> {
    let (number, sides) = dice.split_once('d')?;
    let (number, sides) = (number.parse::<u64>().ok()?, sides.parse::<u64>().ok()?);
    let is_known = (1..=20).contains(&number) && (1..=100).contains(&sides);
    // The standard library has no dice, but hashes with random keys.
    let random = RandomState::new();
    let throw = |die| {
        let mut hasher = random.build_hasher();
        hasher.write_u64(die);
        (hasher.finish() % sides) as u32 + 1
    };
    is_known.then(|| (0..number).map(throw).collect())
}

/// Somebody asks, the connection is cut, somebody asks meanwhile, and everybody gets one answer.
async fn scene() -> Result<(), BoxError> {
    let town = Town::new();
    let connect = |token| {
        Ok::<_, BoxError>(Client::builder("http://fake.example")?.token(token).build(town.fake.clone()))
    };
    let [dice, other] = ["dice", "other-bot"].map(|name| town.fake.bot(name).in_team(&town.team).create());
    let (bot, other) =
        (connect(town.fake.access_token_for(&dice))?, connect(town.fake.access_token_for(&other))?);
    let alice = connect(town.alice.token.clone())?;
    let ask = |text| alice.send(CreatePost::new(town.town_square.id, text));

    let events = open(&bot).await?;
    let socket = events.socket();
    let running = tokio::spawn(async move { run(&bot, events).await });

    let first = ask("!roll 2d6").await?;
    assert!(answers(&alice, first.id, 1).await?.starts_with(":game_die: ["));

    // The server forgets what it had still to tell, so that the bot has to look for itself.
    town.fake.sockets().of(&dice).overflow();
    let meanwhile = ask("@dice, are you there?").await?;
    other.send(CreatePost::new(town.town_square.id, "@dice !roll 1d6 from one bot to another")).await?;
    assert_eq!(answers(&alice, meanwhile.id, 1).await?, "Try `!roll 2d6`.");

    // In a thread, and what the server says to the question and to the answer gets lost on its way.
    town.fake.on::<CreatePost>().lose_answer().times(2);
    alice.send(CreatePost::new(town.town_square.id, "!roll 200d6").root_id(first.id)).await?;
    assert!(answers(&alice, first.id, 2).await?.starts_with("I know `!roll 2d6`"));

    socket.close().await;
    running.await??;
    let everything = alice.stream(GetPostsForChannel::new(town.town_square.id)).collect_all().await?;
    let answers = everything.iter().filter(|post| post.user_id == dice.id).count();
    assert_eq!(answers, 3, "{everything:?}");
    println!("everybody was answered, once");
    Ok(())
}

/// Waits for so many answers in a thread; the last one.
async fn answers(client: &Client, thread: PostId, number: usize) -> Result<String, BoxError> {
    let asker = client.send(GetUser::me()).await?;
    for _ in 0..1_000 {
        let posts = client.send(GetPostThread::new(thread)).await?;
        let mut answers: Vec<_> = posts.iter().filter(|post| post.user_id != asker.id).collect();
        answers.sort_by_key(|post| post.create_at);
        if let Some(answer) = answers.get(number - 1) {
            return Ok(answer.message.clone());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err("nobody answers".into())
}
