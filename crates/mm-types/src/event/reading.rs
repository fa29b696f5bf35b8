//! Reads the data of an event faster than JSON in general can be read.
//!
//! The data is one object, and nearly all of it is text that holds JSON: every few bytes there is an escape. It is taken
//! apart here in one pass; whatever is not text goes to `serde_json`, and so does the whole when anything is unusual.

use std::borrow::Cow;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Error;

/// Reads the data of an event, as `serde_json::from_str` does.
///
/// # Errors
///
/// If the data is not such a value.
pub fn read_data<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    // Its errors know line and column.
    read(json).or_else(|_| serde_json::from_str(json))
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let mut cursor = Cursor { text: json, at: 0 };
    let value = T::deserialize(Data(&mut cursor))?;
    if cursor.peek().is_some() { Err(unusual()) } else { Ok(value) }
}

/// Not shown to anybody.
#[cold]
fn unusual() -> Error {
    Error::custom("unusual")
}

/// Hands a method over to `serde_json`, with the text of the value.
macro_rules! by_serde_json {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, Error> {
            let mut json = serde_json::Deserializer::from_str(self.0.value()?);
            let value = json.$method($($argument,)* visitor)?;
            json.end().map(|()| value)
        }
    )*};
}

/// What is read in the same way whether it is the whole or a part.
macro_rules! others_by_serde_json {
    () => {
        by_serde_json! {
            deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
            deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
            deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char() deserialize_bytes()
            deserialize_byte_buf() deserialize_unit() deserialize_unit_struct(name: &'static str)
            deserialize_newtype_struct(name: &'static str) deserialize_seq() deserialize_tuple(len: usize)
            deserialize_tuple_struct(name: &'static str, len: usize)
            deserialize_enum(name: &'static str, variants: &'static [&'static str])
        }
    };
}

/// The whole.
struct Data<'a, 'de>(&'a mut Cursor<'de>);

impl<'de> Deserializer<'de> for Data<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.peek() {
            Some(b'{') => visitor.visit_some(self),
            _ => Err(unusual()),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.expect(b'{')?;
        let mut entries = Entries { cursor: self.0, is_first: true, is_over: false };
        let value = visitor.visit_map(&mut entries)?;
        if entries.is_over { Ok(value) } else { Err(unusual()) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    others_by_serde_json!();
    by_serde_json! { deserialize_str() deserialize_string() deserialize_identifier() deserialize_ignored_any() }
}

struct Entries<'a, 'de> {
    cursor: &'a mut Cursor<'de>,
    is_first: bool,
    is_over: bool,
}

impl<'de> MapAccess<'de> for &mut Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        match self.cursor.peek() {
            Some(b'}') => {
                self.cursor.at += 1;
                self.is_over = true;
                return Ok(None);
            }
            Some(b',') if !self.is_first => {
                self.cursor.at += 1;
                self.cursor.peek();
            }
            _ if self.is_first => {}
            _ => return Err(unusual()),
        }
        self.is_first = false;
        let Cow::Borrowed(key) = self.cursor.text()? else { return Err(unusual()) };
        self.cursor.expect(b':')?;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        self.cursor.peek();
        seed.deserialize(Value(self.cursor))
    }
}

/// What stands behind a key.
struct Value<'a, 'de>(&'a mut Cursor<'de>);

impl<'de> Deserializer<'de> for Value<'_, 'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.peek() != Some(b'"') {
            let mut json = serde_json::Deserializer::from_str(self.0.value()?);
            let value = json.deserialize_any(visitor)?;
            return json.end().map(|()| value);
        }
        match self.0.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.peek() {
            Some(b'n') if self.0.value()? == "null" => visitor.visit_none(),
            Some(b'n') => Err(unusual()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    others_by_serde_json!();
    by_serde_json! {
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }
}

/// How much of a text is put together before it is moved to where it stays: most texts are shorter, and need one
/// allocation of exactly their size.
const ROOM: usize = 2048;

struct Cursor<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Cursor<'de> {
    /// The next byte that is not white space, which stays the next one.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.peek() != Some(byte) {
            return Err(unusual());
        }
        self.at += 1;
        Ok(())
    }

    /// Goes behind a value; its text.
    fn value(&mut self) -> Result<&'de str, Error> {
        self.peek();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => self.skip_text()?,
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b',') if depth > 0 => self.at += 1,
                Some(b'}' | b',') | None => break,
                Some(_) => self.at += 1,
            }
        }
        self.text.get(start..self.at).ok_or_else(unusual)
    }

    fn skip_text(&mut self) -> Result<(), Error> {
        self.at += 1;
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(unusual()),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Goes behind a text; what it says.
    fn text(&mut self) -> Result<Cow<'de, str>, Error> {
        self.expect(b'"')?;
        let (bytes, start) = (self.text.as_bytes(), self.at);
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let plain = match rest.first_chunk() {
                Some(eight) => plain(*eight),
                // The last bytes one by one.
                None => usize::from(rest.first().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | ..b' '))),
            };
            self.at += plain;
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => return self.unescaped(start).map(Cow::Owned),
                Some(_) if plain > 0 => {}
                _ => return Err(unusual()),
            }
        }
        let text = self.text.get(start..self.at).ok_or_else(unusual)?;
        self.at += 1;
        Ok(Cow::Borrowed(text))
    }

    /// Goes behind the text that begins here; what it says.
    fn unescaped(&mut self, start: usize) -> Result<String, Error> {
        let (mut text, mut room, mut length) = (Vec::new(), [0_u8; ROOM], 0);
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            // Eight bytes, and what the escape behind them stands for.
            if length > ROOM - 16 {
                text.extend_from_slice(room.get(..length).unwrap_or_default());
                length = 0;
            }
            let rest = bytes.get(at..).unwrap_or_default();
            if let Some(eight) = rest.first_chunk::<8>() {
                // What is found in these eight bytes is dealt with without looking at them anew: an escape comes every few
                // bytes, and waiting for each one's end before the next is looked for would take most of the time.
                let (mut word, mut found, mut left) = (u64::from_le_bytes(*eight), marks(*eight), 8);
                loop {
                    let place = room.get_mut(length..).unwrap_or_default();
                    *place.first_chunk_mut::<8>().ok_or_else(unusual)? = word.to_le_bytes();
                    let plain = (found.trailing_zeros() / 8) as usize;
                    if plain == 8 {
                        length += left;
                        at += left;
                        left = 0;
                        break;
                    }
                    length += plain;
                    at += plain;
                    left -= plain;
                    let here = word >> (8 * plain);
                    let byte = (here >> 8) as u8;
                    if left < 2 || here as u8 != b'\\' || !matches!(byte, b'"' | b'\\' | b'/') {
                        break;
                    }
                    *room.get_mut(length).ok_or_else(unusual)? = byte;
                    length += 1;
                    at += 2;
                    left -= 2;
                    word = here >> 16;
                    found = found >> (8 * plain) >> 16;
                }
                if left == 0 {
                    continue;
                }
            }
            let next = bytes.get(at..).unwrap_or_default();
            let (byte, taken) = match next {
                [b'\\', b'u', b'0', b'0', digits @ ..] => (ascii(digits)?, 6),
                [b'\\', escaped, ..] => (meaning(*escaped)?, 2),
                [b'"', ..] => break,
                [byte, ..] if *byte >= b' ' => (*byte, 1),
                _ => return Err(unusual()),
            };
            *room.get_mut(length).ok_or_else(unusual)? = byte;
            length += 1;
            at += taken;
        }
        self.at = at + 1;
        text.extend_from_slice(room.get(..length).unwrap_or_default());
        String::from_utf8(text).map_err(|_| unusual())
    }
}

