//! The frames of a real server against those that the fake sends for the same causes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mm_core::api::channels::{
    AddChannelMember, CreateChannel, CreateDirectChannel, CreateGroupChannel, PatchChannel,
    RemoveUserFromChannel, UpdateChannelMemberSchemeRoles,
};
use mm_core::api::integration_actions::OpenInteractiveDialog;
use mm_core::api::posts::{CreatePost, CreatePostEphemeral, DeletePost, PatchPost};
use mm_core::api::reactions::{DeleteReaction, SaveReaction};
use mm_core::api::teams::{AddTeamMember, RemoveTeamMember, UpdateTeamMemberSchemeRoles};
use mm_core::api::users::{CreateUser, PatchUser, UpdateUserActive, UpdateUserRoles};
use mm_types::{EphemeralPost, UserId};

use super::*;
use crate::testing::ask;

/// What a frame is made of: keys, and which of the receivers are set.
type Shape = BTreeSet<String>;

/// Events that the server was made to send by operations that the fake does not have.
const NOT_CAUSED: [&str; 14] = [
    "channel_converted",
    "channel_deleted",
    "channel_restored",
    "config_changed",
    "delete_team",
    "first_admin_visit_marketplace_status_received",
    "post_unread",
    "preferences_changed",
    "preferences_deleted",
    "role_updated",
    "sidebar_category_deleted",
    "thread_follow_changed",
    "thread_read_changed",
    "update_team",
];

fn shape(frame: &Value) -> Shape {
    let mut shape = Shape::new();
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    shape.extend(keys(frame));
    for (key, value) in frame["data"].as_object().into_iter().flatten() {
        shape.insert(format!("data.{key}"));
        let nested = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        if let Some(nested) = nested.filter(Value::is_object) {
            shape.extend(keys(&nested).into_iter().map(|inner| format!("data.{key}.{inner}")));
        }
    }
    for (key, value) in frame["broadcast"].as_object().into_iter().flatten() {
        let is_set = !value.is_null() && *value != "";
        shape.insert(format!("broadcast.{key}{}", if is_set { " set" } else { "" }));
    }
    shape
}

/// Does what causes events, and gives the frames that everybody got.
async fn caused(town: &Town) -> BTreeMap<String, BTreeSet<Shape>> {
    let fake = &town.fake;
    let mut clients = [
        Client::open(fake, &town.admin, "").await,
        Client::open(fake, &town.alice, "").await,
        Client::open(fake, &town.bob, "").await,
    ];
    let (admin, alice, bob) = (&town.admin, &town.alice, &town.bob);
    let mut dialog = mm_types::Dialog::default();
    "D".clone_into(&mut dialog.title);
    let open = OpenInteractiveDialog::new(fake.trigger_id(alice), "http://127.0.0.1:9/dialog", dialog);
    ask(fake, &(), open).await.unwrap();
    let channel = ask(fake, alice, CreateChannel::new(town.team.id, "plans", "Plans")).await.unwrap().id;
    ask(fake, alice, AddChannelMember::new(channel).user_id(bob.id)).await.unwrap();
    ask(fake, alice, AddChannelMember::new(channel).user_id(admin.id)).await.unwrap();
    let root = ask(fake, alice, CreatePost::new(channel, "hello @bob")).await.unwrap().id;
    let reply = ask(fake, bob, CreatePost::new(channel, "hi").root_id(root)).await.unwrap().id;
    ask(fake, bob, PatchPost::new(reply).message("hi!")).await.unwrap();
    ask(fake, bob, SaveReaction::new(bob.id, root, "tada")).await.unwrap();
    ask(fake, bob, DeleteReaction::new(bob.id, root, "tada")).await.unwrap();
    ask(fake, bob, DeletePost::new(reply)).await.unwrap();
    let post = EphemeralPost::new(channel, "only you");
    ask(fake, admin, CreatePostEphemeral::new(alice.id, post)).await.unwrap();
    ask(fake, alice, PatchChannel::new(channel).header("by command")).await.unwrap();
    ask(fake, alice, UpdateChannelMemberSchemeRoles::new(channel, bob.id, true, true)).await.unwrap();
    ask(fake, alice, RemoveUserFromChannel::new(channel, bob.id)).await.unwrap();
    ask(fake, alice, CreateDirectChannel::new([alice.id, bob.id])).await.unwrap();
    ask(fake, alice, CreateGroupChannel::new([alice.id, bob.id, admin.id])).await.unwrap();
    ask(fake, admin, AddTeamMember::new(town.team.id, town.carol.id)).await.unwrap();
    ask(fake, admin, UpdateTeamMemberSchemeRoles::new(town.team.id, bob.id, true, true)).await.unwrap();
    ask(fake, admin, RemoveTeamMember::new(town.team.id, town.carol.id)).await.unwrap();
    let dora = CreateUser::new("dora@example.com", "dora").password(crate::PASSWORD);
    ask(fake, admin, dora).await.unwrap();
    ask(fake, alice, PatchUser::new(UserId::ME).nickname("Al")).await.unwrap();
    ask(fake, admin, UpdateUserRoles::new(bob.id, "system_user system_admin")).await.unwrap();
    ask(fake, admin, AddTeamMember::new(fake.team("other").create().id, bob.id)).await.unwrap();
    ask(fake, admin, UpdateUserActive::new(town.carol.id, false)).await.unwrap();
    for client in &mut clients {
        client.send(r#"{"seq": 1, "action": "user_update_active_status", "data": {"user_is_active": false, "manual": true}}"#).await;
    }

    let mut shapes: BTreeMap<String, BTreeSet<Shape>> = BTreeMap::new();
    for client in &mut clients {
        client.send(r#"{"seq": 99, "action": "ping"}"#).await;
        loop {
            let frame = client.frame().await;
            if let Some(name) = frame["event"].as_str() {
                shapes.entry(name.to_owned()).or_default().insert(shape(&frame));
            }
            if frame["seq_reply"] == 99 {
                break;
            }
        }
    }
    shapes
}

#[tokio::test]
async fn frames_have_the_shape_of_those_of_a_real_server() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/wire/11.6.socket.jsonl");
    let Ok(recorded) = std::fs::read_to_string(&path) else {
        println!("skipped: no recorded frames at {}", path.display());
        return;
    };
    let caused = caused(&Town::new()).await;
    let (mut compared, mut wrong) = (0, Vec::new());
    for line in recorded.lines() {
        let frame: Value = serde_json::from_str(line).unwrap();
        let Some(name) = frame["event"].as_str().filter(|name| !NOT_CAUSED.contains(name)) else { continue };
        let expected = shape(&frame);
        compared += 1;
        match caused.get(name) {
            None => wrong.push(format!("{name} was not sent")),
            Some(shapes) if !shapes.contains(&expected) => {
                let nearest = shapes.iter().min_by_key(|shape| shape.symmetric_difference(&expected).count());
                let nearest = nearest.unwrap();
                wrong.push(format!(
                    "{name}: missing {:?}, too much {:?}",
                    expected.difference(nearest).collect::<Vec<_>>(),
                    nearest.difference(&expected).collect::<Vec<_>>()
                ));
            }
            Some(_) => {}
        }
    }
    println!("{compared} recorded frames compared");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
