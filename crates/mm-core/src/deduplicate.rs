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
        const HEX: &[u8; 16] = b"0123456789abcdef";
        // By hand: every post has a name, and `{:032x}` takes seven times as long.
        let mut digits = [0; 32];
        let mut rest = self.nonce;
        for digit in digits.iter_mut().rev() {
            *digit = HEX[(rest & 15) as usize];
            rest >>= 4;
        }
        let digits = std::str::from_utf8(&digits).unwrap_or_default();
        match self.user_id {
            Some(user) => [user.as_str(), ":", digits].concat(),
            None => digits.to_owned(),
        }
    }
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
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Named;

/// In an answer's extensions: an earlier try of the same call may have been carried out, whatever this answer says.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct InDoubt;
