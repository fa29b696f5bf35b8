//! Any accidents in any order: tries are limited, calls end in time, and nobody is told what is not true.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use mm_core::api::files::UploadFile;
use mm_core::api::posts::CreatePost;
use mm_core::api::teams::CreateTeam;
use mm_core::api::users::{GetUser, GetUsersByIds, PatchUser};
use mm_core::{Body, Endpoint as _, Error, ErrorKind, InDoubt, Part};
use mm_mock::Town;
use mm_tower::layer::RetryBudget;
use mm_tower::{Client, RetryConfig};
use tokio::time::{Instant, sleep};

use super::chaos::{CALL, Chaos, Record};
use crate::chance::Chance;
use crate::exactly_once::messages;

/// How many scripts; `MM_SCRIPTS` makes it more.
const SCRIPTS: u64 = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Get,
    Read,
    Put,
    Post,
    CreatePost,
    Upload,
    UploadOnce,
}

const CLASSES: [Class; 7] =
    [Class::Get, Class::Read, Class::Put, Class::Post, Class::CreatePost, Class::Upload, Class::UploadOnce];

/// What a caller knows in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Done,
    NotDone,
    Maybe,
}

struct Call {
    class: Class,
    began: Instant,
    took: Duration,
    told: Told,
}

/// Settings of a client, within what makes sense.
struct Settings {
    retry: RetryConfig,
    /// Further tries for a hundred calls, and those beforehand.
    budget: (u32, u32),
    timeout: Option<Duration>,
    try_timeout: Duration,
    paces: bool,
}

impl Settings {
    fn draw(chance: &mut Chance) -> Self {
        let mut seconds = |most: u64| Duration::from_millis(chance.number(most * 1000 + 1));
        let retry = RetryConfig::default()
            .base_delay(seconds(2))
            .max_delay(seconds(20))
            .max_server_delay(seconds(40))
            .total_delay(seconds(100));
        let (timeout, try_timeout) = (seconds(120), seconds(40) + Duration::from_millis(500));
        let is_limited = chance.number(4) > 0;
        Self {
            retry: retry.tries(u32::try_from(chance.number(8) + 1).expect("a small number")),
            budget: (chance.one_of(&[0, 20, 100, 1000]), chance.one_of(&[0, 1, 5, 20])),
            timeout: is_limited.then_some(timeout),
            try_timeout,
            // How long a call waits in line depends on all the others.
            paces: is_limited,
        }
    }

    fn client(&self, town: &Town, chaos: &Chaos) -> Client {
        let (ratio, reserve) = self.budget;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let budget = RetryBudget::new(ratio as f32 / 100.0, reserve);
        let builder = Client::builder("https://chat.example.com").expect("a URL");
        let builder = builder
            .token(town.admin.token.clone())
            .retry(self.retry)
            .retry_budget(budget)
            .timeout(self.timeout)
            .try_timeout(self.try_timeout);
        let builder = if self.paces { builder } else { builder.no_pacing() };
        builder.build(chaos.clone())
    }

    /// The longest that a call may take.
    fn longest(&self, class: Class) -> Duration {
        // The timer's clock has milliseconds.
        let timer = Duration::from_millis(2);
        let is_streamed = matches!(class, Class::Upload | Class::UploadOnce);
        if let Some(timeout) = self.timeout.filter(|_| !is_streamed) {
            return timeout + timer;
        }
        let tries = self.try_timeout * self.retry.tries;
        // How long a call waits in line depends on the others, all of whom end.
        let in_line = if self.paces { Duration::from_secs(1800) } else { Duration::ZERO };
        // A post is waited for while the server recognises it.
        tries + self.retry.total_delay + in_line + Duration::from_secs(30) + timer
    }

    /// The longest that a call may wait between two tries.
    fn longest_wait(&self) -> Duration {
        let RetryConfig { base_delay, max_delay, max_server_delay, .. } = self.retry;
        let in_line = self.timeout.filter(|_| self.paces).unwrap_or_default();
        in_line.max(max_delay).max(max_server_delay + base_delay)
    }
}

fn request(class: Class, number: usize, town: &Town) -> Request<Body> {
    let content = || Body::stream(Full::new(Bytes::from_static(b"content")));
    let channel = town.town_square.id;
    let request = match class {
        Class::Get => GetUser::new(town.bob.id).to_request(),
        Class::Read => GetUsersByIds::new([town.bob.id]).to_request(),
        Class::Put => PatchUser::new(town.bob.id).nickname("Bobby").to_request(),
        Class::Post => CreateTeam::new(format!("team-{number}"), "Team").to_request(),
        Class::CreatePost => {
            let name = format!("{}:{number}", town.admin.id);
            CreatePost::new(channel, format!("message {number}")).pending_post_id(name).to_request()
        }
        Class::Upload => UploadFile::new(channel, [Part::streamed("a", Some(7), content)]).to_request(),
        Class::UploadOnce => UploadFile::new(channel, [Part::once("a", content())]).to_request(),
    };
    let mut request = request.expect("a request");
    request.headers_mut().insert(CALL, number.into());
    request
}

