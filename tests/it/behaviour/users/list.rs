//! Lists of users and how many there are.

use mm_core::api::channels::{CreateDirectChannel, CreateGroupChannel};
use mm_core::api::users::{
    GetKnownUsers, GetServerLimits, GetTotalUsersStats, GetTotalUsersStatsFiltered, GetUsers,
    GetUsersByGroupChannelIds, GetUsersByIds, GetUsersByUsernames, GetUsersWithInvalidEmails,
    UpdateUserActive,
};
use mm_core::types::{ChannelId, User, UserId, UserSort};

use super::{FORBIDDEN, INVALID_BODY, NOBODY, error, nobody, somebody};

const INVALID_URL: &str = "api.context.invalid_url_param.app_error";

fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.username.as_str()).collect()
}

behaviour!(the_members_of_a_team_come_by_name, |t| {
    let users = t.alice.send(GetUsers::new().in_team(t.team)).await?;
    let found = names(&users);
    assert!(found.is_sorted() && found.contains(&&*t.bob.name) && !found.contains(&&*t.carol.name));
    assert!(users.iter().all(|user| user.notify_props.is_empty()));
    let paged = GetUsers::new().in_team(t.team).per_page(1);
    assert_eq!(names(&t.alice.send(paged.clone().page(0)).await?), [found[0]]);
    assert_eq!(names(&t.alice.send(paged.page(1)).await?), [found[1]]);
    assert_eq!(t.carol.refused(GetUsers::new().in_team(t.team)).await?, error(403, FORBIDDEN));
});

behaviour!(the_opposite_of_a_team_or_channel_can_be_listed, |t| {
    let outside = GetUsers::new().not_in_team(t.team).per_page(200);
    let outside = t.alice.send(outside).await?;
    assert!(!names(&outside).contains(&&*t.bob.name));
    let dm = t.alice.send(CreateDirectChannel::new(vec![t.alice.id, t.bob.id])).await?.id;
    let rest = t.alice.send(GetUsers::new().in_team(t.team).not_in_channel(dm)).await?;
    assert!(!names(&rest).contains(&&*t.bob.name) && !rest.is_empty());
    assert_eq!(t.alice.refused(GetUsers::new().not_in_channel(dm)).await?, error(400, INVALID_URL));
    let in_dm = t.bob.send(GetUsers::new().in_channel(dm)).await?;
    assert_eq!(in_dm.len(), 2);
    assert_eq!(t.carol.refused(GetUsers::new().in_channel(dm)).await?, error(403, FORBIDDEN));
});

behaviour!(users_without_a_team_are_for_administrators, |t| {
    let without = || GetUsers::new().without_team(true).per_page(200);
    assert!(t.admin.send(without().role("system_user")).await?.iter().all(|user| user.id != t.bob.id));
    assert_eq!(t.alice.refused(without()).await?, error(403, FORBIDDEN));
});

behaviour!(lists_are_narrowed_by_activity_and_role, |t| {
    t.admin.send(UpdateUserActive::new(t.bob.id, false)).await?;
    let list = || GetUsers::new().in_team(t.team);
    let active = t.alice.send(list().active(true)).await?;
    assert!(!names(&active).contains(&&*t.bob.name));
    assert_eq!(names(&t.alice.send(list().inactive(true)).await?), [&*t.bob.name]);
    let admins = t.alice.send(list().role("system_admin")).await?;
    assert!(admins.iter().all(User::is_system_admin));
    let plain = t.alice.send(list().roles("system_user").active(true)).await?;
    assert!(names(&plain).contains(&&*t.alice.name) && plain.iter().all(|user| user.roles == "system_user"));
    assert_eq!(t.alice.refused(list().role("nosuchrole")).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(list().roles("system_user,nosuchrole")).await?, error(400, INVALID_BODY));
});

behaviour!(every_order_goes_with_one_kind_of_list, |t| {
    let newest = GetUsers::new().in_team(t.team).sort(UserSort::CreateAt);
    let times: Vec<_> = t.alice.send(newest).await?.iter().map(|user| user.create_at).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    let by_admin = GetUsers::new().in_channel(t.square).sort(UserSort::Admin);
    assert!(t.alice.send(by_admin).await?.len() >= 3);
    for op in [
        GetUsers::new().sort(UserSort::CreateAt),
        GetUsers::new().in_channel(t.square).sort(UserSort::LastActivityAt),
        GetUsers::new().in_team(t.team).sort(UserSort::Status),
        GetUsers::new().in_team(t.team).sort(UserSort::from("size")),
    ] {
        assert_eq!(t.alice.refused(op).await?, error(400, INVALID_URL));
    }
});

