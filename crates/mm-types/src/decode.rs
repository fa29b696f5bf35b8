//! What `#[model]` leaves to be written once: the loop over the keys, the rules for `null`, the wording of errors.
//!
//! Public only for the generated code.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, EnumAccess, Error, IgnoredAny, Visitor};
pub use serde::{Deserialize, Deserializer, Serialize, Serializer, de::MapAccess, ser::SerializeMap};

use crate::json::KEY;
pub use crate::model_impls;

/// A struct of the wire: a table of keys, and a way to set and to write the fields behind them.
pub trait Model: Default + PartialEq {
    /// The struct's name, for error texts.
    const NAME: &'static str;
    /// Every key, those of flattened models first.
    const KEYS: &'static [&'static str];

    /// Reads the value of key number `index` into its field.
    fn set<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;

    /// Writes every key that is to be written.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// A type that a model's field can have.
///
/// Values are read where they will stay: moving models about would cost more than looking at their keys.
pub trait Field: Default {
    /// Reads one value over the default that is there; `null` leaves it.
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error>;

    /// Whether `omit_empty` leaves it out.
    fn is_empty_field(&self) -> bool;

    /// Whether its key is never written, whatever the attributes say.
    fn is_left_out(&self) -> bool {
        false
    }
}

/// The implementations every model has.
#[doc(hidden)]
#[macro_export]
macro_rules! model_impls {
    ($name:ident) => {
        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D>(deserializer: D) -> ::core::result::Result<Self, D::Error>
            where
                D: $crate::__private::Deserializer<'de>,
            {
                $crate::__private::read(deserializer)
            }
        }

        impl $crate::__private::Serialize for $name {
            fn serialize<S>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error>
            where
                S: $crate::__private::Serializer,
            {
                $crate::__private::write_model(self, serializer)
            }
        }

        impl $crate::__private::Field for $name {
            #[inline]
            fn fill<'de, D>(&mut self, deserializer: D) -> ::core::result::Result<(), D::Error>
            where
                D: $crate::__private::Deserializer<'de>,
            {
                $crate::__private::fill_model(self, deserializer)
            }

            #[inline]
            fn is_empty_field(&self) -> bool {
                *self == Self::default()
            }
        }
    };
}

/// Reads a value, or the default from `null`.
pub fn read<'de, T: Field, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut value = T::default();
    value.fill(deserializer)?;
    Ok(value)
}

/// Reads a model over the default one that is there.
pub fn fill_model<'de, M: Model, D: Deserializer<'de>>(
    model: &mut M,
    deserializer: D,
) -> Result<(), D::Error> {
    deserializer.deserialize_option(ModelVisitor(model))
}

struct ModelVisitor<'a, M>(&'a mut M);

impl<'de, M: Model> Visitor<'de> for ModelVisitor<'_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} object", M::NAME)
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(index) = map.next_key_seed(KeySeed { keys: M::KEYS, hint })? {
            match self.0.set(index, &mut map) {
                Ok(()) if index < M::KEYS.len() => hint = index + 1,
                Ok(()) => {}
                Err(error) => return Err(at(M::KEYS.get(index).copied().unwrap_or("?"), error)),
            }
        }
        Ok(())
    }
}

/// Finds the number of a key. The server writes keys in the order of its structs, so the search starts where
/// the previous key was found and mostly ends there.
#[derive(Clone, Copy)]
struct KeySeed {
    keys: &'static [&'static str],
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_enum(KEY, self.keys.get(self.hint..).unwrap_or_default(), self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    /// How many keys after the expected one it is, from our own [reader](crate::json).
    #[inline]
    fn visit_u64<E>(self, offset: u64) -> Result<usize, E> {
        Ok(self.hint + offset as usize)
    }

    /// From others.
    fn visit_enum<A: EnumAccess<'de>>(self, key: A) -> Result<usize, A::Error> {
        key.variant_seed(Name(self)).map(|(index, _)| index)
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<usize, E> {
        let key = key.as_bytes();
        match self.keys.get(self.hint) {
            Some(known) if same(known.as_bytes(), key) => Ok(self.hint),
            _ => Ok(self.search(key)),
        }
    }
}

