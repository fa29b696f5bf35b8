use super::*;
use crate::{NotifyProps, RawJson, Timezone};

fn map(json: &str) -> RawMap {
    serde_json::from_str(json).expect(json)
}

#[test]
fn null_and_braces_are_the_same_empty_map() {
    for json in ["null", "{}", " { } "] {
        assert_eq!(map(json), RawMap::new(), "{json}");
        assert!(map(json).is_empty());
    }
    assert_eq!(serde_json::to_string(&map("null")).expect("an object"), "{}");
    for json in ["[]", "\"x\"", "5"] {
        assert!(serde_json::from_str::<RawMap>(json).is_err(), "{json}");
    }
}

#[test]
fn the_text_goes_back_as_it_came() {
    let json = r#"{"b": 1.50, "a": {"x":[1,  2]}, "ä": "\u0041"}"#;
    assert_eq!(serde_json::to_string(&map(json)).expect("an object"), json);
    assert_eq!(map(json).raw(), json);
}

#[test]
fn maps_are_equal_when_they_mean_the_same() {
    assert_eq!(map(r#"{"a": 1, "b": "A"}"#), map(r#"{"b":"\u0041","a":1}"#));
    assert_ne!(map(r#"{"a": 1}"#), map(r#"{"a": 2}"#));
    assert_ne!(map(r#"{"a": 1}"#), map("{}"));
}

#[test]
fn a_key_is_read_in_the_type_asked_for() {
    let map = map(
        r#"{"text": "a\nb", "plain": "x", "yes": "true", "no": false, "n": "12", "m": 7, "null": null, "k": [1]}"#,
    );
    assert_eq!(map.get_str("text").as_deref(), Some("a\nb"));
    assert!(matches!(map.get_str("plain"), Some(Cow::Borrowed("x"))));
    assert_eq!(
        (map.get_bool("yes"), map.get_bool("no"), map.get_bool("text")),
        (Some(true), Some(false), None)
    );
    assert_eq!((map.get_i64("n"), map.get_i64("m")), (Some(12), Some(7)));
    assert_eq!(map.get::<Vec<i64>>("k").expect("a list"), Some(vec![1]));
    assert_eq!(map.get::<String>("null").expect("null is none"), None);
    assert_eq!(map.get::<String>("gone").expect("absent is none"), None);
    assert!(map.get::<String>("m").is_err());
    assert!(map.contains_key("null") && !map.contains_key("gone"));
}

#[test]
fn keys_are_put_in_and_taken_out() {
    let mut map: RawMap = [("a", "1")].into();
    map.insert("b", true);
    map.insert_json("c", &[1, 2]).expect("a list");
    assert_eq!(map, RawMap::from_raw(r#"{"a":"1","b":true,"c":[1,2]}"#).expect("an object"));
    assert_eq!(map.remove("a"), Some("1".into()));
    assert_eq!(map.remove("a"), None);
    map.remove("b");
    map.remove("c");
    assert!(map.is_empty());
    assert_eq!(RawMap::from_pairs([("k", 1.5)]).expect("numbers").raw(), r#"{"k":1.5}"#);
}

#[test]
fn a_tree_and_a_reader_will_do_as_well() {
    let tree: Value = serde_json::json!({"a": {"b": null}});
    let read: RawMap = serde_json::from_value(tree.clone()).expect("a tree");
    assert_eq!(Value::from_iter(read.to_map()), tree);
    let read: RawMap = serde_json::from_reader(&b"{\"a\": 1}"[..]).expect("a reader");
    assert_eq!(read.get_i64("a"), Some(1));
}

#[test]
fn known_keys_have_readers() {
    let props: NotifyProps =
        serde_json::from_str(r#"{"email": "true", "push": "mention", "new": "x"}"#).expect("ok");
    assert_eq!((props.email(), props.push().as_deref()), (Some(true), Some("mention")));
    assert_eq!(props.desktop(), None);
    assert_eq!(props.get_str("new").as_deref(), Some("x"));
    let zone: Timezone = serde_json::from_str(
        r#"{"automaticTimezone": "Asia/Tokyo", "manualTimezone": "Europe/Berlin", "useAutomaticTimezone": "false"}"#,
    )
    .expect("ok");
    assert_eq!(zone.current().as_deref(), Some("Europe/Berlin"));
}

#[test]
fn any_value_is_kept_as_text() {
    for json in ["5", "\"x\"", "[1, 2]", "{}"] {
        let value: RawJson = serde_json::from_str(json).expect(json);
        assert_eq!((value.raw(), value.is_null()), (json, false));
        assert_eq!(serde_json::to_string(&value).expect(json), json);
    }
    assert!(serde_json::from_str::<RawJson>("null").expect("null").is_null());
    assert_eq!(RawJson::from(serde_json::json!([1, 2])), serde_json::from_str("[1,  2]").expect("a list"));
}
