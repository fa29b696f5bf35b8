//! How a Mattermost server behaves, told once and checked on every server there is: the fake in process,
//! the fake over a loopback port, and a real one when `MM_URL` is set.
//!
//! A real server needs an administrator's `MM_ADMIN_LOGIN` and `MM_ADMIN_PASSWORD`; every test makes itself a
//! team and users of its own there, and deactivates them when it is done. Bots and personal access tokens have to be on, and
//! open sign-up off. What compares the times or counts of a whole server wants `--test-threads 1`.

mod town;
mod watch;

pub(crate) use self::town::Town;

/// A behaviour that holds on every server: a name that is a sentence, and what shows it.
///
/// ```ignore
/// behaviour!(a_post_can_be_read_by_the_team, |t| {
///     let post = t.alice.post(t.square, "hello").await?;
///     assert_eq!(t.bob.send(GetPost::new(post.id)).await?.message, "hello");
/// });
/// ```
macro_rules! behaviour {
    ($name:ident, |$town:ident| $body:block) => {
        mod $name {
            #[allow(clippy::wildcard_imports)]
            use super::*;
            use crate::behaviour::Town;

            async fn scenario($town: Town) -> Result<(), mm_core::BoxError> {
                $body
                Ok(())
            }

            #[tokio::test]
            async fn on_the_fake_in_process() -> Result<(), mm_core::BoxError> {
                scenario(Town::in_process().await?).await
            }

            #[tokio::test]
            async fn on_the_fake_over_loopback() -> Result<(), mm_core::BoxError> {
                scenario(Town::over_loopback().await?).await
            }

            #[tokio::test]
            async fn on_a_real_server() -> Result<(), mm_core::BoxError> {
                let Some(town) = Town::on_a_real_server().await? else { return Ok(()) };
                let people = town.people();
                // A panic is the test's own affair, but not those who were made for it.
                let result = tokio::spawn(scenario(town)).await;
                people.deactivate().await?;
                result?
            }
        }
    };
}

mod channels;
mod commands;
mod files;
mod posts;
mod preferences;
mod reactions;
mod system;
mod teams;
mod threads;
mod told;
mod unread;
mod users;
mod webhooks;
