//! Finds the parts of a frame without decoding them.
//!
//! One pass, for which strings and brackets are all there is. What stands inside of a part is looked at when somebody
//! decodes it.

use std::borrow::Cow;
use std::ops::Range;

/// Where the parts of a frame are. Of a key that comes twice the last one counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) event: Option<Range<usize>>,
    pub(super) data: Option<Range<usize>>,
    pub(super) broadcast: Option<Range<usize>>,
    pub(super) seq: Option<Range<usize>>,
    pub(super) seq_reply: Option<Range<usize>>,
    pub(super) status: Option<Range<usize>>,
    pub(super) error: Option<Range<usize>>,
}

/// The parts of an event that is written as servers write them, without a look at its data: `{"event":…,"data":…,
/// "broadcast":{…},"seq":…}`. Whatever stands between the beginning of the data and the audience is taken for data; should
/// it be more than one value, then [`first_value`] is the data.
///
/// Sound for every JSON text: a quote behind a comma and before a letter begins a string, so the keys that are found from
/// the end are keys, and nothing but the outermost object ends behind `seq`.
pub(super) fn usual(text: &str) -> Option<Parts> {
    let object = text.trim_ascii_end().strip_suffix('}')?;
    let before_number = object.trim_end_matches(|char: char| char.is_ascii_digit());
    let before_seq = before_number.strip_suffix(",\"seq\":")?;
    let before_broadcast = before_seq.rfind(",\"broadcast\":{")?;
    let mut rest = Cursor { bytes: before_seq.as_bytes(), at: before_broadcast + ",\"broadcast\":".len() };
    let broadcast = rest.value().filter(|broadcast| broadcast.end == before_seq.len())?;
    const HEAD: &str = "{\"event\":";
    text.strip_prefix(HEAD)?;
    rest.at = HEAD.len();
    let event = rest.value()?;
    text.get(event.end..)?.strip_prefix(",\"data\":{")?;
    let data = event.end + ",\"data\":".len()..before_broadcast;
    (data.start < data.end).then_some(Parts {
        event: Some(event),
        data: Some(data),
        broadcast: Some(broadcast),
        seq: Some(before_number.len()..object.len()),
        ..Parts::default()
    })
}

/// The JSON value that a text begins with.
pub(super) fn first_value(text: &str) -> Option<&str> {
    text.get(Cursor { bytes: text.as_bytes(), at: 0 }.value()?)
}

/// The parts of a frame; `None` if it is not one object.
pub(super) fn scan(text: &str) -> Option<Parts> {
    let mut rest = Cursor { bytes: text.as_bytes(), at: 0 };
    let mut parts = Parts::default();
    rest.expect(b'{')?;
    if rest.peek()? == b'}' {
        rest.at += 1;
        return rest.is_at_end().then_some(parts);
    }
    loop {
        if rest.peek()? != b'"' {
            return None;
        }
        let key = rest.value()?;
        rest.expect(b':')?;
        rest.peek()?;
        let value = rest.value()?;
        let part = match &*unquoted(text.get(key)?)? {
            "event" => &mut parts.event,
            "data" => &mut parts.data,
            "broadcast" => &mut parts.broadcast,
            "seq" => &mut parts.seq,
            "seq_reply" => &mut parts.seq_reply,
            "status" => &mut parts.status,
            "error" => &mut parts.error,
            _ => &mut None,
        };
        *part = Some(value);
        match rest.peek()? {
            b',' => rest.at += 1,
            b'}' => {
                rest.at += 1;
                return rest.is_at_end().then_some(parts);
            }
            _ => return None,
        }
        rest.peek()?;
    }
}

/// What a JSON string says; `None` if it is none.
pub(super) fn unquoted(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inside))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// The next byte that is not white space, which stays the next one.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.bytes.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The place of the value that begins here.
    fn value(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        match self.bytes.get(start)? {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => self.scalar()?,
        }
        Some(start..self.at)
    }

    /// Goes behind a string.
    fn string(&mut self) -> Option<()> {
        let mut at = self.at + 1;
        loop {
            let rest = self.bytes.get(at..)?;
            let Some(eight) = rest.first_chunk::<8>() else {
                // The last bytes one by one.
                match rest.first()? {
                    b'"' => break,
                    b'\\' => at += 2,
                    _ => at += 1,
                }
                continue;
            };
            let found = marks(u64::from_le_bytes(*eight));
            if found == 0 {
                at += 8;
                continue;
            }
            at += found.trailing_zeros() as usize / 8;
            if self.bytes.get(at) == Some(&b'"') {
                break;
            }
            at += 2;
        }
        self.at = at + 1;
        Some(())
    }

    /// Goes behind an object or array. Its brackets are counted, not told apart.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Goes behind a number or a word.
    fn scalar(&mut self) -> Option<()> {
        let rest = self.bytes.get(self.at..)?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let length = rest.iter().take_while(|byte| is_part(byte)).count();
        self.at += length;
        (length > 0).then_some(())
    }
}

