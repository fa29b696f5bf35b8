//! What is told to whom over sockets: posts, reactions, people who come and go, who is typing.

use mm_core::api::channels::{AddChannelMember, CreateChannel, CreateDirectChannel, RemoveUserFromChannel};
use mm_core::api::posts::{DeletePost, PatchPost};
use mm_core::api::reactions::{DeleteReaction, SaveReaction};
use mm_core::types::event::{
    ChannelCreated, DirectAdded, MultipleChannelsViewed, PostDeleted, PostEdited, Posted, ReactionAdded,
    ReactionRemoved, Typing, UserAdded, UserRemoved,
};
use mm_core::types::{ChannelId, ChannelType, PostId, UserId};
use mm_tower::socket::actions::UserTyping;

behaviour!(a_post_is_told_to_all_in_the_channel_and_mentions_to_those_they_are_about, |t| {
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    let post = t.alice.post(t.square, &format!("hello @{}", t.bob.name)).await?;
    let told = bob.saw::<Posted>().await?;
    assert_eq!(
        (told.broadcast.channel_id, told.team_id, &told.channel_type),
        (t.square, t.team, &ChannelType::Open)
    );
    assert_eq!(
        (told.channel_name.as_str(), told.sender_name.clone()),
        ("town-square", format!("@{}", t.alice.name))
    );
    assert_eq!(told.mentions.get()?, [t.bob.id]);
    let seen = told.post.get()?;
    assert_eq!((seen.id, seen.user_id, &seen.message), (post.id, t.alice.id, &post.message));
    let own = alice.saw::<Posted>().await?;
    assert_eq!((own.post.get()?.id, own.mentions.get()?), (post.id, Vec::<UserId>::new()));
    // Who writes has read what is there.
    let viewed = alice.saw::<MultipleChannelsViewed>().await?;
    assert_eq!((viewed.channel_times.contains_key(&t.square), viewed.broadcast.user_id), (true, t.alice.id));
});

behaviour!(changes_of_posts_are_told_and_who_deleted_one_to_administrators_alone, |t| {
    let post = t.alice.post(t.square, "one").await?.id;
    let (mut bob, mut admin) = (t.bob.watch().await?, t.admin.watch().await?);
    t.alice.send(PatchPost::new(post).message("two")).await?;
    let told = bob.saw::<PostEdited>().await?;
    assert_eq!(told.broadcast.channel_id, t.square);
    let edited = told.post.get()?;
    assert_eq!((edited.id, &*edited.message, edited.is_edited()), (post, "two", true));
    t.alice.send(DeletePost::new(post)).await?;
    let told = bob.saw::<PostDeleted>().await?;
    assert_eq!((told.post.get()?.id, told.delete_by), (post, None));
    let told = admin.saw::<PostDeleted>().await?;
    assert_eq!((told.post.get()?.id, told.delete_by), (post, Some(t.alice.id)));
});

behaviour!(reactions_are_told_as_they_come_and_go, |t| {
    let post = t.alice.post(t.square, "x").await?.id;
    let mut alice = t.alice.watch().await?;
    t.bob.send(SaveReaction::new(t.bob.id, post, "tada")).await?;
    t.bob.send(DeleteReaction::new(UserId::ME, post, "tada")).await?;
    let told = alice.saw::<ReactionAdded>().await?;
    let (added, gone) = (told.reaction.get()?, alice.saw::<ReactionRemoved>().await?.reaction.get()?);
    assert_eq!(told.broadcast.channel_id, t.square);
    for reaction in [added, gone] {
        assert_eq!(
            (reaction.user_id, reaction.post_id, reaction.emoji_name.as_str()),
            (t.bob.id, post, "tada")
        );
    }
});

behaviour!(a_new_channel_is_told_to_its_maker_and_who_comes_and_goes_to_its_members, |t| {
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    let made = alice.saw::<ChannelCreated>().await?;
    assert_eq!((made.channel_id, made.team_id, made.broadcast.user_id), (channel, t.team, t.alice.id));

    t.alice.send(AddChannelMember::new(channel).user_id(t.bob.id)).await?;
    for watch in [&mut alice, &mut bob] {
        let added = watch.saw::<UserAdded>().await?;
        assert_eq!((added.user_id, added.team_id, added.broadcast.channel_id), (t.bob.id, t.team, channel));
    }
    t.alice.send(RemoveUserFromChannel::new(channel, t.bob.id)).await?;
    let gone = alice.saw::<UserRemoved>().await?;
    assert_eq!(
        (gone.user_id, gone.remover_id, gone.broadcast.channel_id),
        (Some(t.bob.id), t.alice.id, channel)
    );
    let own = bob.saw::<UserRemoved>().await?;
    assert_eq!((own.user_id, own.channel_id, own.remover_id), (None, Some(channel), t.alice.id));
    assert_eq!(own.broadcast.user_id, t.bob.id);
});

behaviour!(typing_is_shown_to_the_others, |t| {
    let (mut alice, bob) = (t.alice.watch().await?, t.bob.watch().await?);
    let thread = t.alice.post(t.square, "x").await?.id;
    bob.act(UserTyping::new(t.square)).await?;
    let told = alice.saw::<Typing>().await?;
    assert_eq!(
        (told.user_id, told.parent_id, told.broadcast.channel_id),
        (t.bob.id, PostId::default(), t.square)
    );
    bob.act(UserTyping::new(t.square).in_thread(thread)).await?;
    assert_eq!(alice.saw::<Typing>().await?.parent_id, thread);
});

behaviour!(a_direct_message_is_told_to_both_and_is_a_mention, |t| {
    let mut bob = t.bob.watch().await?;
    let channel = t.alice.send(CreateDirectChannel::new([t.alice.id, t.bob.id])).await?.id;
    let added = bob.saw::<DirectAdded>().await?;
    assert_eq!((added.creator_id, added.teammate_id), (t.alice.id, t.bob.id));
    assert_eq!(added.broadcast.channel_id, channel);
    t.alice.post(channel, "psst").await?;
    let told = bob.saw::<Posted>().await?;
    assert_eq!(
        (told.broadcast.channel_id, &told.channel_type, told.team_id.is_empty()),
        (channel, &ChannelType::Direct, true)
    );
    assert_eq!(
        (told.channel_display_name.clone(), told.mentions.get()?),
        (format!("@{}", t.alice.name), vec![t.bob.id])
    );
    assert_ne!(told.broadcast.channel_id, ChannelId::default());
});
