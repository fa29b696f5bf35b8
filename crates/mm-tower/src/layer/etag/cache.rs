use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};

/// What an entry costs beside what is in it, in bytes.
const OVERHEAD: usize = 512;

/// How many counters of writes there are; users share them.
const COUNTERS: usize = 64;

/// What a cache has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EtagStats {
    /// Requests that could be answered with "not modified".
    pub asked: u64,
    /// How many of them were.
    pub not_modified: u64,
    /// Bytes of body that were not sent again, as they are after decompression.
    pub bytes_saved: u64,
    /// Answers that are kept.
    pub entries: usize,
    /// Their size in memory, in bytes.
    pub bytes: usize,
}

/// Whose answers they are: nobody sees what another one was shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Owner {
    token: Option<HeaderValue>,
    authority: Option<Authority>,
}

impl Owner {
    pub(super) fn of<R>(request: &Request<R>) -> Self {
        Self {
            token: request.headers().get(AUTHORIZATION).cloned(),
            authority: request.uri().authority().cloned(),
        }
    }
}

/// An answer with a tag.
pub(super) struct Entry {
    pub(super) tag: HeaderValue,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Entry {
    fn size(&self, uri: &Uri) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
        OVERHEAD + headers.sum::<usize>() + path + self.body.len()
    }
}

/// Answers by owner and URI, the least recently used of which go first.
pub(super) struct Cache {
    max: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    owners: HashMap<Owner, HashMap<Uri, Row>>,
    by_use: BTreeMap<u64, (Owner, Uri)>,
    uses: u64,
    writes: Writes,
    stats: EtagStats,
}

struct Row {
    entry: Arc<Entry>,
    size: usize,
    used: u64,
}

struct Writes {
    hasher: RandomState,
    counters: [u64; COUNTERS],
}

impl Default for Writes {
    fn default() -> Self {
        Self { hasher: RandomState::new(), counters: [0; COUNTERS] }
    }
}

impl Writes {
    fn of(&mut self, owner: &Owner) -> &mut u64 {
        let hash = self.hasher.hash_one(owner) % COUNTERS as u64;
        // The index is below the length.
        &mut self.counters[usize::try_from(hash).unwrap_or_default()]
    }
}

/// A look into the cache.
pub(super) struct Found {
    pub(super) entry: Option<Arc<Entry>>,
    /// How many writes there had been.
    pub(super) writes: u64,
}

impl Cache {
    pub(super) fn new(max: usize) -> Self {
        Self { max, state: Mutex::default() }
    }

    pub(super) fn max(&self) -> usize {
        self.max
    }

    pub(super) fn stats(&self) -> EtagStats {
        self.state().stats
    }

    pub(super) fn find(&self, owner: &Owner, uri: &Uri) -> Found {
        let mut guard = self.state();
        let state = &mut *guard;
        let writes = *state.writes.of(owner);
        let row = state.owners.get_mut(owner).and_then(|rows| rows.get_mut(uri));
        let entry = row.map(|row| {
            if let Some(place) = state.by_use.remove(&row.used) {
                state.uses += 1;
                row.used = state.uses;
                state.by_use.insert(row.used, place);
            }
            Arc::clone(&row.entry)
        });
        state.stats.asked += u64::from(entry.is_some());
        Found { entry, writes }
    }

    /// Keeps an answer to a request that was sent when there had been `writes`.
    pub(super) fn keep(&self, owner: Owner, uri: Uri, entry: Entry, writes: u64) {
        let mut guard = self.state();
        let state = &mut *guard;
        state.remove(&owner, &uri);
        let size = entry.size(&uri);
        if size > self.max || *state.writes.of(&owner) != writes {
            return;
        }
        state.uses += 1;
        let used = state.uses;
        state.by_use.insert(used, (owner.clone(), uri.clone()));
        state.owners.entry(owner).or_default().insert(uri, Row { entry: Arc::new(entry), size, used });
        state.stats.entries += 1;
        state.stats.bytes += size;
        while state.stats.bytes > self.max
            && let Some((_, (owner, uri))) = state.by_use.pop_first()
        {
            state.remove(&owner, &uri);
        }
    }

    pub(super) fn hit(&self, entry: &Entry) {
        let mut state = self.state();
        state.stats.not_modified += 1;
        state.stats.bytes_saved += entry.body.len() as u64;
    }

    pub(super) fn remove(&self, owner: &Owner, uri: &Uri) {
        self.state().remove(owner, uri);
    }

    /// Forgets what an owner was shown, and what he is being shown.
    pub(super) fn written(&self, owner: &Owner) {
        let mut guard = self.state();
        let state = &mut *guard;
        *state.writes.of(owner) += 1;
        for row in state.owners.remove(owner).unwrap_or_default().into_values() {
            state.by_use.remove(&row.used);
            state.stats.entries -= 1;
            state.stats.bytes -= row.size;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, owner: &Owner, uri: &Uri) {
        let Some(rows) = self.owners.get_mut(owner) else {
            return;
        };
        if let Some(row) = rows.remove(uri) {
            self.by_use.remove(&row.used);
            self.stats.entries -= 1;
            self.stats.bytes -= row.size;
        }
        if rows.is_empty() {
            self.owners.remove(owner);
        }
    }
}
