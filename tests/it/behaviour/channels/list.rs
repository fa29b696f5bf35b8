//! Finding channels.

use mm_core::api::channels::{
    CreateChannel, CreateDirectChannel, GetChannelMembersForUser, GetChannelStats, GetChannelsForTeamForUser,
    GetPinnedPosts, GetPublicChannelsForTeam, SearchChannels,
};
use mm_core::types::{ChannelType, UserId};

use super::{FORBIDDEN, error};

behaviour!(public_channels_are_listed_by_display_name, |t| {
    t.alice.send(CreateChannel::new(t.team, "z", "Apples")).await?;
    t.alice.send(CreateChannel::new(t.team, "hidden", "Hidden").kind(ChannelType::Private)).await?;
    let listed = t.bob.send(GetPublicChannelsForTeam::new(t.team)).await?;
    let names: Vec<_> = listed.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["z", "off-topic", "town-square"]);
    let second = t.bob.send(GetPublicChannelsForTeam::new(t.team).page(1).per_page(2)).await?;
    assert_eq!(second.len(), 1);
    assert_eq!(t.carol.refused(GetPublicChannelsForTeam::new(t.team)).await?, error(403, FORBIDDEN));
});

behaviour!(own_channels_are_those_of_the_team_and_messages, |t| {
    let direct = t.alice.send(CreateDirectChannel::new([t.alice.id, t.carol.id])).await?;
    let own = t.alice.send(GetChannelsForTeamForUser::new(UserId::ME, t.team)).await?;
    assert_eq!(own[0].id, direct.id, "no display name comes first");
    assert_eq!(own.len(), 3);
    let places = t.alice.send(GetChannelMembersForUser::new(UserId::ME, t.team)).await?;
    assert_eq!(places.len(), 3);
    let others = GetChannelsForTeamForUser::new(t.alice.id, t.team);
    assert_eq!(t.bob.refused(others.clone()).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.send(others).await?.len(), 3);
    let others = GetChannelMembersForUser::new(t.alice.id, t.team);
    assert_eq!(t.bob.refused(others.clone()).await?, error(403, FORBIDDEN));
    let places = t.admin.send(others).await?;
    assert!(places.iter().all(|place| place.last_viewed_at.as_millis() == -1));
});

behaviour!(a_search_looks_at_names_and_purposes_in_any_case, |t| {
    t.alice.send(CreateChannel::new(t.team, "plans", "Ideas").purpose("For Sundays")).await?;
    t.alice.send(CreateChannel::new(t.team, "secret", "Ideas too").kind(ChannelType::Private)).await?;
    for term in ["plan", "IDEA", "sunday"] {
        let found = t.bob.send(SearchChannels::new(t.team, term)).await?;
        assert_eq!(found.iter().map(|channel| &*channel.name).collect::<Vec<_>>(), ["plans"], "{term}");
    }
    assert!(t.bob.send(SearchChannels::new(t.team, "nothing")).await?.is_empty());
    let outside = t.carol.refused(SearchChannels::new(t.team, "plan")).await?;
    assert_eq!(outside, error(404, "app.team.get_member.missing.app_error"));
});

behaviour!(a_channel_without_pinned_posts_has_none, |t| {
    assert!(t.alice.send(GetPinnedPosts::new(t.square)).await?.is_empty());
    assert_eq!(t.carol.refused(GetPinnedPosts::new(t.square)).await?, error(403, FORBIDDEN));
});

behaviour!(a_channel_counts_its_members_for_those_who_can_read_it, |t| {
    let id = t.alice.send(CreateChannel::new(t.team, "few", "Few").kind(ChannelType::Private)).await?.id;
    assert_eq!(t.alice.send(GetChannelStats::new(id)).await?.member_count, 1);
    assert_eq!(t.bob.refused(GetChannelStats::new(id)).await?, error(403, FORBIDDEN));
});
