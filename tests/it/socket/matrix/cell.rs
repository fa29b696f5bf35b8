//! One connection, and what goes wrong with it.

use std::pin::pin;
use std::time::Duration;

use mm_core::api::posts::CreatePost;
use mm_core::{Error, ErrorKind};
use mm_mock::Town;
use mm_tower::Client;
use mm_tower::socket::actions::GetStatuses;
use mm_tower::socket::{Connection, Incoming, ProtocolConfig, State};
use mm_types::event::Posted;
use tokio::time::{Instant, sleep_until};

use super::fault::{Fault, Load};

/// When it happens, counted from the first greeting.
const HAPPENS: Duration = Duration::from_secs(40);
/// When all is well again: two more posts.
const AFTERWARDS: [Duration; 2] = [Duration::from_millis(115_500), Duration::from_millis(120_500)];
const END: Duration = Duration::from_secs(125);

/// What came of it.
pub(super) struct Cell {
    pub(super) saw: String,
    pub(super) noticed: String,
    pub(super) connections: String,
    pub(super) lost: String,
    pub(super) action: String,
    /// What must never be, whatever the table says.
    pub(super) broken: Vec<String>,
}

/// What the client knows of Alice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Login {
    Token,
    Password,
}

pub(super) async fn cell(
    fault: Fault,
    load: Load,
    town: &Town,
    client: impl FnOnce(Login) -> Client,
) -> Cell {
    town.fake.follow_tokio_time();
    let client = client(match fault {
        Fault::RevokedWithLogin => Login::Password,
        _ => Login::Token,
    });
    // Without chance.
    let mut config = ProtocolConfig::default();
    config.min_delay = Duration::from_secs(1);
    (config.base_delay, config.max_delay) = (config.min_delay, config.min_delay);
    let mut events = client.events().protocol(config).await.expect("a connection");
    let (start, socket) = (Instant::now(), events.socket());
    let consumer = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(incoming) = events.next().await {
            seen.push(incoming);
        }
        seen
    });
    let mut state = socket.state();
    let noticing = tokio::spawn(async move {
        let left = state.wait_for(|state| *state != State::Open).await.is_ok();
        left.then(Instant::now)
    });
    let busy =
        (0..100).map(|second| Duration::from_millis(second * 1000 + 500)).filter(|_| load == Load::Busy);
    let plan: Vec<_> = busy.chain(AFTERWARDS).collect();
    let posts = plan.len();
    tokio::spawn(write(town.clone(), start, plan));

    sleep_until(start + HAPPENS).await;
    let mut pending = pin!(socket.send(GetStatuses::new()));
    if load == Load::Action {
        // So far that it is on its way.
        let cx = &mut std::task::Context::from_waker(std::task::Waker::noop());
        assert!(pending.as_mut().poll(cx).is_pending());
    }
    fault.happen(town);
    let action = if load == Load::Action {
        let later = async {
            sleep_until(start + HAPPENS + super::STEP).await;
            socket.send(GetStatuses::new()).await
        };
        let (first, second) = tokio::join!(pending, later);
        format!("{}, {}", outcome(first), outcome(second))
    } else {
        String::new()
    };
    sleep_until(start + END).await;
    let connections = town.fake.sockets().opened().to_string();
    socket.close().await;
    let noticed = noticing.await.expect("no panic").map(|at| at - start).filter(|at| *at < END);
    let noticed =
        noticed.map_or_else(|| "never".to_owned(), |at| format!("{} s", (at - HAPPENS).as_secs_f32()));
    let Read { saw, numbers, broken } = read(&consumer.await.expect("no panic"), posts);
    let lost = match saw.ends_with("auth lost") {
        true => "-".to_owned(),
        false => (posts - numbers).to_string(),
    };
    Cell { saw, noticed, connections, lost, action, broken }
}

/// Bob writes, at these times.
async fn write(town: Town, start: Instant, plan: Vec<Duration>) {
    let client = Client::builder("https://chat.example.com").expect("a URL");
    let client = client.token(town.bob.token.clone()).build(town.fake.clone());
    for (number, at) in plan.into_iter().enumerate() {
        sleep_until(start + at).await;
        client.send(CreatePost::new(town.town_square.id, number.to_string())).await.expect("a post");
    }
}

fn outcome<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "reply".to_owned(),
        Err(error) => match (error.kind(), error.status()) {
            (ErrorKind::NotSent, _) => "not sent".to_owned(),
            (ErrorKind::MaybeSent, _) => "maybe sent".to_owned(),
            (_, Some(status)) => status.as_str().to_owned(),
            (kind, _) => format!("{kind:?}"),
        },
    }
}

/// What the consumer got.
struct Read {
    saw: String,
    /// How many posts.
    numbers: usize,
    broken: Vec<String>,
}

fn read(seen: &[Incoming], posts: usize) -> Read {
    let (mut saw, mut broken, mut numbers) = (Vec::new(), Vec::new(), 0);
    // The post that is expected next, whether others may be missing before it, and the last number of an event.
    let (mut next, mut may_miss, mut last_seq) = (0, false, None);
    let mut is_over = false;
    for incoming in seen {
        if std::mem::replace(&mut is_over, false) {
            broken.push("something follows the last word".to_owned());
        }
        match incoming {
            Incoming::Event(event) => {
                last_seq = Some(event.seq());
                let Some(Ok(posted)) = event.data::<Posted>() else { continue };
                let number: usize = posted.post.get().expect("a post").message.parse().expect("a number");
                if number < next || (number > next && !may_miss) {
                    broken.push(format!("post {number} in the place of {next}"));
                }
                numbers += 1;
                (next, may_miss) = (number + 1, false);
            }
            Incoming::Connection(connection) => match connection {
                Connection::Connected { hello, .. } => {
                    last_seq = Some(hello.seq());
                    saw.push("connected".to_owned());
                }
                Connection::Resumed { .. } => saw.push("resumed".to_owned()),
                Connection::Gap(gap) => {
                    may_miss = true;
                    if gap.last_seq != last_seq {
                        broken.push(format!("a gap after {:?}, and not {last_seq:?}", gap.last_seq));
                    }
                    saw.push(format!("gap ({:?})", gap.reason));
                }
                Connection::AuthLost(_) => {
                    is_over = true;
                    saw.push("auth lost".to_owned());
                }
                Connection::Closed(_) => is_over = true,
                other => saw.push(format!("{other:?}")),
            },
            Incoming::Unreadable(_) => saw.push("unreadable".to_owned()),
            other => broken.push(format!("{other:?}")),
        }
    }
    if !is_over {
        broken.push("the stream ended without a word".to_owned());
    }
    let is_lost = saw.last().is_some_and(|last| last == "auth lost");
    if next != posts && !is_lost {
        broken.push(format!("nothing after post {next} of {posts}"));
    }
    // The first is no news.
    if saw.is_empty() || saw.remove(0) != "connected" {
        broken.push("no greeting".to_owned());
    }
    Read { saw: saw.join(", "), numbers, broken }
}
