//! One-time codes of authenticator apps: RFC 6238 with SHA-1, six digits, steps of 30 seconds.
//!
//! Written out here because a fake needs no constant-time or fast hash, and so no crates for one.

use mm_types::Timestamp;

use crate::ids::Ids;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MILLIS: i64 = 30_000;

/// A new key as base32 text, as apps take it.
pub(crate) fn new_key(ids: &mut Ids) -> String {
    // 32 digits, of the first ones that each id has.
    let text = ids.text() + &ids.text();
    text.bytes().take(32).map(|byte| char::from(BASE32[usize::from(byte) % 32])).collect()
}

/// The number of the 30-second step that a time is in.
pub(crate) fn step(now: Timestamp) -> u64 {
    u64::try_from(now.as_millis() / STEP_MILLIS).unwrap_or_default()
}

/// The code of a step.
pub(crate) fn code(key: &str, step: u64) -> String {
    let mac = hmac_sha1(&decode(key), &step.to_be_bytes());
    let offset = usize::from(mac[19] & 15);
    let number = mac[offset..offset + 4].iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// Whether a text looks like a code: six digits.
pub(crate) fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The step a code belongs to, if it is now's or one beside it.
pub(crate) fn step_of(key: &str, given: &str, now: Timestamp) -> Option<u64> {
    let now = step(now);
    (now.saturating_sub(1)..=now + 1).find(|step| code(key, *step) == given)
}

/// The bytes of base32 text; other characters are skipped.
fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let Some(digit) = BASE32.iter().position(|known| *known == byte.to_ascii_uppercase()) else {
            continue;
        };
        bits = (bits << 5) | u32::try_from(digit).unwrap_or_default();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap_or_default());
        }
    }
    bytes
}

/// RFC 2104. A key is at most 64 bytes here.
fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let padded = |with: u8| -> Vec<u8> {
        let key = key.iter().copied().chain(std::iter::repeat(0)).take(64);
        key.map(|byte| byte ^ with).collect()
    };
    let mut inner = padded(0x36);
    inner.extend_from_slice(message);
    let mut outer = padded(0x5c);
    outer.extend_from_slice(&sha1(&inner));
    sha1(&outer)
}

/// RFC 3174.
pub(crate) fn sha1(message: &[u8]) -> [u8; 20] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
    let bits = u64::try_from(message.len()).unwrap_or_default() * 8;
    padded.extend_from_slice(&bits.to_be_bytes());

    let mut state = [0x6745_2301_u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in padded.chunks_exact(64) {
        let mut words: Vec<u32> = block
            .chunks_exact(4)
            .map(|bytes| bytes.iter().fold(0, |word, byte| (word << 8) | u32::from(*byte)))
            .collect();
        for at in 16..80 {
            let word = words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16];
            words.push(word.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.iter().enumerate() {
            let (mixed, constant) = match at / 20 {
                0 => ((b & c) | (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let next = a
                .rotate_left(5)
                .wrapping_add(mixed)
                .wrapping_add(e)
                .wrapping_add(constant)
                .wrapping_add(*word);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (sum, value) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(value);
        }
    }
    let mut digest = [0; 20];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Appendix B of RFC 6238, the last six of its eight digits; the key is 12345678901234567890.
        let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(key, seconds / 30), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_before_and_after() {
        let key = new_key(&mut Ids::default());
        assert_eq!(key.len(), 32);
        let at = |step: i64| Timestamp::from_millis(step * STEP_MILLIS);
        let code = code(&key, 1000);
        for step in [999, 1000, 1001] {
            assert_eq!(step_of(&key, &code, at(step)), Some(1000));
        }
        assert_eq!(step_of(&key, &code, at(1002)), None);
    }
}
