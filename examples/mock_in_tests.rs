//! Testing code of one's own against the fake server.
//!
//! ```text
//! cargo run --example mock_in_tests     # prints what the cases find
//! cargo test -p mm-examples             # the same cases as tests
//! ```

use mm_mock::Town;
use mm_tower::api::channels::CreateDirectChannel;
use mm_tower::api::posts::{CreatePost, GetPostsForChannel};
use mm_tower::core::BoxError;
use mm_tower::recipes::direct_message;
use mm_tower::types::{ChannelId, Post, Secret, UserId};
use mm_tower::{Client, Error, ErrorKind};

/// The function to be tested, of a bot for people on call: tells a channel, and if the server refuses, whoever is on
/// call.
async fn announce(client: &Client, channel: ChannelId, on_call: UserId, text: &str) -> Result<Post, Error> {
    let told = client.send(CreatePost::new(channel, format!("@here {text}"))).await;
    match told {
        Err(error) if error.kind() == ErrorKind::Api => direct_message(client, on_call, text).await,
        told => told,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    everybody_in_the_channel_reads_it().await?;
    println!("everybody in the channel reads it");
    where_the_bot_may_not_write_the_person_on_call_is_told().await?;
    println!("where the bot may not write, the person on call is told");
    nothing_is_said_twice_when_an_answer_is_lost().await?;
    println!("nothing is said twice when an answer is lost");
    Ok(())
}

/// The fake is the transport: no port, no thread, nothing to wait for, nothing to clean up.
fn client(town: &Town, token: Secret) -> Result<Client, BoxError> {
    Ok(Client::builder("http://fake.example")?.token(token).build(town.fake.clone()))
}

/// Every test has a town of its own, with alice, bob and others. More is added as needed.
fn bot(town: &Town) -> Result<Client, BoxError> {
    let bot = town.fake.bot("oncall").in_team(&town.team).create();
    client(town, town.fake.access_token_for(&bot))
}

async fn everybody_in_the_channel_reads_it() -> Result<(), BoxError> {
    let town = Town::new();
    announce(&bot(&town)?, town.town_square.id, town.alice.id, "disk full").await?;

    // What the server has now, as bob sees it.
    let mut posts =
        client(&town, town.bob.token.clone())?.stream(GetPostsForChannel::new(town.town_square.id));
    let newest = posts.next().await.transpose()?.map(|post| post.message);
    assert_eq!(newest.as_deref(), Some("@here disk full"));
    Ok(())
}

async fn where_the_bot_may_not_write_the_person_on_call_is_told() -> Result<(), BoxError> {
    let town = Town::new();
    // The next request of this kind fails, the ones after it do not.
    town.fake.on::<CreatePost>().fail(403, "api.context.permissions.app_error");
    announce(&bot(&town)?, town.town_square.id, town.alice.id, "disk full").await?;

    // What the server was asked, as typed operations.
    town.fake.assert_called::<CreatePost>(2);
    let direct = town.fake.last::<CreateDirectChannel>().ok_or("no direct channel was asked for")?;
    assert!(direct.user_ids.contains(&town.alice.id));
    assert_eq!(town.fake.last::<CreatePost>().map(|post| post.message).as_deref(), Some("disk full"));
    Ok(())
}

async fn nothing_is_said_twice_when_an_answer_is_lost() -> Result<(), BoxError> {
    let town = Town::new();
    // The server posts, but the connection ends before it can say so.
    town.fake.on::<CreatePost>().lose_answer();
    announce(&bot(&town)?, town.town_square.id, town.alice.id, "disk full").await?;

    // It was asked twice, and knew the second time that it had the post already.
    town.fake.assert_called::<CreatePost>(2);
    let posts = client(&town, town.bob.token.clone())?
        .stream(GetPostsForChannel::new(town.town_square.id))
        .collect_all()
        .await?;
    assert_eq!(posts.iter().filter(|post| post.message == "@here disk full").count(), 1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // With paused time, a wait before another try costs nothing.
    #[tokio::test(start_paused = true)]
    async fn an_announcement_reaches_everybody_in_the_channel() {
        everybody_in_the_channel_reads_it().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_announcement_goes_to_the_person_on_call() {
        where_the_bot_may_not_write_the_person_on_call_is_told().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_answer_is_no_second_announcement() {
        nothing_is_said_twice_when_an_answer_is_lost().await.unwrap();
    }
}
