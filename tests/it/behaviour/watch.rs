//! What somebody is told over a socket.

use std::any::type_name;
use std::ops::Deref;
use std::time::Duration;

use mm_core::{BoxError, Error};
use mm_tower::socket::{Action, Connection, Event, Events, Incoming};
use mm_types::event::{Broadcast, EventData};

use super::town::Citizen;

/// How long an event may be on its way before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody's open socket.
pub(crate) struct Watch {
    events: Events,
}

/// What came with an event, and whom it was for.
#[derive(Debug)]
pub(crate) struct Seen<T> {
    pub(crate) data: T,
    pub(crate) broadcast: Broadcast,
}

impl<T> Deref for Seen<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl Citizen {
    /// Opens a socket. What happens from now on is seen.
    pub(crate) async fn watch(&self) -> Result<Watch, BoxError> {
        let mut watch = Watch { events: self.client.events().await? };
        match tokio::time::timeout(PATIENCE, watch.events.next()).await? {
            Some(Incoming::Connection(Connection::Connected { .. })) => Ok(watch),
            other => Err(format!("{} could not watch: {other:?}", self.name).into()),
        }
    }
}

impl Watch {
    /// The next event of a kind. Others before it are passed over, and a connection that is lost is an error.
    pub(crate) async fn saw<T: EventData>(&mut self) -> Result<Seen<T>, BoxError> {
        loop {
            let event =
                self.next().await.map_err(|error| format!("waiting for {}: {error}", type_name::<T>()))?;
            if let Some(data) = event.data::<T>() {
                return Ok(Seen { data: data?, broadcast: event.broadcast()? });
            }
        }
    }

    /// An action over this socket.
    pub(crate) async fn act<A: Action>(&self, action: A) -> Result<A::Reply, Error> {
        self.events.socket().send(action).await
    }

    async fn next(&mut self) -> Result<Event, BoxError> {
        match tokio::time::timeout(PATIENCE, self.events.next()).await? {
            Some(Incoming::Event(event)) => Ok(event),
            other => Err(format!("the socket broke: {other:?}").into()),
        }
    }
}
