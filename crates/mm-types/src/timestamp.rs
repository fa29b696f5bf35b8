//! Points in time as the server writes them.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{decode::Field, field::IntegerVisitor};

/// Milliseconds since 1970-01-01 00:00 UTC.
///
/// 0 means "never": not deleted, not edited, no end. Decoding also takes `null` (as 0), digits in quotes and
/// floats without a fraction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The value for "never".
    pub const UNSET: Self = Self(0);

    /// Takes milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whether it stands for "never".
    pub const fn is_unset(self) -> bool {
        self.0 == 0
    }

    /// Whether it is a point in time.
    pub const fn is_set(self) -> bool {
        self.0 != 0
    }

    /// The same point on the system's clock; none when unset or when the system cannot express it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_millis(self.0.unsigned_abs());
        match self.0 {
            0 => None,
            1.. => UNIX_EPOCH.checked_add(distance),
            _ => UNIX_EPOCH.checked_sub(distance),
        }
    }

    /// From a point on the system's clock, cut to the millisecond; none when it does not fit in 64 bits.
    pub fn from_system_time(time: SystemTime) -> Option<Self> {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).ok()?,
            Err(before) => i64::try_from(before.duration().as_millis()).ok()?.checked_neg()?,
        };
        Some(Self(millis))
    }
}

impl From<i64> for Timestamp {
    fn from(millis: i64) -> Self {
        Self(millis)
    }
}

impl From<Timestamp> for i64 {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor { text_too: true }).map(Self)
    }
}

impl Field for Timestamp {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = Self::deserialize(deserializer)?;
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        self.is_unset()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sloppy_numbers_are_understood() {
        for text in ["1500", "1500.0", "\"1500\""] {
            let time: Timestamp = serde_json::from_str(text).expect(text);
            assert_eq!(time.as_millis(), 1500, "{text}");
        }
        for text in ["null", "0", "\"\""] {
            let time: Timestamp = serde_json::from_str(text).expect(text);
            assert!(time.is_unset(), "{text}");
        }
        for text in ["1.5", "\"soon\"", "1e300", "99999999999999999999", "true"] {
            assert!(serde_json::from_str::<Timestamp>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_system_clock_and_back_loses_nothing() {
        for millis in [1, 1_700_000_000_123, -5] {
            let time = Timestamp::from_millis(millis);
            let back = time.to_system_time().and_then(Timestamp::from_system_time);
            assert_eq!(back, Some(time));
        }
        assert_eq!(Timestamp::UNSET.to_system_time(), None);
        assert_eq!(
            Timestamp::from_millis(i64::MIN).to_system_time().and_then(Timestamp::from_system_time),
            None
        );
    }
}
