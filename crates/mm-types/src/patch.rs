//! Fields of a change: leave alone, clear, or set.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decode::{Field, read};

/// What a change does to one field.
///
/// In a model a field that is left alone is not written. Elsewhere, with serde's own derive, put
/// `#[serde(default, skip_serializing_if = "Patch::is_leave")]` on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth thing JSON can say about a key")]
pub enum Patch<T> {
    /// The field stays what it is; its key is not written.
    #[default]
    Leave,
    /// The field is emptied: `null` on the wire.
    Clear,
    /// The field gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the field stays what it is.
    pub const fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }

    /// Whether the field is emptied.
    pub const fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// The new value, if there is one.
    pub const fn as_set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_set().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

impl<T: Field> Field for Patch<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = read::<Option<T>, D>(deserializer)?.map_or(Self::Clear, Self::Set);
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        self.is_leave()
    }

    fn is_left_out(&self) -> bool {
        self.is_leave()
    }
}
