use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderValue;
use mm_core::BoxError;

use super::Pace;

/// Where the state of pacing is kept, for processes that draw on the same quota.
///
/// All there is to do is to change one small value at a time, on one clock:
///
/// * [`Pace`] is read and written as serde writes it: a hundred bytes of JSON. What is not there yet is
///   [`Pace::default`].
/// * The change must not get lost between processes: compare and set (in Redis `WATCH` and `MULTI`, or a script; in
///   SQL a transaction), again from the reading if somebody else was faster. The closure may be called any
///   number of times; the last call counts. If it left the value as it was, there is nothing to write.
/// * The time is the store's, from any point that stays the same (in Redis `TIME`), because the clocks of processes
///   differ.
/// * Let entries expire after an hour or so.
///
/// It is asked before and after each call to a server that has limits, and for the first calls to any other one. Processes wait in
/// a line each; the store does not have to know who waits.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use std::time::{SystemTime, UNIX_EPOCH};
///
/// use mm_tower::core::BoxError;
/// use mm_tower::layer::PacingLayer;
/// use mm_tower::layer::pacing::{Pace, PaceChange, PaceKey, PaceStore};
///
/// #[derive(Default)]
/// struct Table(Mutex<HashMap<PaceKey, Pace>>);
///
/// #[async_trait::async_trait]
/// impl PaceStore for Table {
///     async fn update(
///         &self,
///         key: PaceKey,
///         change: &mut PaceChange<'_>,
///     ) -> Result<(), BoxError> {
///         let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
///         change(self.0.lock().unwrap().entry(key).or_default(), now);
///         Ok(())
///     }
/// }
///
/// let pacing = PacingLayer::default().with_store(Table::default()).with_key("bots of the build server");
/// # let _ = pacing;
/// ```
#[async_trait]
pub trait PaceStore: Send + Sync + 'static {
    /// Reads what is kept for `key`, lets `change` work on it, and writes it back.
    ///
    /// # Errors
    ///
    /// Any. Calls are sent unpaced then, because a chat should not stop for want of its store.
    async fn update(&self, key: PaceKey, change: &mut PaceChange<'_>) -> Result<(), BoxError>;
}

/// What is to be done to what is kept; it is told the time since a fixed point.
pub type PaceChange<'a> = dyn FnMut(&mut Pace, Duration) + Send + 'a;

/// Whose quota it is. Writes itself as 16 hex digits, the same in every process.
///
/// Made of a token or a name, and neither can be told from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaceKey(u64);

impl PaceKey {
    /// Nobody's.
    pub(crate) const NONE: Self = Self(0xcbf2_9ce4_8422_2325);

    pub(crate) fn of_header(header: &HeaderValue) -> Self {
        Self::NONE.and(header.as_bytes())
    }

    /// As FNV-1a, eight bytes at a time: small, and the same in every process and version, which the standard library's is
    /// not.
    pub(crate) fn and(self, bytes: &[u8]) -> Self {
        let (words, rest) = bytes.as_chunks();
        let last = (!rest.is_empty()).then(|| {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            last
        });
        let hash = words.iter().copied().chain(last).fold(self.0, |hash, word| {
            let hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
            // What was multiplied spreads upwards only.
            hash ^ (hash >> 32)
        });
        Self(hash)
    }
}

impl fmt::Display for PaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for PaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaceKey({self})")
    }
}
