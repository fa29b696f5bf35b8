//! Teams and who is in them.

mod change;
mod create;
mod invite;
mod member;
mod view;

use super::route::Routes;

pub(super) fn routes(r: &mut Routes) {
    view::routes(r);
    create::routes(r);
    change::routes(r);
    member::routes(r);
    invite::routes(r);
}

#[cfg(test)]
mod tests;
