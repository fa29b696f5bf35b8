//! Reads JSON as Mattermost servers write it, faster than JSON in general can be read.
//!
//! Servers write no white space, the keys of an object in the order of their structs, and behind them ids, whole numbers and
//! short texts; the events of the socket hold JSON in texts, with an escape every few bytes. That is what the reader here is made
//! for. It reads everything else as well: what is rare, such as floats, enums and raw JSON, by way of `serde_json`.
//!
//! Any type can be read that serde knows how to. What comes out is what `serde_json` would say, its errors included; except
//! that of two faults the one in the JSON is told, whichever comes first.

mod access;
mod cursor;
mod flaw;
mod raw;
mod reader;
mod text;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny};

use self::cursor::Cursor;
use self::flaw::Flaw;

/// The name under which a model asks for the number of a key, with the keys to be expected.
pub(crate) use self::access::KEY;
pub(crate) use self::raw::{read_raw, write_raw};

/// Reads a value.
///
/// # Errors
///
/// If the text is no JSON, or not such a value. Says where: line and column, both from 1.
///
/// ```
/// let users: Vec<mm_types::User> = mm_types::json::from_str(r#"[{"username": "alice"}]"#)?;
/// assert_eq!(users[0].username, "alice");
///
/// let error = mm_types::json::from_str::<mm_types::User>(r#"{"username": 7}"#).unwrap_err();
/// assert_eq!(error.to_string(), "username: invalid type: integer `7`, expected text at line 1 column 14");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let mut cursor = Cursor::new(text);
    let mut result = T::deserialize(&mut cursor);
    // Values may be large, so this one is not taken out of its result for that.
    if result.is_ok()
        && let Err(flaw) = cursor.end()
    {
        result = Err(flaw);
    }
    result.map_err(|flaw| error(text, &cursor, &flaw))
}

/// What is wrong with a text. What is wrong with the JSON is for `serde_json` to say.
#[cold]
fn error(text: &str, cursor: &Cursor<'_>, flaw: &Flaw) -> serde_json::Error {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return error;
    }
    let read = text.as_bytes().get(..flaw.place().unwrap_or(cursor.place())).unwrap_or_default();
    let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
    let column = read.iter().rev().take_while(|byte| **byte != b'\n').count();
    // It reads line and column back from there.
    serde_json::Error::custom(format_args!("{} at line {line} column {column}", flaw.text()))
}

#[cfg(test)]
mod tests;
