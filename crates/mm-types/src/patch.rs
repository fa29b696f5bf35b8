//! Fields of a change: leave alone, clear, or set.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decode::{Field, read};

/// What a change does to one field.
///
/// The server takes `null` for "leave alone", so clearing is writing the empty value: empty text, a map without keys.
/// Whoever reads a change therefore sees [`Set`](Self::Set) with an empty value in the place of [`Clear`](Self::Clear);
/// [`into_value`](Self::into_value) makes no difference between them.
///
/// In a model a field that is left alone is not written. Elsewhere, with serde's own derive, put
/// `#[serde(default, skip_serializing_if = "Patch::is_leave")]` on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth thing JSON can say about a key")]
pub enum Patch<T> {
    /// The field stays what it is; its key is not written.
    #[default]
    Leave,
    /// The field is emptied: the empty value on the wire.
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

    /// What the field becomes: the empty value when it is cleared. None when it stays what it is.
    pub fn into_value(self) -> Option<T>
    where
        T: Default,
    {
        match self {
            Self::Leave => None,
            Self::Clear => Some(T::default()),
            Self::Set(value) => Some(value),
        }
    }

    /// Makes the change.
    ///
    /// ```
    /// let mut name = "Al".to_owned();
    /// mm_types::Patch::Leave.apply_to(&mut name);
    /// assert_eq!(name, "Al");
    /// mm_types::Patch::Clear.apply_to(&mut name);
    /// assert_eq!(name, "");
    /// ```
    pub fn apply_to(self, field: &mut T)
    where
        T: Default,
    {
        if let Some(value) = self.into_value() {
            *field = value;
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize + Default> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leave => serializer.serialize_none(),
            Self::Clear => T::default().serialize(serializer),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Leave, Self::Set))
    }
}

impl<T: Field> Field for Patch<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = read::<Option<T>, D>(deserializer)?.map_or(Self::Leave, Self::Set);
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        self.is_leave()
    }

    fn is_left_out(&self) -> bool {
        self.is_leave()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clearing_writes_the_empty_value_because_null_changes_nothing() {
        let json = |patch: Patch<String>| serde_json::to_string(&patch).expect("text");
        assert_eq!(json(Patch::Clear), "\"\"");
        assert_eq!(json(Patch::from("x".to_owned())), "\"x\"");
        let read = |json| serde_json::from_str::<Patch<String>>(json).expect("text or null");
        assert_eq!(read("null"), Patch::Leave);
        assert_eq!(read("\"\"").into_value(), Patch::Clear.into_value());
    }
}
