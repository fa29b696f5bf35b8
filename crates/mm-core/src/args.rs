//! From a request back to its operation: the half that servers and fakes need.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::codec::{Encode, unescape};
use crate::endpoint::Place;
use crate::multipart::Part;
use crate::{Endpoint, EndpointInfo};

/// An operation that can be read from a request, and whose answer can be written.
///
/// `#[derive(Endpoint)]` implements it where the feature `server` is on.
pub trait Serve: Endpoint<Codec: Encode> {
    /// Takes the fields out of the arguments.
    ///
    /// # Errors
    ///
    /// Names the first argument that is missing or not readable.
    fn from_args(args: &mut Args) -> Result<Self, ArgError>;
}

/// The arguments of a call: of a request, or of a JSON object that holds all of them by name.
#[derive(Debug, Default)]
pub struct Args {
    path: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    body: Value,
    parts: Vec<(String, Part)>,
    /// Path and query arguments are in `body` too, as JSON.
    by_name: bool,
}

/// An argument that is missing or not readable.
#[derive(Debug)]
#[non_exhaustive]
pub struct ArgError {
    /// Its name.
    pub field: &'static str,
    /// Where it belongs.
    pub place: Place,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for ArgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.problem)
    }
}

impl std::error::Error for ArgError {}

impl Args {
    /// All arguments by name, whatever their place: `{"user_id": "me"}`.
    #[must_use]
    pub fn by_name(arguments: Map<String, Value>) -> Self {
        Self::default().named(arguments)
    }

    pub(crate) fn named(self, arguments: Map<String, Value>) -> Self {
        Self { body: Value::Object(arguments), by_name: true, ..self }
    }

    /// The arguments of a request: path and query from its URI. `None` if the path is not one of this operation.
    #[must_use]
    pub fn of_uri(info: &EndpointInfo, uri: &http::Uri) -> Option<Self> {
        let path = match_path(info.path, uri.path())?;
        let query = uri.query().map(parse_form).unwrap_or_default();
        Some(Self { path, query, ..Self::default() })
    }

    /// Adds the JSON body.
    #[must_use]
    pub fn with_json(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    /// Adds a field of a form.
    #[must_use]
    pub fn with_text(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if !self.body.is_object() {
            self.body = Value::Object(Map::new());
        }
        if let Value::Object(body) = &mut self.body {
            let value = Value::String(value.into());
            // A repeated name is a list.
            match body.entry(name) {
                serde_json::map::Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                serde_json::map::Entry::Occupied(mut entry) => match entry.get_mut() {
                    Value::Array(list) => list.push(value),
                    one => *one = Value::Array(vec![one.take(), value]),
                },
            }
        }
        self
    }

    /// Adds the fields of a URL-encoded form.
    #[must_use]
    pub fn with_url_encoded(self, body: &str) -> Self {
        parse_form(body).into_iter().fold(self, |args, (name, value)| args.with_text(name, value))
    }

    /// Adds a file of a form.
    #[must_use]
    pub fn with_part(mut self, name: impl Into<String>, part: Part) -> Self {
        self.parts.push((name.into(), part));
        self
    }

    /// A path argument.
    ///
    /// # Errors
    ///
    /// If it is missing or not a `T`.
    pub fn path<T: FromStr<Err: fmt::Display> + DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<T, ArgError> {
        if self.by_name {
            return self.body(field).map_err(|error| ArgError { place: Place::Path, ..error });
        }
        let found = self.path.iter().find(|(name, _)| *name == field);
        let Some((_, text)) = found else {
            return Err(missing(field, Place::Path));
        };
        text.parse().map_err(|error: T::Err| ArgError {
            field,
            place: Place::Path,
            problem: error.to_string(),
        })
    }

    /// A query parameter that may be missing. An empty one counts as missing.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    pub fn query<T: FromStr<Err: fmt::Display> + DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<Option<T>, ArgError> {
        if self.by_name {
            return self.optional(field).map_err(|error| ArgError { place: Place::Query, ..error });
        }
        let found = self.query.iter().find(|(name, value)| name == field && !value.is_empty());
        // Other clients write `1` and `True` for true; the server takes those too.
        let parse = |text: &str| {
            text.parse().or_else(|error| go_bool(text).and_then(|it| it.parse().ok()).ok_or(error))
        };
        let parsed = found.map(|(_, text)| parse(text)).transpose();
        parsed.map_err(|error: T::Err| ArgError { field, place: Place::Query, problem: error.to_string() })
    }

    /// A query parameter that must be there.
    ///
    /// # Errors
    ///
    /// If it is missing or not a `T`.
    pub fn required_query<T: FromStr<Err: fmt::Display> + DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<T, ArgError> {
        self.query(field)?.ok_or_else(|| missing(field, Place::Query))
    }

    /// A key of the body that must be there.
    ///
    /// # Errors
    ///
    /// If it is missing or not a `T`.
    pub fn body<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<T, ArgError> {
        self.optional(field)?.ok_or_else(|| missing(field, Place::Body))
    }

