//! A thread.

use mm_types::{Post, PostId, PostList, ThreadDirection, Timestamp};

use crate::{Endpoint, FULL_PAGE, Paged};

/// Fetches a thread: its first post and the replies.
///
/// Without `per_page` it is the whole thread. The first post comes first on every page; on the
/// first page it counts as a row when reading down, else it comes in addition. A direction is
/// always sent, since without one the server picks replies in no order. Old servers answer the
/// whole thread whatever is asked.
///
/// As a stream it is the replies, each once, without the first post.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(GET, "/api/v4/posts/{post_id}/thread", response = PostList, paged = cursor, etag)]
#[non_exhaustive]
pub struct GetPostThread {
    /// Any post of the thread.
    pub post_id: PostId,
    /// Rows a page: all if not given, at most 200; more is 400.
    #[endpoint(rename = "perPage")]
    pub per_page: Option<u32>,
    /// Which way.
    #[endpoint(default = ThreadDirection::Down)]
    pub direction: ThreadDirection,
    /// The last reply of the page before. Needs `from_create_at`.
    #[endpoint(rename = "fromPost")]
    pub from_post: Option<PostId>,
    /// When that reply was made.
    #[endpoint(rename = "fromCreateAt")]
    pub from_create_at: Option<Timestamp>,
    /// Replies changed after this time. Not together with the other two.
    #[endpoint(rename = "fromUpdateAt")]
    pub from_update_at: Option<Timestamp>,
    /// With `from_update_at` and down only: also replies that were deleted.
    #[endpoint(rename = "updatesOnly")]
    pub updates_only: Option<bool>,
    /// Answers the one post only.
    #[endpoint(rename = "skipFetchThreads")]
    pub skip_fetch_threads: Option<bool>,
    /// Adds what is known of the replies to the first post. Only true has an effect.
    #[endpoint(rename = "collapsedThreads")]
    pub collapsed_threads: Option<bool>,
    /// With `collapsed_threads`: gives whole users as participants, not their ids alone.
    #[endpoint(rename = "collapsedThreadsExtended")]
    pub collapsed_threads_extended: Option<bool>,
}

impl Paged for GetPostThread {
    type Item = Post;

    fn sized(mut self) -> Self {
        self.per_page.get_or_insert(FULL_PAGE);
        self
    }

    fn ahead(&self, _: u32) -> Option<Self> {
        None
    }

    fn after(&self, answer: &PostList) -> Option<Self> {
        // A cursor by time of change names no post, so it could leave replies out: one page it is.
        if answer.has_next != Some(true) || self.from_update_at.is_some() {
            return None;
        }
        let last = answer.iter().filter(|post| !post.is_root()).last().or_else(|| answer.iter().last())?;
        if self.from_post == Some(last.id) {
            return None;
        }
        Some(Self { from_post: Some(last.id), from_create_at: Some(last.create_at), ..self.clone() })
    }

    fn rows(answer: PostList) -> Vec<Post> {
        let mut posts = answer.into_posts();
        posts.retain(|post| !post.is_root());
        posts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread() -> GetPostThread {
        let root: PostId = "zwh7um3gwifh7dbkqdfzanu91o".parse().expect("an id");
        GetPostThread::new(root)
    }

    fn page(has_next: &str) -> PostList {
        let json = format!(
            r#"{{"order": ["r", "a", "b"], {has_next} "posts": {{
                "r": {{"id": "r", "create_at": 1}},
                "a": {{"id": "a", "create_at": 2, "root_id": "r"}},
                "b": {{"id": "b", "create_at": 3, "root_id": "r"}}}}}}"#
        );
        serde_json::from_str(&json).expect("a list")
    }

    #[test]
    fn a_direction_is_always_sent() {
        let request = thread().to_request().expect("a request");
        assert_eq!(request.uri().query(), Some("direction=down"));
        let request = thread().direction("up").to_request().expect("a request");
        assert_eq!(request.uri().query(), Some("direction=up"));
    }

    #[test]
    fn a_thread_goes_on_after_its_last_reply_as_long_as_the_server_says_so() {
        let walk = thread().sized();
        let next = walk.after(&page(r#""has_next": true,"#)).expect("another page");
        assert_eq!(
            (next.from_post.map(String::from), next.from_create_at),
            (Some("b".to_owned()), Some(3.into()))
        );
        assert_eq!(walk.after(&page(r#""has_next": false,"#)), None);
        assert_eq!(walk.after(&page("")), None);
    }

    #[test]
    fn a_page_that_holds_the_first_post_alone_goes_on_after_it() {
        let json = r#"{"order": ["r"], "has_next": true, "posts": {"r": {"id": "r", "create_at": 1}}}"#;
        let answer: PostList = serde_json::from_str(json).expect("a list");
        let next = thread().per_page(1).after(&answer).expect("another page");
        assert_eq!(next.from_create_at, Some(1.into()));
        assert_eq!(next.after(&answer), None, "a server that does not move on is not asked for ever");
    }

    #[test]
    fn the_rows_of_a_thread_are_its_replies() {
        let ids: Vec<_> = GetPostThread::rows(page("")).iter().map(|post| String::from(post.id)).collect();
        assert_eq!(ids, ["a", "b"]);
    }
}
