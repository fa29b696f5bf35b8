//! Searching posts.

use mm_core::BoxError;
use mm_core::api::channels::CreateDirectChannel;
use mm_core::api::posts::{DeletePost, SearchPosts};

use super::{BAD_KEY, FORBIDDEN, Town, channel, closed, error};

/// The messages that a search finds, the newest first.
async fn found(t: &Town, terms: &str) -> Result<Vec<String>, BoxError> {
    let results = t.bob.send(SearchPosts::new(t.team, terms)).await?;
    Ok(results.list.iter().map(|post| post.message.clone()).collect())
}

behaviour!(words_phrases_and_exclusions_are_understood, |t| {
    for message in ["quick zebra runs", "zebra sleeps quick", "quick lion"] {
        t.alice.post(t.square, message).await?;
    }
    for (terms, messages) in [
        ("zebra", &["zebra sleeps quick", "quick zebra runs"][..]),
        ("QUICK zebra", &["zebra sleeps quick", "quick zebra runs"]),
        ("\"quick zebra\"", &["quick zebra runs"]),
        ("quick -zebra", &["quick lion"]),
        ("zeb*", &["zebra sleeps quick", "quick zebra runs"]),
        ("lion zebra", &[]),
        ("giraffe", &[]),
    ] {
        assert_eq!(found(&t, terms).await?, messages, "{terms}");
    }
    let either = t.bob.send(SearchPosts::new(t.team, "lion sleeps").is_or_search(true)).await?;
    assert_eq!(either.list.len(), 2);
});

behaviour!(hashtags_are_found_whole, |t| {
    t.alice.post(t.square, "about #zebras").await?;
    t.alice.post(t.square, "about #zebra").await?;
    assert_eq!(found(&t, "#zebra").await?, ["about #zebra"]);
    assert_eq!(found(&t, "#ZEBRAS").await?, ["about #zebras"]);
});

behaviour!(a_search_can_name_users_and_channels, |t| {
    let quiet = channel(&t).await?;
    t.alice.post(t.square, "zebra of alice").await?;
    t.bob.post(quiet, "zebra of bob").await?;
    let (alice, bob) = (&t.alice.name, &t.bob.name);
    assert_eq!(found(&t, &format!("zebra from:{alice}")).await?, ["zebra of alice"]);
    assert_eq!(found(&t, &format!("zebra from: @{bob}")).await?, ["zebra of bob"]);
    assert_eq!(found(&t, &format!("zebra -from:{bob}")).await?, ["zebra of alice"]);
    assert_eq!(found(&t, "zebra in:quiet").await?, ["zebra of bob"]);
    assert_eq!(found(&t, "in:quiet").await?, ["zebra of bob"], "a place alone is enough");
    assert_eq!(found(&t, "zebra from:nobody_at_all").await?, [""; 0]);
    assert_eq!(found(&t, "zebra after:2100-01-01").await?, [""; 0]);
    assert_eq!(found(&t, "zebra before:2100-01-01").await?.len(), 2);
});

behaviour!(a_search_looks_where_one_is_a_member, |t| {
    let closed = closed(&t).await?;
    t.alice.post(closed, "zebra behind doors").await?;
    let gone = t.alice.post(t.square, "zebra gone").await?;
    t.alice.send(DeletePost::new(gone.id)).await?;
    let direct = t.alice.send(CreateDirectChannel::new([t.alice.id, t.bob.id])).await?.id;
    t.alice.post(direct, "zebra between us").await?;
    assert_eq!(found(&t, "zebra").await?, ["zebra between us"]);
    let op = SearchPosts::new(t.team, "zebra");
    assert_eq!(t.carol.refused(op.clone()).await?, error(403, FORBIDDEN));
    assert!(t.bob.send(op.page(1)).await?.list.is_empty(), "there is one page");
});

behaviour!(a_search_without_terms_is_refused, |t| {
    assert_eq!(t.bob.refused(SearchPosts::new(t.team, "")).await?, error(400, BAD_KEY));
});
