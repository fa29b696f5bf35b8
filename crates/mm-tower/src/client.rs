//! The client: operations in, values out.

mod builder;
mod foreign;
mod login;
mod repeat;
mod session;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};

use http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response};
use mm_core::types::UserId;
use mm_core::{
    AnswersJson, ApiError, Body, Codec, Delivery, Endpoint, EndpointInfo, Error, Meta, Output, Paged,
    PagedRows, ServerVersion, TransportError, TransportErrorKind, header,
};
use serde::de::DeserializeOwned;

pub use builder::{ClientBuilder, SettingError};

use crate::adapt::{BoxFuture, BoxTransport};
use crate::{BaseUrl, BaseUrlError, PageStream, Session};

/// Sends operations to one server, as one user.
///
/// Cheap to clone; clones share session and connections.
///
/// ```
/// use mm_mock::FakeServer;
/// use mm_tower::api::users::GetUser;
/// use mm_tower::{Client, ErrorKind};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://chat.example.com")?.token("not a token").build(FakeServer::new());
/// let error = client.send(GetUser::me()).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Api);
/// assert!(error.to_string().contains("log in again or check the token"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    stack: BoxTransport,
    session: Session,
    base: BaseUrl,
    greeting: Greeting,
    /// Held by a login, so that two of them do not leave a forgotten session behind.
    login: tokio::sync::Mutex<()>,
    /// What the server said first, because it does not say it where it does not know a path.
    version: OnceLock<ServerVersion>,
}

/// A value, and what its answer said beside it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The value.
    pub value: T,
    /// Status, headers, request id, server version, limits.
    pub meta: Meta,
}

impl Client {
    /// A client for the server at `base`, its subpath included.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the URL.
    pub fn builder<U>(base: U) -> Result<ClientBuilder, BaseUrlError>
    where
        U: TryInto<BaseUrl>,
        U::Error: Into<BaseUrlError>,
    {
        Ok(ClientBuilder::new(base.try_into().map_err(Into::into)?))
    }

    /// Sends an operation and reads its answer.
    ///
    /// # Errors
    ///
    /// See [`Error`]: its [kind](Error::kind) says what can be done.
    pub fn send<E: Endpoint>(&self, operation: E) -> impl Future<Output = Result<Output<E>, Error>> + Send {
        self.call(operation, |response| Ok(E::decode(response)?))
    }

    /// Sends an operation and reads its answer into a type of your own, which may have only the fields you
    /// need.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_as<T>(&self, operation: impl AnswersJson) -> impl Future<Output = Result<T, Error>> + Send
    where
        T: DeserializeOwned + Send + 'static,
    {
        self.read_as(operation)
    }

    pub(crate) fn read_as<E, T>(&self, operation: E) -> impl Future<Output = Result<T, Error>> + Send
    where
        E: AnswersJson,
        T: DeserializeOwned + Send + 'static,
    {
        self.call(operation, |response| Ok(E::decode_as(response)?))
    }

