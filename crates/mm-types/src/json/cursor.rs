//! A place in a text, and how to get from one to the next.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde::de::IgnoredAny;

use super::flaw::Flaw;
use super::text::{escape_length, every, plain, unescaped};
use crate::decode::same;

/// How deep values may be in one another, as in `serde_json`.
const DEPTH: u8 = 127;

pub(super) struct Cursor<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
    /// Whether there was something that is no JSON. A type may get over an error, but not over that.
    failed: bool,
}

/// A number as it is handed on.
pub(super) enum Number {
    Positive(u64),
    Negative(i64),
    /// A float, or one of many digits. Nothing of it is read yet.
    Other,
}

impl<'de> Cursor<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0, depth: 0, failed: false }
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// There is no JSON here.
    #[cold]
    pub(super) fn fail(&mut self) -> Flaw {
        self.failed = true;
        Flaw::new("not JSON")
    }

    #[inline]
    fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, which stays the next one.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.byte() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.peek_on(),
        }
    }

    #[cold]
    fn peek_on(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                byte => return byte,
            }
        }
    }

    /// Goes behind the byte that was peeked at.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Flaw> {
        if self.peek() != Some(byte) {
            return Err(self.fail());
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Flaw> {
        if self.peek().is_some() || self.failed { Err(self.fail()) } else { Ok(()) }
    }

    /// Goes into an object or list.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), Flaw> {
        if self.depth == DEPTH {
            return Err(Flaw::new("recursion limit exceeded"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Goes out of it, with what came of it.
    #[inline]
    pub(super) fn leave<T>(&mut self, result: Result<T, Flaw>, bracket: u8) -> Result<T, Flaw> {
        self.depth -= 1;
        match result {
            Ok(value) => self.expect(bracket).map(|()| value),
            Err(flaw) => Err(self.leave_with(flaw, bracket)),
        }
    }

    #[cold]
    fn leave_with(&mut self, flaw: Flaw, bracket: u8) -> Flaw {
        // Somebody may get over it, and go on from here.
        if self.peek() == Some(bracket) {
            self.at += 1;
        }
        flaw.at(self.at)
    }

    /// Goes behind `null`, `true` or `false`.
    #[inline]
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Flaw> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.fail());
        }
        self.at += word.len();
        Ok(())
    }

    /// Goes behind a number that begins here, if it is whole and not too long.
    #[inline(never)]
    pub(super) fn number(&mut self) -> Number {
        /// As many digits as fit into 64 bits, whatever they are.
        const DIGITS: usize = 18;
        let (is_negative, digits) = match self.rest() {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        // Most are times of 13 digits.
        let first = digits.first_chunk().and_then(|eight| eight_digits(*eight));
        let (mut number, mut length) = first.map_or((0, 0), |number| (number, 8));
        let next = loop {
            match digits.get(length) {
                Some(digit @ b'0'..=b'9') if length < DIGITS => {
                    number = number * 10 + u64::from(digit - b'0');
                    length += 1;
                }
                next => break next,
            }
        };
        let is_whole = match (length, digits.first()) {
            (0, _) => false,
            // Minus zero is a float.
            (1, Some(b'0')) => !is_negative,
            (_, first) => first != Some(&b'0'),
        };
        if !is_whole || matches!(next, Some(b'0'..=b'9' | b'.' | b'e' | b'E')) {
            return Number::Other;
        }
        self.at += length + usize::from(is_negative);
        if is_negative { Number::Negative(-number.cast_signed()) } else { Number::Positive(number) }
    }

    /// Has `serde_json` read what begins here.
    #[inline(never)]
    pub(super) fn by_serde_json<T>(
        &mut self,
        read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'de>>) -> serde_json::Result<T>,
    ) -> Result<T, Flaw> {
        let mut json = serde_json::Deserializer::from_str(self.text.get(self.at..).unwrap_or_default());
        let result = read(&mut json);
        self.at += json.into_iter::<IgnoredAny>().byte_offset();
        result.map_err(|error| {
            self.failed |= !error.is_data();
            Flaw::of(&error).at(self.at)
        })
    }

    /// Goes behind a text; what it says.
    #[inline]
    pub(super) fn text(&mut self) -> Result<Cow<'de, str>, Flaw> {
        match self.plain_text() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.other_text(),
        }
    }

    /// Goes behind a text, if it is one that says what is written, and not at the very end.
    // One for all who read texts: a call reads its few hundred bytes with code that is in no cache, so there should be little.
    #[inline(never)]
    fn plain_text(&mut self) -> Option<&'de str> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        if bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        let mut end = start;
        let next = loop {
            let some = bytes.get(end..)?.first_chunk()?;
            let plain = plain(*some);
            end += plain;
            if let Some(next) = some.get(plain) {
                break *next;
            }
        };
        if next != b'"' {
            return None;
        }
        let text = self.text.get(start..end)?;
        self.at = end + 1;
        Some(text)
    }

    #[cold]
    fn other_text(&mut self) -> Result<Cow<'de, str>, Flaw> {
        self.expect(b'"')?;
        let start = self.at;
        match self.skip_plain() {
            Some(b'"') => {
                let text = self.text.get(start..self.at).unwrap_or_default();
                self.at += 1;
                Ok(Cow::Borrowed(text))
            }
            Some(b'\\') => {
                if let Some((text, end)) = unescaped(self.text.as_bytes(), start) {
                    self.at = end;
                    return Ok(Cow::Owned(text));
                }
                self.at = start - 1;
                self.by_serde_json(|json| String::deserialize(json)).map(Cow::Owned)
            }
            _ => Err(self.fail()),
        }
    }

    /// Goes to the next byte that ends a text, begins an escape, or may not be in a text at all.
    #[inline]
    fn skip_plain(&mut self) -> Option<u8> {
        loop {
            let Some(some) = self.rest().first_chunk() else { return self.skip_last() };
            let plain = plain(*some);
            self.at += plain;
            if let Some(next) = some.get(plain) {
                return Some(*next);
            }
        }
    }

    /// The last bytes one by one.
    #[cold]
    fn skip_last(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                byte @ (Some(b'"' | b'\\' | ..b' ') | None) => return byte,
                Some(_) => self.at += 1,
            }
        }
    }

    /// Goes behind a text.
    fn skip_text(&mut self) -> Result<(), Flaw> {
        self.at += 1;
        loop {
            self.at += match self.skip_plain() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => match escape_length(self.rest()) {
                    Some(length) => length,
                    None => return Err(self.fail()),
                },
                _ => return Err(self.fail()),
            };
        }
    }

    /// Goes behind a value; its text.
    pub(super) fn raw(&mut self) -> Result<&'de str, Flaw> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Goes behind a value, whatever it is.
    pub(super) fn skip(&mut self) -> Result<(), Flaw> {
        // One bit for each bracket that is open: whether it is an object's.
        let (mut open, mut depth) = (0_u128, 0_u32);
        loop {
            match self.peek() {
                Some(b'"') => self.skip_text()?,
                Some(bracket @ (b'{' | b'[')) => {
                    if depth == u128::BITS {
                        self.by_serde_json(|json| IgnoredAny::deserialize(json))?;
                    } else {
                        let is_object = bracket == b'{';
                        self.at += 1;
                        if self.peek() != Some(if is_object { b'}' } else { b']' }) {
                            open = open << 1 | u128::from(is_object);
                            depth += 1;
                            if is_object {
                                self.skip_key()?;
                            }
                            continue;
                        }
                        self.at += 1;
                    }
                }
                Some(b'-' | b'0'..=b'9') => {
                    if let Number::Other = self.number() {
                        self.by_serde_json(|json| IgnoredAny::deserialize(json))?;
                    }
                }
                Some(b'n') => self.word("null")?,
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                _ => return Err(self.fail()),
            }
            // What follows a value, as often as one ends with it.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let is_object = open & 1 == 1;
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if is_object {
                            self.peek();
                            self.skip_key()?;
                        }
                        break;
                    }
                    Some(b'}') if is_object => {}
                    Some(b']') if !is_object => {}
                    _ => return Err(self.fail()),
                }
                self.at += 1;
                open >>= 1;
                depth -= 1;
            }
        }
    }

    #[inline]
    fn skip_key(&mut self) -> Result<(), Flaw> {
        if self.byte() != Some(b'"') {
            return Err(self.fail());
        }
        self.skip_text()?;
        self.expect(b':')
    }

    /// Goes behind a key and its colon, if it is this key.
    #[inline]
    pub(super) fn takes_key(&mut self, key: &str) -> bool {
        let [b'"', rest @ ..] = self.rest() else { return false };
        let Some((found, [b'"', b':', ..])) = rest.split_at_checked(key.len()) else { return false };
        let is_it = same(found, key.as_bytes());
        if is_it {
            self.at += key.len() + 3;
        }
        is_it
    }

    /// Goes behind the comma in front of a key, if that is all there is between a value and the key.
    #[inline]
    pub(super) fn is_at_next_key(&mut self) -> bool {
        let is_it = matches!(self.rest(), [b',', b'"', ..]);
        self.at += usize::from(is_it);
        is_it
    }
}

/// The number that eight digits stand for, if all of them are digits. All are looked at together.
const fn eight_digits(text: [u8; 8]) -> Option<u64> {
    let word = u64::from_le_bytes(text);
    // From `0` to `9` the upper half of a byte is 3, and stays so when 6 is added.
    if (word & every(0xf0)) | ((word.wrapping_add(every(6)) & every(0xf0)) >> 4) != every(0x33) {
        return None;
    }
    // Neighbours are put together: digits to numbers below 100, those to numbers below 10 000, and those to one.
    let pairs = (word & every(0x0f)).wrapping_mul(10 * 256 + 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 * 65_536 + 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 * 4_294_967_296 + 1) >> 32)
}
