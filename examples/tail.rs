//! Prints what happens on the server, one line of JSON for each event and for whatever becomes of the connection.
//!
//! ```text
//! MM_URL=https://chat.example.com MM_TOKEN=… cargo run --example tail | jq -c 'select(.event == "posted")'
//! ```
//!
//! It ends with Ctrl-C. Without `MM_URL` it shows a short scene on the fake server.

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::time::Duration;

use mm_examples::connect;
use mm_mock::Town;
use mm_tower::Client;
use mm_tower::api::channels::GetChannel;
use mm_tower::api::posts::CreatePost;
use mm_tower::api::reactions::SaveReaction;
use mm_tower::api::users::{GetUser, PublishUserTyping};
use mm_tower::core::BoxError;
use mm_tower::socket::actions::Ping;
use mm_tower::socket::{Connection, Event, Incoming, Socket};
use mm_tower::types::{ChannelId, UserId};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let is_fake = env::var_os("MM_URL").is_none();
    let town = Town::new();
    let client = if is_fake {
        Client::builder("http://fake.example")?.token(town.alice.token.clone()).build(town.fake.clone())
    } else {
        connect()?
    };

    let mut events = client.events().await?;
    let socket = events.socket();
    // Closing ends the loop below, once all that has arrived is printed.
    let end = tokio::spawn(async move {
        let played = if is_fake { scene(&town, &socket).await } else { Ok(tokio::signal::ctrl_c().await?) };
        socket.close().await;
        played
    });

    let mut names = Names::new(client);
    let mut seen = BTreeMap::<String, usize>::new();
    while let Some(incoming) = events.next().await {
        let (kind, line) = match &incoming {
            Incoming::Event(event) => (event.name().to_owned(), describe(event, &mut names).await),
            Incoming::Connection(connection) => about(connection),
            other => ("unreadable".to_owned(), json!({ "unreadable": format!("{other:?}") })),
        };
        println!("{line}");
        *seen.entry(kind).or_default() += 1;
    }
    end.await??;

    let kinds = ["connected", "posted", "reaction_added", "typing", "resumed", "closed"];
    let numbers = kinds.map(|kind| seen.get(kind).copied().unwrap_or_default());
    if is_fake && numbers != [1, 2, 1, 1, 1, 1] {
        return Err(format!("the scene was seen otherwise: {seen:?}").into());
    }
    Ok(())
}

/// An event with the names of its channel and user, and with the JSON that its data holds as text.
async fn describe(event: &Event, names: &mut Names) -> Value {
    let mut data: Value = serde_json::from_str(event.raw_data()).unwrap_or_default();
    for value in data.as_object_mut().into_iter().flat_map(|data| data.values_mut()) {
        if let Some(inside) = value.as_str().filter(|text| text.starts_with(['{', '[']))
            && let Ok(inside) = serde_json::from_str(inside)
        {
            *value = inside;
        }
    }
    let broadcast = event.broadcast().unwrap_or_default();
    let channel =
        Some(broadcast.channel_id).filter(|id| !id.is_empty()).or_else(|| find(&data, "channel_id"));
    let user = find(&data, "user_id").or(Some(broadcast.user_id));
    json!({
        "event": event.name(),
        "seq": event.seq(),
        "channel": names.channel(channel.unwrap_or_default()).await,
        "user": names.user(user.unwrap_or_default()).await,
        "data": data,
    })
}

/// An id in the data, or in the post, reaction and so on that it holds.
fn find<T: std::str::FromStr>(data: &Value, key: &str) -> Option<T> {
    let inside = data.as_object()?.values().filter_map(Value::as_object);
    data.get(key).or_else(|| inside.filter_map(|object| object.get(key)).next())?.as_str()?.parse().ok()
}

fn about(connection: &Connection) -> (String, Value) {
    let (kind, more) = match connection {
        Connection::Connected { connection_id, server_version, .. } => {
            ("connected", json!({ "connection_id": connection_id, "server_version": server_version }))
        }
        Connection::Resumed { after } => ("resumed", json!({ "after_ms": after.as_millis() as u64 })),
        Connection::Gap(gap) => {
            let since = gap.since.elapsed().as_millis() as u64;
            (
                "gap",
                json!({ "last_seq": gap.last_seq, "ms_ago": since, "reason": format!("{:?}", gap.reason) }),
            )
        }
        Connection::AuthLost(error) => ("auth_lost", json!({ "error": error.to_string() })),
        Connection::Closed(reason) => ("closed", json!({ "reason": format!("{reason:?}") })),
        other => ("connection", json!({ "more": format!("{other:?}") })),
    };
    (kind.to_owned(), json!({ "connection": kind, "more": more }))
}

/// Names that were asked for before. A line that is a little late is better than one without names, but not any delay.
struct Names {
    client: Client,
    channels: HashMap<ChannelId, Option<String>>,
    users: HashMap<UserId, Option<String>>,
}

/// How long a line waits for a name.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many names are kept of each kind.
const KEPT: usize = 10_000;

impl Names {
    fn new(client: Client) -> Self {
        Self { client, channels: HashMap::new(), users: HashMap::new() }
    }

    async fn channel(&mut self, id: ChannelId) -> Option<String> {
        if id.is_empty() {
            return None;
        }
        if let Some(name) = self.channels.get(&id) {
            return name.clone();
        }
        if self.channels.len() == KEPT {
            self.channels.clear();
        }
        let asked = tokio::time::timeout(PATIENCE, self.client.send(GetChannel::new(id))).await;
        let name = asked.ok().and_then(Result::ok).map(|channel| channel.name);
        self.channels.insert(id, name.clone());
        name
    }

    async fn user(&mut self, id: UserId) -> Option<String> {
        if id.is_empty() {
            return None;
        }
        if let Some(name) = self.users.get(&id) {
            return name.clone();
        }
        if self.users.len() == KEPT {
            self.users.clear();
        }
        let asked = tokio::time::timeout(PATIENCE, self.client.send(GetUser::new(id))).await;
        let name = asked.ok().and_then(Result::ok).map(|user| user.username);
        self.users.insert(id, name.clone());
        name
    }
}

/// What there is to see on the fake: bob is busy, and alice's connection breaks.
async fn scene(town: &Town, socket: &Socket) -> Result<(), BoxError> {
    let bob = Client::builder("http://fake.example")?.token(town.bob.token.clone()).build(town.fake.clone());
    let channel = town.town_square.id;
    bob.send(PublishUserTyping::new(UserId::ME, channel)).await?;
    let post = bob.send(CreatePost::new(channel, "Lunch at noon?")).await?;
    bob.send(SaveReaction::new(town.bob.id, post.id, "yum")).await?;

    town.fake.sockets().of(&town.alice).reset();
    bob.send(CreatePost::new(channel, "Nobody must miss this.")).await?;
    while town.fake.sockets().opened() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The reply comes over the new connection, after whatever was missed.
    socket.send(Ping::new()).await?;
    Ok(())
}
