//! Making, changing and closing accounts.

use mm_core::api::bots::{ConvertBotToUser, ConvertUserToBot};
use mm_core::api::teams::GetTeam;
use mm_core::api::users::{
    CreateUser, DeleteUser, GetUser, PatchUser, PromoteGuestToUser, UpdateUser, UpdateUserActive,
    UpdateUserRoles,
};
use mm_core::types::{NotifyProps, Patch, Timezone, UserId, UserProps};

use super::{FORBIDDEN, INVALID_BODY, MISSING, NOBODY, PASSWORD, error, nobody, somebody};

behaviour!(an_account_is_made_with_the_usual_settings, |t| {
    let name = format!("new{}", t.alice.name);
    let op = CreateUser::new(format!(" {}@Town.example ", name.to_uppercase()), &name);
    let op = op.password(PASSWORD).first_name("New").locale("klingon").position("Guard");
    let user = t.admin.send(op).await?;
    assert_eq!((&*user.username, &*user.first_name, &*user.position), (&*name, "New", "Guard"));
    assert_eq!(
        (user.email, &*user.locale, &*user.roles),
        (format!("{name}@town.example"), "en", "system_user")
    );
    assert_eq!(user.notify_props.push().as_deref(), Some("mention"));
    assert_eq!(user.timezone.use_automatic(), Some(true));
    assert!(user.password.is_empty() && !user.email_verified && user.auth_data.is_none());
    assert!(user.create_at.is_set() && user.create_at == user.update_at);
});

behaviour!(an_account_that_cannot_be_is_refused, |t| {
    let name = format!("bad{}", t.alice.name);
    let email = format!("{name}@town.example");
    let new = |email: &str, name: &str| CreateUser::new(email, name).password(PASSWORD);
    let invalid = |what: &str| error(400, &format!("model.user.is_valid.{what}.app_error"));
    for bad in ["a b", "all", "ünï", &"a".repeat(65)] {
        assert_eq!(t.admin.refused(new(&email, bad)).await?, invalid("username"), "{bad}");
    }
    for bad in ["", "nobody", "a@b@c", "x <x@y.example>"] {
        assert_eq!(t.admin.refused(new(bad, &name)).await?, invalid("email"), "{bad}");
    }
    assert_eq!(t.admin.refused(new(&email, &name).nickname("n".repeat(65))).await?, invalid("nickname"));
    assert_eq!(t.admin.refused(new(&email, &name).position("p".repeat(129))).await?, invalid("position"));
    assert_eq!(t.admin.refused(new(&email, &name).password("short")).await?, invalid("pwd_min_length"));
    let long = "x".repeat(73);
    assert_eq!(t.admin.refused(new(&email, &name).password(&*long)).await?, invalid("pwd_max_length"));
    assert_eq!(t.admin.refused(CreateUser::new(&email, &name)).await?, invalid("pwd_min_length"));
});

behaviour!(a_name_and_an_address_belong_to_one_user, |t| {
    let taken = somebody(&t, "one").await?;
    let other_name = format!("other{}", t.alice.name);
    let same_email = CreateUser::new(taken.email.to_uppercase(), &other_name).password(PASSWORD);
    assert_eq!(t.admin.refused(same_email).await?, error(400, "app.user.save.email_exists.app_error"));
    let same_name = CreateUser::new(format!("{other_name}@town.example"), &taken.username).password(PASSWORD);
    let exists = error(400, "app.user.save.username_exists.app_error");
    assert_eq!(t.admin.refused(same_name).await?, exists);
    let rename = PatchUser::new(taken.id).username(t.alice.name.clone());
    assert_eq!(t.admin.refused(rename).await?, exists);
});

behaviour!(whoever_has_the_invitation_of_a_team_joins_it_with_a_new_account, |t| {
    let team = t.admin.send(GetTeam::new(t.team)).await?;
    let name = format!("invited{}", t.alice.name);
    let op = CreateUser::new(format!("{name}@town.example"), &name).password(PASSWORD);
    let user = t.carol.send(op.clone().invite_id(team.invite_id)).await?;
    let member = mm_core::api::teams::GetTeamMember::new(t.team, user.id);
    assert_eq!(t.alice.send(member).await?.roles, "team_user");
    let unknown = error(404, "app.team.get_by_invite_id.finding.app_error");
    assert_eq!(t.carol.refused(op.clone().invite_id(NOBODY)).await?, unknown);
    let bad_link = error(404, "api.user.create_user.signup_link_invalid.app_error");
    assert_eq!(t.carol.refused(op.invite_token("x".repeat(64))).await?, bad_link);
});

