//! From a method and a path to a handler.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, Uri};
use mm_core::{Body, BodyKind, EndpointInfo, Output, Serve};
use mm_types::UserId;

use crate::answer::{Answer, encode};
use crate::{Caller, Failure, World, request};

type Handler = dyn Fn(&mut World, &Caller, Call<'_>) -> Result<Response<Body>, Failure> + Send + Sync;

/// A request whose operation is known.
pub(crate) struct Call<'a> {
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    /// See [`Route::body`].
    pub(crate) body_name: Option<&'static str>,
    /// See [`Route::or_empty`].
    pub(crate) or_empty: &'static [&'static str],
    /// See [`Route::as_body`].
    pub(crate) as_body: &'static [&'static str],
    /// See [`Route::or_json`].
    pub(crate) or_json: &'static [(&'static str, &'static str)],
    /// See [`Route::repeats`].
    pub(crate) repeats: Option<(&'static str, &'static str, &'static str)>,
    /// See [`Route::unreadable`].
    pub(crate) unreadable: Option<fn(&Caller) -> Failure>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(uri: &'a Uri, headers: &'a HeaderMap, body: &'a Bytes) -> Self {
        Self {
            uri,
            headers,
            body,
            body_name: None,
            or_empty: &[],
            as_body: &[],
            or_json: &[],
            repeats: None,
            unreadable: None,
        }
    }
}

/// An operation and what answers it.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) info: &'static EndpointInfo,
    pub(crate) body_name: Option<&'static str>,
    or_empty: &'static [&'static str],
    as_body: &'static [&'static str],
    or_json: &'static [(&'static str, &'static str)],
    repeats: Option<(&'static str, &'static str, &'static str)>,
    takes_files: bool,
    first: Option<Guard>,
    unreadable: Option<fn(&Caller) -> Failure>,
    handler: Option<Arc<Handler>>,
}

/// What is looked at before the arguments are read; the id is that of the user in the path.
type Guard = fn(&World, &Caller, UserId) -> Result<(), Failure>;

impl Route {
    fn new(info: &'static EndpointInfo, handler: Option<Arc<Handler>>) -> Self {
        Self {
            info,
            body_name: None,
            or_empty: &[],
            as_body: &[],
            or_json: &[],
            repeats: None,
            takes_files: false,
            first: None,
            unreadable: None,
            handler,
        }
    }

    /// What the server calls the body as a whole in `invalid_body_param`.
    pub(crate) fn body(&mut self, name: &'static str) -> &mut Self {
        self.body_name = Some(name);
        self
    }

    /// Keys of the body that are the empty text when they are missing, so that the handler decides
    /// what that means.
    pub(crate) fn or_empty(&mut self, keys: &'static [&'static str]) -> &mut Self {
        self.or_empty = keys;
        self
    }

    /// Query parameters that the server calls parts of the body when it cannot read them, as it does now
    /// and then.
    pub(crate) fn as_body(&mut self, parameters: &'static [&'static str]) -> &mut Self {
        self.as_body = parameters;
        self
    }

    /// Keys of the body that are this JSON when they are missing.
    pub(crate) fn or_json(&mut self, keys: &'static [(&'static str, &'static str)]) -> &mut Self {
        self.or_json = keys;
        self
    }

    /// A key of the body that has to say the same as an argument of the path, and what the refusal calls it.
    pub(crate) fn repeats(
        &mut self,
        key: &'static str,
        argument: &'static str,
        name: &'static str,
    ) -> &mut Self {
        self.repeats = Some((key, argument, name));
        self
    }

    /// The body may be as large as a file. Forms may be anyway.
    pub(crate) fn takes_files(&mut self) -> &mut Self {
        self.takes_files = true;
        self
    }

    /// What the server looks at before it reads the arguments, so that somebody who may not do it is not
    /// told what is wrong with them. The id is that of the user in the path, else empty.
    pub(crate) fn first(&mut self, guard: Guard) -> &mut Self {
        self.first = Some(guard);
        self
    }

    /// The refusal of arguments that cannot be read, in the place of the one that names them.
    pub(crate) fn unreadable(&mut self, refusal: fn(&Caller) -> Failure) -> &mut Self {
        self.unreadable = Some(refusal);
        self
    }

    pub(crate) fn is_for_files(&self) -> bool {
        self.takes_files || self.info.body == BodyKind::Multipart
    }

    /// Runs the handler; 501 if there is none.
    pub(crate) fn run(
        &self,
        world: &mut World,
        caller: &Caller,
        call: Call<'_>,
    ) -> Result<Response<Body>, Failure> {
        match &self.handler {
            Some(handler) => {
                if let Some(guard) = self.first {
                    guard(world, caller, user_in(self.info, call.uri))?;
                }
                let call = Call {
                    body_name: self.body_name,
                    or_empty: self.or_empty,
                    as_body: self.as_body,
                    or_json: self.or_json,
                    repeats: self.repeats,
                    unreadable: self.unreadable,
                    ..call
                };
                handler(world, caller, call)
            }
            None => {
                let name = self.info.operation;
                let message = format!("The fake server does not know {name} yet; script an answer for it.");
                Err(Failure::new(501, "mm_mock.not_implemented", message))
            }
        }
    }
}

/// All operations by method and path.
pub(crate) struct Routes {
    /// By method and number of segments; the ones with constant segments first.
    by_shape: HashMap<(Method, usize), Vec<Route>>,
}

