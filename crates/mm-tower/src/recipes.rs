//! What takes more than one call.
//!
//! Each recipe is short and uses nothing that is not public: where one does not fit, copy it.

use std::path::Path;

use mm_core::api::channels::CreateDirectChannel;
use mm_core::api::files::{GetFile, UploadFile};
use mm_core::api::posts::{CreatePost, GetPostsForChannel};
use mm_core::api::users::Login;
use mm_core::types::{ChannelId, FileId, Post, Secret, Timestamp, User, UserId};
use mm_core::{Delivery, Endpoint as _, Error, TransportError, TransportErrorKind};

use crate::Client;
use crate::transfer::{self, FileError, SaveError, Target};

/// How many files the server takes with one post.
const MOST_FILES: usize = 10;

/// Logs in with name or mail address and password; see [`Client::log_in`] for accounts with one-time codes.
///
/// # Errors
///
/// As [`Client::log_in`].
pub async fn login(
    client: &Client,
    login_id: impl Into<String>,
    password: impl Into<Secret>,
) -> Result<User, Error> {
    client.log_in(Login::new(login_id, password)).await
}

/// Posts a message with files from disk, ten at most.
///
/// The files are streamed, in the order of the paths; the server lists them by their ids. For replies, properties and the like use [`create_with_files`].
///
/// ```no_run
/// # // Reads files that are not there.
/// # async fn example(client: mm_tower::Client, channel: mm_tower::types::ChannelId) -> Result<(), mm_tower::Error> {
/// let post = mm_tower::recipes::post_with_files(&client, channel, "As promised", ["plan.pdf", "map.png"]).await?;
/// assert_eq!(post.file_ids.len(), 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`create_with_files`].
pub async fn post_with_files(
    client: &Client,
    channel: ChannelId,
    message: impl Into<String>,
    paths: impl IntoIterator<Item = impl AsRef<Path>>,
) -> Result<Post, Error> {
    create_with_files(client, CreatePost::new(channel, message), paths).await
}

/// As [`post_with_files`], for a post of any kind. The files are added to those that it has already.
///
/// # Errors
///
/// If there are too many files, or one cannot be read, the error says which and nothing was sent. If an
/// upload or the post fails, there is no post; files that were uploaded by then are seen by nobody.
pub async fn create_with_files(
    client: &Client,
    mut post: CreatePost,
    paths: impl IntoIterator<Item = impl AsRef<Path>>,
) -> Result<Post, Error> {
    let paths: Vec<_> = paths.into_iter().collect();
    let count = post.file_ids.len() + paths.len();
    if count > MOST_FILES {
        let problem = format!("a post takes {MOST_FILES} files, not {count}; send the rest with another one");
        return Err(Error::local(CreatePost::INFO.operation, problem));
    }
    let mut parts = Vec::with_capacity(paths.len());
    for path in paths {
        let unreadable = |error: FileError| Error::local(UploadFile::INFO.operation, error);
        parts.push(transfer::part(path).await.map_err(unreadable)?);
    }
    for part in parts {
        let name = part.file_name().to_owned();
        let upload = client.send(UploadFile::new(post.channel_id, [part])).await?;
        let Some(info) = upload.file_infos.first() else {
            let problem = format!("the server took the upload of `{name}` but named no file");
            return Err(Error::local(CreatePost::INFO.operation, problem));
        };
        post.file_ids.push(info.id);
    }
    client.send(post).await
}

/// Sends a direct message to a user, [`UserId::ME`] for a note to oneself. The own id comes from the client.
///
/// # Errors
///
/// As [`Client::send`].
pub async fn direct_message(
    client: &Client,
    user: UserId,
    message: impl Into<String>,
) -> Result<Post, Error> {
    let me = client.own_id().await?;
    let user = if user == UserId::ME { me } else { user };
    let channel = client.send(CreateDirectChannel::new([me, user])).await?;
    client.send(CreatePost::new(channel.id, message)).await
}

/// Looks for a post of which nobody knows whether it was made: the caller's own newest one in its channel that is like it
/// and was made at `since` or later. `None` means that it is not there now.
///
/// The server keeps no trace of `pending_post_id`, so it goes by message, thread, kind and files. `since` is a time of the
/// server's before the first try: allow for clocks that differ, and tell posts that repeat themselves apart by time. A
/// request that is still on its way may make the post yet: after a failure that is seconds, not minutes.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use mm_tower::api::posts::CreatePost;
/// use mm_tower::types::Timestamp;
/// use mm_tower::{ErrorKind, recipes};
///
/// # use mm_mock::Town;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let town = Town::new();
/// # town.fake.follow_real_time();
/// # let channel = town.town_square.id;
/// # town.fake.on::<CreatePost>().lose_answer();
/// # let builder = mm_tower::Client::builder("https://chat.example.com")?.token(town.fake.token_for(&town.alice));
/// # let client = builder.no_retry().build(town.fake);
/// let a_minute_ago = SystemTime::now() - Duration::from_secs(60);
/// let post = CreatePost::new(channel, "build 4711 is done");
/// let made = match client.send(post.clone()).await {
///     Err(error) if error.kind() == ErrorKind::MaybeSent => {
///         let since = Timestamp::from_system_time(a_minute_ago).unwrap_or_default();
///         match recipes::find_posted(&client, &post, since).await? {
///             Some(made) => made,
///             None => client.send(post).await?,
///         }
///     }
///     other => other?,
/// };
/// assert_eq!(made.message, "build 4711 is done");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`Client::send`].
pub async fn find_posted(
    client: &Client,
    post: &CreatePost,
    since: impl Into<Timestamp>,
) -> Result<Option<Post>, Error> {
    let since = since.into();
    // Administrators may have set another time.
    let since = post.create_at.map_or(since, |at| at.min(since));
    let me = client.own_id().await?;
    let newest_first = GetPostsForChannel::new(post.channel_id).per_page(60).skip_fetch_threads(true);
    let mut posts = client.stream(newest_first);
    while let Some(made) = posts.next().await {
        let made = made?;
        if made.create_at < since {
            break;
        }
        if made.user_id == me && is_made_from(&made, post) {
            return Ok(Some(made));
        }
    }
    Ok(None)
}

fn is_made_from(made: &Post, post: &CreatePost) -> bool {
    made.message == post.message
        && made.root_id == post.root_id.unwrap_or_default()
        && made.kind == post.kind.clone().unwrap_or_default()
        // The server leaves out files that it does not know.
        && made.file_ids.iter().all(|file| post.file_ids.contains(file))
}

/// Downloads a file to a path; answers the number of bytes.
///
/// The path is the caller's: names from the server are never made paths. A file that is there is replaced,
/// when the new one is whole and on disk and not before; nothing is left of one that fails.
///
/// # Errors
///
/// If the path cannot be written, nothing is sent. If the download breaks off, or fills the disk, the
/// [transport error](Error::transport_error) says so.
pub async fn download_to(client: &Client, file_id: FileId, path: impl AsRef<Path>) -> Result<u64, Error> {
    let info = GetFile::INFO;
    let target = Target::create(path.as_ref()).await.map_err(|error| Error::local(info.operation, error))?;
    let download = client.send(GetFile::new(file_id)).await?;
    target.save(download).await.map_err(|error| {
        let error = match error {
            SaveError::Download(error) => error,
            SaveError::File(error) => {
                TransportError::new(TransportErrorKind::Save, Delivery::MaybeSent).with_source(error)
            }
        };
        Error::transport(info, error)
    })
}

#[cfg(test)]
mod tests;
