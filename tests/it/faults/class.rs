//! What can be lost or done twice: one operation for each class, and how to see what became of it.

use bytes::Bytes;
use http_body_util::Full;
use mm_core::api::files::UploadFile;
use mm_core::api::posts::{CreatePost, DeletePost, GetPostsForChannel};
use mm_core::api::teams::CreateTeam;
use mm_core::api::users::{GetUser, GetUsersByIds, PatchUser};
use mm_core::types::PostId;
use mm_core::{Body, Error, ErrorKind, Part, Serve};
use mm_mock::Town;
use mm_tower::Client;

use super::fault::{Fault, Times};

/// An operation's class, and the operation that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Get,
    /// A read that is a POST.
    Read,
    Put,
    Delete,
    /// A write that would be done twice.
    Post,
    CreatePost,
    /// An upload that can be read again.
    Upload,
    /// An upload that can be read only once.
    UploadOnce,
}

impl Class {
    pub(crate) const ALL: [Self; 8] = [
        Self::Get,
        Self::Read,
        Self::Put,
        Self::Delete,
        Self::Post,
        Self::CreatePost,
        Self::Upload,
        Self::UploadOnce,
    ];
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Ok,
    NotSent,
    MaybeSent,
    Unreadable,
    /// Refused with this status.
    Status(u16),
    /// The same, but an earlier try, or the server behind a gateway, may have done it.
    MaybeStatus(u16),
}

/// What became of a call.
pub(crate) struct Came {
    pub(crate) end: End,
    /// How many requests the server has seen.
    pub(crate) seen: usize,
    /// How often it was done; whether it is, for what cannot be done twice.
    pub(crate) done: usize,
}

const TEXT: &str = "lost or found";

/// The post that is deleted.
pub(crate) fn prepare(town: &Town) -> PostId {
    town.fake.post(&town.town_square, &town.admin, "to be deleted").create().id
}

/// Makes one call of a class while a fault is on.
pub(crate) async fn call(
    class: Class,
    client: &Client,
    town: &Town,
    old: PostId,
    fault: Fault,
    times: Times,
) -> Came {
    let content = || Body::stream(Full::new(Bytes::from_static(TEXT.as_bytes())));
    let length = Some(TEXT.len() as u64);
    let channel = town.town_square.id;
    match class {
        Class::Get => {
            let call = meet(client, town, GetUser::new(town.bob.id), fault, times, |user| {
                assert_eq!(user.id, town.bob.id);
            });
            call.await
        }
        Class::Read => {
            let call = meet(client, town, GetUsersByIds::new([town.bob.id]), fault, times, |users| {
                assert_eq!(users[0].id, town.bob.id);
            });
            call.await
        }
        Class::Put => {
            let patch = PatchUser::new(town.bob.id).nickname(TEXT);
            let came = meet(client, town, patch, fault, times, |user| assert_eq!(user.nickname, TEXT)).await;
            let bob = look(town).send(GetUser::new(town.bob.id)).await.expect("a user");
            Came { done: usize::from(bob.nickname == TEXT), ..came }
        }
        Class::Delete => {
            let came = meet(client, town, DeletePost::new(old), fault, times, |_| {}).await;
            Came { done: came.done.min(1), ..came }
        }
        Class::Post => {
            let team = CreateTeam::new("lost", TEXT);
            meet(client, town, team, fault, times, |team| assert_eq!(team.display_name, TEXT)).await
        }
        Class::CreatePost => {
            let post = CreatePost::new(channel, TEXT);
            let came = meet(client, town, post, fault, times, |post| assert_eq!(post.message, TEXT)).await;
            let posts = look(town).send(GetPostsForChannel::new(channel)).await.expect("posts");
            Came { done: posts.posts.values().filter(|post| post.message == TEXT).count(), ..came }
        }
        Class::Upload => {
            let upload = UploadFile::new(channel, [Part::streamed("a.txt", length, content)]);
            meet(client, town, upload, fault, times, |files| assert_eq!(files.file_infos.len(), 1)).await
        }
        Class::UploadOnce => {
            let upload = UploadFile::new(channel, [Part::once("a.txt", content())]);
            meet(client, town, upload, fault, times, |files| assert_eq!(files.file_infos.len(), 1)).await
        }
    }
}

/// A client that nothing happens to.
fn look(town: &Town) -> Client {
    let builder = Client::builder("https://chat.example.com").expect("a URL");
    builder.token(town.admin.token.clone()).build(town.fake.clone())
}

async fn meet<E: Serve>(
    client: &Client,
    town: &Town,
    operation: E,
    fault: Fault,
    times: Times,
    check: impl FnOnce(mm_core::Output<E>),
) -> Came {
    fault.ask_for::<E>(&town.fake, times);
    let end = match client.send(operation).await {
        Ok(output) => {
            check(output);
            End::Ok
        }
        Err(error) => End::of(&error),
    };
    let requests = town.fake.requests();
    let seen = || requests.iter().filter(|request| request.operation == E::INFO.operation);
    Came { end, seen: seen().count(), done: seen().filter(|request| request.is_done).count() }
}

impl End {
    fn of(error: &Error) -> Self {
        match (error.kind(), error.status()) {
            (ErrorKind::NotSent, _) => Self::NotSent,
            (ErrorKind::MaybeSent, _) => Self::MaybeSent,
            (ErrorKind::Unreadable, _) => Self::Unreadable,
            (_, status) => {
                let status = status.map_or(0, |status| status.as_u16());
                if error.is_maybe_sent() { Self::MaybeStatus(status) } else { Self::Status(status) }
            }
        }
    }
}
