use std::sync::OnceLock;

use async_trait::async_trait;
use mm_core::api::users::Login;
use mm_core::codec::Unreadable;
use mm_core::types::{Secret, User, UserId};
use mm_core::{ApiError, Body, BoxError, Endpoint, Error};
use tokio::sync::Mutex;
use tower_service::Service as _;

use super::{Greeting, refusal};
use crate::TokenProvider;
use crate::adapt::BoxTransport;

/// Logs in when the first token is asked for, and again after a token was refused.
pub(super) struct LazyLogin {
    login: Login,
    /// The stack below the layer that asks for tokens.
    transport: BoxTransport,
    greeting: Greeting,
    /// Held while a login is under way: all who need a token wait for the same one.
    state: Mutex<State>,
    user_id: OnceLock<UserId>,
}

enum State {
    LoggedOut,
    LoggedIn(Secret),
    Refused(Box<ApiError>),
}

impl LazyLogin {
    pub(super) fn new(login: Login, transport: BoxTransport, greeting: Greeting) -> Self {
        let (state, user_id) = (Mutex::new(State::LoggedOut), OnceLock::new());
        Self { login, transport, greeting, state, user_id }
    }

    async fn log_in(&self) -> Result<Secret, BoxError> {
        let mut request = self.login.to_request()?;
        self.greeting.add_to(&mut request);
        // An error of the transport stays one, so that a retry can mend it.
        let response = self.transport.clone().call(request).await?;
        let (user, token) = read(response)?;
        // The account is the same at every login.
        self.user_id.get_or_init(|| user.id);
        Ok(token)
    }
}

#[async_trait]
impl TokenProvider for LazyLogin {
    async fn token(&self) -> Result<Secret, BoxError> {
        let mut state = self.state.lock().await;
        match &*state {
            State::LoggedIn(token) => return Ok(token.clone()),
            State::Refused(error) => return Err(Box::new(Error::from(ApiError::clone(error)))),
            State::LoggedOut => {}
        }
        let result = self.log_in().await;
        match &result {
            Ok(token) => *state = State::LoggedIn(token.clone()),
            Err(error) => {
                let refusal = error.downcast_ref().and_then(Error::api);
                if let Some(refusal) = refusal.filter(|refusal| refusal.status().is_client_error())
                    && refusal.status() != http::StatusCode::TOO_MANY_REQUESTS
                {
                    *state = State::Refused(Box::new(refusal.clone()));
                }
            }
        }
        result
    }

    async fn refused(&self, token: &Secret) {
        let mut state = self.state.lock().await;
        if matches!(&*state, State::LoggedIn(current) if current == token) {
            *state = State::LoggedOut;
        }
    }

    fn user_id(&self) -> Option<UserId> {
        self.user_id.get().copied()
    }
}

/// The user and the token of an answer to a login.
pub(super) fn read(response: http::Response<Body>) -> Result<(User, Secret), Error> {
    if !response.status().is_success() {
        return Err(refusal(Login::INFO, response));
    }
    let token = response.headers().get("token").and_then(|token| token.to_str().ok()).map(Secret::from);
    match token.filter(|token| !token.is_empty()) {
        Some(token) => Ok((Login::decode(response)?, token)),
        None => {
            let (head, _) = response.into_parts();
            let reason = "it has no `Token` header; does a proxy drop it?";
            Err(Unreadable::new(head, bytes::Bytes::new(), reason).of(Login::INFO).into())
        }
    }
}
