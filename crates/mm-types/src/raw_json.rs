//! Any JSON value that stays text until somebody asks for it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, value::RawValue};

use crate::decode::Field;
use crate::json::{read_raw, write_raw};

/// Any JSON value, kept as text. Absent and `null` are the same.
///
/// Two values are equal when they mean the same, however they are written.
#[derive(Clone, Default)]
pub struct RawJson(Option<Box<str>>);

impl RawJson {
    /// Takes JSON text.
    pub fn from_raw(json: impl Into<String>) -> Result<Self, serde_json::Error> {
        RawValue::from_string(json.into()).map(|raw| Self::from_value(raw.into()))
    }

    /// Writes any value as JSON.
    pub fn new<T: Serialize>(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(|json| Self::from_value(json.into()))
    }

    fn from_value(raw: Box<str>) -> Self {
        Self(Some(raw).filter(|raw| &**raw != "null"))
    }

    /// Whether it is `null` or was absent.
    pub const fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The JSON text.
    pub fn raw(&self) -> &str {
        self.0.as_deref().unwrap_or("null")
    }

    /// The value, decoded.
    pub fn get<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.raw())
    }

    /// The value as a tree.
    pub fn to_value(&self) -> Value {
        self.get().unwrap_or_default()
    }
}

impl From<Value> for RawJson {
    fn from(value: Value) -> Self {
        // A tree of JSON can always be written as JSON.
        Self::new(&value).unwrap_or_default()
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
            || (!self.is_null() && !other.is_null() && self.to_value() == other.to_value())
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(raw) => write_raw(raw, serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_raw(deserializer).map(Self::from_value)
    }
}

impl Field for RawJson {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = Self::deserialize(deserializer)?;
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        self.is_null()
    }
}
