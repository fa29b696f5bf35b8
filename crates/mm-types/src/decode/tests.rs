use std::collections::BTreeMap;

use mm_macros::model;
use serde_json::{Value, json};

use crate::{
    ChannelMemberWithTeamData, ChannelType, Patch, Post, PostKind, PostList, Secret, Team, Timestamp, User,
    UserId, UserPatch,
};

/// A bit of everything.
#[model]
struct Sample {
    id: UserId,
    name: String,
    flag: bool,
    count: i64,
    at: Timestamp,
    share: f64,
    maybe: Option<String>,
    list: Vec<String>,
    map: BTreeMap<String, Inner>,
    inner: Option<Box<Inner>>,
    #[model(rename = "type")]
    kind: ChannelType,
    #[model(omit_empty)]
    quiet: String,
    #[model(omit_empty)]
    quiet_list: Vec<i64>,
    #[model(omit_empty)]
    quiet_flag: bool,
    #[model(omit_empty)]
    quiet_inner: Inner,
    secret: Secret,
    change: Patch<String>,
}

#[model]
struct Inner {
    value: i64,
}

fn sample(json: &str) -> Sample {
    serde_json::from_str(json).expect(json)
}

#[test]
fn null_and_absent_are_the_default_for_every_type() {
    let written = serde_json::to_value(Sample::default()).expect("an object");
    let keys = written.as_object().expect("an object").keys();
    let mut nulls: serde_json::Map<_, _> = keys.map(|key| (key.clone(), Value::Null)).collect();
    for key in ["quiet", "quiet_list", "quiet_flag", "quiet_inner"] {
        nulls.insert(key.to_owned(), Value::Null);
    }
    assert_eq!(sample(&Value::from(nulls).to_string()), Sample::default());
    assert_eq!(sample("{}"), Sample::default());
    assert_eq!(sample("null"), Sample::default());
}

