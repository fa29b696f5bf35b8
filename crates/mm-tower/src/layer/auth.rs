use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use mm_core::types::Secret;
use mm_core::{Body, BoxError, Delivery, EndpointInfo, TransportError, TransportErrorKind, header};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::BaseUrl;
use crate::adapt::{ErrorFuture, copy, transport_error, unready};
use crate::session::{Credentials, Session, SessionError, TokenProvider, bearer};

/// Adds the session's token to requests for its server.
///
/// Requests of operations that take none ([`Auth::None`](mm_core::Auth::None)), requests to other
/// servers, and those with an `Authorization` of their own go through as they are.
///
/// When the server says that the session of a [`TokenProvider`]'s token has ended, the provider is told; if it then has
/// another token, the request is sent once more with that, whatever it is, as it was not carried out. A second refusal is
/// final, and so is the first one of a token that stays the same, or of a body that cannot be sent again. Cookies of the
/// server are none of this layer's business: a client that sent one would be taken for a browser.
///
/// Belongs inside of [`RetryLayer`](super::RetryLayer): outside of it a second try would carry the
/// token of the first, renewed or not.
///
/// In a client: [`token`](crate::ClientBuilder::token), [`login`](crate::ClientBuilder::login),
/// [`token_provider`](crate::ClientBuilder::token_provider) or [`session`](crate::ClientBuilder::session) say where tokens come
/// from; without any of them calls carry none until [`Client::log_in`](crate::Client::log_in). To replace it, let a layer of your
/// own set the `Authorization` header with [`layer`](crate::ClientBuilder::layer). Alone:
///
/// ```
/// use mm_mock::Town;
/// use mm_tower::core::{Body, BoxError};
/// use mm_tower::layer::AuthLayer;
/// use mm_tower::{BaseUrl, Session};
/// use tower::{ServiceBuilder, ServiceExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let town = Town::new();
/// let base: BaseUrl = "https://chat.example.com".parse()?;
/// let session = Session::with_token(town.alice.token.clone());
/// let service = ServiceBuilder::new().layer(AuthLayer::new(session, base)).service(town.fake.clone());
/// let request = http::Request::get("https://chat.example.com/api/v4/users/me").body(Body::empty())?;
/// assert_eq!(service.oneshot(request).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AuthLayer {
    session: Session,
    base: Arc<BaseUrl>,
}

impl AuthLayer {
    /// For a session on this server.
    #[must_use]
    pub fn new(session: Session, base: BaseUrl) -> Self {
        Self { session, base: Arc::new(base) }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;

    fn layer(&self, inner: S) -> Auth<S> {
        Auth { inner, session: self.session.clone(), base: Arc::clone(&self.base) }
    }
}

/// The service that [`AuthLayer`] makes.
#[derive(Debug, Clone)]
pub struct Auth<S> {
    inner: S,
    session: Session,
    base: Arc<BaseUrl>,
}

impl<S> Auth<S> {
    fn credentials<R>(&self, request: &Request<R>) -> Result<Credentials, SessionError> {
        let need = EndpointInfo::of(request).map_or(mm_core::Auth::Session, |info| info.auth);
        let is_foreign = !self.base.is_origin_of(request.uri());
        let has_own = header::get(request.headers(), AUTHORIZATION).is_some();
        if matches!(need, mm_core::Auth::None) || is_foreign || has_own {
            return Ok(Credentials::None);
        }
        match self.session.credentials() {
            Err(SessionError::LoggedOut) if matches!(need, mm_core::Auth::Optional) => Ok(Credentials::None),
            credentials => credentials,
        }
    }
}

impl<S, R, B> Service<Request<R>> for Auth<S>
where
    S: Service<Request<R>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    R: Send + 'static,
    B: Send + 'static,
{
    type Response = Response<B>;
    type Error = TransportError;
    type Future = AuthFuture<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(cx).map_err(unready)
    }

