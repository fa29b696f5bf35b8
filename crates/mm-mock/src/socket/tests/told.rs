//! Who is told what, and what it looks like.

use super::*;
use crate::{Audience, Event};

/// Which of admin, alice, bob and guest are told of an event for this audience.
async fn who(town: &Town, clients: &mut [Client; 4], audience: Audience) -> [bool; 4] {
    town.fake.emit(Event::new("custom_x"), audience);
    let mut told = [false; 4];
    for (client, told) in clients.iter_mut().zip(&mut told) {
        *told = names(&client.told().await).contains(&"custom_x");
    }
    told
}

#[tokio::test]
async fn an_event_reaches_its_audience_and_nobody_else() {
    let town = Town::new();
    let fake = &town.fake;
    let mut clients = [
        Client::open(fake, &town.admin, "").await,
        Client::open(fake, &town.alice, "").await,
        Client::open(fake, &town.bob, "").await,
        Client::open(fake, &town.carol, "").await,
    ];
    let ids = fake.sockets().connection_ids();
    let ops = fake.channel(&town.team, "ops").private().members([&town.bob]).create().id;
    let (alice, team) = (town.alice.id, town.team.id);
    let audiences = [
        (Audience::everyone(), [true; 4]),
        (Audience::everyone().sanitized(), [false, true, true, true]),
        (Audience::everyone().sensitive(), [true, false, false, false]),
        (Audience::connection(ids[2].clone()), [false, false, true, false]),
        (Audience::everyone().but_connection(ids[1].clone()), [true, false, true, true]),
        (Audience::user(alice), [false, true, false, false]),
        // One user is asked for before anybody is left out.
        (Audience::user(alice).but(alice), [false, true, false, false]),
        (Audience::everyone().but(alice), [true, false, true, true]),
        (Audience::channel(ops), [false, false, true, false]),
        (Audience::team(team), [true, true, true, false]),
        (Audience::team(team).but(alice), [true, false, true, false]),
    ];
    for (audience, expected) in audiences {
        assert_eq!(who(&town, &mut clients, audience.clone()).await, expected, "{audience:?}");
    }
}
