//! Every operation, by area. Names are those of the API reference.

use crate::registry::Operation;

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// What this area has, for the registry.
        pub(super) const OPERATIONS: &[crate::registry::Operation] =
            &[$(crate::registry::Operation::of::<$name>()),*];
    };
}

pub mod users;

/// The operations of all areas.
pub(crate) static AREAS: &[&[Operation]] = &[users::OPERATIONS];
