//! What an operation is: a value with a description, a request and an answer.

use std::fmt;
use std::time::Duration;

use http::Method;
use mm_types::UserId;
use serde::Serializer;
use serde::ser::SerializeMap as _;

use crate::codec::Codec;
use crate::deduplicate::{Named, Sender};
use crate::encode::{self, FieldError, Target};
use crate::multipart::Form;
use crate::{Body, DecodeError, EncodeError, ServerVersion};

/// An operation of the Mattermost API as a plain value.
///
/// Derive it; the operations under [`api`](crate::api) are examples. Everything a client needs is
/// [`to_request`](Self::to_request) and [`decode`](Self::decode), which need neither I/O nor a clock.
///
/// ```
/// use mm_core::api::users::GetUser;
/// use mm_core::{Body, Endpoint};
///
/// let request = GetUser::me().to_request()?;
/// assert_eq!(request.uri(), "/api/v4/users/me");
///
/// let answer = http::Response::new(Body::from(r#"{"id": "yhwnfy5nzbn9jd5e9wtq7hmjpc", "username": "alice"}"#));
/// assert_eq!(GetUser::decode(answer)?.username, "alice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// An operation of your own, such as a plugin's:
///
/// ```
/// use mm_core::{Endpoint, types::StatusOk};
///
/// /// Starts a poll.
/// #[derive(Debug, Clone, Endpoint)]
/// #[endpoint(POST, "/plugins/poll/api/v1/polls/{name}", response = StatusOk)]
/// pub struct StartPoll {
///     /// Name of the poll.
///     pub name: String,
///     /// What can be chosen.
///     pub options: Vec<String>,
///     /// Closing time.
///     pub until: Option<mm_core::types::Timestamp>,
/// }
///
/// let request = StartPoll::new("lunch", ["soup", "rice"]).to_request()?;
/// assert_eq!(request.uri(), "/plugins/poll/api/v1/polls/lunch");
/// assert_eq!(request.body().as_bytes(), Some(br#"{"options":["soup","rice"]}"# as &[u8]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Endpoint: Sized + Send + Sync + 'static {
    /// How the answer is read.
    type Codec: Codec;

    /// The description, which also travels in the request's extensions.
    const INFO: &'static EndpointInfo;

    /// Writes path arguments and query.
    #[doc(hidden)]
    fn write_target(&self, target: &mut Target) -> Result<(), FieldError>;

    /// Writes the JSON body. Called only if [`EndpointInfo::body`] says so.
    #[doc(hidden)]
    fn serialize_body<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }

    /// The form. Called only if [`EndpointInfo::body`] says so.
    #[doc(hidden)]
    fn form(&self) -> Result<Form, FieldError> {
        Ok(Form::new())
    }

    /// Lets the server recognise repetitions: gives the operation a name, if it is one of those that can have
    /// one ([`Deduplicated`](crate::Deduplicated)) and has none yet. Clients do that once a call.
    fn make_repeatable(&mut self, _: impl FnOnce() -> Sender) {}

    #[doc(hidden)]
    fn is_named(&self) -> bool {
        false
    }

    /// Whose earlier request the server took this one for: see [`Deduplicated`](crate::Deduplicated).
    #[doc(hidden)]
    #[must_use]
    fn answered_before(_: &[u8]) -> Option<UserId> {
        None
    }

    /// The request, its URI relative to the server's root: `/api/v4/…`.
    ///
    /// # Errors
    ///
    /// Names the field that cannot be sent.
    fn to_request(&self) -> Result<http::Request<Body>, EncodeError> {
        encode::request(self)
    }

    /// Reads an answer of status 2xx. Its body must be in memory, unless the answer is a download.
    ///
    /// # Errors
    ///
    /// Says where and why the answer is not what it should be.
    fn decode(response: http::Response<Body>) -> Result<Output<Self>, DecodeError> {
        Self::Codec::decode(response).map_err(|unreadable| unreadable.of(Self::INFO))
    }
}

/// What an operation answers.
pub type Output<E> = <<E as Endpoint>::Codec as Codec>::Output;

/// The description of an operation: what layers, fakes and tools need to know without knowing its type.
///
/// A request made by [`Endpoint::to_request`] carries `&'static EndpointInfo` in its extensions.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointInfo {
    /// The operation's name, as in the API reference and as our type: `GetUser`.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the server's root, arguments in braces: `/api/v4/users/{user_id}`.
    pub path: &'static str,
    /// Path, query and body fields, in the order of the struct.
    pub fields: &'static [FieldInfo],
    /// How the body is encoded.
    pub body: BodyKind,
    /// The status of success. Any other 2xx is taken for a success too.
    pub status: u16,
    /// What the answer is.
    pub response: ResponseKind,
    /// Whether a token is needed.
    pub auth: Auth,
    /// What may happen when the request is sent twice.
    pub retry: Retry,
    /// How the list goes on, if the answer is a page of one.
    pub paging: Paging,
    /// Whether answers carry an `ETag` and `If-None-Match` is understood.
    pub etag: bool,
    /// The first server that has it, where that is known and later than 4.0.
    pub since: Option<&'static str>,
    /// The last server that had it, for operations that are gone.
    pub until: Option<&'static str>,
    /// The licence it needs, in words that go on after "a licence": `with SAML`.
    pub licence: Option<&'static str>,
    /// Served on the local-mode unix socket alone.
    pub local_only: bool,
    /// What to tell a caller when nobody knows whether it was carried out, if there is a way to find out.
    pub in_doubt: Option<&'static str>,
}

