//! Searching posts.

use mm_types::{Post, PostSearchResults, TeamId};

use crate::{Endpoint, FULL_PAGE, Paged};

/// Finds posts in the caller's channels of a team.
///
/// The terms can hold `from:`, `in:`, `on:`, `before:`, `after:`, `"a phrase"`, `#hashtag` and
/// `-without`. A server without a search engine answers up to 100 posts for each group of terms on
/// the first page and nothing on later ones. May answer 503 while the server is marked busy.
///
/// As a stream it ends at the first empty page, because posts that the caller may not see are taken
/// out of full ones.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/teams/{team_id}/posts/search",
    response = PostSearchResults,
    retry = idempotent,
    paged = cursor
)]
#[non_exhaustive]
pub struct SearchPosts {
    /// In which team. Direct and group messages are searched too.
    pub team_id: TeamId,
    /// What to look for; cannot be empty.
    pub terms: String,
    /// Whether one of the terms is enough; else all have to be there.
    #[endpoint(default)]
    pub is_or_search: bool,
    /// Seconds east of UTC, for terms that name days.
    pub time_zone_offset: Option<i32>,
    /// Looks into archived channels too.
    pub include_deleted_channels: Option<bool>,
    /// Page, from 0.
    pub page: Option<u32>,
    /// Rows a page: 60 if not given.
    pub per_page: Option<u32>,
}

impl Paged for SearchPosts {
    type Item = Post;

    fn sized(mut self) -> Self {
        self.per_page.get_or_insert(FULL_PAGE);
        self
    }

    fn ahead(&self, _: u32) -> Option<Self> {
        // Most servers have one page, so asking ahead would be searching in vain.
        None
    }

    fn after(&self, answer: &PostSearchResults) -> Option<Self> {
        let page = self.page.unwrap_or(0).checked_add(1)?;
        (!answer.list.is_empty()).then(|| Self { page: Some(page), ..self.clone() })
    }

    fn rows(answer: PostSearchResults) -> Vec<Post> {
        answer.list.into_posts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> PostSearchResults {
        serde_json::from_str(json).expect("results")
    }

    #[test]
    fn a_search_goes_on_until_a_page_is_empty() {
        let team: TeamId = "tdkn88zadpdxfjbjmhbdc9iiqh".parse().expect("an id");
        let search = SearchPosts::new(team, "fox");
        let full = found(r#"{"order": ["a"], "posts": {"a": {"id": "a"}}, "matches": {"a": ["fox"]}}"#);
        let second = search.after(&full).expect("a short page is not the end");
        assert_eq!(second.page, Some(1));
        assert_eq!(second.after(&found(r#"{"order": [], "posts": {}, "matches": null}"#)), None);
        assert_eq!(SearchPosts::rows(full).len(), 1);
    }
}
