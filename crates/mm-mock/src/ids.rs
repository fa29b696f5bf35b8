//! Ids that look like the server's and are the same in every run.

use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"ybndrfg8ejkmcpqxot1uwisza345h769";

/// Makes one id after the other out of a counter.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    made: u64,
}

impl Ids {
    /// The next id, of whatever kind is asked for.
    pub(crate) fn next<T: FromStr + Default>(&mut self) -> T {
        // 26 letters and digits are an id of every kind.
        self.text().parse().unwrap_or_default()
    }

    /// The next id as text: 26 characters, the way the server writes 16 bytes.
    pub(crate) fn text(&mut self) -> String {
        self.made += 1;
        let bits = (u128::from(mixed(self.made)) << 64) | u128::from(mixed(!self.made));
        // 25 characters of 5 bits, and the last one of 3.
        let high = (0..25_u32).map(|index| (bits >> (123 - 5 * index)) & 31);
        let digits = high.chain([(bits & 7) << 2]);
        digits.map(|digit| char::from(ALPHABET[usize::try_from(digit).unwrap_or(0)])).collect()
    }
}

/// The finalizer of SplitMix64: different numbers stay different.
const fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use mm_types::UserId;

    use super::*;

    #[test]
    fn ids_differ_from_each_other_and_not_from_run_to_run() {
        let mut ids = Ids::default();
        let made: Vec<UserId> = (0..1000).map(|_| ids.next()).collect();
        assert!(made.iter().all(|id| id.as_str().len() == 26));
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), 1000);
        assert_eq!(Ids::default().next::<UserId>(), made[0]);
    }
}
