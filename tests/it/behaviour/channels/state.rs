//! Channels that are archived, taken out of the archive, and made private.

use mm_core::api::channels::{
    CreateChannel, CreateDirectChannel, DeleteChannel, GetChannel, GetPublicChannelsForTeam, PatchChannel,
    RestoreChannel, UpdateChannelPrivacy,
};
use mm_core::api::posts::CreatePost;
use mm_core::types::event::{ChannelConverted, ChannelDeleted, ChannelRestored, ChannelUpdated, Posted};
use mm_core::types::{ChannelId, ChannelType, PostKind};

use super::{FORBIDDEN, error};

behaviour!(an_archived_channel_is_read_but_not_written, |t| {
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?;
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    t.alice.send(DeleteChannel::new(channel.id)).await?;
    let note = alice.saw::<Posted>().await?.post.get()?;
    assert_eq!((note.kind, note.user_id), (PostKind::ChannelDeleted, t.alice.id));
    assert_eq!(note.message, format!("{} archived the channel.", t.alice.name));

    let archived = t.alice.send(GetChannel::new(channel.id)).await?;
    assert!(archived.is_deleted() && archived.update_at > channel.update_at);
    assert_eq!(archived.total_msg_count, 1);
    // All of the team are told.
    for watch in [&mut alice, &mut bob] {
        let told = watch.saw::<ChannelDeleted>().await?;
        assert_eq!((told.channel_id, told.delete_at), (channel.id, archived.delete_at));
        assert_eq!((told.broadcast.team_id, told.broadcast.channel_id), (t.team, ChannelId::default()));
    }
    let refused = t.alice.refused(CreatePost::new(channel.id, "x")).await?;
    assert_eq!(refused, error(400, "api.post.create_post.can_not_post_to_deleted.error"));
    let again = t.alice.refused(DeleteChannel::new(channel.id)).await?;
    assert_eq!(again, error(400, "api.channel.delete_channel.deleted.app_error"));
    let listed = t.bob.send(GetPublicChannelsForTeam::new(t.team)).await?;
    assert!(listed.iter().all(|other| other.id != channel.id));
});

behaviour!(an_archived_channel_is_restored_by_those_who_run_the_team, |t| {
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    let early = t.admin.refused(RestoreChannel::new(channel)).await?;
    assert_eq!(early, error(400, "api.channel.restore_channel.restored.app_error"));
    t.alice.send(DeleteChannel::new(channel)).await?;
    assert_eq!(t.alice.refused(RestoreChannel::new(channel)).await?, error(403, FORBIDDEN));

    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    let restored = t.admin.send(RestoreChannel::new(channel)).await?;
    assert_eq!(
        (restored.is_deleted(), restored.total_msg_count),
        (false, 1),
        "the answer is older than the post"
    );
    let told = bob.saw::<ChannelRestored>().await?;
    assert_eq!((told.channel_id, told.broadcast.team_id), (channel, t.team));
    let note = alice.saw::<Posted>().await?.post.get()?;
    assert_eq!((note.kind, note.user_id), (PostKind::ChannelRestored, t.admin.id));
    assert_eq!(note.message, format!("{} unarchived the channel.", t.admin.name));
    t.alice.send(CreatePost::new(channel, "again")).await?;
    assert_eq!(t.alice.send(GetChannel::new(channel)).await?.total_msg_count, 3);
});

behaviour!(of_a_private_channel_its_members_are_told_alone, |t| {
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.alice.send(private).await?.id;
    assert_eq!(t.bob.refused(DeleteChannel::new(private)).await?, error(403, FORBIDDEN));
    let public = t.alice.send(CreateChannel::new(t.team, "open", "Open")).await?.id;
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    t.alice.send(DeleteChannel::new(private)).await?;
    assert_eq!(alice.saw::<ChannelDeleted>().await?.broadcast.channel_id, private);
    t.alice.send(DeleteChannel::new(public)).await?;
    assert_eq!(bob.saw::<ChannelDeleted>().await?.channel_id, public);
});

behaviour!(some_channels_cannot_be_archived, |t| {
    let refused = t.admin.refused(DeleteChannel::new(t.square)).await?;
    assert_eq!(refused, error(400, "api.channel.delete_channel.cannot.app_error"));
    let direct = t.alice.send(CreateDirectChannel::new([t.alice.id, t.bob.id])).await?.id;
    let refused = t.alice.refused(DeleteChannel::new(direct)).await?;
    assert_eq!(refused, error(400, "api.channel.delete_channel.type.invalid"));
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    assert_eq!(t.carol.refused(DeleteChannel::new(channel)).await?, error(403, FORBIDDEN));
    let unknown: ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let missing = error(404, "app.channel.get.existing.app_error");
    assert_eq!(t.alice.refused(DeleteChannel::new(unknown)).await?, missing);
    assert_eq!(t.alice.refused(RestoreChannel::new(unknown)).await?, missing);
});

behaviour!(a_channel_becomes_private_and_public_again, |t| {
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    let convert = |kind| UpdateChannelPrivacy::new(channel, kind);
    assert_eq!(t.bob.refused(convert(ChannelType::Private)).await?, error(403, FORBIDDEN));
    let (mut alice, mut bob) = (t.alice.watch().await?, t.bob.watch().await?);
    for (kind, message) in [
        (ChannelType::Private, "This channel has been converted to a Private Channel."),
        (
            ChannelType::Open,
            "This channel has been converted to a Public Channel and can be joined by any team member.",
        ),
    ] {
        assert_eq!(t.admin.send(convert(kind.clone())).await?.kind, kind);
        assert_eq!(alice.saw::<ChannelUpdated>().await?.channel.get()?.kind, kind);
        let note = alice.saw::<Posted>().await?.post.get()?;
        assert_eq!((note.kind, &*note.message), (PostKind::ChangeChannelPrivacy, message));
        let told = bob.saw::<ChannelConverted>().await?;
        assert_eq!((told.channel_id, told.broadcast.team_id), (channel, t.team));
        let looked = t.bob.send(GetChannel::new(channel)).await;
        assert_eq!(looked.is_ok(), kind == ChannelType::Open);
    }
    let invalid = error(400, "api.context.invalid_body_param.app_error");
    assert_eq!(t.admin.refused(convert(ChannelType::Direct)).await?, invalid);
    let default = t.admin.refused(UpdateChannelPrivacy::new(t.square, ChannelType::Private)).await?;
    assert_eq!(default, error(400, "api.channel.update_channel_privacy.default_channel_error"));
});

behaviour!(a_changed_channel_is_told_to_its_members, |t| {
    let channel = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    let mut alice = t.alice.watch().await?;
    t.alice.send(PatchChannel::new(channel).header("Now")).await?;
    let told = alice.saw::<ChannelUpdated>().await?;
    assert_eq!((told.broadcast.channel_id, &*told.channel.get()?.header), (channel, "Now"));
    assert_eq!(alice.saw::<Posted>().await?.post.get()?.kind, PostKind::HeaderChange);
});
