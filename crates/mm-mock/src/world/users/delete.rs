//! Erasing accounts.

use std::collections::HashSet;

use mm_types::{PostId, UserId};

use crate::Failure;
use crate::world::World;

impl World {
    /// Erases a user with everything the user wrote and had.
    pub(crate) fn erase_user(&mut self, id: UserId) -> Result<(), Failure> {
        self.set_active(id, false)?;
        self.tokens.rows.retain(|token| token.user_id != id);
        self.hooks.incoming.retain(|hook| hook.user_id != id);
        self.hooks.outgoing.retain(|hook| hook.creator_id != id);
        self.channels.members.retain(|member| member.user_id != id);
        self.erase_posts_of(id);
        self.reactions.rows.retain(|reaction| reaction.user_id != id);
        self.bots.rows.remove(&id);
        self.files.rows.retain(|file| file.info.user_id != id);
        self.uploads.rows.retain(|upload| upload.user_id != id);
        self.links.rows.retain(|link| link.user != id);
        self.terms.accepted.remove(&id);
        self.threads.members.retain(|member| member.user != id);
        self.preferences.rows.retain(|row| row.user_id != id);
        self.users.rows.remove(&id);
        self.audits.rows.retain(|row| row.user_id != id);
        self.teams.members.retain(|member| member.user_id != id);
        Ok(())
    }

    /// Erases a user's posts, and the threads that they began.
    fn erase_posts_of(&mut self, id: UserId) {
        let mine = self.posts.iter().filter(|post| post.user_id == id);
        let mut gone: HashSet<PostId> = mine.map(|post| post.id).collect();
        let replies = gone.iter().flat_map(|root| self.posts.any_replies(*root)).map(|post| post.id);
        gone.extend(replies.collect::<Vec<_>>());
        self.posts.remove(&gone);
        self.reactions.rows.retain(|reaction| !gone.contains(&reaction.post_id));
    }
}
