use http::Method;
use mm_core::api::channels::{
    CreateDirectChannel, CreateGroupChannel, DeleteChannel, GetChannel, GetChannelByName,
    GetChannelsForTeamForUser, GetPinnedPosts, GetPublicChannelsForTeam, PatchChannel, SearchChannels,
    UpdateChannel, UpdateChannelMemberSchemeRoles,
};
use mm_core::api::posts::{CreatePost, GetPost};
use mm_core::api::teams::UpdateTeamMemberSchemeRoles;

use crate::testing::{ask, note, plans, posts, request, send, told};
use crate::{Audience, Town};

#[tokio::test]
async fn a_channel_is_told_what_was_changed() {
    let town = Town::new();
    let channel = plans(&town).await.id;
    let patch = || PatchChannel::new(channel);
    for op in [
        patch().header("Soon").purpose("To do"),
        patch().header("Now"),
        patch().clear_header().display_name("Ideas"),
    ] {
        ask(&town.fake, &town.alice, op).await.unwrap();
    }
    ask(&town.fake, &town.alice, UpdateChannel::new(channel)).await.unwrap();
    let expected = [
        note("system_header_change", "alice updated the channel header to: Soon"),
        note("system_purpose_change", "alice updated the channel purpose to: To do"),
        note("system_header_change", "alice updated the channel header from: Soon to: Now"),
        note("system_displayname_change", "alice updated the channel display name from: Plans to: Ideas"),
        note("system_header_change", "alice removed the channel header (was: Now)"),
        note("system_displayname_change", "alice updated the channel display name from: Ideas to: "),
    ];
    assert_eq!(posts(&town, channel)[1..], expected);
    let updated = told(&town, "channel_updated");
    assert_eq!((updated.len(), &updated[0].1), (4, &Audience::channel(channel)));
}

