//! Whatever goes wrong on the way, to whichever class of operation: how often it is sent, what the caller is told, and
//! that nothing is lost or done twice.

mod chaos;
mod class;
mod fault;
mod random;
mod table;
mod wire;

use std::fmt::Write as _;
use std::time::Duration;

use mm_mock::{PASSWORD, Town};
use mm_tower::Client;

use self::class::{Came, Class, End};
use self::fault::{Fault, Times};
use self::table::TABLE;
use self::wire::Wire;
use crate::hyper::support;

/// One call in a world of its own.
struct Cell {
    came: Came,
    wire: Wire,
    text: String,
}

async fn in_process(class: Class, fault: Fault, times: Times) -> Cell {
    let town = Town::new();
    let wire = Wire::in_process(&town.fake);
    cell(class, fault, times, &town, wire, "https://chat.example.com").await
}

async fn over_loopback(class: Class, fault: Fault, times: Times) -> Cell {
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a port");
    let wire = Wire::loopback(support::transport(), &nobody().await);
    let url = listener.url();
    in_steps(Duration::from_secs(1), cell(class, fault, times, &town, wire, &url)).await
}

async fn cell(class: Class, fault: Fault, times: Times, town: &Town, wire: Wire, url: &str) -> Cell {
    town.fake.follow_tokio_time();
    let old = class::prepare(town);
    if fault == Fault::Refused {
        wire.refuse(times.count());
    }
    let builder = Client::builder(url).expect("a URL").login("admin", PASSWORD);
    let client = builder.build(wire.clone());
    let came = class::call(class, &client, town, old, fault, times).await;
    let tries = wire.tries();
    // Whatever would go on behind the caller's back.
    for _ in 0..4 {
        tokio::time::advance(Duration::from_secs(40)).await;
        turns(200).await;
    }
    assert_eq!((wire.running(), wire.tries()), (0, tries), "{class:?}, {fault:?} {times:?}: still at it");
    let text = came.text(tries);
    Cell { came, wire, text }
}

impl Came {
    fn text(&self, tries: usize) -> String {
        let tries = if tries > 5 { "many".to_owned() } else { tries.to_string() };
        match self.end {
            End::Ok => format!("{tries} ok"),
            End::NotSent => format!("{tries} not"),
            End::MaybeSent => format!("{tries} maybe"),
            End::Unreadable => format!("{tries} unread"),
            End::Status(status) => format!("{tries} {status}"),
            End::MaybeStatus(status) => format!("{tries} {status}?"),
        }
    }
}

/// What has to be true of every cell, whatever the table says.
fn check(class: Class, fault: Fault, times: Times, cell: &Cell) -> Result<(), String> {
    let Cell { came, wire, .. } = cell;
    let must = |is_true: bool, what: &str| {
        if is_true {
            return Ok(());
        }
        let Came { end, seen, done } = came;
        Err(format!("{class:?}, {fault:?} {times:?}: {what}: {end:?}, {seen} seen, {done} times done"))
    };
    let is_read = matches!(class, Class::Get | Class::Read);
    let refused = if fault == Fault::Refused { wire.tries().min(times.count()) } else { 0 };
    must(came.seen + refused == wire.tries(), "the server has seen something else than was sent")?;
    must(is_read || came.done <= 1, "done twice")?;
    must(wire.cookies() == 0, "a cookie was sent back")?;
    let logins = if fault == Fault::Unauthorized && wire.tries() > 1 { 2 } else { 1 };
    must(wire.logins() <= logins, "logged in too often")?;
    match came.end {
        End::Ok => must(came.done > 0, "lost"),
        End::NotSent => must(came.done == 0, "done, though told that it was not sent"),
        End::Status(_) => must(came.done == 0, "done, though told that it was refused"),
        End::MaybeSent | End::MaybeStatus(_) | End::Unreadable => Ok(()),
    }
}

/// A port where nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

/// Lets time pass while a call over a socket is under way: a step whenever all that can happen without has happened.
///
/// Tokio's paused clock on its own would jump to the next timer as soon as everybody waits for the other side of a
/// socket. A task that blocks keeps it from that.
pub(crate) async fn in_steps<T>(step: Duration, call: impl Future<Output = T>) -> T {
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let blocker = tokio::task::spawn_blocking(move || ended.recv().is_err());
    let mut call = std::pin::pin!(call);
    let result = loop {
        let came = tokio::select! {
            biased;
            result = &mut call => Some(result),
            () = turns(300) => None,
        };
        match came {
            Some(result) => break result,
            None => tokio::time::advance(step).await,
        }
    };
    drop(end);
    blocker.await.expect("no panic");
    result
}

/// Gives all others their turn so many times. Sockets are looked at every 61 turns.
async fn turns(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// Fills the table anew and compares.
async fn compare<F: Future<Output = Cell>>(fill: impl Fn(Class, Fault, Times) -> F) {
    let mut filled = String::new();
    let mut broken = Vec::new();
    for (fault, name) in Fault::ALL {
        for times in [Times::Once, Times::Always] {
            let name = if times == Times::Once { name } else { "… for ever" };
            let _ = write!(filled, "{name:<32}");
            for class in Class::ALL {
                if fault == Fault::PendingDone && class != Class::CreatePost {
                    // Nothing else is recognised.
                    let _ = write!(filled, "| {:<10}", "");
                    continue;
                }
                let cell = fill(class, fault, times).await;
                broken.extend(check(class, fault, times, &cell).err());
                let _ = write!(filled, "| {:<10}", cell.text);
            }
            filled.truncate(filled.trim_end().len());
            filled.push('\n');
        }
    }
    let expected: Vec<&str> = TABLE.lines().skip(2).collect();
    let differing: Vec<_> = filled.lines().filter(|line| !expected.contains(line)).collect();
    assert!(
        broken.is_empty() && filled.lines().eq(expected),
        "{}\nin these lines the table is not as expected:\n{}\nthe whole of it:\n{filled}",
        broken.join("\n"),
        differing.join("\n"),
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_done_twice_whatever_goes_wrong() {
    compare(in_process).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_done_twice_whatever_goes_wrong_on_a_socket() {
    compare(over_loopback).await;
}