fn told(result: Result<http::Response<Body>, Error>) -> Told {
    let response = match result {
        Ok(response) => response,
        Err(error) if error.kind() == ErrorKind::NotSent => return Told::NotDone,
        Err(_) => return Told::Maybe,
    };
    let status = response.status().as_u16();
    let body = response.body().as_bytes().unwrap_or_default();
    let is_json = serde_json::from_slice::<serde_json::Value>(body).is_ok();
    let is_in_doubt = response.extensions().get::<InDoubt>().is_some();
    match status {
        200..300 if is_json => Told::Done,
        200..300 | 502..=504 => Told::Maybe,
        _ if is_in_doubt => Told::Maybe,
        // The server is at it, though this is not the one that knows.
        500 if body.windows(8).any(|window| window == b".pending") => Told::Maybe,
        _ => Told::NotDone,
    }
}

async fn run(seed: u64) -> Result<[usize; 5], String> {
    let mut chance = Chance::new(seed);
    let town = Town::new();
    town.fake.follow_tokio_time();
    let rarity = chance.one_of(&[1, 1, 2, 5]);
    let chaos = Chaos::new(&town.fake, seed, rarity);
    let settings = Settings::draw(&mut chance);
    let client = settings.client(&town, &chaos);
    let longest_pause = chance.one_of(&[1, 500, 5000]);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..30 {
        let class = chance.one_of(&CLASSES);
        let (client, request) = (client.clone(), request(class, number, &town));
        calls.spawn(async move {
            let began = Instant::now();
            let told = told(client.send_request(request).await);
            (number, Call { class, began, took: began.elapsed(), told })
        });
        sleep(Duration::from_millis(chance.number(longest_pause))).await;
    }
    let ended = tokio::time::timeout(Duration::from_secs(3600), calls.join_all()).await;
    let calls: HashMap<usize, Call> = ended.map_err(|_| "a call does not end")?.into_iter().collect();
    let tries = chaos.record().tries.len();
    // What was on its way has arrived by then.
    sleep(Duration::from_secs(60)).await;
    let look = Client::builder("https://chat.example.com").expect("a URL").token(town.admin.token.clone());
    let posts = messages(&look.build(town.fake.clone()), town.town_square.id).await;
    let posts = posts.map_err(|error| error.to_string())?;
    let record = chaos.record();
    if record.tries.len() != tries {
        return Err("tries go on after the calls".to_owned());
    }
    for (number, call) in &calls {
        let done = match call.class {
            Class::CreatePost => posts.get(&format!("message {number}")).copied().unwrap_or(0),
            _ => record.done.get(number).copied().unwrap_or(0),
        };
        judge(call, done, settings.longest(call.class)).map_err(|wrong| {
            format!("call {number}, {:?}, told {:?}, done {done} times: {wrong}", call.class, call.told)
        })?;
    }
    limits(&calls, &record, &settings)?;
    let count = |told| calls.values().filter(|call| call.told == told).count();
    Ok([calls.len(), tries, count(Told::Done), count(Told::NotDone), count(Told::Maybe)])
}

fn judge(call: &Call, done: usize, longest: Duration) -> Result<(), String> {
    if call.took > longest {
        return Err(format!("took {:?} of {longest:?}", call.took));
    }
    let is_repeatable = matches!(call.class, Class::Get | Class::Read | Class::Put);
    let is_true = match call.told {
        Told::Done => done == 1 || is_repeatable && done > 1,
        Told::NotDone => done == 0,
        Told::Maybe => done <= 1 || is_repeatable,
    };
    is_true.then_some(()).ok_or_else(|| "not so".to_owned())
}

/// No call has more tries than the policy allows, and no minute more than the budget does.
fn limits(calls: &HashMap<usize, Call>, record: &Record, settings: &Settings) -> Result<(), String> {
    let mut tries: HashMap<usize, u32> = HashMap::new();
    let mut further = Vec::new();
    for (at, call) in &record.tries {
        let number = tries.entry(*call).or_default();
        *number += 1;
        if *number > 1 {
            further.push(*at);
        }
    }
    for (call, number) in &tries {
        // What the server is still at has as many tries as there is time for.
        if *number > settings.retry.tries && !record.pending.contains_key(call) {
            return Err(format!("{number} tries of call {call}, of {}", settings.retry.tries));
        }
    }
    let (ratio, reserve) = settings.budget;
    // Between being allowed and being made a try waits, in the end together with others.
    let waits = settings.longest_wait();
    for from in &further {
        let end = *from + Duration::from_secs(60);
        let began = calls.values().filter(|call| call.began + waits >= *from && call.began < end).count();
        let paid = usize::try_from(ratio).expect("a small number") * began / 100;
        let is_in = |at: &&Instant| (*from..end).contains(at);
        // What was there, what was paid in, and one in ten seconds.
        let with_time = usize::try_from(waits.as_secs() / 10).expect("a small number") + 7;
        let most = usize::try_from(reserve).expect("a small number").max(1) + paid + with_time;
        let found = further.iter().filter(is_in).count();
        if found > most {
            return Err(format!("{found} further tries in a minute, of {most}"));
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn whatever_happens_tries_are_limited_calls_end_in_time_and_what_is_told_is_true() {
    let variable = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seeds = match variable("MM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..variable("MM_SCRIPTS").unwrap_or(SCRIPTS),
    };
    let mut sum = [0; 5];
    for seed in seeds.clone() {
        let figures = run(seed).await.unwrap_or_else(|wrong| panic!("MM_SEED={seed}: {wrong}"));
        sum.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
    }
    let [calls, tries, done, not_done, maybe] = sum;
    println!(
        "{} scripts, {calls} calls, {tries} tries: {done} done, {not_done} not done, {maybe} maybe",
        seeds.count()
    );
}
