//! Whoever reads, and what is made of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mm_tower::socket::{Connection, Event, Events, Incoming, Origin};
use mm_types::PostId;
use mm_types::event::{PostDeleted, PostEdited, Posted};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::scribe::{Deed, Fact};

/// What came.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    Post {
        deed: Deed,
        post: PostId,
        text: String,
        origin: Origin,
        seq: i64,
    },
    /// Another event.
    Other {
        seq: i64,
    },
    Connected {
        seq: i64,
    },
    Resumed,
    Gap {
        last_seq: Option<i64>,
    },
    /// After a gap; empty if nothing could not be fetched.
    Backfilled {
        wrong: String,
    },
    Unreadable,
    /// The last word.
    End(String),
}

/// Takes what comes, unless it is asleep.
pub(super) struct Consumer {
    task: JoinHandle<Vec<Seen>>,
    stall: Stall,
}

/// Until when the consumer sleeps.
#[derive(Clone)]
pub(super) struct Stall(Arc<Mutex<Instant>>);

impl Stall {
    pub(super) fn fall_asleep(&self, time: Duration) {
        *self.0.lock().expect("a lock") = Instant::now() + time;
    }

    fn until(&self) -> Instant {
        *self.0.lock().expect("a lock")
    }
}

impl Consumer {
    pub(super) fn start(mut events: Events) -> Self {
        let stall = Stall(Arc::new(Mutex::new(Instant::now())));
        let asleep = stall.clone();
        let task = tokio::spawn(async move {
            let mut seen = Vec::new();
            while let Some(incoming) = events.next().await {
                seen.push(read(&incoming));
                sleep_until(asleep.until()).await;
            }
            seen
        });
        Self { task, stall }
    }

    pub(super) fn stall(&self) -> Stall {
        self.stall.clone()
    }

    pub(super) fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    pub(super) async fn seen(self) -> Vec<Seen> {
        self.task.await.expect("no panic")
    }
}

fn read(incoming: &Incoming) -> Seen {
    match incoming {
        Incoming::Event(event) => read_event(event),
        Incoming::Unreadable(_) => Seen::Unreadable,
        Incoming::Connection(Connection::Connected { hello, .. }) => Seen::Connected { seq: hello.seq() },
        Incoming::Connection(Connection::Resumed { .. }) => Seen::Resumed,
        Incoming::Connection(Connection::Gap(gap)) => Seen::Gap { last_seq: gap.last_seq },
        Incoming::Connection(Connection::Backfilled(done)) => {
            Seen::Backfilled { wrong: if done.is_complete() { String::new() } else { format!("{done:?}") } }
        }
        other => Seen::End(format!("{other:?}")),
    }
}

fn read_event(event: &Event) -> Seen {
    let (deed, post) = if let Some(posted) = event.data::<Posted>() {
        (Deed::Posted, posted.expect("readable").post)
    } else if let Some(edited) = event.data::<PostEdited>() {
        (Deed::Edited, edited.expect("readable").post)
    } else if let Some(deleted) = event.data::<PostDeleted>() {
        (Deed::Deleted, deleted.expect("readable").post)
    } else {
        return Seen::Other { seq: event.seq() };
    };
    let post = post.get().expect("a post");
    let text = if deed == Deed::Deleted { String::new() } else { post.message };
    Seen::Post { deed, post: post.id, text, origin: event.origin(), seq: event.seq() }
}

/// What came, against what was done.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) done: usize,
    pub(super) came: usize,
    pub(super) missing: usize,
    pub(super) gaps: usize,
    /// Gaps in which none of our posts is missing; other events may be.
    pub(super) empty_gaps: usize,
    pub(super) resumed: usize,
    pub(super) connected: usize,
    pub(super) unreadable: usize,
    pub(super) broken: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, came, missing, gaps, empty_gaps, resumed, connected, unreadable, .. } = self;
        write!(
            f,
            "{done} posted, edited or deleted: {came} came, {missing} are missing, all of them inside gaps\n\
             {gaps} gaps, {empty_gaps} of them with nothing missing; {connected} times connected, {resumed} times \
             resumed, {unreadable} unreadable frames",
        )
    }
}

/// Everything that came live, in order, each at most once, and what is missing lies inside a gap.
pub(super) fn compare(facts: &[Fact], seen: &[Seen]) -> Report {
    let place: HashMap<(Deed, PostId, &str), usize> = facts
        .iter()
        .enumerate()
        .map(|(place, fact)| ((fact.deed, fact.post, fact.text.as_str()), place))
        .collect();
    let mut report = Report { done: facts.len(), ..Report::default() };
    // Of the next fact; gaps since the last one; the number of the last event.
    let (mut next, mut gaps, mut last_seq) = (0, 0, None);
    for (at, what) in seen.iter().enumerate() {
        let mut broken = |what: String| report.broken.push(format!("{at}: {what}"));
        match what {
            Seen::Post { origin: Origin::Live, deed, post, text, seq } => {
                last_seq = Some(*seq);
                let Some(&place) = place.get(&(*deed, *post, text.as_str())) else {
                    broken(format!("nobody did that: {what:?}"));
                    continue;
                };
                if place < next {
                    broken(format!("late or twice: {what:?} is {place}, and {next} was expected"));
                    continue;
                }
                let missing = place - next;
                if missing > 0 && gaps == 0 {
                    broken(format!("{missing} are missing in front of {what:?}, and there is no gap"));
                }
                report.missing += missing;
                report.empty_gaps += if missing == 0 { gaps } else { gaps - gaps.min(1) };
                report.came += 1;
                (next, gaps) = (place + 1, 0);
            }
            Seen::Post { .. } => {}
            Seen::Other { seq } => last_seq = Some(*seq),
            Seen::Connected { seq } => {
                last_seq = Some(*seq);
                report.connected += 1;
            }
            Seen::Resumed => report.resumed += 1,
            Seen::Gap { last_seq: said } => {
                // The second of two in a row is about what was lost with the first.
                let is_second = at > 0 && matches!(seen[at - 1], Seen::Gap { .. });
                if *said != last_seq && !is_second {
                    broken(format!("a gap after {said:?}, and {last_seq:?} came last"));
                }
                gaps += 1;
                report.gaps += 1;
            }
            Seen::Backfilled { .. } => {}
            Seen::Unreadable => report.unreadable += 1,
            Seen::End(_) if at + 1 == seen.len() => {}
            Seen::End(word) => broken(format!("not the last: {word}")),
        }
    }
    if next != facts.len() {
        report.broken.push(format!("{} of {} at the end are missing", facts.len() - next, facts.len()));
    }
    report
}
