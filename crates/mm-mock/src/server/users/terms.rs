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