    fn call(&mut self, mut request: Request<R>) -> Self::Future {
        let credentials = match self.credentials(&request) {
            Ok(credentials) => credentials,
            Err(error) => return AuthFuture::direct(ErrorFuture::failed(held_back(error.into()))),
        };
        match credentials {
            Credentials::None => AuthFuture::direct(ErrorFuture::call(self.inner.call(request))),
            Credentials::Header(token) => {
                header::set(request.headers_mut(), AUTHORIZATION, token);
                AuthFuture::direct(ErrorFuture::call(self.inner.call(request)))
            }
            Credentials::Ask(provider) => {
                // The clone is not ready yet, the service itself is.
                let unready = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, unready);
                AuthFuture { state: State::Asking { future: with_provider(ready, request, provider) } }
            }
        }
    }
}

/// In a box of its own, which calls with a token that stays the same do without.
#[inline(never)]
fn with_provider<S, R, B>(
    mut service: S,
    mut request: Request<R>,
    provider: Arc<dyn TokenProvider>,
) -> BoxFuture<B>
where
    S: Service<Request<R>, Response = Response<B>> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    R: Send + 'static,
    B: Send + 'static,
{
    Box::pin(async move {
        let token = provider.token().await.map_err(held_back)?;
        let mut spare = copy(&request);
        header::set(request.headers_mut(), AUTHORIZATION, bearer_of(&token)?);
        let response = service.call(request).await.map_err(transport_error)?;
        if !is_token_refused(&response) {
            return Ok(response);
        }
        #[cfg(feature = "tracing")]
        super::trace::renews();
        provider.refused(&token).await;
        let Some(mut request) = spare.take() else {
            return Ok(response);
        };
        let other = provider.token().await.map_err(held_back)?;
        if other == token {
            return Ok(response);
        }
        header::set(request.headers_mut(), AUTHORIZATION, bearer_of(&other)?);
        poll_fn(|cx| service.poll_ready(cx)).await.map_err(unready)?;
        // If this one is refused too, another would be as well.
        service.call(request).await.map_err(transport_error)
    })
}

fn bearer_of(token: &Secret) -> Result<HeaderValue, TransportError> {
    bearer(token).ok_or_else(|| held_back(SessionError::UnusableToken.into()))
}

/// Whether a 401 is about the token, as far as its body is at hand to tell. Some are about a plugin's own rules.
fn is_token_refused<B: 'static>(response: &Response<B>) -> bool {
    const ID: &[u8] = b"\"api.context.session_expired.app_error\"";
    let body = (response.body() as &dyn Any).downcast_ref::<Body>().and_then(Body::as_bytes);
    response.status() == StatusCode::UNAUTHORIZED
        && body.is_none_or(|body| body.windows(ID.len()).any(|window| window == ID))
}

/// A provider's own trouble with the network is one that a retry can mend; anything else is for the caller.
fn held_back(error: BoxError) -> TransportError {
    let kind = error.downcast_ref().map_or(TransportErrorKind::Local, TransportError::kind);
    TransportError::new(kind, Delivery::NotSent).with_source(error)
}

type BoxFuture<B> = Pin<Box<dyn Future<Output = Result<Response<B>, TransportError>> + Send>>;

pin_project! {
    /// The answer to come of [`Auth`].
    #[must_use = "futures do nothing unless polled"]
    pub struct AuthFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Direct { #[pin] future: ErrorFuture<F> },
        Asking { future: BoxFuture<B> },
    }
}

impl<F, B> AuthFuture<F, B> {
    fn direct(future: ErrorFuture<F>) -> Self {
        Self { state: State::Direct { future } }
    }
}

impl<F, B> fmt::Debug for AuthFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthFuture")
    }
}

impl<F, B, E> Future for AuthFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<B>, TransportError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Direct { future } => future.poll(cx),
            StateProjection::Asking { future } => future.as_mut().poll(cx),
        }
    }
}
