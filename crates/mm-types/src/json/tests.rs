use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::text::{BLOCK, ROOM};
use super::*;
use crate::event::{Hello, MultipleChannelsViewed, Posted, Typing};
use crate::{Post, RawJson, RawMap, User};

/// What is read here must be what `serde_json` reads. Two results may both be errors; then ours.
fn agrees<T: DeserializeOwned + PartialEq + std::fmt::Debug>(json: &str) -> Option<String> {
    let slow = serde_json::from_str::<T>(json);
    match (from_str::<T>(json), slow) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{json}"),
        (Err(ours), Err(_)) => return Some(ours.to_string()),
        (ours, theirs) => panic!("{json}: {ours:?} instead of {theirs:?}"),
    }
    None
}

#[derive(Debug, Deserialize, PartialEq)]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(u8, String),
    Struct { a: Option<bool> },
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Number(i16);

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Either {
    Number(u8),
    Text(String),
    Post { id: String },
}

/// Gets over what it does not understand.
#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct Lenient {
    #[serde(deserialize_with = "or_default")]
    a: i32,
    #[serde(deserialize_with = "or_default")]
    b: Vec<bool>,
    c: String,
}

fn or_default<'de, T: Default + Deserialize<'de>, D: serde::Deserializer<'de>>(
    json: D,
) -> Result<T, D::Error> {
    Ok(T::deserialize(json).unwrap_or_default())
}

#[derive(Debug, Deserialize, PartialEq)]
struct Flat {
    #[serde(flatten)]
    post: Post,
    #[serde(flatten)]
    others: HashMap<String, Value>,
}

#[test]
fn every_kind_of_value_is_read() {
    for json in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-7",
        "300",
        "1.0",
        "1.5e3",
        "-1E-2",
        "1e400",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890",
        "\"\"",
        "\"a\"",
        "\"ab\"",
        "\"5\"",
        "\"a\\u0062\"",
        "[]",
        "[1]",
        "[1, 2]",
        "[1,\"a\"]",
        "[[1],[2]]",
        "[null]",
        "{}",
        "{\"a\":1}",
        "{\"a\":true}",
        "{\"1\":true}",
        "{\"1\":true,\"-2\":false}",
        "{\"1.5\":null}",
        "{\"true\":1}",
        "{\"Unit\":1}",
        "\"Unit\"",
        "{\"Newtype\":5}",
        "{\"Tuple\":[1,\"a\"]}",
        "{\"Struct\":{\"a\":true}}",
        "{\"Struct\":[null]}",
        "{\"Unit\":null}",
        "{\"id\":\"x\"}",
        " \t\r\n[ 1 , 2 ] \n",
        "{ \"a\" : 1 , \"b\" : [ ] }",
        "",
        " ",
        "nul",
        "nulll",
        "tru",
        "[",
        "[1",
        "[1,",
        "[,]",
        "[1,]",
        "[1 2]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:2}",
        "[}",
        "{]",
        "[1}",
        "{\"a\":1]",
        "\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud834\"",
        "\"\\ud834\\udd1e\"",
        "\"\\udd1e\"",
        "\"\\u2028\"",
        "\"a\nb\"",
        "\"\u{7f}ä𝄞\"",
        "1 2",
        "{}{}",
        "[] x",
        "\u{feff}1",
        "{\"a\":1,\"a\":2}",
        "{\"a\":[{\"b\":\"]\"}],\"c\":\"d\"}",
        "{\"a\":\"x\",\"b\":{\"x\":1},\"c\":\"d\"}",
        "{\"a\":5,\"b\":7,\"c\":\"d\"}",
        "{\"a\":null,\"b\":[true,1],\"c\":\"d\"}",
    ] {
        agrees::<Value>(json);
        agrees::<bool>(json);
        agrees::<i8>(json);
        agrees::<u64>(json);
        agrees::<i64>(json);
        agrees::<u128>(json);
        agrees::<f64>(json);
        agrees::<f32>(json);
        agrees::<char>(json);
        agrees::<String>(json);
        agrees::<()>(json);
        agrees::<Name>(json);
        agrees::<Kind>(json);
        agrees::<Either>(json);
        agrees::<Lenient>(json);
        agrees::<Flat>(json);
        agrees::<Option<i32>>(json);
        agrees::<Vec<u8>>(json);
        agrees::<(u8, String)>(json);
        agrees::<Vec<Option<Value>>>(json);
        agrees::<BTreeMap<Name, Value>>(json);
        agrees::<BTreeMap<Number, bool>>(json);
        agrees::<BTreeMap<i64, bool>>(json);
        agrees::<BTreeMap<u128, bool>>(json);
        agrees::<BTreeMap<Option<bool>, i64>>(json);
        agrees::<BTreeMap<char, bool>>(json);
        agrees::<Post>(json);
        agrees::<Vec<User>>(json);
        let raw = |json| serde_json::Result::map(json, |raw: Box<RawValue>| raw.to_string()).ok();
        assert_eq!(raw(from_str(json)), raw(serde_json::from_str(json)), "{json}");
        let ignored = |json: serde_json::Result<IgnoredAny>| json.is_ok();
        assert_eq!(ignored(from_str(json)), ignored(serde_json::from_str(json)), "{json}");
    }
}

#[test]
fn numbers_of_any_length_are_read() {
    for length in 1..22 {
        for digit in '0'..='9' {
            for place in 0..=length {
                let mut digits = "1234567890".repeat(3);
                digits.truncate(length);
                for other in [digit, '/', ':', '.', 'e', '-'] {
                    let mut number = digits.clone();
                    number.insert(place, other);
                    for json in [&number, &format!("-{number}"), &format!("[{number}]")] {
                        agrees::<Value>(json);
                        agrees::<i64>(json);
                        agrees::<f64>(json);
                    }
                }
            }
        }
    }
}

