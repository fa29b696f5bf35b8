//! Posts each line of the standard input to a channel.
//!
//! ```text
//! ./long-job 2>&1 | cargo run --example stdin_to_channel -- my-team/builds
//! ```
//!
//! The channel is `team/channel` or an id. Without it, and without `MM_URL`, it is the town square of the fake server.
//! Empty lines are left out, lines that are too long for a post are split. A line that cannot be posted is
//! reported and the next one tried; the exit code is 1 then.

use std::env;
use std::process::ExitCode;

use mm_examples::{connect, find_channel};
use mm_tower::api::posts::CreatePost;
use mm_tower::core::BoxError;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};

/// How long a message may be on today's servers, in runes, which Rust calls `char`s.
const LONGEST_MESSAGE: usize = 16_383;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, BoxError> {
    let mut args = env::args().skip(1);
    let channel = match (args.next(), args.next()) {
        (Some(channel), None) => channel,
        (None, None) if env::var_os("MM_URL").is_none() => "acme/town-square".to_owned(),
        _ => {
            eprintln!("usage: stdin_to_channel CHANNEL, which is team/channel or an id");
            return Ok(ExitCode::from(2));
        }
    };
    let client = connect()?;
    let channel = find_channel(&client, &channel).await?;

    let (mut number, mut posted, mut failed) = (0, 0, 0);
    // Bytes and not text, since one broken character is no reason to lose the lines after it.
    let mut lines = BufReader::new(stdin()).split(b'\n');
    while let Some(line) = lines.next_segment().await? {
        number += 1;
        for message in messages(String::from_utf8_lossy(&line).trim_end()) {
            // `send` tries again where that cannot post anything twice. If it gives up, the error's kind says whether
            // the server may have the line all the same.
            match client.send(CreatePost::new(channel.id, message)).await {
                Ok(_) => posted += 1,
                Err(error) => {
                    eprintln!("line {number}: {error}");
                    failed += 1;
                }
            }
        }
    }
    println!("{posted} posted to {}, {failed} failed", channel.name);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The line in pieces that fit into a post each; none if it is empty.
fn messages(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let end = rest.char_indices().nth(LONGEST_MESSAGE).map_or(rest.len(), |(at, _)| at);
        let (message, left) = rest.split_at(end);
        rest = left;
        (!message.is_empty()).then_some(message)
    })
}
