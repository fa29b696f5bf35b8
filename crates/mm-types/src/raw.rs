//! Free-form JSON objects that stay text until somebody asks for a part of them.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

use crate::decode::Field;
use crate::json::{read_raw, write_raw};

/// A JSON object whose keys nobody fixed: `props`, notification settings and the like.
///
/// It is kept as the text that came, so decoding costs next to nothing and nothing is lost. Every access reads the
/// text again; take [`to_map`](Self::to_map) to look at many keys. `null`, absent and `{}` are the same empty map.
/// Two maps are equal when they hold the same values, however they are written.
#[derive(Clone, Default)]
pub struct RawMap(Option<Box<str>>);

impl RawMap {
    /// An empty map.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Takes the text of a JSON object or `null`.
    pub fn from_raw(json: impl Into<String>) -> Result<Self, serde_json::Error> {
        Self::from_value(RawValue::from_string(json.into())?.into())
    }

    /// Makes a map of pairs whose values are anything that can be written as JSON.
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, serde_json::Error>
    where
        K: Into<String>,
        V: Serialize,
    {
        let mut all = BTreeMap::new();
        for (key, value) in pairs {
            all.insert(key.into(), serde_json::value::to_raw_value(&value)?);
        }
        Self::from_value(serde_json::to_string(&all)?.into())
    }

    fn from_value<E: Error>(raw: Box<str>) -> Result<Self, E> {
        let inside = raw.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        match inside {
            Some(inside) if inside.trim_ascii().is_empty() => Ok(Self(None)),
            Some(_) => Ok(Self(Some(raw))),
            None if &*raw == "null" => Ok(Self(None)),
            None => Err(E::custom("invalid type, expected an object or null")),
        }
    }

    /// Whether it has no keys.
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The whole object as JSON text; `{}` when empty.
    pub fn raw(&self) -> &str {
        self.0.as_deref().unwrap_or("{}")
    }

    /// The value of one key as JSON text.
    pub fn get_raw(&self, key: &str) -> Option<&str> {
        let raw = self.0.as_deref()?;
        let mut json = serde_json::Deserializer::from_str(raw);
        json.deserialize_map(Find(key)).ok()?.map(RawValue::get)
    }

    /// The value of one key, decoded. None when the key is absent or `null`, an error when it is something else.
    pub fn get<'a, T: Deserialize<'a>>(&'a self, key: &str) -> Result<Option<T>, serde_json::Error> {
        self.get_raw(key).map_or(Ok(None), serde_json::from_str)
    }

    /// The value of one key when it is text.
    pub fn get_str(&self, key: &str) -> Option<Cow<'_, str>> {
        let json = self.get_raw(key)?;
        match serde_json::from_str::<&str>(json) {
            Ok(text) => Some(Cow::Borrowed(text)),
            // Text with escapes has to be put together first.
            Err(_) => serde_json::from_str(json).ok().map(Cow::Owned),
        }
    }

    /// The value of one key when it is a bool, written as one or as text: many settings are `"true"` in quotes.
    pub fn get_bool(&self, key: &str) -> Option<bool> {
        match self.get_raw(key)? {
            "true" | "\"true\"" => Some(true),
            "false" | "\"false\"" => Some(false),
            _ => None,
        }
    }

    /// The value of one key when it is a whole number, written as one or as text.
    pub fn get_i64(&self, key: &str) -> Option<i64> {
        self.get_raw(key)?.trim_matches('"').parse().ok()
    }

    /// Whether the key is there, `null` included.
    pub fn contains_key(&self, key: &str) -> bool {
        self.get_raw(key).is_some()
    }

    /// All keys and values, decoded.
    pub fn to_map(&self) -> BTreeMap<String, Value> {
        serde_json::from_str(self.raw()).unwrap_or_default()
    }

    /// Sets one key. Rewrites the text; to set many, build the map with `collect` or [`from_pairs`](Self::from_pairs).
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        let mut map = self.to_map();
        map.insert(key.into(), value.into());
        *self = map.into_iter().collect();
    }

    /// Sets one key to anything that can be written as JSON.
    pub fn insert_json<T: Serialize>(
        &mut self,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), serde_json::Error> {
        self.insert(key, serde_json::to_value(value)?);
        Ok(())
    }

    /// Takes one key away and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let mut map = self.to_map();
        let removed = map.remove(key);
        if removed.is_some() {
            *self = map.into_iter().collect();
        }
        removed
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for RawMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter().map(|(key, value)| (key.into(), value.into()));
        let map: BTreeMap<String, Value> = pairs.collect();
        // A map of JSON values can always be written as JSON.
        let raw = serde_json::to_string(&map).ok().map(Box::from);
        Self(raw.filter(|_| !map.is_empty()))
    }
}

impl From<BTreeMap<String, Value>> for RawMap {
    fn from(map: BTreeMap<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl From<serde_json::Map<String, Value>> for RawMap {
    fn from(map: serde_json::Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for RawMap {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl PartialEq for RawMap {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
            || (!self.is_empty() && !other.is_empty() && self.to_map() == other.to_map())
    }
}

impl fmt::Debug for RawMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl fmt::Display for RawMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl Serialize for RawMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(raw) => write_raw(raw, serializer),
            None => serializer.collect_map::<&str, &str, _>([]),
        }
    }
}

impl<'de> Deserialize<'de> for RawMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(read_raw(deserializer)?)
    }
}

impl Field for RawMap {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        *self = Self::deserialize(deserializer)?;
        Ok(())
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

/// Finds the value of one key; the last one wins, as everywhere in JSON.
struct Find<'k>(&'k str);

impl<'de> Visitor<'de> for Find<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = map.next_key_seed(Is(self.0))? {
            if is_it {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Compares one key without keeping it.
struct Is<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
mod tests;
