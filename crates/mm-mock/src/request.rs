//! A request on its way to a handler.

pub(crate) mod form;
pub(crate) mod token;
mod upload;

use std::pin::pin;

use bytes::{Bytes, BytesMut};
use http::Uri;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use mm_core::{ArgError, Args, BodyKind, BoxError, EndpointInfo, Place};
use mm_types::UserId;
use serde_json::Value;

use crate::Failure;
use crate::server::Call;

/// The arguments of a request as the server reads them.
pub(crate) fn args(info: &'static EndpointInfo, call: &Call<'_>) -> Result<Args, Failure> {
    // The router has matched the path, so this is never another operation's.
    let args = Args::of_uri(info, call.uri).ok_or_else(|| Failure::url_param("path"))?;
    let content_type = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match info.body {
        BodyKind::Json => json(info, args, call),
        BodyKind::UrlEncoded => Ok(args.with_url_encoded(&String::from_utf8_lossy(call.body))),
        BodyKind::Multipart => {
            let boundary = form::boundary(content_type.unwrap_or_default());
            match boundary {
                _ if info.operation == "UploadFile" => upload::read(args, call, boundary.as_deref()),
                Some(boundary) => Ok(form::read(args, call.body, &boundary)),
                None => Ok(args),
            }
        }
        _ => Ok(args),
    }
}

fn json(info: &'static EndpointInfo, args: Args, call: &Call<'_>) -> Result<Args, Failure> {
    let whole = info.names(Place::WholeBody).next().is_some();
    let mut body = match (serde_json::from_slice::<Value>(call.body), call.body_name) {
        (Ok(value), _) if whole || value.is_object() => value,
        (_, Some(name)) => return Err(Failure::body_param(name)),
        (Err(_), None) if whole => return Err(Failure::payload()),
        // What is read key by key ignores a body that is no JSON, and then misses the keys.
        _ => Value::Object(serde_json::Map::new()),
    };
    if let Value::Object(keys) = &mut body {
        for key in call.or_empty {
            let value = keys.entry(*key).or_insert(Value::Null);
            if value.is_null() {
                *value = Value::String(String::new());
            }
        }
        for (key, json) in call.or_json {
            let value = keys.entry(*key).or_insert(Value::Null);
            if value.is_null() {
                *value = serde_json::from_str(json).unwrap_or_default();
            }
        }
        if let Some((key, argument, name)) = call.repeats {
            let mut path = arguments(info.path, call.uri.path());
            let meant = path.find(|(name, _)| *name == argument).map(|(_, given)| given);
            if keys.get(key).and_then(Value::as_str) != meant {
                return Err(Failure::body_param(name));
            }
        }
    }
    Ok(args.with_json(body))
}

/// The error for an argument that could not be read.
pub(crate) fn refused(error: &ArgError, call: &Call<'_>) -> Failure {
    match (error.place, call.body_name) {
        (Place::Body | Place::WholeBody, Some(name)) => Failure::body_param(name),
        (Place::Body, None) => Failure::body_param(error.field),
        (Place::WholeBody, None) => Failure::payload(),
        (Place::Query, _) if call.as_body.contains(&error.field) => Failure::body_param(error.field),
        _ => Failure::url_param(error.field),
    }
}

/// Truth values in queries: the server takes unreadable ones for missing.
const FLAGS: &[&str] = &[
    "as_content_reviewer",
    "bookmark",
    "collapsedThreads",
    "collapsedThreadsExtended",
    "custom_only",
    "download",
    "include_deleted",
    "permanent",
    "set_online",
    "skipFetchThreads",
    "updatesOnly",
];

fn is_truth(text: &str) -> bool {
    let plain = text.to_ascii_lowercase();
    matches!(plain.as_str(), "1" | "t" | "true" | "0" | "f" | "false")
}

