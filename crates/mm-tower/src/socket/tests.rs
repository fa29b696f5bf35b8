mod actions;
mod close;
mod connect;
mod consumer;
mod lost;
mod session;

use mm_core::socket::{Connection, Incoming};

use super::Events;
use super::testing::{Peer, Talk};

/// An open socket, and the server's end of it.
async fn open(peer: &mut Peer) -> (Events, Talk) {
    let connect = peer.client().events();
    let (events, talk) = tokio::join!(connect.into_future(), async {
        let mut talk = peer.accept().await;
        talk.greet("c1").await;
        talk
    });
    let mut events = events.expect("a connection");
    assert_eq!(next(&mut events).await, "connected c1");
    (events, talk)
}

/// What happened next, in short.
async fn next(events: &mut Events) -> String {
    match events.next().await {
        None => "end".to_owned(),
        Some(Incoming::Event(event)) => format!("{} {}", event.name(), event.seq()),
        Some(Incoming::Connection(connection)) => match connection {
            Connection::Connected { connection_id, .. } => format!("connected {connection_id}"),
            Connection::Resumed { .. } => "resumed".to_owned(),
            Connection::Gap(gap) => format!("gap {:?} after {:?}", gap.reason, gap.last_seq),
            Connection::AuthLost(error) => format!("auth lost {:?}", error.status()),
            Connection::Closed(_) => "closed".to_owned(),
            other => format!("{other:?}"),
        },
        Some(other) => format!("{other:?}"),
    }
}
