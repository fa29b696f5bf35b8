//! Answers that are a list in one case and an object in another.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use crate::decode::{Field, read};

/// What came: a list of items, or one object.
pub(crate) enum ListOr<T, O> {
    List(Vec<T>),
    Object(O),
}

impl<T: Field, O: Field> ListOr<T, O> {
    /// Reads either; `null` is the empty list.
    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOrVisitor(PhantomData))
    }
}

struct ListOrVisitor<T, O>(PhantomData<(T, O)>);

impl<'de, T: Field, O: Field> Visitor<'de> for ListOrVisitor<T, O> {
    type Value = ListOr<T, O>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(ListOr::List(Vec::new()))
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(ListOr::List(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        read(SeqAccessDeserializer::new(items)).map(ListOr::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        read(MapAccessDeserializer::new(map)).map(ListOr::Object)
    }
}