/// The text of a key.
struct Name(KeySeed);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self.0)
    }
}

impl KeySeed {
    /// Looks through the keys after the expected one, because the server leaves some out, then through those before.
    fn search(self, key: &[u8]) -> usize {
        let (before, after) = self.keys.split_at_checked(self.hint).unwrap_or((&[], self.keys));
        let place = |keys: &[&str]| keys.iter().position(|known| same(known.as_bytes(), key));
        place(after).map(|found| before.len() + found).or_else(|| place(before)).unwrap_or(self.keys.len())
    }
}

/// Whether two keys are the same. Nearly all have less than 17 bytes; two overlapping loads compare them without a call.
#[inline]
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    fn ends<const N: usize>(key: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((key.first_chunk()?, key.last_chunk()?))
    }
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        8..=16 => ends::<8>(one) == ends(other),
        4..=7 => ends::<4>(one) == ends(other),
        _ => one == other,
    }
}

/// Reads the value of the current key into its field.
pub fn fill<'de, T: Field, A: MapAccess<'de>>(field: &mut T, map: &mut A) -> Result<(), A::Error> {
    map.next_value_seed(Into(field))
}

/// Reads past the value of the current key.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Reads a value into the place it will stay in.
pub(crate) struct Into<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Field> DeserializeSeed<'de> for Into<'_, T> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.fill(deserializer)
    }
}

/// Writes a model as one object.
pub fn write_model<M: Model, S: Serializer>(model: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    model.write(&mut map)?;
    map.end()
}

/// Writes one key.
pub fn entry<T: Field + Serialize, M: SerializeMap>(
    map: &mut M,
    key: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    if value.is_left_out() {
        return Ok(());
    }
    map.serialize_entry(key, value)
}

/// Writes one key unless there is nothing behind it.
pub fn entry_unless_empty<T: Field + Serialize, M: SerializeMap>(
    map: &mut M,
    key: &'static str,
    value: &T,
) -> Result<(), M::Error> {
    if value.is_empty_field() {
        return Ok(());
    }
    map.serialize_entry(key, value)
}

/// How many keys the parts have together.
pub const fn count(parts: &[&[&str]]) -> usize {
    let (mut total, mut part) = (0, 0);
    while part < parts.len() {
        total += parts[part].len();
        part += 1;
    }
    total
}

/// The keys of all parts in one table.
pub const fn concat<const N: usize>(parts: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut next, mut part) = (0, 0);
    while part < parts.len() {
        let mut key = 0;
        while key < parts[part].len() {
            all[next] = parts[part][key];
            next += 1;
            key += 1;
        }
        part += 1;
    }
    all
}

/// Puts a step in front of the path an error text begins with: `posts.abc.create_at: invalid type …`.
///
/// The text is all there is to carry the path in: serde's errors are opaque. serde_json reads line and column
/// back from the end of the text, so they stay what they were.
#[cold]
pub(crate) fn at<E: Error>(step: impl fmt::Display, error: E) -> E {
    let text = error.to_string();
    // Text that breaks off is no matter of the place it broke off at, and callers ask serde_json whether it did.
    if text.starts_with("EOF while parsing") {
        return error;
    }
    let starts_with_path = text.split_once(": ").is_some_and(|(path, _)| !path.contains(char::is_whitespace));
    let joint = match (starts_with_path, text.starts_with('[')) {
        (true, true) => "",
        (true, false) => ".",
        (false, _) => ": ",
    };
    E::custom(format_args!("{step}{joint}{text}"))
}

/// Reads text; `null` is the empty text.
pub(crate) fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    deserializer.deserialize_any(TextVisitor)
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(""))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests;