/// The URI as the handler sees it: `me` is the caller, and unreadable page numbers and truth values are
/// not there.
pub(crate) fn resolved(info: &EndpointInfo, uri: &Uri, caller: UserId) -> Uri {
    let mut path = String::with_capacity(uri.path().len() + 32);
    for (part, given) in info.path.split('/').zip(uri.path().split('/')).skip(1) {
        path.push('/');
        let is_caller = part == "{user_id}" && given == "me" && !caller.is_empty();
        path.push_str(if is_caller { caller.as_str() } else { given });
    }
    // There a negative page means something.
    let any_page = info.operation == "GetChannelMembersWithTeamDataForUser";
    let readable = |pair: &&str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if any_page && name == "page" {
            return value.parse::<i64>().is_ok();
        }
        !(matches!(name, "page" | "per_page") && value.parse::<u32>().is_err()
            || FLAGS.contains(&name) && !is_truth(value))
    };
    let query: Vec<&str> = uri.query().unwrap_or_default().split('&').filter(readable).collect();
    if !query.is_empty() {
        path.push('?');
        path.push_str(&query.join("&"));
    }
    path.parse().unwrap_or_else(|_| uri.clone())
}

/// Refuses path arguments that cannot be ids, as the server does before anything else.
pub(crate) fn check_ids(info: &'static EndpointInfo, uri: &Uri) -> Result<(), Failure> {
    for (name, given) in arguments(info.path, uri.path()) {
        if is_id(name) && given.len() != 26 {
            return Err(Failure::url_param(name));
        }
    }
    Ok(())
}

/// Names and values of the path's arguments, escaped as they came.
pub(crate) fn arguments<'a>(template: &'a str, path: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    template.split('/').zip(path.split('/')).filter_map(|(part, given)| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        Some((name, given))
    })
}

/// Whether a path argument is an id of 26 characters.
pub(crate) fn is_id(name: &str) -> bool {
    let other = ["plugin_id", "category_id", "action_id", "invite_id", "invoice_id"];
    name.ends_with("_id") && !other.contains(&name)
}

/// A body that was too large, or that could not be read.
pub(crate) enum Unread {
    TooLarge,
    Broken(BoxError),
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, Unread>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Unread::Broken(error.into()))?;
        let Ok(data) = frame.into_data() else { continue };
        let so_far = if rest.is_empty() { first.as_ref().map_or(0, Bytes::len) } else { rest.len() };
        if so_far + data.len() > limit {
            return Err(Unread::TooLarge);
        }
        match &first {
            None => first = Some(data),
            Some(start) => {
                if rest.is_empty() {
                    rest.extend_from_slice(start);
                }
                rest.extend_from_slice(&data);
            }
        }
    }
    Ok(if rest.is_empty() { first.unwrap_or_default() } else { rest.freeze() })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use mm_core::api::users::{GetUsers, Login};

    use super::*;
    use crate::server::read;

    fn call<'a>(uri: &'a Uri, headers: &'a HeaderMap, body: &'a Bytes) -> Call<'a> {
        Call::new(uri, headers, body)
    }

    #[test]
    fn an_unreadable_argument_is_named_the_way_its_route_says() {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        let uri: Uri = "/api/v4/users?in_team=short".parse().unwrap();
        let call = call(&uri, &headers, &body);
        let id = |call: &Call<'_>| read::<GetUsers>(call).unwrap_err().id().to_owned();
        assert_eq!(id(&call), "api.context.invalid_url_param.app_error");
        let as_body = Call { as_body: &["in_team"], ..call };
        assert_eq!(id(&as_body), "api.context.invalid_body_param.app_error");
    }

    #[test]
    fn a_missing_key_is_named_unless_it_may_be_empty() {
        let (headers, body) = (HeaderMap::new(), Bytes::from_static(br#"{"password": null}"#));
        let uri: Uri = "/api/v4/users/login".parse().unwrap();
        let call = call(&uri, &headers, &body);
        let message = |call: &Call<'_>| {
            let error = read::<Login>(call).unwrap_err().into_app_error();
            error.unwrap_or_default().message
        };
        assert_eq!(message(&call), "Invalid or missing login_id in request body.");
        let named = Call { body_name: Some("user"), ..call };
        assert_eq!(message(&named), "Invalid or missing user in request body.");
        let empty = Call { body_name: None, or_empty: &["login_id", "password"], ..named };
        assert!(read::<Login>(&empty).unwrap().password.is_empty());
    }
}
