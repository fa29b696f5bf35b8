//! What makes users bots.

use mm_types::{Bot, UserId};

use super::{Table, World};
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Bots {
    /// By the user that the bot is.
    pub(crate) rows: Table<UserId, Bot>,
}

impl Bots {
    /// One that is not turned off; 404 `store.sql_bot.get.missing.app_error`.
    pub(crate) fn get(&self, id: UserId) -> Result<&Bot, Failure> {
        let found = self.rows.get(&id).filter(|bot| bot.delete_at.is_unset());
        found.ok_or_else(|| Failure::new(404, "store.sql_bot.get.missing.app_error", "Bot does not exist."))
    }
}

impl World {
    /// Makes a bot of a user, owned by another one or by itself.
    pub(crate) fn add_bot(&mut self, user: UserId, owner: UserId) -> Bot {
        let now = self.now();
        let mut bot = Bot::default();
        bot.user_id = user;
        bot.owner_id = owner.as_str().to_owned();
        bot.create_at = now;
        bot.update_at = now;
        if let Ok(account) = self.users.get_mut(user) {
            account.user.is_bot = true;
            bot.username.clone_from(&account.user.username);
            bot.display_name.clone_from(&account.user.first_name);
            bot.description.clone_from(&account.user.bot_description);
        }
        self.bots.rows.insert(user, bot.clone());
        bot
    }

    /// The bots a user owns.
    pub(crate) fn bots_of(&self, owner: UserId) -> Vec<UserId> {
        let owned =
            self.bots.rows.iter().filter(|bot| {
                bot.owner_id == owner.as_str() && bot.user_id != owner && bot.delete_at.is_unset()
            });
        owned.map(|bot| bot.user_id).collect()
    }
}
