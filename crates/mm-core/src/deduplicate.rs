//! Operations whose repetitions the server recognises.

use mm_types::UserId;

use crate::Endpoint;

/// An operation whose repetitions the server recognises for a while, by a name that the request carries.
///
/// What derives [`Endpoint`] with `retry = deduplicated` has to implement it. Clients then give every request a name,
/// unless it has one already, and can repeat it after a failure without it being carried out twice.
/// [`CreatePost`](crate::api::posts::CreatePost) is one.
pub trait Deduplicated: Endpoint {
    /// The name; empty if it has none yet.
    fn name(&self) -> &str;

    /// Gives it a name.
    fn set_name(&mut self, name: String);

    /// Whose earlier request the server took this one for, as far as its answer tells; `None` if it was carried out now.
    fn repeats(answer: &[u8]) -> Option<UserId>;
}

/// Who sends a request, and what nobody else says: that makes a name.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Sender {
    /// The own id, where it is known. The server does not look whose name a name is, so this is what keeps those of
    /// different users apart beyond chance.
    pub user_id: Option<UserId>,
    /// Random, and different for every request.
    pub nonce: u128,
}

impl Sender {
    /// Both.
    #[must_use]
    pub const fn new(user_id: Option<UserId>, nonce: u128) -> Self {
        Self { user_id, nonce }
    }

    fn name(self) -> String {
        let digits = hex(self.nonce);
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        match self.user_id {
            Some(user) => [user.as_str(), ":", digits].concat(),
            None => digits.to_owned(),
        }
    }
}

/// In hexadecimal digits. By hand and eight at a time, as every post has a name.
fn hex(number: u128) -> [u8; 32] {
    /// A one in each byte.
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut digits = [0; 32];
    let (eights, _) = digits.as_chunks_mut::<8>();
    for (eight, part) in eights.iter_mut().zip(number.to_be_bytes().as_chunks::<4>().0) {
        // Moved apart, until each digit has a byte.
        let eight_digits = u64::from(u32::from_be_bytes(*part));
        let fours = (eight_digits | eight_digits << 16) & 0x0000_ffff_0000_ffff;
        let pairs = (fours | fours << 8) & 0x00ff_00ff_00ff_00ff;
        let values = (pairs | pairs << 4) & (EACH * 0x0f);
        // One where the digit is a letter: those come 39 places behind where the next digit would.
        let letters = (values + EACH * 6) >> 4 & EACH;
        *eight = (values + EACH * 0x30 + letters * 39).to_be_bytes();
    }
    digits
}

/// What the derive calls.
#[doc(hidden)]
pub fn name<E: Deduplicated>(operation: &mut E, sender: impl FnOnce() -> Sender) {
    if operation.name().is_empty() {
        operation.set_name(sender().name());
    }
}

/// In a request's extensions: it carries a name.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Named;

/// In an answer's extensions: an earlier try of the same call may have been carried out, whatever this answer says.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct InDoubt;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_everywhere() {
        let numbers = [0, 1, 0x9a, u128::MAX, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210];
        for number in numbers.into_iter().chain((0..128).map(|bit| 0xa5a5 << bit)) {
            assert_eq!(std::str::from_utf8(&hex(number)), Ok(&*format!("{number:032x}")));
        }
    }
}
