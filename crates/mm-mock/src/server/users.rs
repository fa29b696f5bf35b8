//! Users: everything about accounts but logging in.

mod account;
mod activity;
mod create;
mod email;
mod filter;
mod find;
mod guest;
mod list;
mod mfa;
mod password;
mod picture;
mod profile;
mod search;
mod service;
mod session;
mod terms;
mod token;
mod update;

use mm_types::{User, UserId};

use super::route::Routes;
use crate::{Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    for area in [
        account::routes,
        activity::routes,
        create::routes,
        email::routes,
        find::routes,
        guest::routes,
        list::routes,
        mfa::routes,
        password::routes,
        picture::routes,
        profile::routes,
        search::routes,
        service::routes,
        session::routes,
        terms::routes,
        token::routes,
        update::routes,
    ] {
        area(r);
    }
}

/// How the caller sees other users.
fn shown(world: &World, caller: &Caller, user: &User) -> User {
    world.as_other(user, caller.is_admin(world))
}

/// Refuses with 403 unless it is the caller, or somebody whom the caller may change.
fn own_or_editor(world: &World, caller: &Caller, user: UserId) -> Result<(), Failure> {
    caller.must_be_or(world, user, Permission::EDIT_OTHER_USERS)
}

/// Refuses with 403 unless the caller may do everything.
fn admin_only(world: &World, caller: &Caller, _: UserId) -> Result<(), Failure> {
    if caller.is_admin(world) { Ok(()) } else { Err(Failure::permissions()) }
}