#[test]
fn a_key_nobody_knows_is_skipped() {
    let read = sample(r#"{"new": {"deep": [1, {"x": "\u0041"}]}, "name": "a", "newer": null, "count": 3}"#);
    assert_eq!((read.name.as_str(), read.count), ("a", 3));
}

#[test]
fn keys_are_found_in_any_order_and_with_escapes() {
    let read = sample(r#"{"count": 3, "type": "D", "n\u0061me": "a\"b", "id": "u1", "count": 4}"#);
    assert_eq!((read.name.as_str(), read.count, read.kind), ("a\"b", 4, ChannelType::Direct));
    assert_eq!(read.id, "u1");
}

#[test]
fn text_bytes_readers_and_trees_give_the_same() {
    let json = r#"{"name": "a\nb", "map": {"k": {"value": 1}}, "inner": {"value": 2}, "list": ["x", null]}"#;
    let read = sample(json);
    assert_eq!(serde_json::from_slice::<Sample>(json.as_bytes()).expect("bytes"), read);
    assert_eq!(serde_json::from_reader::<_, Sample>(json.as_bytes()).expect("reader"), read);
    let tree: Value = serde_json::from_str(json).expect("tree");
    assert_eq!(serde_json::from_value::<Sample>(tree).expect("tree"), read);
    assert_eq!(read.list, ["x", ""]);
}

#[test]
fn what_is_empty_is_left_out_only_where_the_server_does_so() {
    let mut sample = Sample::default();
    let written = serde_json::to_value(&sample).expect("an object");
    assert_eq!(
        written,
        json!({"id": "", "name": "", "flag": false, "count": 0, "at": 0, "share": 0.0, "maybe": null, "list": [],
               "map": {}, "inner": null, "type": "", "secret": ""})
    );
    sample.quiet = "x".to_owned();
    sample.quiet_list = vec![0];
    sample.quiet_flag = true;
    sample.quiet_inner.value = 1;
    let written = serde_json::to_value(&sample).expect("an object");
    assert_eq!(written["quiet"], "x");
    assert_eq!(written["quiet_list"], json!([0]));
    assert_eq!(written["quiet_flag"], true);
    assert_eq!(written["quiet_inner"], json!({"value": 1}));
}

#[test]
fn an_error_names_the_way_to_the_value_and_keeps_line_and_column() {
    let problem = |json: &str| serde_json::from_str::<Sample>(json).expect_err(json);
    let error = problem("{\"map\": {\"abc\":\n {\"value\": \"x\"}}}");
    assert!(error.to_string().starts_with("map.abc.value: invalid type: string \"x\""), "{error}");
    assert_eq!((error.line(), error.column()), (2, 14));
    let error = problem(r#"{"list": ["a", 5]}"#);
    assert!(
        error.to_string().starts_with("list[1]: invalid type: integer `5`, expected text at line 1"),
        "{error}"
    );
    let error = problem(r#"{"id": "abcdefghijklmnopqrstuvwxyz1"}"#);
    assert!(error.to_string().starts_with("id: too long for a UserId: 27 bytes"), "{error}");
    let error = problem("[]");
    assert!(error.to_string().contains("expected a Sample object"), "{error}");
    let error =
        serde_json::from_str::<PostList>(r#"{"posts": {"abc": {"create_at": "soon"}}}"#).expect_err("text");
    assert!(error.to_string().starts_with("posts.abc.create_at: invalid value"), "{error}");
}

#[test]
fn text_that_breaks_off_is_an_error_with_its_place() {
    let error = serde_json::from_str::<Sample>("{\"map\": {\"abc\": {\"value\": 1").expect_err("broken off");
    assert!(error.is_eof(), "{error}");
    assert_eq!(error.line(), 1);
}

#[test]
fn numbers_that_do_not_fit_are_errors_and_whole_floats_are_not() {
    assert_eq!(sample(r#"{"count": 5.0, "share": 1}"#).count, 5);
    for json in [r#"{"count": 5.5}"#, r#"{"count": "5"}"#, r#"{"count": 18446744073709551615}"#] {
        assert!(serde_json::from_str::<Sample>(json).is_err(), "{json}");
    }
}

#[test]
fn a_flattened_model_shares_the_object() {
    let json = r#"{"channel_id": "c1", "team_name": "core", "unknown": 1, "notify_props": {"push": "all"}, "roles": "r"}"#;
    let read: ChannelMemberWithTeamData = serde_json::from_str(json).expect("flat");
    assert_eq!(read.member.channel_id, "c1");
    assert_eq!(read.member.notify_props.push().as_deref(), Some("all"));
    assert_eq!(read.team_name, "core");
    let written = serde_json::to_value(&read).expect("an object");
    assert_eq!((&written["channel_id"], &written["team_name"]), (&json!("c1"), &json!("core")));
    assert!(written.get("member").is_none());
    let error =
        serde_json::from_str::<ChannelMemberWithTeamData>(r#"{"msg_count": true}"#).expect_err("a bool");
    assert!(error.to_string().starts_with("msg_count: "), "{error}");
}

#[test]
fn a_change_knows_three_states() {
    let written = |change| {
        let patch = UserPatch { nickname: change, ..Default::default() };
        serde_json::to_string(&patch).expect("an object")
    };
    assert_eq!(written(Patch::Leave), "{}");
    assert_eq!(written(Patch::Clear), r#"{"nickname":""}"#);
    assert_eq!(written("x".to_owned().into()), r#"{"nickname":"x"}"#);
    for (json, change) in [
        ("{}", Patch::Leave),
        (r#"{"change": null}"#, Patch::Leave),
        (r#"{"change": ""}"#, Patch::Set(String::new())),
    ] {
        assert_eq!(sample(json).change, change, "{json}");
    }
}

#[test]
fn secrets_do_not_show_in_the_debug_text_of_a_model() {
    let user: User =
        serde_json::from_str(r#"{"password": "hunter2", "auth_data": "ldap-77", "mfa_secret": "BASE32"}"#)
            .expect("ok");
    let shown = format!("{user:?} {user:#?} {}", user.password);
    for secret in ["hunter2", "ldap-77", "BASE32"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert_eq!(user.password.expose(), "hunter2");
    assert!(serde_json::to_string(&user).expect("an object").contains("hunter2"));
    let session: crate::Session =
        serde_json::from_str(r#"{"token": "t0k3n", "props": {"csrf": "f0rg3", "os": "Linux"}}"#).expect("ok");
    let shown = format!("{session:?}");
    assert!(!shown.contains("t0k3n") && !shown.contains("f0rg3") && shown.contains("Linux"), "{shown}");
    assert_eq!(session.props.get_str("csrf").as_deref(), Some("f0rg3"));
}

#[test]
fn an_unknown_kind_goes_back_as_it_came() {
    let json = r#"{"type":"custom_calls"}"#;
    let post: Post = serde_json::from_str(json).expect("any kind");
    assert!(matches!(post.kind, PostKind::Unknown(_)));
    assert_eq!(serde_json::to_value(&post).expect("an object")["type"], "custom_calls");
    let team: Team = serde_json::from_str(r#"{"type": null}"#).expect("no kind");
    assert_eq!(team.kind, "");
}
