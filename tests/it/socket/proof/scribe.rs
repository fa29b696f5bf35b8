//! Whoever writes.

use std::time::Duration;

use mm_core::api::posts::{CreatePost, DeletePost, PatchPost};
use mm_mock::Town;
use mm_tower::Client;
use mm_types::{ChannelId, PostId};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::chance::Chance;

/// Something that was done to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Deed {
    Posted,
    Edited,
    Deleted,
}

/// What was done on the server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fact {
    pub(super) deed: Deed,
    pub(super) post: PostId,
    pub(super) channel: ChannelId,
    /// What the post says then; nothing of one that is deleted.
    pub(super) text: String,
}

/// Several people who write in several channels, change their minds, and take back what they said.
pub(super) struct Scribe {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Vec<Fact>>,
}

impl Scribe {
    pub(super) fn start(town: &Town, channels: &[ChannelId], seed: u64) -> Self {
        let (stop, stopped) = oneshot::channel();
        let desk = Desk::new(town, channels, seed);
        Self { stop, task: tokio::spawn(desk.work(stopped)) }
    }

    /// Lets them end, with some last words.
    pub(super) async fn stop(self) -> Vec<Fact> {
        self.stop.send(()).expect("a task that runs");
        self.task.await.expect("no panic")
    }
}

struct Desk {
    people: Vec<Client>,
    channels: Vec<ChannelId>,
    chance: Chance,
    facts: Vec<Fact>,
    /// What was written last and still stands: by whom, and where.
    standing: Vec<(usize, ChannelId, PostId)>,
}

impl Desk {
    fn new(town: &Town, channels: &[ChannelId], seed: u64) -> Self {
        let people = [&town.bob, &town.admin].map(|person| {
            let builder = Client::builder("https://chat.example.com").expect("a URL");
            builder.token(person.token.clone()).build(town.fake.clone())
        });
        Self {
            people: people.into(),
            channels: channels.to_vec(),
            chance: Chance::new(seed ^ 0x5c21be),
            facts: Vec::new(),
            standing: Vec::new(),
        }
    }

    async fn work(mut self, mut stopped: oneshot::Receiver<()>) -> Vec<Fact> {
        while stopped.try_recv().is_err() {
            // Sometimes much at once, mostly now and then, sometimes nothing for long.
            let pause = match self.chance.number(20) {
                0..10 => self.chance.number(2_000),
                10..18 => self.chance.number(20_000),
                18 => self.chance.number(90_000),
                _ => 0,
            };
            sleep(Duration::from_millis(pause)).await;
            let deeds = if self.chance.number(40) == 0 { 30 } else { 1 + self.chance.number(3) };
            for _ in 0..deeds {
                match self.chance.number(10) {
                    0 | 1 if !self.standing.is_empty() => self.edit().await,
                    2 if !self.standing.is_empty() => self.delete().await,
                    _ => self.post().await,
                }
            }
        }
        for _ in 0..2 {
            sleep(Duration::from_secs(60)).await;
            self.post().await;
        }
        self.facts
    }

    async fn post(&mut self) {
        let who = self.pick(self.people.len());
        let channel = self.chance.one_of(&self.channels);
        let text = format!("deed {}", self.facts.len());
        let post = self.people[who].send(CreatePost::new(channel, text.clone())).await.expect("a post");
        if self.standing.len() == 8 {
            self.standing.remove(0);
        }
        self.standing.push((who, channel, post.id));
        self.note(Deed::Posted, channel, post.id, text);
    }

    async fn edit(&mut self) {
        let at = self.pick(self.standing.len());
        let (who, channel, post) = self.standing[at];
        let text = format!("deed {}", self.facts.len());
        self.people[who].send(PatchPost::new(post).message(text.clone())).await.expect("an edit");
        self.note(Deed::Edited, channel, post, text);
    }

    async fn delete(&mut self) {
        let at = self.pick(self.standing.len());
        let (who, channel, post) = self.standing.remove(at);
        self.people[who].send(DeletePost::new(post)).await.expect("a deletion");
        self.note(Deed::Deleted, channel, post, String::new());
    }

    fn note(&mut self, deed: Deed, channel: ChannelId, post: PostId, text: String) {
        self.facts.push(Fact { deed, post, channel, text });
    }

    fn pick(&mut self, of: usize) -> usize {
        usize::try_from(self.chance.number(of as u64)).expect("a small number")
    }
}
