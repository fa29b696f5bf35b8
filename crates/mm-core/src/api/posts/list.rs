//! The posts of a channel.

use mm_types::{ChannelId, Post, PostId, PostList, Timestamp};

use crate::{Endpoint, FULL_PAGE, Paged};

/// Fetches posts of a channel, newest first.
///
/// One of `since`, `after`, `before` and `page` decides which, in this order. The list may hold more
/// posts than its order names: the first posts of threads.
///
/// As a stream it is one post at a time in the order of [`PostList::order`], from the newest (or
/// `before`) to the oldest. Pages follow each other by id, so posts that are made meanwhile neither
/// repeat others nor hide them; of posts of the same millisecond one at a page's edge can be left
/// out. With `after` the pages go from older to newer, each of them newest first. With `since`
/// there is one page.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/channels/{channel_id}/posts", response = PostList, paged = cursor, etag)]
#[non_exhaustive]
pub struct GetPostsForChannel {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// Page, from 0, counted away from `before` or `after` where given.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given, at most 200.
    pub per_page: Option<u32>,
    /// All posts made, changed or deleted after this time, at most 1000 and then any 1000 of them.
    pub since: Option<Timestamp>,
    /// Posts older than this one.
    pub before: Option<PostId>,
    /// Posts newer than this one.
    pub after: Option<PostId>,
    /// Lists deleted posts too; administrators only.
    pub include_deleted: Option<bool>,
    /// Posts of this kind only. Servers newer than 11.6; older ones ignore it.
    #[endpoint(rename = "type")]
    pub kind: Option<mm_types::PostKind>,
    /// Leaves out the first posts of threads whose replies are listed.
    #[endpoint(rename = "skipFetchThreads")]
    pub skip_fetch_threads: Option<bool>,
    /// Lists first posts of threads only, with what is known of their replies.
    #[endpoint(rename = "collapsedThreads")]
    pub collapsed_threads: Option<bool>,
    /// With `collapsed_threads`: gives whole users as participants, not their ids alone.
    #[endpoint(rename = "collapsedThreadsExtended")]
    pub collapsed_threads_extended: Option<bool>,
}

impl Paged for GetPostsForChannel {
    type Item = Post;

    fn sized(mut self) -> Self {
        self.per_page.get_or_insert(FULL_PAGE);
        self
    }

    fn ahead(&self, _: u32) -> Option<Self> {
        None
    }

    fn after(&self, answer: &PostList) -> Option<Self> {
        if self.since.is_some() {
            return None;
        }
        let upwards = self.after.is_some();
        let (more, edge) = if upwards {
            (answer.next_post_id, answer.order.first())
        } else {
            (answer.prev_post_id, answer.order.last())
        };
        if more.is_empty() {
            return None;
        }
        let Some(edge) = edge.copied() else {
            // All posts of this page were taken out because the caller may not see them.
            let page = self.page.unwrap_or(0).checked_add(1)?;
            return Some(Self { page: Some(page), ..self.clone() });
        };
        let (before, after) = if upwards { (None, Some(edge)) } else { (Some(edge), None) };
        Some(Self { before, after, page: None, ..self.clone() })
    }

    fn rows(answer: PostList) -> Vec<Post> {
        answer.into_posts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel() -> GetPostsForChannel {
        let id: ChannelId = "mhqyc9w1btge9f33xu7wg5cpze".parse().expect("an id");
        GetPostsForChannel::new(id)
    }

    fn page(order: &[&str], prev: &str, next: &str) -> PostList {
        let posts: serde_json::Map<_, _> =
            order.iter().map(|id| ((*id).to_owned(), serde_json::json!({"id": id}))).collect();
        let list =
            serde_json::json!({"order": order, "posts": posts, "prev_post_id": prev, "next_post_id": next});
        serde_json::from_value(list).expect("a list")
    }

    /// The setter `after` hides the method of the trait.
    fn next(walk: &GetPostsForChannel, answer: PostList) -> Option<GetPostsForChannel> {
        Paged::after(walk, &answer)
    }

    fn query(operation: Option<GetPostsForChannel>) -> String {
        let request = operation.expect("another page").to_request().expect("a request");
        request.uri().query().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_next_page_is_what_is_older_than_the_last_post() {
        let first = channel().sized();
        let second = next(&first, page(&["c", "b"], "a", ""));
        assert_eq!(query(second), "per_page=200&before=b");
    }

    #[test]
    fn the_walk_ends_where_nothing_is_older_however_short_a_page_is() {
        let walk = channel().per_page(2);
        assert_eq!(next(&walk, page(&["b", "a"], "", "c")), None);
        assert_eq!(query(next(&walk, page(&["b"], "a", ""))), "per_page=2&before=b");
        assert_eq!(next(&walk, page(&[], "", "")), None);
    }

    #[test]
    fn a_walk_that_starts_at_a_page_goes_on_by_id() {
        let walk = channel().page(3).per_page(2);
        assert_eq!(query(next(&walk, page(&["d", "c"], "b", "e"))), "per_page=2&before=c");
    }

    #[test]
    fn a_page_whose_posts_were_all_hidden_is_stepped_over() {
        let before: PostId = "zwh7um3gwifh7dbkqdfzanu91o".parse().expect("an id");
        let walk = channel().per_page(2).before(before);
        assert_eq!(query(next(&walk, page(&[], "a", ""))), format!("page=1&per_page=2&before={before}"));
    }

    #[test]
    fn after_a_post_the_walk_goes_to_newer_ones() {
        let after: PostId = "zwh7um3gwifh7dbkqdfzanu91o".parse().expect("an id");
        let walk = channel().per_page(2).after(after);
        assert_eq!(query(next(&walk, page(&["c", "b"], "a", "d"))), "per_page=2&after=c");
        assert_eq!(next(&walk, page(&["d"], "c", "")), None);
    }

    #[test]
    fn changes_since_a_time_are_one_page() {
        let walk = channel().since(1_795_320_724_887);
        assert_eq!(next(&walk, page(&["b", "a"], "x", "y")), None);
        assert!(walk.ahead(1).is_none());
    }

    #[test]
    fn rows_are_the_posts_of_the_order_and_no_others() {
        let json =
            r#"{"order": ["b", "a"], "posts": {"a": {"id": "a"}, "b": {"id": "b"}, "root": {"id": "root"}}}"#;
        let rows = GetPostsForChannel::rows(serde_json::from_str(json).expect("a list"));
        let ids: Vec<_> = rows.iter().map(|post| post.id.as_str()).collect();
        assert_eq!(ids, ["b", "a"]);
    }
}
