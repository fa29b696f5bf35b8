//! JSON that is kept as text.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// A newtype struct of this name stands for the text of a value.
pub(super) const RAW: &str = "$mm_types::raw";

/// Reads a value without looking at what it says.
pub(crate) fn read_raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<str>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW, RawVisitor)
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Box<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    /// From our own reader.
    fn visit_borrowed_str<E>(self, json: &'de str) -> Result<Box<str>, E> {
        Ok(json.into())
    }

    /// From `serde_json`; or from what holds a value without its text, such as a flattened struct, of which `null` can be read.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<str>, D::Error> {
        let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
        Ok(raw.map_or_else(|| "null".into(), Box::from))
    }
}

/// Writes JSON text as it is.
pub(crate) fn write_raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let raw: &RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}
