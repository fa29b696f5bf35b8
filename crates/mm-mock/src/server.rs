//! The operations that the fake knows, one file an area.
//!
//! # Adding an operation
//!
//! Open the file of its area (or make one, with a `mod` line and a call in [`routes`]) and write:
//!
//! ```text
//! pub(super) fn routes(r: &mut Routes) {
//!     r.on(get_reactions);
//!     r.on(save_reaction).body("reaction");
//! }
//!
//! fn save_reaction(world: &mut World, caller: &Caller, op: SaveReaction) -> Result<Reaction, Failure> {
//!     caller.must_be(op.user_id)?;
//!     let post = world.readable_post(caller.id, op.post_id)?.clone();
//!     caller.needs(world, Permission::ADD_REACTION, post.channel_id)?;
//!     …
//!     world.emit(Event::new("reaction_added").with_json("reaction", &reaction), Audience::channel(post.channel_id));
//!     Ok(reaction)
//! }
//! ```
//!
//! Method, path, reading the arguments and the shape of the answer come from the operation's type.
//! Before the handler runs, the server has: found the session and refused without one where one is
//! needed; refused ids that are none; put the caller's id where the path says `me`; read path, query
//! and body. After it: status, headers, request id, `304` for a tag the client has.
//!
//! - A value is an answer. For headers, a tag, another status or a `null` list return an
//!   [`Answer`](crate::Answer) of it.
//! - Lookups of the world's stores return the error the real server answers: pass it on with `?`.
//!   Everything else is [`Failure::new`](crate::Failure::new) with status, id and the server's sentence.
//! - `world.now()` and `world.new_id()` are the only clock and the only source of ids.
//! - [`page`](paging::page) cuts a list the way the server does.
//! - [`Route::body`] names the body as a whole where the real server does so in its
//!   `invalid_body_param`; without it the first missing or unreadable key is named. Keys that the real
//!   server takes for empty when they are missing go into [`Route::or_empty`] and [`Route::or_json`];
//!   query parameters that it calls parts of the body, into [`Route::as_body`]; a key that has to repeat
//!   an argument of the path, into [`Route::repeats`].
//! - Rules that two operations need are methods of `World`, in the file of the store they change.

mod bots;
mod channels;
mod commands;
mod files;
mod integration_actions;
mod login;
mod paging;
mod posts;
mod preferences;
mod reactions;
mod route;
mod system;
mod teams;
mod threads;
mod users;
mod webhooks;

pub(crate) use self::route::{Call, Found, Route, Routes, read};

/// Every operation with a handler.
pub(crate) fn routes() -> Routes {
    let mut routes = Routes::new();
    for area in [
        bots::routes,
        channels::routes,
        commands::routes,
        files::routes,
        integration_actions::routes,
        login::routes,
        posts::routes,
        preferences::routes,
        reactions::routes,
        system::routes,
        teams::routes,
        threads::routes,
        users::routes,
        webhooks::routes,
    ] {
        area(&mut routes);
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_without_a_handler_are_known() {
        let routes = routes();
        let missing: Vec<&str> = mm_core::registry()
            .map(|operation| operation.info)
            .filter(|info| info.until.is_none() && !routes.handles(info.operation))
            .map(|info| info.operation)
            .collect();
        println!("{} without a handler: {}", missing.len(), missing.join(", "));
        assert!(routes.handles("GetUser"));
    }
}
