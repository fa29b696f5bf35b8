//! Searching posts, the way a server without a search engine does. Words are compared as they are
//! written: what the database does about their endings is left out.

mod terms;

use mm_core::api::posts::SearchPosts;
use mm_types::{Channel, ChannelType, Post, PostSearchResults, TeamId, UserId};

use self::terms::{Days, Group, Terms};
use crate::world::is_plain;
use crate::{Answer, Caller, Failure, Permission, World};

/// The most posts that a group of terms finds.
const MOST: usize = 100;

pub(super) fn search_posts(
    world: &mut World,
    caller: &Caller,
    op: SearchPosts,
) -> Result<Answer<PostSearchResults>, Failure> {
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    if op.terms.is_empty() {
        return Err(Failure::body_param("terms"));
    }
    let mut found: Vec<&Post> = Vec::new();
    // There is one page.
    if op.page.unwrap_or_default() == 0 {
        let terms = Terms::parse(&op.terms);
        let search = Search { world, user: caller.id, op: &op, terms: &terms };
        for group in terms.groups().iter().filter(|group| !group.is_everything()) {
            found.extend(search.group(group));
        }
    }
    found.sort_by_key(|post| std::cmp::Reverse(post.create_at));
    let mut results = PostSearchResults::default();
    for post in found {
        if !results.list.posts.contains(post.id) {
            results.list.order.push(post.id);
            results.list.posts.insert(world.shown_with_count(post));
        }
    }
    Ok(Answer::new(results).header("cache-control", "no-cache, no-store, must-revalidate"))
}

struct Search<'w, 'a> {
    world: &'w World,
    user: UserId,
    op: &'a SearchPosts,
    terms: &'a Terms,
}

impl<'w> Search<'w, '_> {
    fn group(&self, group: &Group) -> Vec<&'w Post> {
        let posts = self.world.posts.iter().rev();
        let posts = posts.filter(|post| !post.is_deleted() && !post.is_system_message());
        posts.filter(|post| self.fits(post) && group.fits(post, self.op.is_or_search)).take(MOST).collect()
    }

    /// Whether a post is where and by whom and when it has to be.
    fn fits(&self, post: &Post) -> bool {
        let Ok(channel) = self.world.channels.get(post.channel_id) else { return false };
        let archived = channel.delete_at.is_set() && self.op.include_deleted_channels != Some(true);
        let in_team = channel.team_id == self.op.team_id || channel.team_id.is_empty();
        if archived || !in_team || !self.world.channels.has_member(channel.id, self.user) {
            return false;
        }
        let offset = i64::from(self.op.time_zone_offset.unwrap_or_default()) * 1000;
        self.terms.places.allow(|name| self.is_called(channel, name))
            && self.terms.authors.allow(|name| self.is_by(post, name))
            && self.terms.days.allow(post.create_at, offset)
    }

    /// Whether a name after `in:` is that of a channel. Direct channels are called by their users.
    fn is_called(&self, channel: &Channel, name: &str) -> bool {
        let name = name.trim_start_matches('~');
        let Some(users) = name.strip_prefix('@') else {
            return channel.team_id != TeamId::default() && channel.name == name.to_lowercase();
        };
        let ids = users.split(',').filter_map(|name| self.world.users.by_username(name));
        let mut named: Vec<UserId> = ids.map(|account| account.user.id).collect();
        named.push(self.user);
        let members = self.world.channels.members_of(channel.id);
        let is_private = matches!(channel.kind, ChannelType::Direct | ChannelType::Group);
        is_private
            && members.map(|member| member.user_id).all(|member| named.contains(&member))
            && named.iter().all(|user| self.world.channels.has_member(channel.id, *user))
    }

    fn is_by(&self, post: &Post, name: &str) -> bool {
        let author = self.world.users.get(post.user_id);
        author.is_ok_and(|account| account.user.username.eq_ignore_ascii_case(name.trim_start_matches('@')))
    }
}

impl Group {
    fn is_everything(&self) -> bool {
        self.wanted == ["*"]
    }

    fn fits(&self, post: &Post, one_is_enough: bool) -> bool {
        if self.are_hashtags {
            let has =
                |tag: &String| post.hashtags.split(' ').any(|own| own.to_lowercase() == tag.to_lowercase());
            return fits(&self.wanted, one_is_enough, has) && !self.unwanted.iter().any(has);
        }
        let words = words(&post.message);
        let has = |term: &String| has_term(&words, term);
        fits(&self.wanted, one_is_enough, has) && !self.unwanted.iter().any(has)
    }
}

fn fits(terms: &[String], one_is_enough: bool, has: impl Fn(&String) -> bool) -> bool {
    if one_is_enough && !terms.is_empty() { terms.iter().any(has) } else { terms.iter().all(has) }
}

/// The words of a text in lower case.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|char| !(is_plain(char) || char == '_')).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a word, the beginning of one (`wor*`) or a phrase in quotes is among words.
fn has_term(all: &[String], term: &str) -> bool {
    let wanted = words(term);
    if wanted.is_empty() {
        return true;
    }
    if term.starts_with('"') {
        return all.windows(wanted.len()).any(|part| part == wanted);
    }
    let open = term.ends_with('*');
    let last = wanted.len() - 1;
    wanted.iter().enumerate().all(|(index, wanted)| {
        all.iter().any(|word| word == wanted || (open && index == last && word.starts_with(wanted.as_str())))
    })
}

impl Days {
    /// Whether a time is on the right side of the days. `offset` is what the searcher's clock is ahead, in ms.
    fn allow(&self, at: mm_types::Timestamp, offset: i64) -> bool {
        const DAY: i64 = 86_400_000;
        let day = (at.as_millis() + offset).div_euclid(DAY);
        let mut fits = true;
        if let Some(on) = self.on {
            return day == on;
        }
        for (given, is_right) in [
            (self.not_on, (|day, given| day != given) as fn(i64, i64) -> bool),
            (self.after, |day, given| day > given),
            (self.before, |day, given| day < given),
            (self.not_after, |day, given| day <= given),
            (self.not_before, |day, given| day >= given),
        ] {
            fits &= given.is_none_or(|given| is_right(day, given));
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_a_word_its_beginning_or_a_phrase() {
        let all = words("The quick brown-fox, jumps_over 2 dogs");
        for term in ["quick", "BROWN-FOX", "qui*", "\"brown fox\"", "jumps_over", "2", "…"] {
            assert!(has_term(&all, term), "{term}");
        }
        for term in ["qui", "\"quick fox\"", "cat", "brown-cat"] {
            assert!(!has_term(&all, term), "{term}");
        }
    }

    #[test]
    fn days_begin_where_the_searcher_is() {
        let at = mm_types::Timestamp::from_millis(86_400_000 - 1);
        let days = |on| Days { on: Some(on), ..Days::default() };
        assert!(days(0).allow(at, 0) && days(1).allow(at, 3_600_000));
        let after = Days { after: Some(0), ..Days::default() };
        assert!(!after.allow(at, 0) && after.allow(at, 1));
    }
}
