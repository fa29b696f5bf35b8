//! Recorded calls that went wrong, sent again to the fake: status and error must be the same.

use std::collections::BTreeSet;

use mm_core::registry;
use mm_mock::{Listener, Town};
use serde_json::Value;

use super::{Answer, exchange, town};

/// Where the fake is meant to answer something else, and why: the case, the operation, and the fake's answer.
const DIFFERENCES: &[(&str, &str, &str)] = &[];

/// The recorded calls of one kind; `None` where there are none.
fn recorded(case: &str) -> Option<Vec<Value>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/wire/11.6.http.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: there is no recorded traffic here");
        return None;
    };
    let calls = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    Some(calls.filter(|call| call["case"].as_str() == Some(case)).collect())
}

/// The body of a recorded request, if it can be sent again.
fn body(call: &Value) -> Option<String> {
    match &call["req_body"] {
        Value::Null => Some(String::new()),
        Value::Object(keys) if keys.keys().any(|key| key.starts_with('_')) => {
            keys.get("_raw").and_then(Value::as_str).map(str::to_owned)
        }
        json => Some(json.to_string()),
    }
}

async fn again(listener: &Listener, call: &Value, body: &str, token: Option<&str>) -> Answer {
    let text = |key: &str| call[key].as_str().expect("text");
    let token = token.map(|token| format!("Authorization: Bearer {token}\n")).unwrap_or_default();
    let head =
        format!("{} {} HTTP/1.1\nContent-Type: application/json\n{token}", text("method"), text("url"));
    exchange(listener, &head, body).await
}

/// Sends all calls of one kind and answers how many were like the real server's; all others are complained about.
async fn same_answers(case: &str, token: fn(&Town) -> Option<&str>) -> Option<usize> {
    let calls = recorded(case)?;
    let known: BTreeSet<_> = registry().map(|operation| operation.info.operation).collect();
    let (mut same, mut unlike, mut unknown) = (0, Vec::new(), 0);
    for call in &calls {
        let operation = call["op_id"].as_str().expect("an operation");
        let Some(body) = body(call).filter(|_| known.contains(operation)) else { continue };
        // What one call changes is no matter of the next one.
        let (town, listener) = town().await;
        let answer = again(&listener, call, &body, token(&town)).await;
        if answer.error().1 == "mm_mock.not_implemented" {
            unknown += 1;
            continue;
        }
        let expected = (
            call["status"].as_u64().expect("a status"),
            call["res_body"]["id"]
                .as_str()
                .filter(|_| call["status"].as_u64() >= Some(400))
                .unwrap_or_default(),
        );
        let (status, id) = answer.error();
        let found = (u64::from(status), if status >= 400 { id.as_str() } else { "" });
        if expected == found {
            same += 1;
        } else if !DIFFERENCES.contains(&(case, operation, &format!("{status} {id}"))) {
            unlike.push(format!("{operation} {}: {expected:?} is answered {found:?}", call["url"]));
        }
    }
    println!("{case}: {same} the same, {unknown} that the fake does not know yet");
    assert!(unlike.is_empty(), "{case}:\n{}", unlike.join("\n"));
    Some(same)
}

#[tokio::test]
async fn without_a_token_the_fake_refuses_as_a_real_server() {
    if let Some(same) = same_answers("matrix: no token", |_| None).await {
        assert!(same > 20, "only {same} compared");
    }
}

#[tokio::test]
async fn with_a_token_the_fake_refuses_as_a_real_server() {
    type Token = fn(&Town) -> Option<&str>;
    let (alice, admin): (Token, Token) =
        (|town| Some(town.alice.token.expose()), |town| Some(town.admin.token.expose()));
    let mut compared = 0;
    for (case, token) in [
        ("matrix: plain user, unknown ids, empty body", alice),
        ("matrix: broken JSON, plain user", alice),
        ("matrix: ids with illegal characters", alice),
        ("matrix: admin, malformed ids", admin),
        ("matrix: broken JSON, admin", admin),
    ] {
        let Some(same) = same_answers(case, token).await else { return };
        compared += same;
    }
    assert!(compared > 20, "only {compared} compared");
}
