//! Reactions.

use mm_core::api::posts::GetPost;
use mm_core::api::reactions::{DeleteReaction, GetReactions, SaveReaction};
use mm_core::types::{PostId, UserId};

const FORBIDDEN: &str = "api.context.permissions.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

behaviour!(a_reaction_stands_until_it_is_taken_off, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let saved = t.bob.send(SaveReaction::new(t.bob.id, post.id, "tada")).await?;
    assert_eq!((saved.user_id, saved.post_id, saved.channel_id), (t.bob.id, post.id, t.square));
    assert!(saved.create_at.is_set() && !saved.delete_at.is_set() && saved.remote_id.is_some());
    t.alice.send(SaveReaction::new(t.alice.id, post.id, "+1")).await?;

    let read = t.alice.send(GetPost::new(post.id)).await?;
    assert!(read.has_reactions && read.update_at > post.update_at && !read.is_edited());
    let names = |reactions: &[mm_core::types::Reaction]| -> Vec<String> {
        reactions.iter().map(|reaction| reaction.emoji_name.to_string()).collect()
    };
    assert_eq!(names(&read.metadata.unwrap_or_default().reactions), ["tada", "+1"]);
    assert_eq!(names(&t.bob.send(GetReactions::new(post.id)).await?), ["tada", "+1"], "the oldest first");

    t.bob.send(DeleteReaction::new(UserId::ME, post.id, "tada")).await?;
    t.bob.send(DeleteReaction::new(UserId::ME, post.id, "tada")).await?;
    t.alice.send(DeleteReaction::new(t.alice.id, post.id, "+1")).await?;
    assert!(t.bob.send(GetReactions::new(post.id)).await?.is_empty());
    assert!(!t.bob.send(GetPost::new(post.id)).await?.has_reactions);
});

behaviour!(reacting_again_changes_nothing, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let react = || SaveReaction::new(t.bob.id, post.id, "smile");
    let first = t.bob.send(react()).await?;
    t.bob.send(react()).await?;
    let all = t.bob.send(GetReactions::new(post.id)).await?;
    assert_eq!(all.iter().map(|reaction| reaction.create_at).collect::<Vec<_>>(), [first.create_at]);
});

behaviour!(emoji_that_nobody_knows_are_refused, |t| {
    let post = t.alice.post(t.square, "x").await?;
    for name in ["nosuchemoji_x", "bad name!", "🎉"] {
        let refused = t.bob.refused(SaveReaction::new(t.bob.id, post.id, name)).await?;
        assert_eq!(refused, error(404, "app.emoji.get_by_name.no_result"), "{name}");
    }
    let invalid = error(400, "api.reaction.save_reaction.invalid.app_error");
    for name in [String::new(), "x".repeat(65)] {
        assert_eq!(t.bob.refused(SaveReaction::new(t.bob.id, post.id, name)).await?, invalid);
    }
});

behaviour!(everybody_reacts_for_themselves, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let other = t.bob.refused(SaveReaction::new(t.alice.id, post.id, "tada")).await?;
    assert_eq!(other, error(403, "api.reaction.save_reaction.user_id.app_error"));
    t.alice.send(SaveReaction::new(t.alice.id, post.id, "tada")).await?;
    let others = || DeleteReaction::new(t.alice.id, post.id, "tada");
    assert_eq!(t.bob.refused(others()).await?, error(403, FORBIDDEN));
    t.admin.send(others()).await?;
    assert!(t.bob.send(GetReactions::new(post.id)).await?.is_empty());
});

behaviour!(reactions_are_for_those_in_the_channel, |t| {
    let post = t.alice.post(t.square, "x").await?;
    let forbidden = error(403, FORBIDDEN);
    assert_eq!(t.carol.refused(SaveReaction::new(t.carol.id, post.id, "tada")).await?, forbidden);
    assert_eq!(t.carol.refused(GetReactions::new(post.id)).await?, forbidden);
    let unknown: PostId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    assert_eq!(t.bob.refused(SaveReaction::new(t.bob.id, unknown, "tada")).await?, forbidden);
    assert_eq!(t.bob.refused(GetReactions::new(unknown)).await?, forbidden);
});
