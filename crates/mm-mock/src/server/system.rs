//! The server itself: version, configuration, health.

use super::route::Routes;

pub(super) fn routes(_: &mut Routes) {}
