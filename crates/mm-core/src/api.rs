//! Every operation, by area. Names are those of the API reference.

use crate::registry::Operation;

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// What this file has, for the registry.
        pub(in crate::api) const OPERATIONS: &[crate::registry::Operation] =
            &[$(crate::registry::Operation::of::<$name>()),*];
    };
}

#[cfg(all(test, feature = "server"))]
mod bad_input;
pub mod bots;
pub mod channels;
pub mod commands;
pub mod files;
pub mod integration_actions;
pub mod posts;
pub mod preferences;
pub mod reactions;
pub mod system;
pub mod teams;
pub mod threads;
pub mod users;
pub mod webhooks;

/// The operations of all areas, one line for each file.
pub(crate) static AREAS: &[&[Operation]] = &[
    bots::OPERATIONS,
    channels::OPERATIONS,
    commands::OPERATIONS,
    files::OPERATIONS,
    integration_actions::OPERATIONS,
    posts::OPERATIONS,
    preferences::OPERATIONS,
    reactions::OPERATIONS,
    system::OPERATIONS,
    teams::OPERATIONS,
    threads::OPERATIONS,
    users::account::OPERATIONS,
    users::activity::OPERATIONS,
    users::credentials::OPERATIONS,
    users::list::OPERATIONS,
    users::login::OPERATIONS,
    users::profile::OPERATIONS,
    users::session::OPERATIONS,
    users::token::OPERATIONS,
    webhooks::OPERATIONS,
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// How many operations the files below `folder` define, unit tests left out.
    fn defined(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).expect("the sources").map(|entry| entry.expect("an entry").path());
        let count = |path: std::path::PathBuf| {
            if path.is_dir() {
                return defined(&path);
            }
            let source = fs::read_to_string(&path).expect("a source");
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            source.lines().filter(|line| line.starts_with("#[endpoint(")).count()
        };
        entries.map(count).sum()
    }

    #[test]
    fn every_operation_is_in_the_registry_once() {
        let defined = defined(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"));
        let mut names: Vec<_> =
            crate::registry().map(|operation| operation.info.operation.to_lowercase()).collect();
        assert_eq!(names.len(), defined, "an operation is missing in `operations!` or its file in `AREAS`");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), defined, "an operation is listed twice");
    }
}
