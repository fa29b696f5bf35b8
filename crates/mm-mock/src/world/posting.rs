//! What follows from a new post: who is told, who is mentioned, who has read what.

use mm_types::{Channel, ChannelId, ChannelType, Post, PostKind, Timestamp, User, UserId};

use super::{Audience, Event, World};
use crate::Permission;

impl World {
    /// Tells the channel about a new post and counts whom it mentions.
    pub(crate) fn tell_posted(&mut self, post: &Post, set_online: bool) {
        let Ok(channel) = self.channels.get(post.channel_id).cloned() else { return };
        let mentioned = self.mentioned(post, &channel);
        for user in &mentioned {
            if let Ok(member) = self.channels.member_mut(channel.id, *user) {
                member.mention_count += 1;
                member.mention_count_root += i64::from(post.is_root());
            }
        }
        let author = self.users.get(post.user_id).map(|account| account.user.username.clone());
        let author = if post.is_system_message() {
            "System".to_owned()
        } else {
            format!("@{}", author.unwrap_or_default())
        };
        let name = match channel.kind {
            ChannelType::Direct => author.as_str(),
            _ => channel.display_name.as_str(),
        };
        let mut event = Event::new("posted")
            .with("channel_type", channel.kind.as_str())
            .with("channel_display_name", name)
            .with("channel_name", channel.name.as_str())
            .with("sender_name", author.as_str())
            .with("team_id", channel.team_id.as_str())
            .with("set_online", set_online)
            .with_json("post", post);
        let files = self.files_of(post);
        if !files.is_empty() {
            event = event.with("otherFile", "true");
        }
        if files.iter().any(|file| file.mime_type.starts_with("image/")) {
            event = event.with("image", "true");
        }
        if !mentioned.is_empty() {
            event = event.with_json("mentions", &mentioned);
        }
        let followers = self.followers(post, &channel);
        let notified = followers.iter().filter(|user| **user != post.user_id);
        let notified: Vec<UserId> = notified.copied().collect();
        if !notified.is_empty() {
            event = event.with_json("followers", &notified);
        }
        self.emit(event, Audience::channel(channel.id));
        self.tell_thread(post, &channel);
    }

    /// Tells the others of a channel that somebody is typing, in a thread if there is one.
    pub(crate) fn tell_typing(&mut self, user: UserId, channel: ChannelId, thread: &str) {
        let event = Event::new("typing").with("parent_id", thread).with("user_id", user.as_str());
        self.emit(event, Audience::channel(channel).but(user));
    }

    /// The members of a channel that a post mentions. In direct messages that is the other one.
    pub(super) fn mentioned(&self, post: &Post, channel: &Channel) -> Vec<UserId> {
        if post.is_system_message() {
            // Whoever is put into a channel is to notice.
            let added = (post.kind == PostKind::AddToChannel).then(|| post.props.get_str("addedUserId"));
            return added.flatten().and_then(|id| id.parse().ok()).into_iter().collect();
        }
        let others = self.channels.members_of(channel.id).map(|member| member.user_id);
        let others = others.filter(|user| *user != post.user_id);
        let words = words_at(&post.message);
        let to_all = post.kind != PostKind::Ephemeral
            && words.iter().any(|word| matches!(word.as_str(), "all" | "channel" | "here"))
            && self.allows(post.user_id, Permission::USE_CHANNEL_MENTIONS, channel.id.into());
        others
            .filter_map(|user| self.users.get(user).ok())
            .filter(|account| {
                channel.kind == ChannelType::Direct
                    || words.contains(&account.user.username)
                    || (to_all && listens_to_all(&account.user))
            })
            .map(|account| account.user.id)
            .collect()
    }

    /// The members of a channel that a post names. Words for all of them do not count.
    pub(super) fn named_in(&self, post: &Post, channel: &Channel) -> Vec<UserId> {
        let words = words_at(&post.message);
        let members = self.channels.members_of(channel.id).map(|member| member.user_id);
        let is_named =
            |user: &UserId| self.users.get(*user).is_ok_and(|account| words.contains(&account.user.username));
        members.filter(is_named).collect()
    }

    /// A post was changed at a time: so was its channel, and the thread it is in.
    pub(crate) fn touch(&mut self, post: &Post, at: Timestamp) {
        if let Ok(channel) = self.channels.get_mut(post.channel_id) {
            channel.last_post_at = channel.last_post_at.max(at);
        }
        if let (false, Ok(root)) = (post.is_root(), self.posts.get_mut(post.root_id)) {
            root.update_at = root.update_at.max(at);
        }
    }
}

/// The names after an `@` in a text, in lower case.
fn words_at(text: &str) -> Vec<String> {
    let in_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let starts = text.char_indices().filter(|(at, char)| {
        let before = text[..*at].chars().next_back();
        *char == '@' && !before.is_some_and(|char| char.is_ascii_alphanumeric())
    });
    let names = starts.map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|char| !in_name(char)).unwrap_or(rest.len());
        rest[..end].trim_end_matches(['.', '-', '_']).to_lowercase()
    });
    names.filter(|name| !name.is_empty()).collect()
}

fn listens_to_all(user: &User) -> bool {
    user.notify_props.channel() != Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_between_other_text() {
        assert_eq!(words_at("hi @Alice, @bob.b. me@home (@all)"), ["alice", "bob.b", "all"]);
        assert!(words_at("@ @@ a@b").is_empty());
    }
}
