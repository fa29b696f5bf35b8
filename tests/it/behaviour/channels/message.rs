//! Direct and group messages.

use mm_core::api::channels::{
    CreateDirectChannel, CreateGroupChannel, GetChannel, GetChannelByName, GetChannelMembers, PatchChannel,
    UpdateChannel,
};
use mm_core::types::{ChannelType, UserId};

use super::{FORBIDDEN, error};

const BAD_PARAM: &str = "api.context.invalid_body_param.app_error";

fn unknown() -> UserId {
    "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse().unwrap_or_default()
}

behaviour!(a_direct_message_is_named_by_its_two_users_and_made_once, |t| {
    let channel = t.alice.send(CreateDirectChannel::new([t.alice.id, t.carol.id])).await?;
    let mut ids = [t.alice.id.to_string(), t.carol.id.to_string()];
    ids.sort();
    assert_eq!(channel.name, ids.join("__"));
    assert_eq!((&channel.kind, &*channel.display_name), (&ChannelType::Direct, ""));
    assert!(channel.team_id.is_empty() && channel.shared == Some(false));
    assert_eq!(channel.creator_id, t.alice.id);
    let same = t.carol.send(CreateDirectChannel::new([t.carol.id, t.alice.id])).await?;
    assert_eq!(same.id, channel.id);
    let named = t.alice.send(GetChannelByName::new(t.team, &channel.name)).await?;
    assert_eq!(named.id, channel.id, "found in whatever team");
    let members = t.carol.send(GetChannelMembers::new(channel.id)).await?;
    assert_eq!(members.len(), 2);
    assert!(members.iter().all(|member| member.roles == "channel_user"), "nobody runs it");
    assert_eq!(t.bob.refused(GetChannel::new(channel.id)).await?, error(403, FORBIDDEN));
});

behaviour!(one_can_write_to_oneself, |t| {
    let channel = t.alice.send(CreateDirectChannel::new([t.alice.id, t.alice.id])).await?;
    assert_eq!(channel.name, format!("{0}__{0}", t.alice.id));
    assert_eq!(t.alice.send(GetChannelMembers::new(channel.id)).await?.len(), 1);
    assert_eq!(t.alice.send(CreateDirectChannel::new([t.alice.id])).await?.id, channel.id);
});

behaviour!(a_direct_message_has_two_users_and_the_caller_is_one, |t| {
    let refused =
        async |users: &[UserId]| t.alice.refused(CreateDirectChannel::new(users.iter().copied())).await;
    assert_eq!(refused(&[]).await?, error(400, BAD_PARAM));
    assert_eq!(refused(&[t.bob.id]).await?, error(400, BAD_PARAM));
    assert_eq!(refused(&[t.alice.id, t.bob.id, t.carol.id]).await?, error(400, BAD_PARAM));
    assert_eq!(refused(&[t.bob.id, t.carol.id]).await?, error(403, FORBIDDEN));
    let invalid = error(400, "api.channel.create_direct_channel.invalid_user.app_error");
    assert_eq!(refused(&[t.alice.id, unknown()]).await?, invalid);
    t.admin.send(CreateDirectChannel::new([t.bob.id, t.carol.id])).await?;
});

behaviour!(a_group_message_has_three_to_eight_users_and_is_made_once, |t| {
    let create = |users: &[UserId]| CreateGroupChannel::new(users.iter().copied());
    let channel = t.alice.send(create(&[t.bob.id, t.carol.id])).await?;
    assert_eq!(channel.kind, ChannelType::Group);
    assert_eq!(channel.name.len(), 40);
    let mut names = [&*t.alice.name, &*t.bob.name, &*t.carol.name];
    names.sort_unstable();
    assert!(names.join(", ").starts_with(&channel.display_name));
    assert!(channel.creator_id.is_empty() && channel.shared == Some(false));
    let same = t.carol.send(create(&[t.bob.id, t.carol.id, t.alice.id, t.bob.id])).await?;
    assert_eq!(same.id, channel.id);
    assert_eq!(t.bob.send(GetChannelMembers::new(channel.id)).await?.len(), 3);

    let size = error(400, "api.channel.create_group.bad_size.app_error");
    assert_eq!(t.alice.refused(create(&[t.bob.id])).await?, size);
    assert_eq!(t.alice.refused(create(&[])).await?, error(400, BAD_PARAM));
    let nobody = error(400, "api.channel.create_group.bad_user.app_error");
    assert_eq!(t.alice.refused(create(&[t.bob.id, unknown()])).await?, nobody);
});

behaviour!(of_a_message_only_the_header_changes_and_only_by_those_in_it, |t| {
    let id = t.alice.send(CreateDirectChannel::new([t.alice.id, t.bob.id])).await?.id;
    let patched = t.bob.send(PatchChannel::new(id).header("between us")).await?;
    assert_eq!(
        (&*patched.header, patched.total_msg_count),
        ("between us", 0),
        "older than the post about it"
    );
    assert_eq!(t.bob.send(GetChannel::new(id)).await?.total_msg_count, 1);
    let updated = t.bob.send(UpdateChannel::new(id).header("still")).await?;
    assert_eq!(updated.header, "still");

    let refused = "update_direct_or_group_messages_not_allowed.app_error";
    let purpose = t.alice.refused(PatchChannel::new(id).purpose("x")).await?;
    assert_eq!(purpose, error(400, &format!("api.channel.patch_update_channel.{refused}")));
    let name = t.alice.refused(UpdateChannel::new(id).name("x")).await?;
    assert_eq!(name, error(400, &format!("api.channel.update_channel.{refused}")));
    let outside = error(403, "api.channel.patch_update_channel.forbidden.app_error");
    assert_eq!(t.carol.refused(PatchChannel::new(id).header("x")).await?, outside);
    assert_eq!(t.carol.refused(UpdateChannel::new(id)).await?, outside);
});