behaviour!(a_group_that_is_not_there_is_404, |t| {
    let op = GetUsers::new().in_group(NOBODY.parse::<mm_core::types::GroupId>()?);
    assert_eq!(t.admin.refused(op).await?, error(404, "app.group.no_rows"));
});

behaviour!(users_are_found_by_ids_and_names_without_a_word_about_the_missing, |t| {
    let ids = vec![t.bob.id, nobody(), t.alice.id, t.bob.id];
    let users = t.carol.send(GetUsersByIds::new(ids.clone())).await?;
    // In no order that one could count on: those that the server has at hand come first.
    let mut found = names(&users);
    found.sort_unstable();
    assert_eq!(found, [&*t.alice.name, &*t.bob.name], "each once");
    let newest = users.iter().map(|user| user.update_at).max().unwrap_or_default();
    let since = GetUsersByIds::new(ids).since(newest);
    assert!(t.carol.send(since).await?.is_empty(), "nobody changed since");
    assert_eq!(t.carol.refused(GetUsersByIds::new(Vec::<UserId>::new())).await?, error(400, INVALID_BODY));

    let asked = vec![t.bob.name.clone(), "nobody.at.all".to_owned()];
    assert_eq!(names(&t.carol.send(GetUsersByUsernames::new(asked)).await?), [&*t.bob.name]);
    assert_eq!(
        t.carol.refused(GetUsersByUsernames::new(Vec::<String>::new())).await?,
        error(400, INVALID_BODY)
    );
});

behaviour!(the_others_of_a_group_message_are_told_to_its_members, |t| {
    let group = CreateGroupChannel::new(vec![t.alice.id, t.bob.id, t.carol.id]);
    let group = t.alice.send(group).await?.id;
    let op = GetUsersByGroupChannelIds::new(vec![group, t.square]);
    let found = t.alice.send(op.clone()).await?;
    assert_eq!(found.len(), 1);
    assert_eq!(names(&found[&group]), [&*t.bob.name, &*t.carol.name]);
    assert!(t.admin.send(op).await?.is_empty());
    let none = GetUsersByGroupChannelIds::new(Vec::<ChannelId>::new());
    assert_eq!(t.alice.refused(none).await?, error(400, "api.payload.parse.error"));
});

behaviour!(one_knows_those_one_shares_a_channel_with, |t| {
    let known = t.alice.send(GetKnownUsers::new()).await?;
    assert!(known.contains(&t.bob.id) && !known.contains(&t.alice.id) && !known.contains(&t.carol.id));
    assert!(t.carol.send(GetKnownUsers::new()).await?.is_empty());
});

behaviour!(users_are_counted_and_filtered_counts_are_for_administrators, |t| {
    let filtered = || GetTotalUsersStatsFiltered::new().in_team(t.team);
    let before = t.admin.send(filtered()).await?.total_users_count;
    t.admin.send(UpdateUserActive::new(t.bob.id, false)).await?;
    assert_eq!(t.admin.send(filtered()).await?.total_users_count, before - 1);
    assert_eq!(t.admin.send(filtered().include_deleted(true)).await?.total_users_count, before);
    let admins = filtered().team_roles("team_admin");
    assert!(t.admin.send(admins).await?.total_users_count < before);
    assert!(t.carol.send(GetTotalUsersStats::new()).await?.total_users_count >= before);
    assert_eq!(t.alice.refused(filtered()).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.refused(filtered().roles("No Role")).await?, error(400, INVALID_BODY));
});

behaviour!(addresses_outside_of_the_allowed_domains_are_for_administrators, |t| {
    let list = GetUsersWithInvalidEmails::new;
    assert!(!t.admin.send(list().per_page(200)).await?.iter().any(|user| user.is_bot));
    assert_eq!(t.alice.refused(list()).await?, error(403, FORBIDDEN));
});

behaviour!(the_limits_of_the_server_are_told_to_administrators_alone, |t| {
    let before = t.admin.send(GetServerLimits::new()).await?;
    somebody(&t, "counted").await?;
    let after = t.admin.send(GetServerLimits::new()).await?;
    assert!(after.active_user_count > before.active_user_count);
    assert_eq!((after.max_users_limit, after.max_users_hard_limit), (200, 250));
    let told = t.alice.send(GetServerLimits::new()).await?;
    assert_eq!((told.max_users_limit, told.active_user_count), (0, 0));
});