behaviour!(a_patch_changes_what_it_names_and_nothing_else, |t| {
    let before = t.alice.send(GetUser::me()).await?;
    let patch = PatchUser::new(UserId::ME).nickname("Al".to_owned()).timezone(Timezone::from([
        ("automaticTimezone", ""),
        ("manualTimezone", "Europe/Berlin"),
        ("useAutomaticTimezone", "false"),
    ]));
    let after = t.alice.send(patch).await?;
    assert_eq!((&*after.nickname, after.timezone.current().as_deref()), ("Al", Some("Europe/Berlin")));
    assert_eq!((after.email, after.roles, after.create_at), (before.email, before.roles, before.create_at));
    assert!(after.update_at > before.update_at);
    let mut cleared = PatchUser::new(UserId::ME);
    cleared.nickname = Patch::Clear;
    assert_eq!(t.alice.send(cleared).await?.nickname, "");
    let props = PatchUser::new(UserId::ME).props(UserProps::from([("theme", "dark")]));
    assert_eq!(t.alice.send(props).await?.props.get_str("theme").as_deref(), Some("dark"));
});

behaviour!(words_that_count_as_mentions_are_tidied_and_go_with_a_new_name, |t| {
    let user = somebody(&t, "first").await?;
    let keys = format!("Hello,,@{},{},x", user.username, user.username);
    let patch = PatchUser::new(user.id).notify_props(NotifyProps::from([("mention_keys", keys)]));
    let tidied = t.admin.send(patch).await?.notify_props;
    let expected = format!("hello,@{0},{0},x", user.username);
    assert_eq!(tidied.mention_keys().as_deref(), Some(&*expected));
    let renamed = t.admin.send(PatchUser::new(user.id).username(format!("second{}", t.alice.name))).await?;
    assert_eq!(renamed.notify_props.mention_keys().as_deref(), Some(",hello,x"));
});

