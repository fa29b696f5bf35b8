//! The ordinary types a model's field can have, and what `null` and "empty" mean for each.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Unexpected, Visitor},
};

use crate::decode::{Field, at, fill};

impl Field for String {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(TextInto(self))
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

struct TextInto<'a>(&'a mut String);

impl Visitor<'_> for TextInto<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        *self.0 = text.to_owned();
        Ok(())
    }

    fn visit_string<E>(self, text: String) -> Result<(), E> {
        *self.0 = text;
        Ok(())
    }
}

/// Types that are small and know how to read themselves.
macro_rules! plain {
    ($($ty:ident)*) => {$(
        impl Field for $ty {
            fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                if let Some(value) = Option::deserialize(deserializer)? {
                    *self = value;
                }
                Ok(())
            }

            fn is_empty_field(&self) -> bool {
                *self == Self::default()
            }
        }
    )*};
}

plain!(bool f64);

/// Whole numbers.
macro_rules! integers {
    ($($ty:ident)*) => {$(
        impl Field for $ty {
            fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                let wide = deserializer.deserialize_any(IntegerVisitor { text_too: false })?;
                *self = wide.try_into().map_err(|_| {
                    D::Error::invalid_value(Unexpected::Signed(wide), &stringify!($ty))
                })?;
                Ok(())
            }

            fn is_empty_field(&self) -> bool {
                *self == 0
            }
        }
    )*};
}

integers!(i64 i32 u16 u32 u64);

/// Reads a whole number; `null` is 0. A float without a fraction counts as whole.
pub(crate) struct IntegerVisitor {
    /// Whether digits in quotes are read as well.
    pub(crate) text_too: bool,
}

impl<'de> Visitor<'de> for IntegerVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_unit<E>(self) -> Result<i64, E> {
        Ok(0)
    }

    fn visit_none<E>(self) -> Result<i64, E> {
        Ok(0)
    }

    fn visit_i64<E>(self, number: i64) -> Result<i64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<i64, E> {
        // Every whole float below 2^53 is exact; beyond that the digits were lost before they came here.
        if number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0 {
            return Ok(number as i64);
        }
        Err(E::invalid_value(Unexpected::Float(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        if !self.text_too {
            return Err(E::invalid_type(Unexpected::Str(text), &self));
        }
        if text.is_empty() {
            return Ok(0);
        }
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    /// What a number looks like when another crate turned on serde_json's `arbitrary_precision`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<i64, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((_, digits)) => IntegerVisitor { text_too: true }.visit_str(&digits),
            None => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(OptionInto(self))
    }

    fn is_empty_field(&self) -> bool {
        self.is_none()
    }
}

struct OptionInto<'a, T>(&'a mut Option<T>);

impl<'de, T: Field> Visitor<'de> for OptionInto<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.insert(T::default()).fill(deserializer)
    }
}

impl<T: Field> Field for Box<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        (**self).fill(deserializer)
    }

    fn is_empty_field(&self) -> bool {
        (**self).is_empty_field()
    }
}

impl<T: Field> Field for Vec<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(ListInto(self))
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

struct ListInto<'a, T>(&'a mut Vec<T>);

impl<'de, T: Field> Visitor<'de> for ListInto<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.clear();
        loop {
            let index = self.0.len();
            match items.next_element_seed(Push(self.0)) {
                Ok(Some(())) => {}
                Ok(None) => return Ok(()),
                Err(error) => return Err(at(format_args!("[{index}]"), error)),
            }
        }
    }
}

/// Reads an item at the end of a list.
struct Push<'a, T>(&'a mut Vec<T>);

impl<'de, T: Field> serde::de::DeserializeSeed<'de> for Push<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(T::default());
        match self.0.last_mut() {
            Some(item) => item.fill(deserializer),
            None => Ok(()),
        }
    }
}

impl<K, V> Field for BTreeMap<K, V>
where
    K: for<'de> Deserialize<'de> + Ord + AsRef<str>,
    V: Field,
{
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(EntriesInto(self))
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

struct EntriesInto<'a, K, V>(&'a mut BTreeMap<K, V>);

impl<'de, K, V> Visitor<'de> for EntriesInto<'_, K, V>
where
    K: Deserialize<'de> + Ord + AsRef<str>,
    V: Field,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
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
        while let Some(key) = map.next_key::<K>()? {
            let mut item = V::default();
            fill(&mut item, &mut map).map_err(|error| at(key.as_ref(), error))?;
            self.0.insert(key, item);
        }
        Ok(())
    }
}