const POST: &str = r#"{"id":"p0000000000000000000000001","create_at":1795320852753,"is_pinned":false,"user_id":"",
    "message":"R\u0026D \"x\" \\ ä\n","props":{"a":[1,{}],"b":"\"}"},"file_ids":["f0000000000000000000000001"],"new":[{"a":-1.5}],
    "participants":null,"metadata":{"emojis":[],"reactions":[{"emoji_name":"tada"}]},"reply_count":3}"#;

#[test]
fn models_are_read_by_other_readers_too() {
    let post: Post = from_str(POST).expect("a post");
    let tree: Value = from_str(POST).expect("JSON");
    assert_eq!(serde_json::from_value::<Post>(tree.clone()).expect("a post"), post);
    assert_eq!(Post::deserialize(&tree).expect("a post"), post);
    assert_eq!(serde_json::from_reader::<_, Post>(POST.as_bytes()).expect("a post"), post);
}

#[test]
fn nothing_can_be_read_as_raw_json_from_a_flattened_struct() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Inside {
        any: RawJson,
        map: RawMap,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outside {
        #[serde(flatten)]
        inside: Inside,
    }
    let json = r#"{"any":null,"map":null}"#;
    assert_eq!(agrees::<Outside>(json), None);
    assert!(from_str::<Outside>(json).expect("nothing").inside.any.is_null());
}

#[test]
fn a_text_with_any_fault_at_any_place_is_read_or_refused_alike() {
    assert_eq!(agrees::<Post>(POST), None);
    let places = || POST.char_indices().map(|(place, _)| place);
    for place in places() {
        agrees::<Post>(&POST[..place]);
        agrees::<Value>(&POST[..place]);
        for other in [
            "", "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "0", "-", ".", "e", "n", "\n", "\\u0041", "ä",
            "}]",
        ] {
            let rest = POST[place..].chars().as_str();
            for json in [
                format!("{}{other}{rest}", &POST[..place]),
                format!(
                    "{}{other}{}",
                    &POST[..place],
                    &rest[rest.chars().next().map_or(0, char::len_utf8)..]
                ),
            ] {
                agrees::<Post>(&json);
                agrees::<Value>(&json);
                agrees::<Flat>(&json);
            }
        }
    }
}

#[test]
fn texts_of_any_length_with_any_escape_at_any_place_are_read() {
    for escape in [r#"\""#, r"\\", r"\/", r"\n", r"\t", r"\r", r"\b", r"\f", r"\u0026", r"\u2028", "é", "𝄞"]
    {
        for before in (0..3 * BLOCK).chain(ROOM - 30..ROOM + 3) {
            for after in [0, BLOCK] {
                let (before, after) = ("a".repeat(before), "b".repeat(after));
                let json = format!(r#"{{"sender_name":"{before}{escape}{escape}{after}"}}"#);
                assert_eq!(agrees::<Posted>(&json), None);
                assert_eq!(agrees::<Typing>(&json), None);
            }
        }
    }
}

#[test]
fn the_data_of_events_is_read() {
    let post = serde_json::to_string(POST).expect("text");
    let posted = format!(
        r#"{{"channel_display_name":"R\u0026D \u003c3","channel_type":"O","mentions":"[\"a\"]","post":{post},"set_online":true}}"#
    );
    assert_eq!(agrees::<Posted>(&posted), None);
    assert_eq!(agrees::<Posted>(&posted.replace("\":", "\" : ").replace(",\"", " ,\n\"")), None);
    assert_eq!(agrees::<Hello>(r#"{"connection_id":"a","server_version":"11.6.0"}"#), None);
    assert_eq!(
        agrees::<MultipleChannelsViewed>(r#"{"channel_times":{"abcdefghijklmnopqrstuvwxyz":17}}"#),
        None
    );
}

#[test]
fn values_may_be_as_deep_in_one_another_as_serde_json_allows() {
    for depth in [126, 127, 128, 129, 200] {
        let lists = "[".repeat(depth) + &"]".repeat(depth);
        let objects = r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
        for json in [&lists, &objects] {
            agrees::<Value>(json);
            assert_eq!(agrees::<Typing>(&format!(r#"{{"new":{json}}}"#)), None);
        }
    }
}

#[test]
fn errors_say_what_and_where() {
    for (json, error) in [
        (
            r#"{"id":7}"#,
            "id: invalid type: integer `7`, expected a PostId of at most 26 bytes at line 1 column 7",
        ),
        ("{\n \"metadata\": {\"files\": [{}, {\"size\": \"x\"}]}}", "metadata.files[1].size: "),
        (
            r#"{"is_pinned":"yes"}"#,
            "is_pinned: invalid type: string \"yes\", expected a boolean at line 1 column 18",
        ),
        (r#"{"create_at":{}}"#, "create_at: invalid type: map, expected "),
        (r#"{"message":"a"#, "EOF while parsing a string at line 1 column 13"),
        (r#"{"message":"a" "b"}"#, "expected `,` or `}` at line 1 column 16"),
        (r#"{"props":[]}"#, "props: invalid type, expected an object or null at line 1 column 12"),
        ("{}{}", "trailing characters at line 1 column 3"),
        ("[]", "invalid type: sequence, expected a Post object at line 1 column 0"),
        ("", "EOF while parsing a value at line 1 column 0"),
    ] {
        let ours = agrees::<Post>(json).expect("an error");
        assert!(ours.starts_with(error), "{ours}");
        assert_eq!(ours, serde_json::from_str::<Post>(json).expect_err("an error").to_string());
    }
    // The JSON comes first.
    let both = r#"{"id":7,"message":"a"#;
    assert!(agrees::<Post>(both).expect("an error").starts_with("EOF"));
}
