//! One backfill: the channels' posts and changes, merged by time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use mm_core::api::posts::GetPostsForChannel;
use mm_core::socket::{Missing, MissingKind};
use mm_core::types::{ChannelId, PostId, Timestamp};
use mm_core::{Error, FULL_PAGE};
use tokio::sync::mpsc::{self, error::TryRecvError};

use super::found::{Found, Kind};
use super::track::Start;
use super::walk::Walk;
use crate::Client;

/// How many requests are under way at the same time.
const AT_ONCE: usize = 4;
/// How many posts may wait, if there are not too many channels.
const MOST_WAITING: usize = 4_000;
/// The fewest posts of a page.
const SMALL_PAGE: u32 = 20;
/// The most changes that the server tells of.
const MOST_CHANGES: usize = 1_000;

/// What is to be fetched of a channel.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) channel_id: ChannelId,
    pub(super) start: Start,
    pub(super) since: Timestamp,
}

/// What a backfill says.
#[derive(Debug)]
pub(super) enum Said {
    Found(Box<Found>),
    Done(Done),
}

/// A channel is through.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) channel_id: ChannelId,
    pub(super) missing: Vec<Missing>,
    /// The newest change that the server told of.
    pub(super) changed: Timestamp,
}

/// A backfill that is under way. Goes on when it is polled, and one page ahead of what is taken at most.
pub(super) struct Fill {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    said: mpsc::Receiver<Said>,
}

impl Fill {
    pub(super) fn new(client: Client, jobs: Vec<Job>) -> Self {
        let (say, said) = mpsc::channel(1);
        Self { work: Some(Box::pin(run(client, jobs, say))), said }
    }

    /// What was found next, `None` at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Said>> {
        if let Poll::Ready(said) = self.said.poll_recv(cx) {
            return Poll::Ready(said);
        }
        if let Some(work) = &mut self.work
            && work.as_mut().poll(cx).is_ready()
        {
            self.work = None;
        }
        // Not polled again: a task whose turn is over is told that there is nothing, though there is.
        match self.said.try_recv() {
            Ok(said) => Poll::Ready(Some(said)),
            Err(TryRecvError::Disconnected) => Poll::Ready(None),
            Err(TryRecvError::Empty) => Poll::Pending,
        }
    }
}

/// Whether the server does not let us read a channel, now and in a minute.
pub(super) fn is_refused(error: &Error) -> bool {
    error.api().is_some_and(|answer| matches!(answer.status().as_u16(), 400 | 403 | 404))
}

/// Whether other channels would not fare better.
fn is_general(error: &Error) -> bool {
    error.api().is_none_or(|answer| matches!(answer.status().as_u16(), 401 | 429 | 502 | 503 | 504))
}

async fn run(client: Client, jobs: Vec<Job>, say: mpsc::Sender<Said>) {
    let share = u32::try_from(MOST_WAITING / jobs.len().max(1)).unwrap_or(FULL_PAGE);
    let per_page = share.clamp(SMALL_PAGE, FULL_PAGE);
    let mut sources: Vec<Source> =
        jobs.into_iter().map(|job| Source::new(client.clone(), job, per_page)).collect();
    loop {
        let empty = sources.iter_mut().filter(|source| source.is_empty());
        each(AT_ONCE, empty.map(Source::refill)).await;
        if let Some(error) = sources.iter().find_map(|source| source.broken.clone()) {
            sources.iter_mut().for_each(|source| source.give_up(&error));
        }
        for source in &mut sources {
            if let Some(done) = source.take_done()
                && say.send(Said::Done(done)).await.is_err()
            {
                return;
            }
        }
        sources.retain(|source| !source.is_done);
        let Some(first) = sources.iter_mut().min_by_key(|source| source.head()) else { return };
        let Some(found) = first.pop() else { continue };
        if say.send(Said::Found(Box::new(found))).await.is_err() {
            return;
        }
    }
}

/// One channel of a backfill.
struct Source {
    client: Client,
    channel_id: ChannelId,
    since: Timestamp,
    walk: Option<Walk>,
    /// What the walk has found, oldest first.
    posts: VecDeque<Found>,
    /// Edits and deletions, oldest first; `None` until they are asked for.
    changes: Option<VecDeque<Found>>,
    start: Start,
    missing: Vec<Missing>,
    changed: Timestamp,
    /// What would go wrong for other channels, too.
    broken: Option<Arc<Error>>,
    is_done: bool,
}

