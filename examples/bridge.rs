//! Joins a channel of one server and a channel of another: what is posted, edited or deleted here happens there too.
//!
//! ```text
//! MM_URL=https://one.example.com MM_TOKEN=… MM_URL_B=https://two.example.com MM_TOKEN_B=… \
//!     cargo run --example bridge -- my-team/town-square other-team/lobby
//! ```
//!
//! Each channel is `team/channel` or an id. It ends with Ctrl-C. Without `MM_URL` it plays a scene on two fake servers.

use std::collections::HashMap;
use std::env;
use std::time::Duration;

use mm_examples::{connect, find_channel};
use mm_hyper::HyperTransport;
use mm_mock::Town;
use mm_tower::api::posts::{CreatePost, DeletePost, GetPostsForChannel, PatchPost};
use mm_tower::api::users::GetUser;
use mm_tower::core::BoxError;
use mm_tower::socket::{Backfill, Connection, Event, Events, Incoming, Socket};
use mm_tower::types::event::{PostDeleted, PostEdited, Posted};
use mm_tower::types::{ChannelId, Post, PostId, PostProps, UserId};
use mm_tower::{Client, Error};

/// What a copy carries, so that it is not copied back. A bridge's own user would not do: people may be behind it too.
const MARK: &str = "bridged_from";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let mut args = env::args().skip(1);
    let (Some(here), Some(there)) = (args.next(), args.next()) else {
        if env::var_os("MM_URL").is_none() {
            return scene().await;
        }
        return Err("usage: bridge CHANNEL_A CHANNEL_B, each of them team/channel or an id".into());
    };
    let other = Client::builder(env::var("MM_URL_B")?)?.token(env::var("MM_TOKEN_B")?);
    let bridge = Bridge::open((connect()?, &here), (other.build(HyperTransport::new()?), &there)).await?;
    let sockets = bridge.sockets();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            close(&sockets).await;
        }
    });
    bridge.run().await
}

/// One end of the bridge.
struct End {
    client: Client,
    channel: ChannelId,
    events: Events,
    /// How people are called here.
    names: HashMap<UserId, String>,
    /// Posts of this end, and what they are called at the other one. Grows by some 100 bytes for each post; a bridge that
    /// is to know them after a restart keeps them on disk.
    twins: HashMap<PostId, PostId>,
}

struct Bridge {
    ends: [End; 2],
}

impl Bridge {
    async fn open(a: (Client, &str), b: (Client, &str)) -> Result<Self, BoxError> {
        Ok(Self { ends: [End::open(a.0, a.1).await?, End::open(b.0, b.1).await?] })
    }

    fn sockets(&self) -> [Socket; 2] {
        self.ends.each_ref().map(|end| end.events.socket())
    }

    /// Carries posts until both sockets are closed.
    async fn run(mut self) -> Result<(), BoxError> {
        let [a, b] = &mut self.ends;
        loop {
            // One after the other, so that an edit never overtakes its post.
            tokio::select! {
                Some(incoming) = a.events.next() => carry(incoming, a, b).await?,
                Some(incoming) = b.events.next() => carry(incoming, b, a).await?,
                else => return Ok(()),
            }
        }
    }
}

impl End {
    async fn open(client: Client, channel: &str) -> Result<Self, BoxError> {
        let channel = find_channel(&client, channel).await?.id;
        // What is lost with a connection is fetched: posts, edits and deletions.
        let events = client.events().backfill(Backfill::channels([channel])).await?;
        Ok(Self { client, channel, events, names: HashMap::new(), twins: HashMap::new() })
    }

    async fn name(&mut self, id: UserId) -> Result<&str, Error> {
        if !self.names.contains_key(&id) {
            let user = self.client.send(GetUser::new(id)).await?;
            self.names.insert(id, user.username);
        }
        Ok(self.names.get(&id).map_or("somebody", String::as_str))
    }

    /// How a post reads at the other end.
    async fn text(&mut self, post: &Post) -> Result<String, Error> {
        Ok(format!("**{}**: {}", self.name(post.user_id).await?, post.message))
    }
}

async fn carry(incoming: Incoming, from: &mut End, to: &mut End) -> Result<(), BoxError> {
    match incoming {
        Incoming::Event(event) => {
            // What the other server refuses is lost to it, and the next post may do better.
            if let Err(error) = carry_post(&event, from, to).await {
                eprintln!("{} is not carried over: {error}", event.name());
            }
        }
        Incoming::Connection(Connection::AuthLost(error)) => {
            return Err(
                format!("the bridge needs a new token for {}: {error}", from.client.base_url()).into()
            );
        }
        Incoming::Connection(connection) => eprintln!("{}: {connection:?}", from.client.base_url()),
        other => eprintln!("{other:?}"),
    }
    Ok(())
}