behaviour!(only_oneself_and_those_who_may_edit_others_change_a_profile, |t| {
    let nickname = |id| PatchUser::new(id).nickname("n".to_owned());
    assert_eq!(t.alice.refused(nickname(t.bob.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.send(nickname(t.bob.id)).await?.nickname, "n");
    assert_eq!(t.admin.refused(nickname(nobody())).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(nickname(nobody())).await?, error(403, FORBIDDEN));
});

behaviour!(who_changes_the_own_address_gives_the_password, |t| {
    let email = format!("changed{}@town.example", t.alice.name);
    let patch = PatchUser::new(UserId::ME).email(email.clone());
    assert_eq!(t.alice.refused(patch.clone()).await?, error(400, INVALID_BODY));
    let wrong = error(401, "api.user.check_user_password.invalid.app_error");
    assert_eq!(t.alice.refused(patch.password(mm_core::types::Secret::from("wrong"))).await?, wrong);
    let mut alice = t.alice.send(GetUser::me()).await?;
    alice.email.clone_from(&email);
    assert_eq!(t.alice.refused(UpdateUser::of(alice)).await?, error(400, INVALID_BODY));
    assert_eq!(t.admin.send(PatchUser::new(t.alice.id).email(email.clone())).await?.email, email);
});

behaviour!(an_update_replaces_the_profile_and_leaves_the_rest, |t| {
    let mut bob = t.bob.send(GetUser::me()).await?;
    bob.nickname = "Bobby".to_owned();
    bob.roles = "system_admin system_user".to_owned();
    let after = t.bob.send(UpdateUser::of(bob.clone())).await?;
    assert_eq!((&*after.nickname, &*after.roles), ("Bobby", "system_user"));
    let of_another = UpdateUser::new(t.alice.id, bob.clone());
    assert_eq!(t.bob.refused(of_another).await?, error(400, INVALID_BODY));
    bob.id = t.alice.id;
    assert_eq!(t.bob.refused(UpdateUser::of(bob)).await?, error(403, FORBIDDEN));
});

behaviour!(roles_are_set_by_administrators_and_have_to_exist, |t| {
    let user = somebody(&t, "roles").await?;
    let roles = |roles: &str| UpdateUserRoles::new(user.id, roles);
    t.admin.send(roles("system_user system_post_all")).await?;
    assert_eq!(t.admin.send(GetUser::new(user.id)).await?.roles, "system_user system_post_all");
    assert_eq!(
        t.admin.refused(roles("system_admin")).await?,
        error(400, INVALID_BODY),
        "alone it is a mistake"
    );
    assert_eq!(t.admin.refused(roles("No Role!")).await?, error(400, INVALID_BODY));
    let unknown = error(400, "app.role.check_roles_exist.role_not_found");
    assert_eq!(t.admin.refused(roles("nosuchrole")).await?, unknown);
    let licensed = error(400, "api.user.update_user_roles.license.app_error");
    assert_eq!(t.admin.refused(roles("system_user system_manager")).await?, licensed);
    assert_eq!(t.alice.refused(roles("system_user")).await?, error(403, FORBIDDEN));
    let nobody = UpdateUserRoles::new(nobody(), "system_user");
    assert_eq!(t.admin.refused(nobody).await?, error(400, MISSING));
});

behaviour!(a_deactivated_account_stays_and_can_be_brought_back, |t| {
    let user = somebody(&t, "gone").await?;
    t.admin.send(DeleteUser::new(user.id)).await?;
    assert!(t.admin.send(GetUser::new(user.id)).await?.is_deactivated());
    t.admin.send(UpdateUserActive::new(user.id, true)).await?;
    assert!(!t.admin.send(GetUser::new(user.id)).await?.is_deactivated());
    t.admin.send(UpdateUserActive::new(user.id, false)).await?;
    assert!(t.admin.send(GetUser::new(user.id)).await?.is_deactivated());

    let refused = error(403, "api.user.update_active.permissions.app_error");
    assert_eq!(t.alice.refused(UpdateUserActive::new(t.bob.id, false)).await?, refused);
    assert_eq!(t.alice.refused(DeleteUser::new(t.bob.id)).await?, error(403, FORBIDDEN));
    let myself = error(401, "api.user.update_active.not_enable.app_error");
    assert_eq!(t.alice.refused(UpdateUserActive::new(t.alice.id, false)).await?, myself);
    assert_eq!(t.alice.refused(DeleteUser::new(t.alice.id)).await?, myself);
    assert_eq!(t.admin.refused(DeleteUser::new(nobody())).await?, error(404, MISSING));
});

behaviour!(only_a_guest_is_promoted, |t| {
    let no_guest = error(501, "api.user.promote_guest_to_user.no_guest.app_error");
    assert_eq!(t.admin.refused(PromoteGuestToUser::new(t.bob.id)).await?, no_guest);
    assert_eq!(t.alice.refused(PromoteGuestToUser::new(t.bob.id)).await?, error(403, FORBIDDEN));
});

behaviour!(a_user_becomes_a_bot_and_a_bot_a_user, |t| {
    let user = somebody(&t, "robot").await?;
    let bot = t.admin.send(ConvertUserToBot::new(user.id)).await?;
    assert_eq!((bot.user_id, &*bot.username, &*bot.owner_id), (user.id, &*user.username, user.id.as_str()));
    assert_eq!(bot.display_name, user.username);
    assert!(t.alice.send(GetUser::new(user.id)).await?.is_bot);
    assert_eq!(t.alice.refused(ConvertUserToBot::new(t.bob.id)).await?, error(403, FORBIDDEN));

    let unnamed = ConvertBotToUser::new(user.id, "");
    assert_eq!(t.admin.refused(unnamed).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(ConvertBotToUser::new(user.id, PASSWORD)).await?, error(403, FORBIDDEN));
    let back = ConvertBotToUser::new(user.id, PASSWORD).first_name("Rob".to_owned());
    assert_eq!(t.admin.send(back.clone()).await?.first_name, "Rob");
    assert!(!t.alice.send(GetUser::new(user.id)).await?.is_bot);
    assert_eq!(t.admin.refused(back).await?, error(404, "store.sql_bot.get.missing.app_error"));
});
