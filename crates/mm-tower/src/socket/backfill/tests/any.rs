//! Posts, edits and deletions at random, with gaps, faults and slow consumers between them.

use std::collections::HashMap;
use std::time::Duration;

use mm_core::api::posts::{CreatePost, GetPostsForChannel};
use mm_core::socket::Origin;
use mm_core::types::{Channel, Post, PostId, Timestamp};
use mm_mock::Town;

use super::rig::{Rig, Saw, client};
use crate::Client;
use crate::socket::Backfill;

const SEEDS: u64 = 100;
const STEPS: u64 = 60;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(among.len()).unwrap();
        among.get(usize::try_from(self.roll(sides.max(1))).unwrap())
    }
}

#[derive(Debug, Default)]
struct Totals {
    posts: usize,
    late: usize,
    edits: usize,
    deletions: usize,
    gaps: usize,
    incomplete: usize,
}

struct Script {
    rig: Rig,
    admin: Client,
    channels: Vec<Channel>,
    /// Posts that stand, as they are.
    standing: Vec<Post>,
    /// Posts that were deleted.
    deleted: HashMap<PostId, Post>,
    saw: Vec<Saw>,
}

impl Script {
    async fn new() -> Self {
        let town = Town::new();
        let direct = town.fake.direct_channel(&town.alice, &town.bob);
        let channels = vec![town.town_square.clone(), town.off_topic.clone(), direct];
        let admin = client(&town, &town.admin.token);
        let ids: Vec<_> = channels.iter().map(|channel| channel.id).collect();
        let rig = Rig::new(town, Backfill::channels(ids)).await;
        Self { rig, admin, channels, standing: Vec::new(), deleted: HashMap::new(), saw: Vec::new() }
    }

    /// One that its author can change.
    fn one_of_bobs(&self, dice: &mut Dice) -> Option<Post> {
        let bob = self.rig.town.bob.id;
        let own: Vec<_> = self.standing.iter().filter(|post| post.user_id == bob).collect();
        dice.pick(&own).map(|post| (*post).clone())
    }

    async fn write(&mut self, dice: &mut Dice) {
        match dice.roll(10) {
            0 | 1 => {
                if let Some(post) = self.one_of_bobs(dice) {
                    let text = format!("{} edited {}", post.message, dice.roll(1_000));
                    let edited = self.rig.edit(&post, &text).await;
                    self.standing.retain(|other| other.id != post.id);
                    self.standing.push(edited);
                }
            }
            2 => {
                if let Some(post) = self.one_of_bobs(dice) {
                    self.rig.delete(&post).await;
                    self.standing.retain(|other| other.id != post.id);
                    self.deleted.insert(post.id, post);
                }
            }
            // Several in one millisecond.
            3 => {
                let town = &self.rig.town;
                let channel = dice.pick(&self.channels[..2]).unwrap().clone();
                town.fake.advance(Duration::from_millis(20));
                let at = Timestamp::from_millis(town.fake.now().as_millis() - 1);
                for number in 0..dice.roll(4) {
                    let post = CreatePost::new(channel.id, format!("same {number}")).create_at(at);
                    self.standing.push(self.admin.send(post).await.unwrap());
                }
            }
            _ => {
                let channel = dice.pick(&self.channels).unwrap().clone();
                let text = format!("{}", dice.roll(1_000_000));
                let post = self.rig.post(&channel, &text).await;
                self.standing.push(post);
            }
        }
    }

    async fn step(&mut self, dice: &mut Dice, with_faults: bool) {
        match dice.roll(24) {
            0 if self.rig.is_up => self.rig.cut(),
            1..=4 if !self.rig.is_up => self.rig.restore(),
            5 if with_faults => {
                let script = self.rig.town.fake.on::<GetPostsForChannel>();
                let times = usize::try_from(dice.roll(4)).unwrap() + 1;
                match dice.roll(4) {
                    0 => script.reset().times(times),
                    1 => script.fail(502, "x").times(times),
                    2 => script.fail(500, "x").times(times),
                    _ => script.truncate(30).times(times),
                };
            }
            6 => self.rig.town.fake.advance(Duration::from_secs(dice.roll(30))),
            7 if self.rig.is_up => {
                let delay = Duration::from_millis(dice.roll(100));
                self.rig.town.fake.on::<GetPostsForChannel>().delay(delay);
            }
            8..=11 => {
                for _ in 0..dice.roll(20) {
                    self.saw.extend(self.rig.peek().await);
                    tokio::time::advance(Duration::from_millis(dice.roll(20))).await;
                }
            }
            12 => self.rig.hear(),
            13 if self.rig.is_up => {
                // Lost and restored at once: nothing to tell, or something.
                self.rig.cut();
                self.rig.restore();
            }
            _ => self.write(dice).await,
        }
    }

