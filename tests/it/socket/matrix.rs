//! Whatever spoils a connection, and whatever goes on at that time: what the consumer sees, how soon it is noticed, and how
//! many connections it takes.

mod cell;
mod fault;
mod table;

use std::fmt::Write as _;
use std::time::Duration;

use mm_mock::{PASSWORD, Town};
use mm_tower::{Client, ClientBuilder};

use self::cell::{Cell, Login, cell};
use self::fault::{Fault, Load};
use self::table::TABLE;
use crate::faults::in_steps;
use crate::hyper::support;

/// All that is planned in a cell is planned for a multiple of this time.
const STEP: Duration = Duration::from_millis(500);

async fn in_process(fault: Fault, load: Load) -> Cell {
    let town = Town::new();
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    let client = |login| alice(builder, &town, login).build(town.fake.clone());
    cell(fault, load, &town, client).await
}

async fn over_loopback(fault: Fault, load: Load) -> Cell {
    let town = Town::new();
    let listener = town.fake.listen().await.expect("a port");
    let builder = Client::builder(listener.url().as_str()).expect("a URL");
    let client = |login| alice(builder, &town, login).build(support::transport());
    in_steps(STEP, cell(fault, load, &town, client)).await
}

fn alice(builder: ClientBuilder, town: &Town, login: Login) -> ClientBuilder {
    match login {
        Login::Password => builder.login("alice", PASSWORD),
        Login::Token => builder.token(town.alice.token.clone()),
    }
}

/// Fills the table anew and compares.
async fn compare<F: Future<Output = Cell>>(faults: &[Fault], fill: impl Fn(Fault, Load) -> F) {
    let mut filled = String::new();
    let mut broken = Vec::new();
    let mut expected = String::new();
    for fault in faults {
        let name = fault.name();
        for line in
            TABLE.lines().filter(|line| line.split('|').next().is_some_and(|first| first.trim() == name))
        {
            let _ = writeln!(expected, "{line}");
        }
        for load in Load::ALL {
            let cell = fill(*fault, load).await;
            broken.extend(cell.broken.iter().map(|what| format!("{name}, {load}: {what}")));
            let Cell { saw, noticed, connections, lost, action, .. } = cell;
            let line = format!(
                "{name:<25}| {load:<6}| {saw:<33}| {noticed:<7}| {connections:<5}| {lost:<5}| {action}"
            );
            let _ = writeln!(filled, "{}", line.trim_end());
        }
    }
    println!("{}{filled}", TABLE.lines().take(2).fold(String::new(), |head, line| head + line + "\n"));
    let differing: Vec<_> = filled.lines().filter(|line| !expected.contains(line)).collect();
    assert!(
        broken.is_empty() && filled == expected,
        "{}\nin these lines the table is not as expected:\n{}\nthe whole of it:\n{filled}",
        broken.join("\n"),
        differing.join("\n"),
    );
}

#[tokio::test(start_paused = true)]
async fn each_fault_is_seen_as_what_it_is() {
    compare(&Fault::ALL, in_process).await;
}

#[tokio::test(start_paused = true)]
async fn each_fault_of_the_connection_is_seen_as_what_it_is_over_the_real_transport() {
    compare(&Fault::OF_BYTES, over_loopback).await;
}