#[tokio::test]
async fn messages_and_roles_are_told_to_those_they_concern() {
    let town = Town::new();
    let direct = CreateDirectChannel::new([town.alice.id, town.bob.id]);
    let direct = ask(&town.fake, &town.alice, direct.clone()).await.unwrap().id;
    ask(&town.fake, &town.bob, CreateDirectChannel::new([town.alice.id, town.bob.id])).await.unwrap();
    let added = told(&town, "direct_added");
    assert_eq!((added.len(), &added[0].1), (1, &Audience::channel(direct)));
    assert_eq!(added[0].0.data["teammate_id"], town.bob.id.as_str());
    let group = CreateGroupChannel::new([town.bob.id, town.carol.id]);
    ask(&town.fake, &town.alice, group).await.unwrap();
    assert_eq!(told(&town, "group_added").len(), 3);

    let roles = UpdateTeamMemberSchemeRoles::new(town.team.id, town.bob.id, true, true);
    ask(&town.fake, &town.admin, roles).await.unwrap();
    let (event, audience) = told(&town, "memberrole_updated").remove(0);
    assert_eq!(audience, Audience::user(town.bob.id));
    assert!(event.data["member"].as_str().unwrap().contains(r#""roles":"team_user team_admin""#));
    let roles = UpdateChannelMemberSchemeRoles::new(town.town_square.id, town.bob.id, true, true);
    ask(&town.fake, &town.admin, roles).await.unwrap();
    assert_eq!(told(&town, "channel_member_updated")[0].1, Audience::user(town.bob.id));
}

#[tokio::test]
async fn an_archived_channel_stays_as_it_is() {
    let town = Town::new();
    let old = town.fake.channel(&town.team, "old").with(|channel| channel.delete_at = 5.into());
    let old = old.members([&town.alice]).create().id;
    assert!(ask(&town.fake, &town.alice, GetChannel::new(old)).await.unwrap().is_deleted());
    let patched = ask(&town.fake, &town.alice, PatchChannel::new(old).header("x")).await.unwrap_err();
    assert_eq!(patched, (400, "app.channel.update.bad_id".to_owned()));
    let updated = ask(&town.fake, &town.alice, UpdateChannel::new(old)).await.unwrap_err();
    assert_eq!(updated, (400, "api.channel.update_channel.deleted.app_error".to_owned()));
    let found = ask(&town.fake, &town.alice, SearchChannels::new(town.team.id, "old")).await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn pinned_posts_come_oldest_first_with_a_tag() {
    let town = Town::new();
    let pin =
        |message| town.fake.post(&town.town_square, &town.bob, message).with(|post| post.is_pinned = true);
    let (first, second) = (pin("one").create(), pin("two").create());
    town.fake.post(&town.town_square, &town.bob, "three").create();
    let list = ask(&town.fake, &town.alice, GetPinnedPosts::new(town.town_square.id)).await.unwrap();
    assert_eq!(list.order, [first.id, second.id]);
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let tag = format!("11.6.0.{}.{}", second.id, second.update_at);
    let headers = [("authorization", bearer.as_str()), ("if-none-match", tag.as_str())];
    let url = format!("/api/v4/channels/{}/pinned", town.town_square.id);
    assert_eq!(send(&town.fake, request(Method::GET, &url, &headers, "")).await.status(), 304);
}

#[tokio::test]
async fn archived_channels_are_left_out_unless_asked_for() {
    let town = Town::new();
    let old = town.fake.channel(&town.team, "old").with(|channel| channel.delete_at = 500.into());
    old.members([&town.alice]).create();
    let count = async |op: GetChannelsForTeamForUser| ask(&town.fake, &town.alice, op).await.unwrap().len();
    let own = || GetChannelsForTeamForUser::new(town.alice.id, town.team.id);
    assert_eq!(count(own()).await, 2);
    assert_eq!(count(own().include_deleted(true)).await, 3);
    assert_eq!(count(own().include_deleted(true).last_delete_at(500)).await, 3);
    assert_eq!(count(own().include_deleted(true).last_delete_at(501)).await, 2);
    let listed = ask(&town.fake, &town.alice, GetPublicChannelsForTeam::new(town.team.id)).await.unwrap();
    assert!(listed.iter().all(|channel| channel.name != "old"));
    let named = || GetChannelByName::new(town.team.id, "old");
    let missing = "app.channel.get_by_name.missing.app_error";
    assert_eq!(ask(&town.fake, &town.alice, named()).await.unwrap_err(), (404, missing.to_owned()));
    assert!(ask(&town.fake, &town.alice, named().include_deleted(true)).await.is_ok());
}

#[tokio::test]
async fn the_list_of_own_channels_has_a_tag_that_changes_with_them() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.alice.token.expose());
    let url = format!("/api/v4/users/me/teams/{}/channels", town.team.id);
    let list = async |tag: &str| {
        let headers = [("authorization", bearer.as_str()), ("if-none-match", tag)];
        send(&town.fake, request(Method::GET, &url, &headers, "")).await
    };
    let first = list("none").await;
    let tag = first.headers()["etag"].to_str().unwrap();
    assert_eq!(list(tag).await.status(), 304);
    plans(&town).await;
    assert_eq!(list(tag).await.status(), 200);
}

#[tokio::test]
async fn who_is_in_no_channel_has_none() {
    let town = Town::new();
    let empty = town.fake.team("empty").create();
    let op = GetChannelsForTeamForUser::new(town.carol.id, empty.id);
    let none = ask(&town.fake, &town.admin, op).await.unwrap_err();
    assert_eq!(none, (404, "app.channel.get_channels.not_found.app_error".to_owned()));
}

#[tokio::test]
async fn a_channel_is_deleted_for_good_where_the_server_allows_it() {
    let town = Town::new();
    let channel = plans(&town).await.id;
    let post = ask(&town.fake, &town.alice, CreatePost::new(channel, "hello")).await.unwrap().id;
    let delete = || DeleteChannel::new(channel).permanent(true);
    let refused = ask(&town.fake, &town.alice, delete()).await.unwrap_err();
    assert_eq!(refused, (401, "api.user.delete_channel.not_enabled.app_error".to_owned()));
    town.fake.configure(|config| config.channel_deletion = true);
    ask(&town.fake, &town.alice, delete()).await.unwrap();
    assert_eq!(ask(&town.fake, &town.admin, GetChannel::new(channel)).await.unwrap_err().0, 404);
    assert_eq!(ask(&town.fake, &town.admin, GetPost::new(post)).await.unwrap_err().0, 404);
    assert_eq!(told(&town, "channel_deleted")[0].1, Audience::team(town.team.id));
}