    async fn finish(&mut self) {
        if !self.rig.is_up {
            self.rig.restore();
        }
        self.rig.hear();
        self.saw.extend(self.rig.drain_for(Duration::from_secs(1_200)).await);
    }

    fn check(&self, with_faults: bool, totals: &mut Totals) {
        let mut known: HashMap<PostId, Post> = HashMap::new();
        let mut gone: Vec<PostId> = Vec::new();
        let mut newest: HashMap<_, Timestamp> = HashMap::new();
        for saw in &self.saw {
            match saw {
                Saw::Posted(post, origin) => {
                    totals.late += usize::from(*origin == Origin::Backfill);
                    assert!(known.insert(post.id, post.clone()).is_none(), "posted twice: {post:?}");
                    let newest = newest.entry(post.channel_id).or_default();
                    // One that came live and was deleted before the others were fetched cannot be put among them.
                    let is_exempt = with_faults || self.deleted.contains_key(&post.id);
                    assert!(is_exempt || *newest <= post.create_at, "out of order: {post:?}");
                    *newest = post.create_at.max(*newest);
                }
                Saw::Edited(post, _) => {
                    totals.edits += 1;
                    // What could not be fetched yet may be edited before it is told.
                    let old = known.get_mut(&post.id).map(|old| *old = post.clone());
                    let is_exempt = with_faults || self.deleted.contains_key(&post.id);
                    assert!(is_exempt || old.is_some(), "edited before it was posted: {post:?}");
                }
                Saw::Deleted(post, _) => {
                    totals.deletions += 1;
                    assert!(!gone.contains(&post.id), "deleted twice: {post:?}");
                    gone.push(post.id);
                }
                Saw::Gap(_) => totals.gaps += 1,
                Saw::Backfilled(done) => totals.incomplete += usize::from(!done.is_complete()),
                Saw::Connected | Saw::Other => {}
            }
        }
        totals.posts += self.standing.len();
        for post in &self.standing {
            let Some(seen) = known.get(&post.id) else { panic!("never seen: {post:?}") };
            assert!(!gone.contains(&post.id), "it stands: {post:?}");
            assert_eq!(seen.message, post.message, "{post:?}");
        }
        for post in self.deleted.keys().filter(|post| known.contains_key(*post)) {
            assert!(gone.contains(post), "nobody told that it was deleted: {post}");
        }
    }
}

async fn play(seed: u64, with_faults: bool, totals: &mut Totals) {
    let mut dice = Dice(seed);
    let mut script = Script::new().await;
    for _ in 0..STEPS {
        script.step(&mut dice, with_faults).await;
    }
    script.finish().await;
    script.check(with_faults, totals);
}

#[tokio::test(start_paused = true)]
async fn every_post_is_told_once_in_order_with_its_last_text_whatever_gaps_there_are() {
    let mut totals = Totals::default();
    for seed in 0..SEEDS {
        println!("seed {seed}");
        play(seed, false, &mut totals).await;
    }
    println!("{totals:?}");
    assert!(totals.late > totals.posts / 10 && totals.incomplete == 0, "{totals:?}");
}

#[tokio::test(start_paused = true)]
async fn every_post_is_told_once_even_if_fetching_fails_now_and_then() {
    let mut totals = Totals::default();
    for seed in 0..SEEDS {
        println!("seed {seed} with faults");
        play(seed, true, &mut totals).await;
    }
    println!("{totals:?}");
    assert!(totals.late > totals.posts / 10 && totals.incomplete > 0, "{totals:?}");
}
