//! What real servers answered when they refused, and what the errors made of that say.

use http::Method;
use mm_core::{ApiError, EndpointInfo};
use serde_json::Value;

type Question = fn(&ApiError) -> bool;

/// The questions of which one answer at most can be yes: each calls for something else.
const CAUSES: [(&str, Question); 13] = [
    ("session expired", ApiError::is_session_expired),
    ("login refused", ApiError::is_login_refused),
    ("mfa required", ApiError::is_mfa_required),
    ("mfa invalid", ApiError::is_mfa_invalid),
    ("mfa setup required", ApiError::is_mfa_setup_required),
    ("permission denied", ApiError::is_permission_denied),
    ("not found", ApiError::is_not_found),
    ("exists", ApiError::already_exists),
    ("archived", ApiError::is_archived),
    ("too large", ApiError::is_too_large),
    ("licence", ApiError::needs_licence),
    ("disabled", ApiError::is_disabled),
    ("unsupported", ApiError::is_unsupported),
];

/// The refusals of a server; none where nothing is recorded.
fn recorded(version: &str) -> Vec<(Value, ApiError)> {
    static ANY: EndpointInfo = EndpointInfo::new("Any", Method::POST, "/any");
    let path = format!("{}/../../shared/wire/{version}.http.jsonl", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: there is no recorded traffic here");
        return Vec::new();
    };
    let calls = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let refusal = |call: Value| {
        let status = call["status"].as_u64().and_then(|status| u16::try_from(status).ok())?;
        let mut head = http::Response::builder().status(status);
        for (name, value) in call["res_headers"].as_object()? {
            head = head.header(name, value.as_str()?);
        }
        let (head, ()) = head.body(()).ok()?.into_parts();
        let body = match &call["res_body"] {
            Value::Null => String::new(),
            body => body["_text"].as_str().map_or_else(|| body.to_string(), str::to_owned),
        };
        let info = call["op_id"].as_str().and_then(mm_core::operation).map_or(&ANY, |known| known.info);
        // Without a body, nothing tells that an unknown path's 404 is Mattermost's.
        let is_head = call["method"] == "HEAD";
        (status >= 400 && !is_head).then(|| (call, ApiError::read(info, head, body.into())))
    };
    calls.filter_map(refusal).collect()
}

#[test]
fn a_refusal_has_one_cause_at_most_and_its_message_says_what_to_do() {
    for version in ["5.37", "11.6"] {
        for (call, error) in recorded(version) {
            let causes: Vec<_> = CAUSES.iter().filter(|(_, is)| is(&error)).map(|(name, _)| *name).collect();
            assert!(causes.len() <= 1, "{causes:?}: {error}: {call}");
            let advice = error.to_string();
            let advice = advice.split(" [request id").next().unwrap_or_default();
            let advice = advice.split_once("; ").map_or("", |(_, advice)| advice);
            assert!(!advice.is_empty() && !advice.contains("did not come from"), "{error}: {call}");
        }
    }
}

#[test]
fn what_the_servers_text_says_plainly_is_what_the_error_says() {
    let plain: [(&str, Question); 4] = [
        ("license does not support", ApiError::needs_licence),
        ("do not have the appropriate permissions", ApiError::is_permission_denied),
        ("already exists", ApiError::already_exists),
        ("session, please login", ApiError::is_session_expired),
    ];
    for (call, error) in ["5.37", "11.6"].into_iter().flat_map(recorded) {
        for (words, says) in plain {
            assert!(!error.message().contains(words) || says(&error), "{words}: {error}: {call}");
        }
    }
}