impl Source {
    fn new(client: Client, job: Job, per_page: u32) -> Self {
        let Job { channel_id, start, since } = job;
        let walk = Walk::new(client.clone(), channel_id, per_page, start.clone());
        Self {
            client,
            channel_id,
            since,
            walk: Some(walk),
            posts: VecDeque::new(),
            changes: None,
            start,
            missing: Vec::new(),
            changed: Timestamp::UNSET,
            broken: None,
            is_done: false,
        }
    }

    /// Whether more must be fetched before it is known what comes next.
    fn is_empty(&self) -> bool {
        self.walk.is_some() && self.posts.is_empty() || self.changes.is_none()
    }

    /// The changes come first: what changes after that is younger than all of them, whether it is of a post that the walk
    /// finds or of another.
    async fn refill(&mut self) {
        if self.changes.is_none() {
            match self.fetch_changes().await {
                Ok(changes) => self.changes = Some(changes),
                Err(error) => self.fail(MissingKind::Changes, error),
            }
        }
        while self.posts.is_empty()
            && self.broken.is_none()
            && let Some(walk) = &mut self.walk
        {
            match walk.next().await {
                Ok(Some(posts)) => {
                    self.posts.extend(posts.into_iter().map(|post| Found { kind: Kind::Posted, post }));
                }
                Ok(None) => self.walk = None,
                Err(error) => self.fail(MissingKind::Posts, error),
            }
        }
    }

    /// Edits and deletions of posts that the consumer has. The others are not missing, or are found by the walk.
    async fn fetch_changes(&mut self) -> Result<VecDeque<Found>, Error> {
        // 0 would be taken for nothing.
        let since = self.since.max(Timestamp::from_millis(1));
        let operation = GetPostsForChannel::new(self.channel_id).since(since).skip_fetch_threads(true);
        let list = self.client.send(operation).await?;
        if list.len() >= MOST_CHANGES {
            self.missing.push(Missing::new(self.channel_id, MissingKind::Changes, None));
        }
        let mut changes = Vec::new();
        for post in list.into_posts() {
            self.changed = self.changed.max(post.update_at);
            if !self.start.knows(&post) {
                continue;
            }
            if post.delete_at.is_set() {
                changes.push(Found { kind: Kind::Deleted, post });
            } else if post.edit_at > since {
                changes.push(Found { kind: Kind::Edited, post });
            }
        }
        changes.sort_by_key(Found::at);
        Ok(changes.into())
    }

    fn fail(&mut self, kind: MissingKind, error: Error) {
        let error = Arc::new(error);
        if is_general(&error) {
            self.broken = Some(Arc::clone(&error));
        }
        match kind {
            MissingKind::Posts => self.give_up(&error),
            _ => {
                self.missing.push(Missing::new(self.channel_id, kind, Some(error)));
                self.changes = Some(VecDeque::new());
            }
        }
    }

    /// Leaves it at what was found.
    fn give_up(&mut self, error: &Arc<Error>) {
        let lacks = |kind| Missing::new(self.channel_id, kind, Some(Arc::clone(error)));
        let posts = self.walk.take().map(|_| lacks(MissingKind::Posts));
        let changes = self.changes.is_none().then(|| lacks(MissingKind::Changes));
        self.changes.get_or_insert_default();
        self.missing.extend(posts.into_iter().chain(changes));
    }

    fn take_done(&mut self) -> Option<Done> {
        let is_over = self.head().is_none() && !self.is_empty();
        let missing = is_over.then(|| std::mem::take(&mut self.missing))?;
        self.is_done = true;
        Some(Done { channel_id: self.channel_id, missing, changed: self.changed })
    }

    /// When what comes next happened.
    fn head(&self) -> Option<(Timestamp, PostId)> {
        let heads = self.posts.front().into_iter().chain(self.changes.iter().flatten().next());
        heads.map(|found| (found.at(), found.post.id)).min()
    }

    fn pop(&mut self) -> Option<Found> {
        let changes = self.changes.as_mut()?;
        let is_change = match (self.posts.front(), changes.front()) {
            (Some(post), Some(change)) => change.at() < post.at(),
            (None, Some(_)) => true,
            _ => false,
        };
        if is_change { changes.pop_front() } else { self.posts.pop_front() }
    }
}

/// Waits for all of these, so many at a time.
pub(super) async fn each<F: Future>(at_once: usize, futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures = futures.map(Box::pin);
    let mut running: Vec<Pin<Box<F>>> = Vec::new();
    let mut outputs = Vec::new();
    poll_fn(|cx| {
        loop {
            running.extend(futures.by_ref().take(at_once - running.len()));
            let before = running.len();
            running.retain_mut(|future| match future.as_mut().poll(cx) {
                Poll::Ready(output) => {
                    outputs.push(output);
                    false
                }
                Poll::Pending => true,
            });
            if running.len() == before {
                break;
            }
        }
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs
}
