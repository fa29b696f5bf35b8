//! Texts: where they end, and what they say.

/// How many bytes are looked at together.
pub(super) const BLOCK: usize = 8;

/// How many bytes stand before the first that ends a text, begins an escape, or may not be in a text at all.
#[inline]
pub(super) const fn plain(bytes: [u8; BLOCK]) -> usize {
    let bytes = u64::from_le_bytes(bytes);
    let quotes = bytes ^ every(b'"');
    let slashes = bytes ^ every(b'\\');
    // The highest bit of a byte is set by a borrow if the byte was too small, and by nothing else in ASCII. A borrow may go on to
    // the bytes above, so only the first one found is one for sure.
    let borrows =
        quotes.wrapping_sub(every(1)) | slashes.wrapping_sub(every(1)) | bytes.wrapping_sub(every(b' '));
    ((borrows & !bytes & !LOW).trailing_zeros() / 8) as usize
}

/// All bits of each byte but the highest.
const LOW: u64 = every(0x7f);

pub(super) const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// How much of a text is put together before it is moved to where it stays: most texts are shorter, and need one
/// allocation of exactly their size.
pub(super) const ROOM: usize = 2048;

/// What the text says that begins at a place, and the place behind it. `None` if there are unusual escapes in it.
pub(super) fn unescaped(bytes: &[u8], start: usize) -> Option<(String, usize)> {
    let (mut text, mut room, mut length) = (Vec::new(), [0_u8; ROOM], 0);
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
                *place.first_chunk_mut::<8>()? = word.to_le_bytes();
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
                *room.get_mut(length)? = byte;
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
            _ => return None,
        };
        *room.get_mut(length)? = byte;
        length += 1;
        at += taken;
    }
    text.extend_from_slice(room.get(..length).unwrap_or_default());
    Some((String::from_utf8(text).ok()?, at + 1))
}

/// What a short escape stands for.
fn meaning(escaped: u8) -> Option<u8> {
    Some(match escaped {
        b'"' | b'\\' | b'/' => escaped,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x08,
        b'f' => 0x0c,
        _ => return None,
    })
}

/// A character of two hexadecimal digits. The server writes `<`, `>` and `&` so.
fn ascii(digits: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*digits.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok().filter(u8::is_ascii)
}

/// The length of an escape, if it is one, from its backslash on.
pub(super) fn escape_length(text: &[u8]) -> Option<usize> {
    match text {
        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Some(2),
        [_, b'u', a, b, c, d, ..] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()).then_some(6),
        _ => None,
    }
}

/// The highest bit of each byte that ends a text, begins an escape, or may not be in a text at all.
#[inline]
const fn marks(eight: [u8; 8]) -> u64 {
    let bytes = u64::from_le_bytes(eight);
    // Without a carry from byte to byte, so that each bit is right and not only the first.
    let quotes = bytes ^ every(b'"');
    let slashes = bytes ^ every(b'\\');
    let others = (((quotes & LOW) + LOW) | quotes) & (((slashes & LOW) + LOW) | slashes);
    let printed = ((bytes & LOW) + every(0x60)) | bytes;
    !(others & printed) & !LOW
}
