//! Terms of service. Both operations are about the caller, whoever the path names.

use mm_core::api::users::{GetUserTermsOfService, RegisterTermsOfServiceAction};
use mm_types::{StatusOk, UserTermsOfService};

use crate::server::route::Routes;
use crate::{Caller, Failure, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(register);
    r.on(get);
}

fn register(
    world: &mut World,
    caller: &Caller,
    op: RegisterTermsOfServiceAction,
) -> Result<StatusOk, Failure> {
    let id = op.terms_of_service_id;
    world.terms.get(id)?;
    if op.accepted {
        let mut accepted = UserTermsOfService::default();
        accepted.user_id = caller.id;
        accepted.terms_of_service_id = id;
        accepted.create_at = world.now();
        world.terms.accepted.insert(caller.id, accepted);
    } else {
        world
            .terms
            .accepted
            .retain(|accepted| accepted.user_id != caller.id || accepted.terms_of_service_id != id);
    }
    let path = format!("/api/v4/users/{}/terms_of_service", op.user_id);
    world.audit(caller, &path, format!("TermsOfServiceId={id}, accepted={}", op.accepted));
    Ok(StatusOk::ok())
}

fn get(world: &mut World, caller: &Caller, _: GetUserTermsOfService) -> Result<UserTermsOfService, Failure> {
    world.terms.of_user(caller.id).cloned()
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::GetUser;
    use mm_types::UserId;

    use super::*;
    use crate::Town;
    use crate::testing::ask;

    #[tokio::test]
    async fn what_a_user_agreed_to_is_kept_until_the_user_declines() {
        let town = Town::new();
        let terms = town.fake.terms_of_service("Be nice.");
        let say = |accepted| RegisterTermsOfServiceAction::new(UserId::ME, terms, accepted);
        ask(&town.fake, &town.alice, say(true)).await.unwrap();
        let get = || GetUserTermsOfService::new(UserId::ME);
        assert_eq!(ask(&town.fake, &town.alice, get()).await.unwrap().terms_of_service_id, terms);
        assert_eq!(ask(&town.fake, &town.alice, GetUser::me()).await.unwrap().terms_of_service_id, terms);
        let by_bob = ask(&town.fake, &town.bob, GetUser::new(town.alice.id)).await.unwrap();
        assert!(by_bob.terms_of_service_id.is_empty());
        ask(&town.fake, &town.alice, say(false)).await.unwrap();
        assert_eq!(ask(&town.fake, &town.alice, get()).await.unwrap_err().0, 404);
    }
}
