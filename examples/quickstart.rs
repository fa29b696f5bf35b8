//! A tour: who am I, where am I, write something, find it again.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! It runs on a fake server in memory. With `MM_URL` and `MM_TOKEN` set it runs on yours, and writes one post to the
//! channel in `MM_CHANNEL` (`team/channel`, or an id); if that is not set, to your own direct channel, which
//! nobody else reads.

use std::{env, fs, process};

use mm_examples::{connect, find_channel};
use mm_tower::api::channels::CreateDirectChannel;
use mm_tower::api::posts::{GetPostsForChannel, SearchPosts};
use mm_tower::api::reactions::SaveReaction;
use mm_tower::api::teams::GetTeamsForUser;
use mm_tower::api::users::GetUser;
use mm_tower::core::BoxError;
use mm_tower::recipes::post_with_files;
use mm_tower::types::UserId;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // `Client::builder(url)?.token(token).build(transport)`; see lib.rs.
    let client = connect()?;
    println!("server     {}", client.base_url());

    // An operation is a plain value; `send` turns it into its answer.
    let me = client.send(GetUser::me()).await?;
    println!("me         @{}, {}", me.username, me.email);

    let teams = client.send(GetTeamsForUser::new(UserId::ME)).await?;
    for team in &teams {
        println!("team       {}", team.name);
    }

    let channel = match env::var("MM_CHANNEL") {
        Ok(name) => find_channel(&client, &name).await?,
        Err(_) => client.send(CreateDirectChannel::new([me.id, me.id])).await?,
    };
    // A direct channel has no name for people.
    let name = if channel.display_name.is_empty() { "my notes to myself" } else { &channel.display_name };
    println!("channel    {name}");

    // A post with two files from disk, which are streamed. More than one call, so it is a recipe.
    let dir = env::temp_dir().join(format!("mattermost-quickstart-{}", process::id()));
    fs::create_dir_all(&dir)?;
    let (menu, prices) = (dir.join("menu.md"), dir.join("prices.csv"));
    fs::write(&menu, "# Today\n\n* Soup\n* Rice with vegetables\n")?;
    fs::write(&prices, "dish,price\nsoup,4\nrice,7\n")?;
    let posted =
        post_with_files(&client, channel.id, "Lunch at noon? Here is the menu.", [&menu, &prices]).await;
    fs::remove_dir_all(&dir)?;
    let post = posted?;
    println!("posted     {:?} with {} files", post.message, post.file_ids.len());

    let reaction = client.send(SaveReaction::new(me.id, post.id, "yum")).await?;
    println!("reacted    :{}:", reaction.emoji_name);

    // A list of any length is a stream: pages are fetched behind the scenes, as far as rows are asked for.
    println!("\nthe newest posts here");
    let mut posts = client.stream(GetPostsForChannel::new(channel.id).per_page(10));
    for _ in 0..3 {
        let Some(post) = posts.try_next().await? else { break };
        println!("           {:?}", post.message);
        for file in post.metadata.iter().flat_map(|metadata| &metadata.files) {
            println!("           + {}, {} bytes", file.name, file.size);
        }
    }

    if let Some(team) = teams.first() {
        let found = client.send(SearchPosts::new(team.id, "lunch menu")).await?;
        println!("\nfound {} of \"lunch menu\" in {}", found.list.len(), team.name);
    }
    Ok(())
}