async fn carry_post(event: &Event, from: &mut End, to: &mut End) -> Result<(), BoxError> {
    let post = if let Some(posted) = event.data::<Posted>() {
        posted?.post
    } else if let Some(edited) = event.data::<PostEdited>() {
        edited?.post
    } else if let Some(deleted) = event.data::<PostDeleted>() {
        deleted?.post
    } else {
        return Ok(());
    };
    let post = post.get()?;
    if post.channel_id != from.channel || post.props.contains_key(MARK) || post.is_system_message() {
        return Ok(());
    }
    match (event.is::<Posted>(), from.twins.get(&post.id).copied()) {
        (true, None) => {
            let mut copy = CreatePost::new(to.channel, from.text(&post).await?)
                .props(PostProps::from([(MARK, post.id.to_string())]));
            // Threads stay threads, wherever they began.
            copy.root_id = from.twins.get(&post.root_id).copied();
            let copy = to.client.send(copy).await?;
            from.twins.insert(post.id, copy.id);
            to.twins.insert(copy.id, post.id);
        }
        (false, Some(twin)) if event.is::<PostEdited>() => {
            to.client.send(PatchPost::new(twin).message(from.text(&post).await?)).await?;
        }
        (false, Some(twin)) => {
            to.client.send(DeletePost::new(twin)).await?;
            from.twins.remove(&post.id);
            to.twins.remove(&twin);
        }
        // It was carried over already, or is older than the bridge.
        _ => {}
    }
    Ok(())
}

async fn close(sockets: &[Socket; 2]) {
    for socket in sockets {
        socket.close().await;
    }
}

/// Two servers, people on both, a connection that breaks, and the same conversation at both ends.
async fn scene() -> Result<(), BoxError> {
    let (town_a, town_b) = (Town::new(), Town::new());
    let client = |town: &Town, token| {
        Client::builder("http://fake.example").map(|builder| builder.token(token).build(town.fake.clone()))
    };
    let bridge_on = |town: &Town| {
        let bot = town.fake.bot("bridge").in_team(&town.team).create();
        client(town, town.fake.access_token_for(&bot))
    };
    let alice = client(&town_a, town_a.alice.token.clone())?;
    let bob = client(&town_b, town_b.bob.token.clone())?;
    let (a, b) = (town_a.town_square.id, town_b.town_square.id);

    let bridge =
        Bridge::open((bridge_on(&town_a)?, "acme/town-square"), (bridge_on(&town_b)?, "acme/town-square"));
    let bridge = bridge.await?;
    let sockets = bridge.sockets();
    let running = tokio::spawn(bridge.run());

    let hello = alice.send(CreatePost::new(a, "helo")).await?;
    let copy = wait_for(&bob, b, "**alice**: helo").await?;
    bob.send(CreatePost::new(b, "hello alice").root_id(copy.id)).await?;
    let answer = wait_for(&alice, a, "**bob**: hello alice").await?;
    assert_eq!(answer.root_id, hello.id);

    // The server of the one forgets what it had still to tell, the other's connection just ends.
    town_a.fake.sockets().overflow();
    town_b.fake.sockets().reset();
    alice.send(PatchPost::new(hello.id).message("hello")).await?;
    let mistake = bob.send(CreatePost::new(b, "wrong channel")).await?;
    alice.send(CreatePost::new(a, "how are you?").root_id(answer.root_id)).await?;
    wait_for(&alice, a, "**bob**: wrong channel").await?;
    bob.send(DeletePost::new(mistake.id)).await?;
    wait_for(&bob, b, "**alice**: how are you?").await?;
    bob.send(CreatePost::new(b, "fine, thanks")).await?;

    wait_for(&alice, a, "**bob**: fine, thanks").await?;
    wait_for(&bob, b, "**alice**: hello").await?;
    close(&sockets).await;
    running.await??;
    assert_eq!(
        conversation(&alice, a).await?,
        ["hello", "> **bob**: hello alice", "> how are you?", "**bob**: fine, thanks"]
    );
    assert_eq!(
        conversation(&bob, b).await?,
        ["**alice**: hello", "> hello alice", "> **alice**: how are you?", "fine, thanks"]
    );
    println!("both channels tell the same");
    Ok(())
}

/// Waits until somebody can read it in a channel.
async fn wait_for(client: &Client, channel: ChannelId, message: &str) -> Result<Post, BoxError> {
    for _ in 0..1_000 {
        let posts = client.send(GetPostsForChannel::new(channel)).await?;
        if let Some(post) = posts.iter().find(|post| post.message == message) {
            return Ok(post.clone());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("{message:?} never came").into())
}

/// What people have written in a channel.
async fn conversation(client: &Client, channel: ChannelId) -> Result<Vec<String>, BoxError> {
    let posts = client.stream(GetPostsForChannel::new(channel)).collect_all().await?;
    let mut posts: Vec<_> = posts.into_iter().filter(|post| !post.is_system_message()).collect();
    posts.sort_by_key(|post| post.create_at);
    let quote = |post: &Post| if post.is_root() { "" } else { "> " };
    Ok(posts.iter().map(|post| format!("{}{}", quote(post), post.message)).collect())
}
