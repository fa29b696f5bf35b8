//! What is in an object or a list.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::cursor::Cursor;
use super::flaw::Flaw;

/// An enum of this name stands for a key: its variants are keys in the order in which they are expected. If the key is one of the
/// first, the visitor is told which, from 0, instead of its text.
pub(crate) const KEY: &str = "$mm_types::key";

/// How many of the expected keys are tried before the text is read. Servers leave out a few now and then.
const EXPECTED: usize = 3;

pub(super) struct Entries<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
    is_first: bool,
}

impl<'a, 'de> Entries<'a, 'de> {
    pub(super) fn new(cursor: &'a mut Cursor<'de>) -> Self {
        Self { cursor, is_first: true }
    }

    /// Goes to the next key, if there is one.
    #[cold]
    fn goes_on(&mut self) -> Result<bool, Flaw> {
        match self.cursor.peek() {
            Some(b'}') => return Ok(false),
            Some(b',') if !self.is_first => {
                self.cursor.advance();
                self.cursor.peek();
            }
            _ if self.is_first => {}
            _ => return Err(self.cursor.fail()),
        }
        Ok(true)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Flaw;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Flaw> {
        if self.is_first || !self.cursor.is_at_next_key() {
            if !self.goes_on()? {
                return Ok(None);
            }
            self.is_first = false;
        }
        seed.deserialize(Key(self.cursor)).map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Flaw> {
        seed.deserialize(&mut *self.cursor)
    }
}

pub(super) struct Items<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
    is_first: bool,
}

impl<'a, 'de> Items<'a, 'de> {
    pub(super) fn new(cursor: &'a mut Cursor<'de>) -> Self {
        Self { cursor, is_first: true }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Flaw;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Flaw> {
        match self.cursor.peek() {
            Some(b']') => return Ok(None),
            Some(b',') if !self.is_first => self.cursor.advance(),
            _ if self.is_first => self.is_first = false,
            _ => return Err(self.cursor.fail()),
        }
        seed.deserialize(&mut *self.cursor).map(Some)
    }
}

/// A key that begins here, with its colon. Whatever it stands for, it is written as a text.
struct Key<'a, 'de>(&'a mut Cursor<'de>);

impl<'de> Key<'_, 'de> {
    #[cold]
    fn takes_one_of(&mut self, keys: &[&str]) -> Option<usize> {
        keys.iter().take(EXPECTED - 1).position(|key| self.0.takes_key(key))
    }

    fn text(self) -> Result<Cow<'de, str>, Flaw> {
        let text = self.0.text()?;
        self.0.expect(b':')?;
        Ok(text)
    }
}

/// Numbers and the like are in the text.
macro_rules! inside {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
            let Cow::Borrowed(text) = self.text()? else { return Err(Flaw::new("expected a number as key")) };
            let mut json = serde_json::Deserializer::from_str(text);
            let value = json.$method(visitor).and_then(|value| json.end().map(|()| value));
            value.map_err(|error| Flaw::of(&error))
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = Flaw;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.text()? {
            Cow::Borrowed(key) => visitor.visit_borrowed_str(key),
            Cow::Owned(key) => visitor.visit_string(key),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        if name == KEY {
            let [first, others @ ..] = variants else { return self.deserialize_any(visitor) };
            if self.0.takes_key(first) {
                return visitor.visit_u64(0);
            }
            return match self.takes_one_of(others) {
                Some(place) => visitor.visit_u64(1 + place as u64),
                None => self.deserialize_any(visitor),
            };
        }
        visitor.visit_enum(StrDeserializer::new(&self.text()?))
    }

    inside! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
