use mm_core::api::preferences::{DeletePreferences, GetPreferences, UpdatePreferences};
use mm_types::{Preference, UserId};

use super::ALICE;

fn night() -> Preference {
    Preference::new(ALICE, "lab", "night", "on")
}

wire!(preferences_are_listed: GetPreferences::new(UserId::ME),
    request: "GET /api/v4/users/me/preferences",
    response: 200 json [
        {"user_id": "alice000000000000000000000", "category": "lab", "name": "night", "value": "on"}
    ],
    |list| assert_eq!(list[..], [night()]));

wire!(no_preferences_can_come_as_null: GetPreferences::new(ALICE),
    request: "GET /api/v4/users/alice000000000000000000000/preferences",
    response: 200 json null,
    |list| assert!(list.is_empty()));

wire!(preferences_are_set: UpdatePreferences::new(ALICE, [night()]),
    request: "PUT /api/v4/users/alice000000000000000000000/preferences" json [
        {"user_id": "alice000000000000000000000", "category": "lab", "name": "night", "value": "on"}
    ],
    response: 200 ok);

wire!(preferences_are_deleted: DeletePreferences::new(UserId::ME, [night()]),
    request: "POST /api/v4/users/me/preferences/delete" json [
        {"user_id": "alice000000000000000000000", "category": "lab", "name": "night", "value": "on"}
    ],
    response: 200 ok);
