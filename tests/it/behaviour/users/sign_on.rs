//! Passwords, sessions, tokens, mail addresses, and services that vouch for users.

use std::collections::HashMap;

use mm_core::api::bots::ConvertUserToBot;
use mm_core::api::users::{
    CreateUserAccessToken, DemoteUserToGuest, DisableUserAccessToken, EnableUserAccessToken,
    GenerateMfaSecret, GetSessions, GetUser, GetUserAccessToken, GetUserAccessTokens,
    GetUserAccessTokensForUser, Login, LoginByCwsToken, MigrateAuthToLdap, MigrateAuthToSaml, ResetPassword,
    ResetPasswordFailedAttempts, RevokeAllSessions, RevokeSession, RevokeSessionsFromAllUsers,
    RevokeUserAccessToken, SearchUserAccessTokens, SendPasswordResetEmail, SendVerificationEmail,
    SwitchAccountType, UpdateUserAuth, UpdateUserMfa, UpdateUserPassword, VerifyUserEmail,
    VerifyUserEmailWithoutToken,
};
use mm_core::types::{TokenId, UserId};

use super::{FORBIDDEN, INVALID_BODY, MISSING, NOBODY, PASSWORD, error, nobody, somebody};

behaviour!(a_password_is_changed_with_the_old_one_or_by_administrators, |t| {
    let user = somebody(&t, "pass").await?;
    t.admin.send(UpdateUserPassword::new(user.id, "another long one")).await?;
    t.admin.send(Login::new(&user.username, "another long one")).await?;
    let short = error(400, "model.user.is_valid.pwd_min_length.app_error");
    assert_eq!(t.admin.refused(UpdateUserPassword::new(user.id, "short")).await?, short);

    let own = |current: &str| UpdateUserPassword::new(UserId::ME, PASSWORD).current_password(current);
    let wrong = error(400, "api.user.update_password.incorrect.app_error");
    assert_eq!(t.alice.refused(own("wrong")).await?, wrong);
    assert_eq!(t.alice.refused(own("")).await?, error(400, INVALID_BODY));
    let of_bob = UpdateUserPassword::new(t.bob.id, PASSWORD);
    let context = error(403, "api.user.update_password.context.app_error");
    assert_eq!(t.alice.refused(of_bob.clone()).await?, context);
    assert_eq!(t.alice.refused(of_bob.already_hashed(true)).await?, context);
    let own = UpdateUserPassword::new(t.alice.id, "$2a$10$hash").already_hashed(true);
    assert_eq!(t.alice.refused(own).await?, error(401, "api.user.update_password.user_and_hashed.app_error"));
});

behaviour!(links_in_mails_do_not_tell_who_has_an_account, |t| {
    let nobody = format!("nobody{}@town.example", t.alice.name);
    t.carol.send(SendPasswordResetEmail::new(&nobody)).await?;
    t.carol.send(SendVerificationEmail::new(&nobody)).await?;
    assert_eq!(t.carol.refused(SendPasswordResetEmail::new("")).await?, error(400, INVALID_BODY));
    assert_eq!(t.carol.refused(SendVerificationEmail::new("")).await?, error(400, INVALID_BODY));
    let unknown = "a".repeat(64);
    let reset = |token: &str| ResetPassword::new(token, PASSWORD);
    let invalid = error(400, "api.user.reset_password.invalid_link.app_error");
    assert_eq!(t.carol.refused(reset(&unknown)).await?, invalid);
    assert_eq!(t.carol.refused(reset("short")).await?, error(400, INVALID_BODY));
    let bad_link = error(400, "api.user.verify_email.bad_link.app_error");
    assert_eq!(t.carol.refused(VerifyUserEmail::new(&*unknown)).await?, bad_link);
    assert_eq!(t.carol.refused(VerifyUserEmail::new("")).await?, error(400, INVALID_BODY));
});

behaviour!(an_administrator_takes_an_address_for_proven, |t| {
    let user = somebody(&t, "proven").await?;
    let answer = t.admin.send(VerifyUserEmailWithoutToken::new(user.id)).await?;
    assert!(!answer.email_verified, "the answer is older than what it did");
    assert_eq!(t.alice.refused(VerifyUserEmailWithoutToken::new(user.id)).await?, error(403, FORBIDDEN));
    let nobody = VerifyUserEmailWithoutToken::new(nobody());
    assert_eq!(t.alice.refused(nobody).await?, error(404, MISSING));
});