    /// A key of the body that may be missing or null.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    pub fn optional<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<Option<T>, ArgError> {
        let found = self.body.as_object_mut().and_then(|body| body.remove(field));
        match found {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(field, Place::Body, value).map(Some),
        }
    }

    /// A flag in the body that other clients send as text: `"true"`, or `true`.
    ///
    /// # Errors
    ///
    /// If it is neither text nor a boolean.
    pub fn text_flag(&mut self, field: &'static str) -> Result<bool, ArgError> {
        match self.optional(field)? {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(Value::String(text)) => Ok(text == "true"),
            Some(_) => {
                let problem = "is neither text nor a boolean".to_owned();
                Err(ArgError { field, place: Place::Body, problem })
            }
        }
    }

    /// A field of a form that can be there any number of times.
    ///
    /// # Errors
    ///
    /// If one of them is not a `T`.
    pub fn repeated<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<Vec<T>, ArgError> {
        let values = match self.optional(field)? {
            None => Vec::new(),
            Some(Value::Array(values)) => values,
            Some(one) => vec![one],
        };
        values.into_iter().map(|value| read(field, Place::Body, value)).collect()
    }

    /// A key of the body that changes something, or leaves it alone when it is missing or null.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    pub fn patch<T: DeserializeOwned>(
        &mut self,
        field: &'static str,
    ) -> Result<mm_types::Patch<T>, ArgError> {
        Ok(self.optional(field)?.map_or(mm_types::Patch::Leave, mm_types::Patch::Set))
    }

    /// The whole body.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    pub fn whole_body<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<T, ArgError> {
        let value = if self.by_name {
            self.body.as_object_mut().and_then(|body| body.remove(field)).unwrap_or_default()
        } else {
            self.body.take()
        };
        read(field, Place::WholeBody, value)
    }

    /// The files of a form under one name.
    #[must_use]
    pub fn parts(&mut self, field: &'static str) -> Vec<Part> {
        let (taken, kept) = std::mem::take(&mut self.parts).into_iter().partition(|(name, _)| name == field);
        self.parts = kept;
        let taken: Vec<(String, Part)> = taken;
        taken.into_iter().map(|(_, part)| part).collect()
    }

    /// The one file of a form under a name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn part(&mut self, field: &'static str) -> Result<Part, ArgError> {
        self.parts(field).into_iter().next().ok_or_else(|| missing(field, Place::Body))
    }
}

/// The plain spelling of a truth value, if this is another one that Go understands.
fn go_bool(text: &str) -> Option<&'static str> {
    match text {
        "1" | "t" | "T" | "TRUE" | "True" => Some("true"),
        "0" | "f" | "F" | "FALSE" | "False" => Some("false"),
        _ => None,
    }
}

fn missing(field: &'static str, place: Place) -> ArgError {
    ArgError { field, place, problem: "is missing".to_owned() }
}

fn read<T: DeserializeOwned>(field: &'static str, place: Place, value: Value) -> Result<T, ArgError> {
    serde_json::from_value(value).map_err(|error| ArgError { field, place, problem: error.to_string() })
}

/// The arguments in `path` if it is one of `template`.
fn match_path(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut arguments = Vec::new();
    let mut given = path.split('/');
    for part in template.split('/') {
        let segment = given.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => arguments.push((name, unescape(segment)?)),
            None if part == segment => {}
            _ => return None,
        }
    }
    given.next().is_none().then_some(arguments)
}

fn parse_form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let plain = |text: &str| unescape(&text.replace('+', " ")).unwrap_or_default();
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (plain(name), plain(value))
        })
        .collect()
}

/// A part is whatever JSON gives its content as: text, under a name of its own.
pub(crate) fn part_from_json(value: &Value) -> Option<Part> {
    let name = value.get("filename").and_then(Value::as_str).unwrap_or("file");
    let content = value.get("content").and_then(Value::as_str)?;
    Some(Part::new(name, content.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_arguments_back_unescaped() {
        let found = match_path("/users/{user_id}/posts/{name}", "/users/me/posts/%2B1");
        assert_eq!(found, Some(vec![("user_id", "me".to_owned()), ("name", "+1".to_owned())]));
        assert_eq!(match_path("/users/{user_id}", "/users/"), None);
        assert_eq!(match_path("/users/{user_id}", "/users/me/more"), None);
    }

    #[test]
    fn a_truth_value_in_a_query_may_be_spelt_as_other_languages_do() {
        let uri = http::Uri::from_static("/api/v4/users?active=True&inactive=0&page=1&sort=t");
        let read = <crate::api::users::GetUsers as Serve>::from_args;
        let users = read(&mut Args::of_uri(crate::api::users::GetUsers::INFO, &uri).unwrap()).unwrap();
        assert!(users.active && !users.inactive);
        assert_eq!((users.page, users.sort.as_ref().map(mm_types::UserSort::as_str)), (Some(1), Some("t")));
    }

    #[test]
    fn a_query_is_read_like_a_form() {
        assert_eq!(
            parse_form("a=1+2&b=%26"),
            [("a".to_owned(), "1 2".to_owned()), ("b".to_owned(), "&".to_owned())]
        );
    }
}
