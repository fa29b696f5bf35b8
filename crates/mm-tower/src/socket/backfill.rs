//! Posts that were missed, fetched after a gap.

mod fill;
mod filler;
mod found;
mod told;
mod track;
mod tracks;
mod walk;

use mm_core::types::ChannelId;

pub(super) use filler::Filler;

/// How many channels are remembered if nothing else is said.
const CHANNELS: usize = 200;

/// Which channels' posts are fetched when events were lost: for [`Connect::backfill`](super::Connect::backfill).
///
/// After each [`Gap`](super::Gap) the posts are fetched that were made, edited or deleted meanwhile. They come as `posted`,
/// `post_edited` and `post_deleted` events that say [`Origin::Backfill`](super::Origin), oldest first, and before every live
/// event that is younger than the gap; at their end stands [`Connection::Backfilled`](super::Connection::Backfilled).
///
/// ```
/// use mm_mock::Town;
/// use mm_tower::Client;
/// use mm_tower::api::posts::CreatePost;
/// use mm_tower::socket::{Backfill, Connection, Incoming, Origin};
/// use mm_tower::types::event::Posted;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let town = Town::new();
/// let client = Client::builder("https://chat.example.com")?.token(town.alice.token).build(town.fake.clone());
/// let channel = town.town_square.id;
/// let mut events = client.events().backfill(Backfill::channels([channel])).await?;
///
/// // The server forgets what it had to tell, and meanwhile something happens.
/// town.fake.sockets().restart();
/// client.send(CreatePost::new(channel, "is anybody there?")).await?;
///
/// while let Some(incoming) = events.next().await {
///     match incoming {
///         // Live or not: each post comes once.
///         Incoming::Event(event) => {
///             if let Some(posted) = event.data::<Posted>() {
///                 assert_eq!(posted?.post.get()?.message, "is anybody there?");
///                 assert_eq!(event.origin(), Origin::Backfill);
///             }
///         }
///         Incoming::Connection(Connection::Backfilled(done)) => {
///             assert!(done.is_complete() && done.posted == 1);
///             break;
///         }
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # What is promised
///
/// - A post that was made while events were lost, and that still stands, comes exactly once as `posted`, live or backfilled, with
///   the text that it has when it is fetched. Replies and the server's own posts (somebody joined) are posts too.
/// - Within a channel posts come in the order of `create_at`, and so they do across the channels of one backfill. Only a post
///   that came live and was deleted before the ones from before it were fetched cannot be put in its place.
/// - A channel whose posts could not be fetched is named. It is tried again after some time, and with the next connection, from
///   where it was. What is found then comes late: after the live events that came meanwhile.
///
/// # What is not
///
/// - Other events than those three: reactions, typing, who joined.
/// - Posts that were made *and* deleted meanwhile. Nobody hears of them.
/// - Edits and deletions of more than a thousand posts of one channel: the server tells of a thousand changes and leaves
///   out any others. It is said when that happens. Of several edits of a post the last one comes, as one `post_edited`; a post that
///   was made and edited comes as `posted` alone. Pinning, and changes of a post's attachments alone, are not seen as edits.
/// - Posts that are written into the past, as imports and bridges do.
/// - The rest of an event's data: who is mentioned, the author's name. `channel_type`, `channel_name` and `team_id` are there
///   when a live `posted` of that channel has told them.
///
/// # What it takes
///
/// One or two requests a channel and gap, and one more for every 200 posts, four at a time, by way of the client with all
/// its layers. Live events wait meanwhile: as many as the [queue](super::Connect::queue) may hold, in addition to it. When there is no
/// more room, reading stops as for a slow consumer; in the end there may be one more gap, which is backfilled too. Posts
/// are fetched as the consumer takes them: no more than some 4,000 wait, or 20 for each channel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "to be given to `events().backfill(…)`"]
pub struct Backfill {
    channels: Vec<ChannelId>,
    /// How many other channels are remembered.
    seen: usize,
}

impl Backfill {
    /// For these channels.
    ///
    /// They are looked at before the socket is opened, so a channel that the user may not read is an error there. What is posted
    /// from then on is complete: there can be backfilled posts after the first `Connected` already.
    pub fn channels(ids: impl IntoIterator<Item = ChannelId>) -> Self {
        let mut channels: Vec<_> = ids.into_iter().collect();
        channels.sort_unstable();
        channels.dedup();
        Self { channels, seen: 0 }
    }

    /// For the channels in which a post was seen to be made since the socket is open: the last 200 of them.
    ///
    /// A channel in which nothing was seen before the gap is not backfilled, even if something happened in it meanwhile.
    pub fn seen() -> Self {
        Self { channels: Vec::new(), seen: CHANNELS }
    }

    /// For the channels in which something was seen, too.
    pub fn and_seen(mut self) -> Self {
        self.seen = self.seen.max(CHANNELS);
        self
    }

    /// How many of the channels in which something was seen are remembered: 200 if not set, of some 500 bytes each, and of up to
    /// 64 KiB where posts come fast. The one that was silent for the longest time is forgotten first;
    /// [`Backfilled::forgotten`](super::Backfilled::forgotten) counts them.
    pub fn remember(mut self, channels: usize) -> Self {
        self.seen = channels;
        self
    }
}

#[cfg(test)]
mod tests;
