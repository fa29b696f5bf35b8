//! Buttons, menus and dialogs of integrations.

use super::route::Routes;

pub(super) fn routes(_: &mut Routes) {}
