//! JSON inside a JSON string.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::decode::{Field, read};
use crate::json;

/// A value that the server wrote as JSON inside a JSON string, kept as text until somebody asks for it.
///
/// An event stays readable when this text is not: only [`get`](Self::get) fails then. Two are equal when their texts are.
pub struct Nested<T> {
    text: String,
    inside: PhantomData<fn() -> T>,
}

impl<T> Nested<T> {
    /// Takes JSON text as it is. Nothing checks it.
    pub fn from_raw(json: impl Into<String>) -> Self {
        Self { text: json.into(), inside: PhantomData }
    }

    /// The JSON text; empty when the key was absent.
    pub fn raw(&self) -> &str {
        &self.text
    }

    /// The JSON text; empty when the key was absent.
    pub fn into_raw(self) -> String {
        self.text
    }

    /// Whether there is no text, because the key was absent, `null` or empty.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

impl<T: Serialize> Nested<T> {
    /// Writes a value as JSON.
    pub fn new(value: &T) -> Result<Self, serde_json::Error> {
        serde_json::to_string(value).map(Self::from_raw)
    }
}

impl<T: DeserializeOwned + Default> Nested<T> {
    /// The value, decoded anew with each call. The default one for `null`, and when there is no text.
    pub fn get(&self) -> Result<T, serde_json::Error> {
        if self.is_empty() {
            return Ok(T::default());
        }
        // The server writes an empty list as `null` now and then.
        json::from_str(&self.text).map(Option::unwrap_or_default)
    }
}

impl<T: Serialize + DeserializeOwned + Default> Nested<T> {
    /// Decodes the text and writes it anew.
    pub(super) fn recode(&mut self) -> Result<(), serde_json::Error> {
        if !self.is_empty() {
            *self = Self::new(&self.get()?)?;
        }
        Ok(())
    }
}

impl<T> Clone for Nested<T> {
    fn clone(&self) -> Self {
        Self::from_raw(self.text.clone())
    }
}

impl<T> Default for Nested<T> {
    fn default() -> Self {
        Self::from_raw(String::new())
    }
}

impl<T> PartialEq for Nested<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> fmt::Debug for Nested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "null" } else { &self.text })
    }
}

impl<T> Serialize for Nested<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, T> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl<T> Field for Nested<T> {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.text.fill(deserializer)
    }

    fn is_empty_field(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Post, PostId, UserId};

    #[test]
    fn the_text_is_decoded_when_asked_for_and_written_back_as_it_came() {
        let json = r#""{\"message\":\"a \\\"b\\\" \u00e4\",\"new_key\": 1}""#;
        let post: Nested<Post> = serde_json::from_str(json).expect("text");
        assert_eq!(post.raw(), r#"{"message":"a \"b\" ä","new_key": 1}"#);
        assert_eq!(post.get().expect("a post").message, "a \"b\" ä");
        let again: String = serde_json::from_str(&serde_json::to_string(&post).expect("text")).expect("text");
        assert_eq!(again, post.raw());
    }

    #[test]
    fn no_text_is_the_default_value() {
        for json in ["null", "\"\"", "\"null\""] {
            let ids: Nested<Vec<UserId>> = serde_json::from_str(json).expect(json);
            assert_eq!(ids.is_empty(), json != "\"null\"");
            assert!(ids.get().expect("nothing").is_empty());
        }
    }

    #[test]
    fn text_that_is_no_such_value_says_where_it_is_not() {
        let broken: Nested<Post> =
            serde_json::from_str(r#""{\"metadata\":{\"files\":[{\"id\":7}]}}""#).expect("text");
        let error = broken.get().expect_err("a number is no id").to_string();
        assert!(error.starts_with("metadata.files[0].id: "), "{error}");
        assert!(Nested::<Post>::from_raw("{").get().is_err());
        assert!(serde_json::from_str::<Nested<Post>>("{}").is_err());
    }

    #[test]
    fn a_value_becomes_text() {
        let id: PostId = "abcdefghijklmnopqrstuvwxy1".parse().expect("an id");
        let nested = Nested::new(&vec![id]).expect("a list");
        assert_eq!(nested.raw(), r#"["abcdefghijklmnopqrstuvwxy1"]"#);
        assert_eq!(nested.get().expect("a list"), [id]);
    }
}