    /// Sends an operation and reads its answer, status and headers included.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_with_meta<E: Endpoint>(
        &self,
        operation: E,
    ) -> impl Future<Output = Result<Answer<Output<E>>, Error>> + Send {
        self.call(operation, |response| {
            let (mut head, body) = response.into_parts();
            mm_core::mark_secrets(&mut head.headers);
            let meta = Meta::new(&head);
            Ok(Answer { value: E::decode(Response::from_parts(head, body))?, meta })
        })
    }

    /// Sends an operation and hands over the answer as it is, be it a success or not.
    ///
    /// # Errors
    ///
    /// If the operation cannot be sent or no answer comes.
    pub async fn send_raw<E: Endpoint>(&self, mut operation: E) -> Result<Response<Body>, Error> {
        operation.make_repeatable(|| self.sender());
        self.answer(E::INFO, operation.to_request()?).await
    }

    /// Sends a request, such as one of the [registry](mm_core::registry) or of your own making, and hands
    /// over the answer as it is. A relative URI leads to this client's server; any other server is refused.
    ///
    /// # Errors
    ///
    /// If no answer comes.
    pub async fn send_request(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        // Nothing is known of it, not even whether it may be sent twice.
        static ANY: EndpointInfo = EndpointInfo::new("request", Method::POST, "");
        let info = EndpointInfo::of(&request).unwrap_or(&ANY);
        self.answer(info, request).await
    }

    /// The rows of a list, whatever the number of pages; see [`PageStream`].
    pub fn stream<E: Paged>(&self, operation: E) -> PageStream<E::Item> {
        PageStream::new(self.clone(), operation)
    }

    /// The rows of a list, read into a type of your own.
    pub fn stream_as<T>(&self, operation: impl PagedRows) -> PageStream<T>
    where
        T: DeserializeOwned + Send + 'static,
    {
        PageStream::new_as(self.clone(), operation)
    }

    /// Where the server is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.0.base
    }

    /// Who the client is to the server.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// The own id, if it is known: after a login, or after [`me`](Self::me).
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        self.0.session.user_id()
    }

    /// Sends an operation and reads its answer, if it is a success and the answer to this call.
    ///
    /// It is written as a request before the future is made, so that the operation, which may be large, is not part of it.
    fn call<E: Endpoint, T>(
        &self,
        mut operation: E,
        read: fn(Response<Body>) -> Result<T, Error>,
    ) -> impl Future<Output = Result<T, Error>> + Send {
        let has_name = operation.is_named();
        operation.make_repeatable(|| self.sender());
        // Callers move the future about, so it holds nothing large.
        let request = operation.to_request().map(Box::new);
        async move {
            let answer = self.start(request?).await;
            let mut response = answer.map_err(|error| failure(E::INFO, error))?;
            self.note(&mut response);
            if !E::Codec::is_success(response.status()) {
                mm_core::mark_secrets(response.headers_mut());
                return Err(refusal(E::INFO, response));
            }
            // Nobody else has a name that was made here, so only one of the caller's choice is worth reading the answer for.
            if has_name && let Some(author) = response.body().as_bytes().and_then(E::answered_before) {
                response = self.written_by_me(E::INFO, author, response).await?;
            }
            read(response)
        }
    }

    fn start(&self, mut request: Box<Request<Body>>) -> BoxFuture {
        self.0.greeting.add_to(&mut request);
        self.0.stack.send(*request)
    }

    /// What the client makes of every answer.
    fn note(&self, response: &mut Response<Body>) {
        match self.0.version.get() {
            None => {
                if let Some(version) = ServerVersion::read(response.headers()) {
                    self.0.version.get_or_init(|| version);
                }
            }
            Some(version) if response.status().is_client_error() => {
                response.extensions_mut().insert(*version);
            }
            Some(_) => {}
        }
    }

    async fn answer(&self, info: &EndpointInfo, request: Request<Body>) -> Result<Response<Body>, Error> {
        let mut response = self.start(Box::new(request)).await.map_err(|error| failure(info, error))?;
        self.note(&mut response);
        mm_core::mark_secrets(response.headers_mut());
        Ok(response)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.0.base)
            .field("session", &self.0.session)
            .finish_non_exhaustive()
    }
}

/// What every request says about the client.
#[derive(Clone)]
struct Greeting {
    user_agent: HeaderValue,
    accept_language: Option<HeaderValue>,
}

impl Greeting {
    fn add_to(&self, request: &mut Request<Body>) {
        let headers = request.headers_mut();
        if header::get(headers, USER_AGENT).is_none() {
            header::set(headers, USER_AGENT, self.user_agent.clone());
        }
        if let Some(languages) = &self.accept_language {
            headers.entry(ACCEPT_LANGUAGE).or_insert_with(|| languages.clone());
        }
    }
}

/// The error that an answer is.
#[cold]
fn refusal(info: &'static EndpointInfo, response: Response<Body>) -> Error {
    let (head, body) = response.into_parts();
    // Collected by the stack, unless somebody's layer made a stream of it again.
    ApiError::read(info, head, body.into_bytes().unwrap_or_default()).into()
}

#[cold]
fn failure(info: &EndpointInfo, error: TransportError) -> Error {
    if error.kind() != TransportErrorKind::Local || matches!(error.delivery(), Delivery::MaybeSent) {
        return Error::transport(info, error);
    }
    match error.into_source().map(|source| source.downcast::<Error>()) {
        // A login that was part of the call.
        Some(Ok(error)) => *error,
        Some(Err(source)) => Error::local(info.operation, source),
        None => Error::local(info.operation, "the client held it back"),
    }
}

#[cfg(test)]
mod tests;