behaviour!(a_locked_account_is_opened_by_administrators, |t| {
    t.admin.send(ResetPasswordFailedAttempts::new(t.bob.id)).await?;
    let id = "api.user.reset_password_failed_attempts.permissions.app_error";
    assert_eq!(t.alice.refused(ResetPasswordFailedAttempts::new(t.bob.id)).await?, error(403, id));
    let nobody = ResetPasswordFailedAttempts::new(nobody());
    assert_eq!(t.admin.refused(nobody).await?, error(404, MISSING));
});

behaviour!(sessions_are_listed_without_tokens_and_ended_by_id, |t| {
    let user = somebody(&t, "session").await?;
    for _ in 0..3 {
        t.admin.send(Login::new(&user.username, PASSWORD)).await?;
    }
    let list = || GetSessions::new(user.id);
    let sessions = t.admin.send(list()).await?;
    assert_eq!(sessions.len(), 3);
    assert!(sessions.iter().all(|session| session.token.is_empty() && session.roles == "system_user"));
    assert_eq!(sessions[0].props.is_mobile(), Some(false));
    let end = RevokeSession::new(user.id, sessions[0].id);
    assert_eq!(t.alice.refused(end.clone()).await?, error(403, FORBIDDEN));
    t.admin.send(end.clone()).await?;
    assert_eq!(t.admin.send(list()).await?.len(), 2);
    assert_eq!(t.admin.refused(end).await?, error(400, "app.session.get.app_error"));
    let of_another = RevokeSession::new(t.bob.id, sessions[1].id);
    let wrong_user = error(400, "api.context.invalid_url_param.app_error");
    assert_eq!(t.admin.refused(of_another).await?, wrong_user);
    t.admin.send(RevokeAllSessions::new(user.id)).await?;
    assert!(t.admin.send(list()).await?.is_empty());

    assert_eq!(t.alice.refused(list()).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(RevokeAllSessions::new(t.bob.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(RevokeSessionsFromAllUsers::new()).await?, error(403, FORBIDDEN));
    assert!(t.admin.send(GetSessions::new(nobody())).await?.is_empty());
});

behaviour!(ending_all_own_sessions_ends_the_one_in_use, |t| {
    t.alice.send(RevokeAllSessions::new(UserId::ME)).await?;
    assert_eq!(t.alice.refused(GetUser::me()).await?, error(401, "api.context.session_expired.app_error"));
});

behaviour!(a_bots_token_is_told_once_and_can_be_turned_off_and_on, |t| {
    let bot = somebody(&t, "tokens").await?;
    t.admin.send(ConvertUserToBot::new(bot.id)).await?;
    let made = t.admin.send(CreateUserAccessToken::new(bot.id, "for a test")).await?;
    assert!(!made.token.is_empty() && made.is_active && made.user_id == bot.id);
    let get = || GetUserAccessToken::new(made.id);
    let read = t.admin.send(get()).await?;
    assert!(read.token.is_empty() && read.description == "for a test");
    assert_eq!(t.admin.send(GetUserAccessTokensForUser::new(bot.id)).await?, std::slice::from_ref(&read));
    assert!(t.admin.send(GetUserAccessTokens::new().per_page(200_u32)).await?.contains(&read));
    assert_eq!(t.admin.send(SearchUserAccessTokens::new(&bot.username)).await?, [read]);
    assert!(t.admin.send(SearchUserAccessTokens::new(&bot.username[1..])).await?.is_empty());

    t.admin.send(DisableUserAccessToken::new(made.id)).await?;
    assert!(!t.admin.send(get()).await?.is_active);
    t.admin.send(EnableUserAccessToken::new(made.id)).await?;
    assert!(t.admin.send(get()).await?.is_active);
    t.admin.send(RevokeUserAccessToken::new(made.id)).await?;
    let missing = error(404, "app.user_access_token.get_by_user.app_error");
    assert_eq!(t.admin.refused(get()).await?, missing);
    assert_eq!(t.admin.refused(RevokeUserAccessToken::new(made.id)).await?, missing);
    assert_eq!(t.admin.refused(DisableUserAccessToken::new(made.id)).await?, missing);
    assert_eq!(t.admin.refused(EnableUserAccessToken::new(made.id)).await?, missing);
});

behaviour!(tokens_are_for_those_with_the_permission, |t| {
    let create = |description: &str| CreateUserAccessToken::new(UserId::ME, description);
    assert_eq!(t.alice.refused(create("")).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(create("x")).await?, error(403, FORBIDDEN));
    let of_me = GetUserAccessTokensForUser::new(UserId::ME);
    assert_eq!(t.alice.refused(of_me).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(GetUserAccessTokens::new()).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(SearchUserAccessTokens::new("x")).await?, error(403, FORBIDDEN));
    assert_eq!(t.admin.refused(SearchUserAccessTokens::new("")).await?, error(400, INVALID_BODY));
    assert_eq!(
        t.alice.refused(GetUserAccessToken::new(NOBODY.parse::<TokenId>()?)).await?,
        error(403, FORBIDDEN)
    );
    let long = CreateUserAccessToken::new(t.bob.id, "x".repeat(256));
    let refused = t.admin.refused(long).await?;
    assert!([400, 501].contains(&refused.0), "too long, or turned off for people: {refused:?}");
});

behaviour!(second_factors_are_set_up_by_oneself, |t| {
    assert_eq!(t.alice.refused(GenerateMfaSecret::new(t.bob.id)).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(UpdateUserMfa::new(t.bob.id, false)).await?, error(403, FORBIDDEN));
    assert_eq!(t.alice.refused(UpdateUserMfa::new(UserId::ME, true)).await?, error(400, INVALID_BODY));
    t.alice.send(UpdateUserMfa::new(UserId::ME, false)).await?;
});

behaviour!(an_account_moves_to_services_that_the_server_has, |t| {
    let user = somebody(&t, "switch").await?;
    let to = |service: &str| SwitchAccountType::new("email", service).email(&*user.email);
    let gitlab = error(501, "api.user.authorize_oauth_user.unsupported.app_error");
    assert_eq!(t.carol.refused(to("gitlab").password(PASSWORD)).await?, gitlab);
    let wrong = error(401, "api.user.check_user_password.invalid.app_error");
    assert_eq!(t.carol.refused(to("gitlab").password("wrong")).await?, wrong);
    let ldap = error(501, "api.user.email_to_ldap.not_available.app_error");
    assert_eq!(t.carol.refused(to("ldap").password(PASSWORD)).await?, ldap);
    let back = SwitchAccountType::new("ldap", "email").email(&*user.email);
    let no_ldap = error(400, "api.user.ldap_to_email.not_ldap_account.app_error");
    assert_eq!(t.carol.refused(back).await?, no_ldap);
    assert_eq!(t.carol.refused(SwitchAccountType::new("", "")).await?, error(400, INVALID_BODY));
    let of_another = SwitchAccountType::new("gitlab", "email").email(&*user.email).new_password(PASSWORD);
    let context = error(403, "api.user.oauth_to_email.context.app_error");
    assert_eq!(t.carol.refused(of_another).await?, context);
});

behaviour!(administrators_say_which_service_vouches_for_whom, |t| {
    let user = somebody(&t, "auth").await?;
    let data = format!("id-{}", t.alice.name);
    let auth = t.admin.send(UpdateUserAuth::new(user.id, &*data, "gitlab")).await?;
    assert_eq!(auth.auth_service, "gitlab");
    assert_eq!(t.admin.send(GetUser::new(user.id)).await?.auth_service, "gitlab");
    assert_eq!(t.alice.send(GetUser::new(user.id)).await?.auth_service, "");
    let empty = UpdateUserAuth::new(user.id, "", "gitlab");
    assert_eq!(t.admin.refused(empty).await?, error(400, "api.user.update_user_auth.invalid_request"));
    let taken = UpdateUserAuth::new(t.bob.id, &*data, "gitlab");
    assert_eq!(t.admin.refused(taken).await?, error(400, "app.user.update_auth_data.email_exists.app_error"));
    assert_eq!(t.alice.refused(UpdateUserAuth::new(t.bob.id, "x", "saml")).await?, error(403, FORBIDDEN));
});

behaviour!(what_needs_a_licence_says_so, |t| {
    let guest = error(501, "api.team.demote_user_to_guest.license.error");
    assert_eq!(t.admin.refused(DemoteUserToGuest::new(t.bob.id)).await?, guest);
    let ldap = |from: &str| MigrateAuthToLdap::new(from, "email", false);
    assert_eq!(t.admin.refused(ldap("email")).await?, error(501, "api.admin.ldap.not_available.app_error"));
    assert_eq!(t.admin.refused(ldap("nowhere")).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(ldap("email")).await?, error(403, FORBIDDEN));
    let saml = |from: &str| MigrateAuthToSaml::new(from, HashMap::new(), true);
    assert_eq!(t.admin.refused(saml("email")).await?, error(501, "api.admin.saml.not_available.app_error"));
    assert_eq!(t.admin.refused(saml("nowhere")).await?, error(400, INVALID_BODY));
    assert_eq!(t.alice.refused(saml("email")).await?, error(403, FORBIDDEN));
    let cws = error(401, "api.user.login_cws.license.error");
    assert_eq!(t.carol.refused(LoginByCwsToken::new("x", "y")).await?, cws);
});
