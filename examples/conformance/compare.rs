//! What of a JSON value is not in another one.

use serde_json::Value;

/// Collects the paths of `before` that `after` has not got, or has with another value.
pub(crate) fn compare(path: &str, before: &Value, after: Option<&Value>, lost: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Some(Value::Object(after))) => {
            for (key, value) in before {
                compare(&format!("{path}.{key}"), value, after.get(key), lost);
            }
        }
        (Value::Array(before), Some(Value::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}[{index}]"), before, Some(after), lost);
            }
        }
        (before, Some(after)) if before == after || (is_nothing(before) && is_nothing(after)) => {}
        _ => lost.push(if path.is_empty() { ".".to_owned() } else { path.to_owned() }),
    }
}

/// Null, an empty list and an empty map mean the same on this wire.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
