//! Setting up second factors.

use mm_core::api::users::{GenerateMfaSecret, UpdateUserMfa};
use mm_types::{MfaSecret, Secret, StatusOk};

use super::own_or_editor;
use crate::server::route::Routes;
use crate::{Answer, Caller, Failure, World, base64, portrait, totp};

pub(super) fn routes(r: &mut Routes) {
    r.on(generate).first(own_or_editor);
    r.on(update).first(own_or_editor);
}

fn generate(world: &mut World, _: &Caller, op: GenerateMfaSecret) -> Result<Answer<MfaSecret>, Failure> {
    world.users.get(op.user_id)?;
    if !world.config.mfa {
        return Err(disabled());
    }
    let key = totp::new_key(&mut world.ids);
    let now = world.now();
    let account = world.users.get_mut(op.user_id)?;
    account.mfa_key = Secret::from(key.as_str());
    account.mfa_last_step = 0;
    account.user.update_at = now;
    let email = &account.user.email;
    let link = format!("otpauth://totp/Mattermost:{email}?secret={key}&issuer=Mattermost");
    let mut secret = MfaSecret::default();
    secret.secret = key.into();
    secret.qr_code = base64::encode(&portrait::of_code(&link)).into();
    let answer = Answer::new(secret).header("cache-control", "no-cache").header("pragma", "no-cache");
    Ok(answer.header("expires", "0"))
}

fn update(world: &mut World, caller: &Caller, op: UpdateUserMfa) -> Result<StatusOk, Failure> {
    let code = op.code.filter(|code| !code.is_empty());
    if op.activate && code.is_none() {
        return Err(Failure::body_param("code"));
    }
    let path = format!("/api/v4/users/{}/mfa", op.user_id);
    world.audit(caller, &path, "attempt");
    let enabled = world.config.mfa;
    let now = world.now();
    let account = world.users.get_mut(op.user_id)?;
    match code.filter(|_| op.activate) {
        None => {
            account.user.mfa_active = false;
            account.mfa_key = Secret::default();
            account.mfa_last_step = 0;
        }
        Some(code) => {
            if !matches!(account.user.auth_service.as_str(), "" | "ldap") {
                let message = "MFA is not available for this account type.";
                return Err(Failure::new(
                    400,
                    "api.user.activate_mfa.email_and_ldap_only.app_error",
                    message,
                ));
            }
            if !enabled {
                return Err(disabled());
            }
            let code = code.expose().trim();
            if !totp::is_code(code) {
                let message = "Unable to update MFA active status for the user.";
                return Err(Failure::new(500, "mfa.activate.app_error", message));
            }
            let step = totp::step_of(account.mfa_key.expose(), code, now);
            let Some(step) = step.filter(|step| *step > account.mfa_last_step && !account.mfa_key.is_empty())
            else {
                return Err(Failure::new(401, "mfa.activate.bad_token.app_error", "Invalid MFA token."));
            };
            account.mfa_last_step = step;
            account.user.mfa_active = true;
        }
    }
    account.user.update_at = now;
    world.audit(caller, &path, "success - mfa updated");
    Ok(StatusOk::ok())
}

fn disabled() -> Failure {
    let message = "Multi-factor authentication has been disabled on this server.";
    Failure::new(501, "mfa.mfa_disabled.app_error", message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use mm_core::api::users::{GetUser, Login};
    use mm_types::UserId;

    use super::*;
    use crate::testing::ask;
    use crate::{PASSWORD, Town};

    #[tokio::test]
    async fn a_second_factor_begins_with_a_code_of_the_new_secret() {
        let town = Town::new();
        let generate = || GenerateMfaSecret::new(UserId::ME);
        let off = (501, "mfa.mfa_disabled.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, generate()).await.unwrap_err(), off);
        town.fake.configure(|config| config.mfa = true);
        let secret = ask(&town.fake, &town.alice, generate()).await.unwrap();
        assert_eq!(secret.secret.expose().len(), 32);
        let picture = base64::decode(secret.qr_code.expose()).unwrap();
        assert!(picture.starts_with(b"\x89PNG") && picture.ends_with(b"IEND\xaeB`\x82"));

        let activate = |code: &str| UpdateUserMfa::new(UserId::ME, true).code(code);
        let bad = (401, "mfa.activate.bad_token.app_error".to_owned());
        assert_eq!(ask(&town.fake, &town.alice, activate("000000")).await.unwrap_err(), bad);
        assert_eq!(ask(&town.fake, &town.alice, activate("no code")).await.unwrap_err().0, 500);
        let code = town.fake.mfa_code(&town.alice);
        ask(&town.fake, &town.alice, activate(code.expose())).await.unwrap();
        assert!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap().mfa_active);

        let login = |code: &str| Login::new("alice", PASSWORD).mfa_code(code);
        let used = ask(&town.fake, &(), login(code.expose())).await.unwrap_err();
        assert_eq!(used.1, "api.user.check_user_mfa.bad_code.app_error");
        town.fake.advance(Duration::from_secs(30));
        assert!(ask(&town.fake, &(), login(town.fake.mfa_code(&town.alice).expose())).await.is_ok());
        ask(&town.fake, &town.admin, UpdateUserMfa::new(town.alice.id, false)).await.unwrap();
        assert!(ask(&town.fake, &(), Login::new("alice", PASSWORD)).await.is_ok());
    }
}