/// The highest bit of each byte that is `"` or `\`; exact up to the first of them.
const fn marks(bytes: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quotes = bytes ^ (ONES * b'"' as u64);
    let slashes = bytes ^ (ONES * b'\\' as u64);
    ((quotes.wrapping_sub(ONES) & !quotes) | (slashes.wrapping_sub(ONES) & !slashes)) & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, range: Option<Range<usize>>) -> &str {
        text.get(range.expect("the part")).expect("a range")
    }

    #[test]
    fn parts_are_found_in_any_order_with_white_space_and_unknown_keys() {
        let text = " {\n\"seq\" : 7 ,\"new\":[{\"event\":\"no\"}],\t\"broadcast\":{ \"a\":[1,{}] }, \"data\":{\"post\":\"{\\\"a\\\":\\\"}]\\\\\\\\\\\"\"},\"event\":\"posted\"} \r\n";
        serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        let parts = scan(text).expect("an object");
        assert_eq!(part(text, parts.event), "\"posted\"");
        assert_eq!(part(text, parts.seq), "7");
        assert_eq!(part(text, parts.broadcast), "{ \"a\":[1,{}] }");
        assert!(part(text, parts.data).ends_with("\\\\\\\\\\\"\"}"));
        assert_eq!(parts.seq_reply, None);
    }

    #[test]
    fn both_ways_find_the_same_parts() {
        for data in
            [r#"{"a":"x,\"broadcast\":{},\"seq\":1}"}"#, r#"{"b":1,"broadcast":{"c":{}},"seq":7}"#, "{}"]
        {
            for end in ["}", "}\n"] {
                let text = format!(
                    r#"{{"event":"posted","data":{data},"broadcast":{{"omit_users":{{"u":true}}}},"seq":12{end}"#
                );
                let parts = usual(&text).expect("as servers write it");
                assert_eq!(Some(&parts), scan(&text).as_ref());
                assert_eq!(part(&text, parts.data), data);
            }
        }
        for other in [
            r#"{"event":"posted","data":{},"seq":1,"broadcast":{}}"#,
            r#"{"event":"posted","data":{},"broadcast":{},"seq":"1"}"#,
            r#"{"event":"posted","data":{"x":1,"broadcast":{},"seq":1}}"#,
            r#"{"data":{},"event":"posted","broadcast":{},"seq":1}"#,
            r#"{"event":"posted","broadcast":{},"seq":1}"#,
            r#"{"event":"posted","data":{},"broadcast":{},"seq":}"#,
        ] {
            assert!(usual(other).is_none_or(|parts| parts.seq.is_some_and(|seq| seq.is_empty())), "{other}");
        }
    }

    #[test]
    fn keys_and_names_may_be_escaped() {
        let text = r#"{"\u0065vent":"p\u006fsted","seq":1}"#;
        let parts = scan(text).expect("an object");
        assert_eq!(unquoted(part(text, parts.event)).as_deref(), Some("posted"));
    }

    #[test]
    fn what_is_no_object_or_cut_off_is_refused_at_every_place() {
        let whole = r#"{"event":"posted","data":{"post":"{\"id\":\"a long text here\"}"},"seq":12}"#;
        assert!(scan(whole).is_some());
        for end in 0..whole.len() {
            assert_eq!(scan(&whole[..end]), None, "{}", &whole[..end]);
        }
        for other in
            ["[]", "7", "null", "{}{}", "{} x", "{,}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":}"]
        {
            assert_eq!(scan(other), None, "{other}");
        }
        assert_eq!(scan("{ }"), Some(Parts::default()));
    }

    #[test]
    fn a_string_ends_where_it_ends_whatever_stands_before() {
        // Quotes and backslashes at all places relative to blocks of eight bytes.
        for before in 0..20 {
            for slashes in 0..9 {
                let value = format!("{}{}\"", "x".repeat(before), "\\".repeat(slashes));
                let json = serde_json::to_string(&value).expect("JSON");
                let text = format!("{{\"data\":{json},\"seq\":1}}");
                let parts = scan(&text).expect("an object");
                assert_eq!(part(&text, parts.data), json);
            }
        }
    }
}
