//! The cursor as serde's deserializer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error as _, Expected, Unexpected, Visitor};

use super::access::{Entries, Items};
use super::cursor::{Cursor, Number};
use super::flaw::Flaw;
use super::raw::RAW;

impl<'de> Cursor<'de> {
    #[inline]
    fn visit_text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Flaw> {
        let value = match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        };
        value.map_err(|flaw: Flaw| flaw.at(self.place()))
    }

    #[inline]
    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Flaw> {
        let value = match self.number() {
            Number::Positive(number) => visitor.visit_u64(number),
            Number::Negative(number) => visitor.visit_i64(number),
            Number::Other => self.by_serde_json(|json| json.deserialize_any(visitor)),
        };
        value.map_err(|flaw: Flaw| flaw.at(self.place()))
    }

    fn visit_word<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Flaw> {
        let value = match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            _ => Err(self.fail()),
        };
        value.map_err(|flaw| flaw.at(self.place()))
    }

    fn visit_list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Flaw> {
        self.enter()?;
        let value = visitor.visit_seq(Items::new(self));
        self.leave(value, b']')
    }

    #[inline]
    fn visit_object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Flaw> {
        self.enter()?;
        let value = visitor.visit_map(Entries::new(self));
        self.leave(value, b'}')
    }

    /// Says what is here instead of what was expected.
    #[cold]
    fn mismatch(&mut self, expected: &dyn Expected) -> Flaw {
        struct Any<'a>(&'a dyn Expected);

        impl Visitor<'_> for Any<'_> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        let found = match self.peek() {
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            // Which goes behind it, as somebody may get over it.
            _ => return self.deserialize_any(Any(expected)).err().unwrap_or_else(|| self.fail()),
        };
        Flaw::invalid_type(found, expected).at(self.place())
    }
}

/// Hands a method over to `serde_json`.
macro_rules! by_serde_json {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, Flaw> {
            self.by_serde_json(|json| json.$method($($argument,)* visitor))
        }
    )*};
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
            match self.peek() {
                Some(b'-' | b'0'..=b'9') => self.visit_number(visitor),
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
            match self.peek() {
                Some(b'"') => self.visit_text(visitor),
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Cursor<'de> {
    type Error = Flaw;

    // Called once for each field of a model, so that it had better not be a part of each.
    #[inline(never)]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b'"') => self.visit_text(visitor),
            Some(b'-' | b'0'..=b'9') => self.visit_number(visitor),
            Some(b'{') => self.visit_object(visitor),
            Some(b'[') => self.visit_list(visitor),
            _ => self.visit_word(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b't' | b'f') => self.deserialize_any(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b'n') => self.deserialize_any(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        if name == RAW {
            return visitor.visit_borrowed_str(self.raw()?);
        }
        // Raw JSON of others.
        if name.starts_with("$serde_json::") {
            return self.by_serde_json(|json| json.deserialize_newtype_struct(name, visitor));
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b'[') => self.visit_list(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        self.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b'{') => self.visit_object(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        match self.peek() {
            Some(b'{') => self.visit_object(visitor),
            Some(b'[') => self.visit_list(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.skip()?;
        visitor.visit_unit()
    }

    texts! { deserialize_str deserialize_string deserialize_char deserialize_identifier }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    by_serde_json! {
        deserialize_i128() deserialize_u128() deserialize_bytes() deserialize_byte_buf()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}
