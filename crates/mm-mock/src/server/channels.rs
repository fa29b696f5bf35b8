//! Channels, direct and group messages, and who is in them.

mod change;
mod check;
mod create;
mod list;
mod member;
mod state;
mod view;

use super::route::Routes;

pub(super) fn routes(r: &mut Routes) {
    view::routes(r);
    list::routes(r);
    create::routes(r);
    change::routes(r);
    member::routes(r);
    state::routes(r);
}

#[cfg(test)]
mod tests;
