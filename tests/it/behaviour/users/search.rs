//! Searching users.

use mm_core::api::channels::CreateDirectChannel;
use mm_core::api::users::{AutocompleteUsers, PatchUser, SearchUsers, UpdateUserActive};
use mm_core::types::{User, UserId};

use super::{FORBIDDEN, INVALID_BODY, error};

fn has(users: &[User], id: UserId) -> bool {
    users.iter().any(|user| user.id == id)
}

behaviour!(a_search_looks_into_names_and_addresses_for_every_word, |t| {
    let patch = PatchUser::new(UserId::ME).first_name("Roberta".to_owned()).nickname("Zorro".to_owned());
    t.bob.send(patch).await?;
    let search = |term: &str| SearchUsers::new(term).team_id(t.team);
    for term in ["ROBERT", "zorr", "orro", &*t.bob.name, &format!("@{}", t.bob.name), "rob zor"] {
        let found = t.alice.send(search(term)).await?;
        assert!(has(&found, t.bob.id) && !has(&found, t.alice.id), "{term}");
    }
    assert!(t.alice.send(search("rob nosuchword")).await?.is_empty());
    assert!(!has(&t.alice.send(search(&t.carol.name)).await?, t.carol.id), "carol is in no team");
});

behaviour!(a_search_is_about_a_place, |t| {
    let dm = t.alice.send(CreateDirectChannel::new(vec![t.alice.id, t.bob.id])).await?.id;
    let in_dm = SearchUsers::new(&t.bob.name).in_channel_id(dm);
    assert!(has(&t.alice.send(in_dm.clone()).await?, t.bob.id));
    let not_in_dm = SearchUsers::new(&t.bob.name).team_id(t.team).not_in_channel_id(dm);
    assert!(!has(&t.alice.send(not_in_dm).await?, t.bob.id));
    let outside = SearchUsers::new(&t.carol.name).not_in_team_id(t.team);
    assert!(has(&t.alice.send(outside).await?, t.carol.id));
    let teamless = SearchUsers::new(&t.carol.name).without_team(true);
    assert!(has(&t.alice.send(teamless).await?, t.carol.id));
    assert_eq!(t.carol.refused(in_dm).await?, error(403, FORBIDDEN));
    let of_team = SearchUsers::new("a").team_id(t.team);
    assert_eq!(t.carol.refused(of_team).await?, error(403, FORBIDDEN));
});

behaviour!(the_deactivated_are_found_on_demand, |t| {
    t.admin.send(UpdateUserActive::new(t.bob.id, false)).await?;
    let search = SearchUsers::new(&t.bob.name);
    assert!(!has(&t.alice.send(search.clone()).await?, t.bob.id));
    assert!(has(&t.alice.send(search.allow_inactive(true)).await?, t.bob.id));
});

behaviour!(a_search_that_makes_no_sense_is_refused, |t| {
    assert_eq!(t.alice.refused(SearchUsers::new("")).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(SearchUsers::new("a").limit(1001_u32)).await?, error(400, INVALID_BODY));
    let no_team = SearchUsers::new("a").not_in_channel_id(t.square);
    assert_eq!(t.alice.refused(no_team).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.send(SearchUsers::new("a").limit(1_u32)).await?.len(), 1);
});

behaviour!(suggestions_tell_the_members_of_a_channel_from_the_rest_of_the_team, |t| {
    let dm = t.alice.send(CreateDirectChannel::new(vec![t.alice.id, t.bob.id])).await?.id;
    let all = t.alice.send(AutocompleteUsers::new().in_team(t.team).in_channel(dm)).await?;
    assert!(has(&all.users, t.bob.id) && all.users.len() == 2);
    assert!(!has(&all.out_of_channel, t.bob.id) && !all.out_of_channel.is_empty());
    let bob = AutocompleteUsers::new().name(&*t.bob.name);
    assert!(has(&t.carol.send(bob.clone()).await?.users, t.bob.id));
    assert!(t.alice.send(bob.clone().limit(0_u32)).await?.users.is_empty());
    let id = "api.user.autocomplete_users.missing_team_id.app_error";
    assert_eq!(t.alice.refused(bob.in_channel(dm)).await?, error(500, id));
    let team = AutocompleteUsers::new().in_team(t.team);
    assert_eq!(t.carol.refused(team).await?, error(403, FORBIDDEN));
});
