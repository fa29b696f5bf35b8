//! What the examples share: a client to try things with.

use std::env;

use mm_hyper::HyperTransport;
use mm_mock::FakeServer;
use mm_tower::api::channels::{GetChannel, GetChannelByName};
use mm_tower::api::teams::GetTeamByName;
use mm_tower::core::BoxError;
use mm_tower::types::{Channel, ChannelId};
use mm_tower::{Client, ClientBuilder};

/// A client of the server at `MM_URL`, with the token in `MM_TOKEN`. Without them it is alice's, on a fake server in
/// memory, where she is in a team `acme` with bob and others.
///
/// # Errors
///
/// If only one of the two is set, or cannot be used.
pub fn connect() -> Result<Client, BoxError> {
    connect_with(|builder| builder)
}

/// As [`connect`], with settings of your own.
///
/// # Errors
///
/// As [`connect`].
pub fn connect_with(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, BoxError> {
    match (env::var("MM_URL"), env::var("MM_TOKEN")) {
        (Ok(url), Ok(token)) => {
            Ok(settings(Client::builder(url)?.token(token)).build(HyperTransport::new()?))
        }
        (Err(_), Err(_)) => {
            let town = FakeServer::with_town();
            Ok(settings(Client::builder("http://fake.example")?.token(town.alice.token)).build(town.fake))
        }
        _ => Err("set both MM_URL and MM_TOKEN for a server of yours, or none of them for the fake".into()),
    }
}

/// A channel, given as its id or as `team/channel`.
///
/// # Errors
///
/// If there is no such channel, or the caller may not see it.
pub async fn find_channel(client: &Client, name: &str) -> Result<Channel, BoxError> {
    Ok(match name.split_once('/') {
        Some((team, channel)) => {
            let team = client.send(GetTeamByName::new(team)).await?;
            client.send(GetChannelByName::new(team.id, channel)).await?
        }
        None => client.send(GetChannel::new(name.parse::<ChannelId>()?)).await?,
    })
}

/// The README's code, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
