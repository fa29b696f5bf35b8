//! Coming into channels and going.

use mm_core::api::channels::{
    AddChannelMember, CreateChannel, CreateDirectChannel, GetChannel, GetChannelMember, GetChannelMembers,
    RemoveUserFromChannel, UpdateChannelMemberSchemeRoles,
};
use mm_core::types::{AddedMembers, ChannelId, ChannelType, UserId};

use super::{FORBIDDEN, error};

const NO_MEMBER: &str = "app.channel.get_member.missing.app_error";

fn add(channel: ChannelId, user: UserId) -> AddChannelMember {
    AddChannelMember::new(channel).user_id(user)
}

behaviour!(everybody_in_the_team_may_join_a_public_channel, |t| {
    let id = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    let joined = t.bob.send(add(id, t.bob.id)).await?;
    let Some(member) = joined.first() else { return Err("nobody was added".into()) };
    assert!(matches!(joined, AddedMembers::One(_)));
    assert_eq!((&*member.roles, member.msg_count, member.user_id), ("channel_user", 0, t.bob.id));
    assert_eq!(member.notify_props.get_str("desktop").as_deref(), Some("default"));
    assert_eq!(t.bob.send(add(id, t.bob.id)).await?.first(), Some(member), "again changes nothing");
    assert_eq!(t.bob.send(GetChannel::new(id)).await?.total_msg_count, 0);
    assert_eq!(t.carol.refused(add(id, t.carol.id)).await?, error(403, FORBIDDEN));
});

behaviour!(members_add_others_of_the_team_one_by_one_or_many_at_once, |t| {
    let id = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    assert_eq!(t.bob.refused(add(id, t.admin.id)).await?, error(403, FORBIDDEN));
    let outside = t.alice.refused(add(id, t.carol.id)).await?;
    assert_eq!(outside, error(404, "app.team.get_member.missing.app_error"));
    let many = AddChannelMember::new(id).user_ids([t.bob.id, t.carol.id]);
    let added = t.alice.send(many).await?;
    assert!(matches!(added, AddedMembers::Many(_)));
    assert_eq!(added.as_slice().len(), 1, "who cannot be added is missing");
    assert_eq!(added.as_slice()[0].last_viewed_at.as_millis(), -1, "nobody's business");
    let nobody = t.alice.refused(AddChannelMember::new(id)).await?;
    assert_eq!(nobody, error(400, "api.context.invalid_body_param.app_error"));
});

behaviour!(a_private_channel_is_entered_with_the_help_of_a_member, |t| {
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let id = t.alice.send(private).await?.id;
    assert_eq!(t.bob.refused(add(id, t.bob.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.bob.refused(GetChannelMembers::new(id)).await?, error(403, FORBIDDEN));
    t.alice.send(add(id, t.bob.id)).await?;
    assert_eq!(t.bob.send(GetChannelMembers::new(id)).await?.len(), 2);
});

behaviour!(messages_take_nobody_in_and_let_nobody_go, |t| {
    let id = t.alice.send(CreateDirectChannel::new([t.alice.id, t.bob.id])).await?.id;
    let refused = t.alice.refused(add(id, t.admin.id)).await?;
    assert_eq!(refused, error(400, "api.channel.add_user_to_channel.type.app_error"));
    let refused = t.alice.refused(RemoveUserFromChannel::new(id, UserId::ME)).await?;
    assert_eq!(refused, error(400, "api.channel.remove_channel_member.type.app_error"));
});

behaviour!(one_may_leave_every_channel_but_the_default_one, |t| {
    let default = error(400, "api.channel.remove.default.app_error");
    assert_eq!(t.bob.refused(RemoveUserFromChannel::new(t.square, UserId::ME)).await?, default);
    let id = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    t.bob.send(add(id, t.bob.id)).await?;
    t.bob.send(RemoveUserFromChannel::new(id, UserId::ME)).await?;
    assert_eq!(t.alice.refused(GetChannelMember::new(id, t.bob.id)).await?, error(404, NO_MEMBER));
    assert_eq!(t.bob.refused(RemoveUserFromChannel::new(id, UserId::ME)).await?, error(404, NO_MEMBER));
    assert_eq!(t.alice.send(GetChannel::new(id)).await?.total_msg_count, 0);

    t.bob.send(add(id, t.bob.id)).await?;
    t.alice.send(RemoveUserFromChannel::new(id, t.bob.id)).await?;
    assert_eq!(t.bob.refused(RemoveUserFromChannel::new(id, t.alice.id)).await?, error(403, FORBIDDEN));
});

behaviour!(when_somebody_looked_is_known_to_that_user_alone, |t| {
    let members = t.alice.send(GetChannelMembers::new(t.square)).await?;
    for member in members {
        assert_eq!(member.last_viewed_at.as_millis() == -1, member.user_id != t.alice.id);
        assert_eq!(member.last_update_at.as_millis() == -1, member.user_id != t.alice.id);
    }
    let other = t.alice.send(GetChannelMember::new(t.square, t.bob.id)).await?;
    assert_eq!(other.last_update_at.as_millis(), -1);
    assert_eq!(t.carol.refused(GetChannelMember::new(t.square, t.bob.id)).await?, error(403, FORBIDDEN));
});

behaviour!(members_are_made_administrators_of_a_channel, |t| {
    let id = t.alice.send(CreateChannel::new(t.team, "plans", "Plans")).await?.id;
    t.bob.send(add(id, t.bob.id)).await?;
    let roles = |user, admin, member| UpdateChannelMemberSchemeRoles::new(id, user, admin, member);
    assert_eq!(t.bob.refused(roles(t.alice.id, false, true)).await?, error(403, FORBIDDEN));
    t.alice.send(roles(t.bob.id, true, true)).await?;
    let member = t.alice.send(GetChannelMember::new(id, t.bob.id)).await?;
    assert_eq!(member.roles, "channel_user channel_admin");
    let unset = t.alice.refused(roles(t.bob.id, true, false)).await?;
    assert_eq!(unset, error(400, "api.channel.update_channel_member_roles.unset_user_scheme.app_error"));
    let guest = t.alice.refused(roles(t.bob.id, false, false).scheme_guest(true)).await?;
    assert_eq!(guest, error(400, "api.channel.update_channel_member_roles.user_and_guest.app_error"));
    assert_eq!(t.alice.refused(roles(t.carol.id, true, true)).await?, error(404, NO_MEMBER));
});
