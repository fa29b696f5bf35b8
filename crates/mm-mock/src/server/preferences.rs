//! What users set for themselves.

use mm_core::api::preferences::{DeletePreferences, GetPreferences, UpdatePreferences};
use mm_types::{Preference, StatusOk, UserId};

use super::route::Routes;
use crate::world::{Audience, Event, check_preference};
use crate::{Answer, Caller, Failure, Permission, World};

/// The most preferences that one request can set or delete.
const MOST: usize = 100;

pub(super) fn routes(r: &mut Routes) {
    r.on(get_preferences);
    r.on(update_preferences).body("preferences").first(may_edit);
    r.on(delete_preferences).body("preferences").first(may_edit);
}

fn may_edit(world: &World, caller: &Caller, user: UserId) -> Result<(), Failure> {
    caller.must_be_or(world, user, Permission::EDIT_OTHER_USERS)
}

fn get_preferences(
    world: &mut World,
    caller: &Caller,
    op: GetPreferences,
) -> Result<Answer<Vec<Preference>>, Failure> {
    may_edit(world, caller, op.user_id)?;
    Ok(Answer::null_if_empty(world.preferences.of_user(op.user_id).cloned().collect()))
}

fn update_preferences(
    world: &mut World,
    caller: &Caller,
    op: UpdatePreferences,
) -> Result<StatusOk, Failure> {
    check_count(&op.preferences)?;
    for row in op.preferences.iter().filter(|row| row.category == "flagged_post") {
        let post = row.name.parse().ok().and_then(|id| world.posts.get(id).ok());
        let post = post.ok_or_else(|| Failure::body_param("preference.name"))?;
        world.readable_post(caller.id, post.id)?;
    }
    if op.preferences.iter().any(|row| row.user_id != op.user_id) {
        let id = "api.preference.update_preferences.set.app_error";
        return Err(Failure::new(403, id, "Unable to set user preferences."));
    }
    op.preferences.iter().try_for_each(check_preference)?;
    for row in &op.preferences {
        world.preferences.set(row.clone());
    }
    tell(world, op.user_id, "preferences_changed", &op.preferences);
    Ok(StatusOk::ok())
}

fn delete_preferences(world: &mut World, _: &Caller, op: DeletePreferences) -> Result<StatusOk, Failure> {
    check_count(&op.preferences)?;
    if op.preferences.iter().any(|row| row.user_id != op.user_id) {
        let id = "api.preference.delete_preferences.delete.app_error";
        return Err(Failure::new(403, id, "Unable to delete user preferences."));
    }
    for row in &op.preferences {
        world.preferences.remove(row);
    }
    tell(world, op.user_id, "preferences_deleted", &op.preferences);
    Ok(StatusOk::ok())
}

fn check_count(preferences: &[Preference]) -> Result<(), Failure> {
    if (1..=MOST).contains(&preferences.len()) { Ok(()) } else { Err(Failure::body_param("preferences")) }
}

/// Tells the user's clients. Some preferences change the sidebar, so they are told of that whatever changed.
fn tell(world: &mut World, user: UserId, event: &'static str, preferences: &[Preference]) {
    world.emit(Event::new("sidebar_category_updated"), Audience::user(user));
    world.emit(Event::new(event).with_json("preferences", &preferences), Audience::user(user));
}
