use mm_core::api::channels::{AddChannelMember, CreateDirectChannel, RemoveUserFromChannel, SearchChannels};
use mm_core::api::teams::{
    AddTeamMember, GetTeam, GetTeamMembers, RemoveTeamMember, UpdateTeamMemberSchemeRoles,
};

use crate::testing::{ask, note, plans, posts, told};
use crate::{Audience, Town};

#[tokio::test]
async fn a_team_is_told_who_joins_and_leaves_it() {
    let town = Town::new();
    ask(&town.fake, &town.alice, AddTeamMember::new(town.team.id, town.carol.id)).await.unwrap();
    assert_eq!(posts(&town, town.town_square.id), [note("system_join_team", "carol joined the team.")]);
    assert_eq!(posts(&town, town.off_topic.id), [note("system_join_channel", "carol joined the channel.")]);
    let added = told(&town, "added_to_team");
    assert_eq!(added.len(), 2, "once for joining and once for being added");
    assert!(added.iter().all(|(_, audience)| audience.user == town.carol.id));
    assert_eq!(told(&town, "user_added").len(), 2);
    let posted = &told(&town, "posted")[0].0.data;
    assert_eq!((&posted["sender_name"], &posted["channel_type"]), (&"System".into(), &"O".into()));

    ask(&town.fake, &town.carol, RemoveTeamMember::new(town.team.id, town.carol.id)).await.unwrap();
    ask(&town.fake, &town.admin, RemoveTeamMember::new(town.team.id, town.bob.id)).await.unwrap();
    let left = posts(&town, town.town_square.id);
    assert_eq!(left[1], note("system_leave_team", "carol left the team."));
    assert_eq!(left[2], note("system_remove_from_team", "bob removed from the team."));
    let [own, others, ..] = &told(&town, "leave_team")[..] else { panic!("two events") };
    assert_eq!((own.1.user, own.1.team), (town.carol.id, town.team.id));
    assert_eq!((others.1.team, &others.1.omit), (town.team.id, &vec![town.carol.id]));
}

#[tokio::test]
async fn a_channel_is_told_who_comes_and_goes() {
    let town = Town::new();
    let channel = plans(&town).await.id;
    let created = told(&town, "channel_created");
    assert_eq!(created[0].1, Audience::user(town.alice.id));
    let add = |user| AddChannelMember::new(channel).user_id(user);
    ask(&town.fake, &town.bob, add(town.bob.id)).await.unwrap();
    ask(&town.fake, &town.bob, add(town.admin.id)).await.unwrap();
    ask(&town.fake, &town.bob, RemoveUserFromChannel::new(channel, town.admin.id)).await.unwrap();
    ask(&town.fake, &town.bob, RemoveUserFromChannel::new(channel, town.bob.id)).await.unwrap();
    let expected = [
        note("system_join_channel", "alice joined the channel."),
        note("system_join_channel", "bob joined the channel."),
        note("system_add_to_channel", "admin added to the channel by bob."),
        note("system_remove_from_channel", "@admin removed from the channel."),
        note("system_leave_channel", "@bob left the channel."),
    ];
    assert_eq!(posts(&town, channel), expected);
    let added = told(&town, "user_added");
    assert_eq!(added[0].1, Audience::channel(channel).but(town.bob.id));
    assert_eq!((added[1].1.user, added[1].1.channel), (town.bob.id, channel));
    let removed = told(&town, "user_removed");
    assert_eq!(removed[0].0.data["remover_id"], town.bob.id.as_str());
    assert_eq!(removed[0].1, Audience::channel(channel));
    assert_eq!(removed[1].1, Audience::user(town.admin.id));
    assert_eq!(removed[1].0.data["channel_id"], channel.as_str());
}

#[tokio::test]
async fn a_guest_knows_those_in_the_same_channels_and_leaves_the_team_with_the_last_one() {
    let town = Town::new();
    let open = town.fake.team("open").create();
    let id = |result: Result<(), (u16, String)>| result.unwrap_err().1;
    let forbidden = "api.context.permissions.app_error";
    let guest = &town.guest;
    assert_eq!(id(ask(&town.fake, guest, GetTeam::new(open.id)).await.map(|_| ())), forbidden);
    let carol = CreateDirectChannel::new([guest.id, town.carol.id]);
    assert_eq!(id(ask(&town.fake, guest, carol).await.map(|_| ())), forbidden);
    ask(&town.fake, guest, CreateDirectChannel::new([guest.id, town.bob.id])).await.unwrap();
    let hidden = town.fake.user("dave").in_team(&town.team).create();
    town.fake.state().world.channels.members.remove(&(town.town_square.id, hidden.id));
    let members = ask(&town.fake, guest, GetTeamMembers::new(town.team.id)).await.unwrap();
    assert!(members.iter().all(|member| member.user_id != hidden.id));
    let found = ask(&town.fake, guest, SearchChannels::new(town.team.id, "")).await.unwrap();
    assert_eq!(found.len(), 1, "the guest's own");
    let roles = UpdateTeamMemberSchemeRoles::new(town.team.id, guest.id, true, true);
    let refused = ask(&town.fake, &town.admin, roles).await.map(|_| ());
    assert_eq!(id(refused), "api.team.update_team_member_roles.guest.app_error");

    ask(&town.fake, guest, RemoveUserFromChannel::new(town.town_square.id, guest.id)).await.unwrap();
    assert!(!town.fake.state().world.teams.has_member(town.team.id, guest.id));
}

#[tokio::test]
async fn a_team_has_room_for_so_many_and_for_some_domains() {
    let town = Town::new();
    let add = || AddTeamMember::new(town.team.id, town.carol.id);
    town.fake.configure(|config| config.max_users_per_team = 4);
    let full = ask(&town.fake, &town.alice, add()).await.unwrap_err();
    let max = "app.team.join_user_to_team.save_member.max_accounts.app_error";
    assert_eq!(full, (400, max.to_owned()));
    town.fake.configure(|config| config.max_users_per_team = 5);
    ask(&town.fake, &town.alice, add()).await.unwrap();

    let club = town.fake.team("club").with(|team| team.allowed_domains = "lab.example, @x.example".into());
    let club = club.create().id;
    let wrong = ask(&town.fake, &town.admin, AddTeamMember::new(club, town.bob.id)).await.unwrap_err();
    assert_eq!(wrong, (400, "api.team.join_user_to_team.allowed_domains.app_error".to_owned()));
    let right = town.fake.user("erin").email("erin@X.example").create();
    ask(&town.fake, &town.admin, AddTeamMember::new(club, right.id)).await.unwrap();
}