/// One argument of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldInfo {
    /// Its name on the wire.
    pub name: &'static str,
    /// Where it goes.
    pub place: Place,
    /// Whether the server refuses the request without it.
    pub required: bool,
}

impl FieldInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, place: Place, required: bool) -> Self {
        Self { name, place, required }
    }
}

/// Where an argument goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A key of the body: of the JSON object, or a part of the form.
    Body,
    /// The whole body.
    WholeBody,
}

/// How a request's body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyKind {
    /// No body.
    Empty,
    /// `application/json`.
    Json,
    /// `multipart/form-data`.
    Multipart,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
}

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseKind {
    /// A JSON document.
    Json,
    /// `{"status": "OK"}`.
    StatusOk,
    /// Nothing worth reading.
    Empty,
    /// Plain text.
    Text,
    /// Bytes, handed over while they arrive.
    Stream,
    /// A redirect whose target is the answer.
    Redirect,
}

/// Whether an operation needs a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// It answers 401 without one.
    Session,
    /// It works without, and looks at one that is sent.
    Optional,
    /// None is sent.
    None,
}

/// What may happen when a request reaches the server twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Nothing else than once. Reads, and writes that say what shall be.
    Idempotent,
    /// The server recognises the second one within a time window (`pending_post_id`).
    Deduplicated,
    /// It may be done twice, so it is repeated only if the first one cannot have arrived.
    Once,
    /// It is not repeated at all: whoever sends it looks after that.
    Never,
}

impl Retry {
    /// What may happen when this request is sent twice: what its operation says, else what its method says.
    ///
    /// An operation that the server recognises by a name is [`Once`](Self::Once) without a name.
    #[must_use]
    pub fn of<B>(request: &http::Request<B>) -> Self {
        match EndpointInfo::of(request) {
            Some(info) => match info.retry {
                Self::Deduplicated if request.extensions().get::<Named>().is_none() => Self::Once,
                class => class,
            },
            None => Self::of_method(request.method()),
        }
    }

    /// For how long the server recognises a repetition: 30 s from when it saw the first request, and again from when it
    /// was done with it. A server that restarts forgets, and so do several that share no cache.
    #[must_use]
    pub const fn window(self) -> Option<Duration> {
        match self {
            Self::Deduplicated => Some(Duration::from_secs(30)),
            _ => None,
        }
    }

    const fn of_method(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE => Self::Idempotent,
            _ => Self::Once,
        }
    }
}

/// How a list goes on after the page that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// The answer is all there is.
    None,
    /// By `page` (from 0) and `per_page` (at most 200).
    Number,
    /// One page after the other: how to ask for the next one is known only from the answer.
    Cursor,
}

impl EndpointInfo {
    /// A description with the defaults of the method: a session is needed, everything but POST is
    /// idempotent, the answer is JSON with status 200.
    #[must_use]
    pub const fn new(operation: &'static str, method: Method, path: &'static str) -> Self {
        let retry = match method {
            Method::POST | Method::PATCH => Retry::Once,
            _ => Retry::Idempotent,
        };
        Self {
            operation,
            method,
            path,
            fields: &[],
            body: BodyKind::Empty,
            status: 200,
            response: ResponseKind::Json,
            auth: Auth::Session,
            retry,
            paging: Paging::None,
            etag: false,
            since: None,
            until: None,
            licence: None,
            local_only: false,
            in_doubt: None,
        }
    }

    /// The field names of one place, in order.
    pub fn names(&self, place: Place) -> impl Iterator<Item = &'static str> + '_ {
        self.fields.iter().filter(move |field| field.place == place).map(|field| field.name)
    }

    /// Whether an answer of this status is a success: any 2xx, or a redirect where that is the answer.
    #[must_use]
    pub fn is_success(&self, status: http::StatusCode) -> bool {
        status.is_success() || (self.response == ResponseKind::Redirect && status.is_redirection())
    }

    /// Whether a server of this version has it, as far as [`since`](Self::since) and [`until`](Self::until) tell.
    #[must_use]
    pub fn is_in(&self, server: ServerVersion) -> bool {
        let is_gone = self.until.and_then(ServerVersion::parse).is_some_and(|until| server.is_after(until));
        !self.is_newer_than(server) && !is_gone
    }

    pub(crate) fn is_newer_than(&self, server: ServerVersion) -> bool {
        self.since.and_then(ServerVersion::parse).is_some_and(|since| server < since)
    }

    /// The description of the operation that a request was made from, if it was made from one.
    #[must_use]
    pub fn of<B>(request: &http::Request<B>) -> Option<&'static Self> {
        Self::noted(request.extensions())
    }

    // Most layers ask, and each with a copy of the look-up would be more than a cold cache takes in one go.
    #[inline(never)]
    fn noted(extensions: &http::Extensions) -> Option<&'static Self> {
        extensions.get::<&'static Self>().copied()
    }
}

macro_rules! with {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $field:ident;)*) => {
        impl EndpointInfo {
            $(
                $(#[$doc])*
                #[doc(hidden)]
                #[must_use]
                pub const fn $name(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

with! {
    with_fields: &'static [FieldInfo] = fields;
    with_body: BodyKind = body;
    with_status: u16 = status;
    with_response: ResponseKind = response;
    with_auth: Auth = auth;
    with_retry: Retry = retry;
    with_paging: Paging = paging;
    with_etag: bool = etag;
    with_since: Option<&'static str> = since;
    with_until: Option<&'static str> = until;
    with_licence: Option<&'static str> = licence;
    with_local_only: bool = local_only;
    with_in_doubt: Option<&'static str> = in_doubt;
}

impl fmt::Debug for EndpointInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointInfo({}: {} {})", self.operation, self.method, self.path)
    }
}
