//! Personal access tokens.

use mm_types::{Secret, TokenId, UserId};

use super::{Table, World};

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) rows: Table<TokenId, AccessToken>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct AccessToken {
    pub(crate) id: TokenId,
    pub(crate) token: Secret,
    pub(crate) user_id: UserId,
    pub(crate) description: String,
    pub(crate) is_active: bool,
}

impl Tokens {
    pub(crate) fn by_token(&self, token: &str) -> Option<&AccessToken> {
        self.rows.iter().find(|row| row.token.expose() == token)
    }
}

impl World {
    /// A new personal access token; checks nothing.
    pub(crate) fn add_token(&mut self, user: UserId, description: &str) -> AccessToken {
        let row = AccessToken {
            id: self.new_id(),
            token: Secret::from(self.ids.text()),
            user_id: user,
            description: description.to_owned(),
            is_active: true,
        };
        self.tokens.rows.insert(row.id, row.clone());
        row
    }
}
