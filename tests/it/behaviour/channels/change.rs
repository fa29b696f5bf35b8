//! Changing a channel.

use mm_core::api::channels::{CreateChannel, GetChannel, PatchChannel, UpdateChannel};
use mm_core::types::{ChannelBannerInfo, ChannelId, ChannelType};

use super::{FORBIDDEN, error};

behaviour!(a_patch_changes_what_it_names_and_is_told_in_the_channel, |t| {
    let new = CreateChannel::new(t.team, "plans", "Plans").purpose("What to do").header("Soon");
    let old = t.alice.send(new).await?;
    let patch = PatchChannel::new(old.id).display_name(" Ideas ").clear_header();
    let patched = t.alice.send(patch).await?;
    assert_eq!((&*patched.display_name, &*patched.header), ("Ideas", ""));
    assert_eq!((&*patched.purpose, &*patched.name), ("What to do", "plans"));
    assert!(patched.update_at > old.update_at);
    assert_eq!(t.alice.send(GetChannel::new(old.id)).await?.total_msg_count, 2);
    t.alice.send(PatchChannel::new(old.id).purpose("Other").name("ideas")).await?;
    let now = t.alice.send(GetChannel::new(old.id)).await?;
    assert_eq!((&*now.name, &*now.purpose, now.total_msg_count), ("ideas", "Other", 3));
});

behaviour!(an_update_empties_what_it_leaves_out_but_the_names, |t| {
    let new = CreateChannel::new(t.team, "plans", "Plans").purpose("What to do").header("Soon");
    let id = t.alice.send(new).await?.id;
    let updated = t.alice.send(UpdateChannel::new(id).header("Now")).await?;
    assert_eq!((&*updated.name, &*updated.display_name), ("plans", "Plans"));
    assert_eq!((&*updated.header, &*updated.purpose), ("Now", ""));
    let renamed = t.alice.send(UpdateChannel::new(id).name("ideas").display_name("Ideas")).await?;
    assert_eq!((&*renamed.name, &*renamed.display_name), ("ideas", "Ideas"));
});

behaviour!(changes_need_to_be_in_the_channel_and_to_be_some, |t| {
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let id = t.alice.send(private).await?.id;
    assert_eq!(t.bob.refused(PatchChannel::new(id).header("x")).await?, error(403, FORBIDDEN));
    assert_eq!(t.bob.refused(UpdateChannel::new(id)).await?, error(403, FORBIDDEN));
    let nothing = t.alice.refused(PatchChannel::new(id)).await?;
    assert_eq!(nothing, error(400, "api.channel.patch_update_channel.no_changes.app_error"));
    let long = t.alice.refused(PatchChannel::new(id).header("h".repeat(1025))).await?;
    assert_eq!(long, error(400, "model.channel.is_valid.header.app_error"));
    let nameless = t.alice.refused(PatchChannel::new(id).name("")).await?;
    assert_eq!(nameless, error(400, "model.channel.is_valid.1_or_more.app_error"));
    let taken = t.alice.refused(PatchChannel::new(id).name("off-topic")).await?;
    assert_eq!(taken, error(400, "store.sql_channel.save_channel.exists.app_error"));
    let unknown: ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let missing = error(404, "app.channel.get.existing.app_error");
    assert_eq!(t.alice.refused(PatchChannel::new(unknown).header("x")).await?, missing);
});

behaviour!(the_default_channel_keeps_its_name, |t| {
    let tried = error(400, "api.channel.update_channel.tried.app_error");
    assert_eq!(t.alice.refused(PatchChannel::new(t.square).name("other")).await?, tried);
    assert_eq!(t.alice.refused(UpdateChannel::new(t.square).name("other")).await?, tried);
    let renamed = t.alice.send(PatchChannel::new(t.square).display_name("Market")).await?;
    assert_eq!((&*renamed.name, &*renamed.display_name), ("town-square", "Market"));
});

behaviour!(banners_and_translations_need_a_licence, |t| {
    let mut banner = ChannelBannerInfo::default();
    banner.enabled = Some(true);
    let refused = t.alice.refused(PatchChannel::new(t.square).banner_info(banner.clone())).await?;
    assert_eq!(refused, error(403, FORBIDDEN));
    let refused = t.admin.refused(PatchChannel::new(t.square).banner_info(banner)).await?;
    assert_eq!(refused, error(403, "license_error.feature_unavailable.specific"));
    let refused = t.alice.refused(PatchChannel::new(t.square).autotranslation(true)).await?;
    assert_eq!(refused, error(403, "api.channel.patch_update_channel.feature_not_available.app_error"));
});
