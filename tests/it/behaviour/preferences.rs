//! What users set for themselves.

use mm_core::api::channels::CreateChannel;
use mm_core::api::preferences::{DeletePreferences, GetPreferences, UpdatePreferences};
use mm_core::types::event::{PreferencesChanged, PreferencesDeleted};
use mm_core::types::{ChannelType, Preference, UserId};

use super::town::Citizen;

const FORBIDDEN: &str = "api.context.permissions.app_error";
const INVALID: &str = "api.context.invalid_body_param.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

fn own(citizen: &Citizen, category: &str, name: &str, value: &str) -> Preference {
    Preference::new(citizen.id, category, name, value)
}

behaviour!(a_preference_is_kept_until_it_is_deleted, |t| {
    let lab = |value| own(&t.alice, "lab", "night", value);
    let kept = async || -> Result<Vec<Preference>, mm_core::Error> {
        let all = t.alice.send(GetPreferences::new(UserId::ME)).await?;
        Ok(all.into_iter().filter(|preference| preference.category == "lab").collect())
    };
    assert_eq!(kept().await?, []);
    let mut alice = t.alice.watch().await?;
    for value in ["on", "off"] {
        t.alice.send(UpdatePreferences::new(UserId::ME, [lab(value)])).await?;
        assert_eq!(kept().await?, [lab(value)]);
        let told = alice.saw::<PreferencesChanged>().await?;
        assert_eq!((told.preferences.get()?, told.broadcast.user_id), (vec![lab(value)], t.alice.id));
    }
    for _ in 0..2 {
        t.alice.send(DeletePreferences::new(t.alice.id, [lab("whatever")])).await?;
        assert_eq!(alice.saw::<PreferencesDeleted>().await?.preferences.get()?, [lab("whatever")]);
    }
    assert_eq!(kept().await?, []);
});

behaviour!(preferences_are_set_all_or_none, |t| {
    let set = async |preferences: Vec<Preference>| {
        t.alice.refused(UpdatePreferences::new(UserId::ME, preferences)).await
    };
    let good = own(&t.alice, "lab", "good", "x");
    let invalid = |what: &str| error(400, &format!("model.preference.is_valid.{what}.app_error"));
    for (bad, what) in [
        (own(&t.alice, "", "n", "x"), "category"),
        (own(&t.alice, &"c".repeat(33), "n", "x"), "category"),
        (own(&t.alice, "lab", &"n".repeat(33), "x"), "name"),
        (own(&t.alice, "lab", "n", &"ü".repeat(20_001)), "value"),
        (own(&t.alice, "sidebar_settings", "limit_visible_dms_gms", "41"), "limit_visible_dms_gms"),
    ] {
        assert_eq!(set(vec![good.clone(), bad]).await?, invalid(what));
    }
    t.alice.send(UpdatePreferences::new(UserId::ME, [own(&t.alice, "theme", "", "red")])).await?;
    let rows = t.alice.send(GetPreferences::new(UserId::ME)).await?;
    assert!(rows.contains(&own(&t.alice, "theme", "", "null")), "what is no theme is none");
    assert_eq!(set(Vec::new()).await?, error(400, INVALID));
    assert_eq!(set(vec![good.clone(); 101]).await?, error(400, INVALID));
    assert!(!t.alice.send(GetPreferences::new(UserId::ME)).await?.contains(&good));
});

behaviour!(everybody_sets_their_own_preferences_and_administrators_all, |t| {
    let row = own(&t.alice, "lab", "night", "on");
    let forbidden = error(403, FORBIDDEN);
    assert_eq!(t.bob.refused(GetPreferences::new(t.alice.id)).await?, forbidden);
    assert_eq!(t.bob.refused(UpdatePreferences::new(t.alice.id, [row.clone()])).await?, forbidden);
    assert_eq!(t.bob.refused(DeletePreferences::new(t.alice.id, [row.clone()])).await?, forbidden);
    let other = t.bob.refused(UpdatePreferences::new(UserId::ME, [row.clone()])).await?;
    assert_eq!(other, error(403, "api.preference.update_preferences.set.app_error"));
    let other = t.bob.refused(DeletePreferences::new(UserId::ME, [row.clone()])).await?;
    assert_eq!(other, error(403, "api.preference.delete_preferences.delete.app_error"));
    t.admin.send(UpdatePreferences::new(t.alice.id, [row.clone()])).await?;
    assert!(t.admin.send(GetPreferences::new(t.alice.id)).await?.contains(&row));
});

behaviour!(a_post_is_kept_by_those_who_can_read_it, |t| {
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.alice.send(private).await?.id;
    let post = t.alice.post(private, "x").await?.id;
    let keep = |citizen: &Citizen, id: &str| {
        UpdatePreferences::new(UserId::ME, [own(citizen, "flagged_post", id, "true")])
    };
    t.alice.send(keep(&t.alice, post.as_str())).await?;
    assert_eq!(t.bob.refused(keep(&t.bob, post.as_str())).await?, error(403, FORBIDDEN));
    assert_eq!(t.bob.refused(keep(&t.bob, "zzzzzzzzzzzzzzzzzzzzzzzzzz")).await?, error(400, INVALID));
});