/// What a short escape stands for.
fn meaning(escaped: u8) -> Result<u8, Error> {
    Ok(match escaped {
        b'"' | b'\\' | b'/' => escaped,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        _ => return Err(unusual()),
    })
}

/// A character of two hexadecimal digits. The server writes `<`, `>` and `&` so.
fn ascii(digits: &[u8]) -> Result<u8, Error> {
    let digit = |at: usize| digits.get(at).and_then(|digit| char::from(*digit).to_digit(16));
    let (Some(high), Some(low)) = (digit(0), digit(1)) else { return Err(unusual()) };
    u8::try_from(high * 16 + low).ok().filter(u8::is_ascii).ok_or_else(unusual)
}

/// How many bytes stand before the first that ends a text, begins an escape, or may not be in a text at all.
#[inline]
const fn plain(eight: [u8; 8]) -> usize {
    (marks(eight).trailing_zeros() / 8) as usize
}

/// The highest bit of each byte that ends a text, begins an escape, or may not be in a text at all.
#[inline]
const fn marks(eight: [u8; 8]) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const fn every(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let bytes = u64::from_le_bytes(eight);
    // Without a carry from byte to byte, so that each bit is right and not only the first.
    let quotes = bytes ^ every(b'"');
    let slashes = bytes ^ every(b'\\');
    let others = (((quotes & LOW) + LOW) | quotes) & (((slashes & LOW) + LOW) | slashes);
    let printed = ((bytes & LOW) + every(0x60)) | bytes;
    !(others & printed) & !LOW
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::event::{Hello, MultipleChannelsViewed, Posted, Typing};

    /// What is read here, and nothing else, must be what `serde_json` reads.
    fn agrees<T: DeserializeOwned + PartialEq + std::fmt::Debug>(json: &str) -> bool {
        let fast = read::<T>(json).ok();
        let slow = serde_json::from_str::<T>(json).ok();
        assert!(fast.is_none() || fast == slow, "{json}: {fast:?} instead of {slow:?}");
        assert_eq!(read_data::<T>(json).ok(), slow, "{json}");
        fast.is_some()
    }

    #[test]
    fn what_a_server_writes_is_read_without_help() {
        let post =
            serde_json::to_string(r#"{"id":"","message":"\"R\u0026D\" \\\\ ä\n","props":{"a":[1,{}]}}"#)
                .expect("text");
        let posted = format!(
            r#"{{"channel_display_name":"R\u0026D \u003c3","channel_name":"ä","channel_type":"O","mentions":"[\"abcdefghijklmnopqrstuvwxyz\"]","post":{post},"sender_name":"@bob","set_online":true,"team_id":""}}"#
        );
        assert!(agrees::<Posted>(&posted));
        assert!(agrees::<Posted>(&posted.replace("\":", "\" : ").replace(",\"", " ,\n\"")));
        assert!(agrees::<Hello>(r#"{"connection_id":"a","server_version":"11.6.0"}"#));
        assert!(agrees::<MultipleChannelsViewed>(r#"{"channel_times":{"abcdefghijklmnopqrstuvwxyz":17}}"#));
        assert!(agrees::<Typing>("{ }"));
    }

    #[test]
    fn texts_of_any_length_with_any_escape_at_any_place_are_read() {
        for escape in [r#"\""#, r"\\", r"\/", r"\n", r"\t", r"\r", r"\b", r"\f", r"\u0026", "é", "𝄞"] {
            for before in (0..20).chain(ROOM - 30..ROOM + 3) {
                let json = format!(r#"{{"sender_name":"{}{escape}{escape}x"}}"#, "a".repeat(before));
                assert!(agrees::<Posted>(&json));
            }
        }
    }

    #[test]
    fn what_is_unusual_is_read_as_serde_json_reads_it() {
        for json in [
            "",
            "null",
            "[]",
            "7",
            "\"a\"",
            "{",
            "{}x",
            "{},",
            "{,}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":}",
            r#"{"sender_name":"\ud834\udd1e \u2028"}"#,
            r#"{"sender_name":"\ud834"}"#,
            r#"{"sender_name":"\x"}"#,
            r#"{"sender_name":"\u00+1"}"#,
            r#"{"sender_name":"\u00e4"}"#,
            "{\"sender_name\":\"a\nb and more\"}",
            r#"{"sender_\u006eame":"a"}"#,
            r#"{"sender_name":null,"set_online":nul}"#,
            r#"{"set_online":truex}"#,
            r#"{"new":{"a":[1,"]}",{"b":"\"}"}]},"set_online":true}"#,
            r#"{"new":}"#,
            r#"{"set_online":"true"}"#,
            r#"{"set_online":true true}"#,
            r#"{"new":1 2}"#,
            r#"{"new":[1,],"new":{]}"#,
            r#"{"post":5}"#,
            r#"{"post":null,"sender_name":"a","sender_name":"b"}"#,
        ] {
            agrees::<Posted>(json);
            agrees::<Json>(json);
        }
    }

    #[test]
    fn what_is_cut_off_is_refused_at_every_place() {
        let whole =
            r#"{"channel_type":"O","new":[{"a":"b"}],"post":"{\"id\":\"a long text\"}","set_online":true}"#;
        assert!(agrees::<Posted>(whole));
        for end in 0..whole.len() {
            assert!(!agrees::<Posted>(&whole[..end]), "{}", &whole[..end]);
        }
    }
}