/// Which operation a request is.
#[derive(Clone)]
pub(crate) enum Found {
    Route(Route),
    Unknown,
}

impl Routes {
    /// Every operation that is known by name, none of them with a handler.
    pub(crate) fn new() -> Self {
        let mut routes = Self { by_shape: HashMap::new() };
        // What only older servers have does not exist.
        for operation in mm_core::registry().filter(|known| known.info.until.is_none()) {
            routes.insert(Route::new(operation.info, None));
        }
        routes
    }

    /// Answers an operation from now on.
    pub(crate) fn on<E, R, F>(&mut self, rule: F) -> &mut Route
    where
        E: Serve,
        R: Into<Answer<Output<E>>>,
        F: Fn(&mut World, &Caller, E) -> Result<R, Failure> + Send + Sync + 'static,
    {
        let info = E::INFO;
        let handler = move |world: &mut World, caller: &Caller, call: Call<'_>| {
            let op = read::<E>(&call)
                .map_err(|failure| call.unreadable.map_or(failure, |refusal| refusal(caller)))?;
            let answer = rule(world, caller, op)?.into();
            encode::<E::Codec>(answer, info.status)
                .map_err(|error| Failure::new(500, "mm_mock.unwritable", error.to_string()))
        };
        self.insert(Route::new(info, Some(Arc::new(handler))))
    }

    fn insert(&mut self, route: Route) -> &mut Route {
        let info = route.info;
        let shape = (info.method.clone(), info.path.split('/').count());
        let routes = self.by_shape.entry(shape).or_default();
        let at = match routes.iter().position(|other| other.info.path == info.path) {
            Some(at) => {
                routes[at] = route;
                at
            }
            None => {
                let at = routes.partition_point(|other| order(other.info.path) <= order(info.path));
                routes.insert(at, route);
                at
            }
        };
        &mut routes[at]
    }

    /// Gives an operation a path of its own, if it has none yet.
    pub(crate) fn know(&mut self, info: &'static EndpointInfo) {
        let mut routes = self.by_shape.values().flatten();
        if !routes.any(|route| route.info.method == info.method && route.info.path == info.path) {
            self.insert(Route::new(info, None));
        }
    }

    /// Whether an operation has a handler.
    #[cfg(test)]
    pub(crate) fn handles(&self, operation: &str) -> bool {
        let mut routes = self.by_shape.values().flatten();
        routes.any(|route| route.info.operation == operation && route.handler.is_some())
    }

    /// The operation of a request.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        if *method == Method::HEAD {
            // Only files have a head without a body.
            return match self.find(&Method::GET, path) {
                Found::Route(route) if route.info.operation == "GetFile" => Found::Route(route),
                _ => Found::Unknown,
            };
        }
        let shape = (method.clone(), path.split('/').count());
        let mut routes = self.by_shape.get(&shape).into_iter().flatten();
        routes.find(|route| fits(route.info.path, path)).cloned().map_or(Found::Unknown, Found::Route)
    }
}

/// Reads an operation from its request.
pub(crate) fn read<E: Serve>(call: &Call<'_>) -> Result<E, Failure> {
    let mut args = request::args(E::INFO, call)?;
    E::from_args(&mut args).map_err(|error| request::refused(&error, call))
}

/// The user, or bot, that a path names.
fn user_in(info: &EndpointInfo, uri: &Uri) -> UserId {
    let mut arguments = request::arguments(info.path, uri.path());
    let found = arguments.find(|(name, _)| name.ends_with("user_id"));
    found.and_then(|(_, given)| given.parse().ok()).unwrap_or_default()
}

/// Templates in the order they are tried: where one has a constant segment and the other an argument,
/// the constant first.
fn order(template: &str) -> Vec<bool> {
    template.split('/').map(|segment| segment.starts_with('{')).collect()
}

/// Whether a path is one of a template. Both have the same number of segments.
fn fits(template: &str, path: &str) -> bool {
    template.split('/').zip(path.split('/')).all(|(part, given)| {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => part == given,
            // What is no letter and no digit makes the path one that does not exist.
            Some(name) if request::is_id(name) => {
                !given.is_empty() && given.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
            Some(_) => !given.is_empty(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: Method, path: &str) -> Option<&'static str> {
        match Routes::new().find(&method, path) {
            Found::Route(route) => Some(route.info.operation),
            Found::Unknown => None,
        }
    }

    #[test]
    fn a_constant_segment_wins_over_an_argument() {
        assert!(order("/users/ids") < order("/users/{user_id}"));
        assert!(order("/a/{b}/c") < order("/a/{b}/{c}"));
    }

    #[test]
    fn a_request_is_found_by_method_and_path() {
        assert_eq!(found(Method::GET, "/api/v4/users/me"), Some("GetUser"));
        assert_eq!(found(Method::GET, "/api/v4/users"), Some("GetUsers"));
        assert_eq!(found(Method::PATCH, "/api/v4/users/me"), None);
        assert_eq!(found(Method::HEAD, "/api/v4/users/me"), None);
        assert_eq!(found(Method::HEAD, "/api/v4/files/abc"), Some("GetFile"));
        assert_eq!(found(Method::GET, "/api/v4/users/a-b"), None, "an id has letters and digits alone");
        assert_eq!(found(Method::GET, "/api/v4/users/"), None);
    }
}
