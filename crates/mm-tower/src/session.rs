//! Who the client is to the server: a token, where it comes from, and whose it is.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use http::HeaderValue;
use mm_core::BoxError;
use mm_core::types::{Secret, UserId};

use crate::layer::pacing::PaceKey;

/// Where tokens come from when they do not stay the same: a vault, a file that is renewed, an OAuth
/// refresh.
///
/// ```
/// use mm_tower::core::BoxError;
/// use mm_tower::types::Secret;
/// use mm_tower::TokenProvider;
///
/// struct FromFile(std::path::PathBuf);
///
/// #[async_trait::async_trait]
/// impl TokenProvider for FromFile {
///     async fn token(&self) -> Result<Secret, BoxError> {
///         Ok(tokio::fs::read_to_string(&self.0).await?.into())
///     }
/// }
/// ```
#[async_trait]
pub trait TokenProvider: Send + Sync + 'static {
    /// The token to send. Asked before every try, so keep it at hand.
    ///
    /// # Errors
    ///
    /// Any; the call then fails with it as the cause, and nothing is sent.
    async fn token(&self) -> Result<Secret, BoxError>;

    /// Told when the server did not take a token for one of an open session. If the next one is another, the call is
    /// sent once more with that.
    ///
    /// Calls that are under way together are refused together, and each tells: go by the token, and renew it once.
    async fn refused(&self, _token: &Secret) {}

    /// Whose tokens they are, if it is known.
    fn user_id(&self) -> Option<UserId> {
        None
    }
}

/// A session's token and owner, shared by all clones.
#[derive(Clone)]
pub struct Session(Arc<RwLock<State>>);

struct State {
    source: Source,
    user_id: Option<UserId>,
    /// Goes up with every login and logout, so that what was learnt about one session is not noted for another.
    generation: u64,
}

#[derive(Clone)]
enum Source {
    Anonymous,
    /// With the key of its quota, which every call asks for.
    Token(HeaderValue, PaceKey),
    Provider(Arc<dyn TokenProvider>),
    Unusable,
    LoggedOut,
}

impl Source {
    fn token(header: HeaderValue) -> Self {
        let key = PaceKey::of_header(&header);
        Self::Token(header, key)
    }
}

/// What a request of this session carries.
pub(crate) enum Credentials {
    None,
    Header(HeaderValue),
    Ask(Arc<dyn TokenProvider>),
}

/// Why a session has no token to send, or takes no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError {
    /// It was ended by a logout.
    LoggedOut,
    /// It has a token already.
    LoggedIn,
    /// The token is empty or holds what no header can.
    UnusableToken,
}

impl Session {
    /// Without a token, as for the local-mode socket or before a login.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of(Source::Anonymous)
    }

    /// With a token that stays the same: a personal access token, a bot's, or an open session's.
    /// White space around it is dropped.
    #[must_use]
    pub fn with_token(token: impl Into<Secret>) -> Self {
        Self::of(bearer(&token.into()).map_or(Source::Unusable, Source::token))
    }

    /// With tokens of a provider.
    #[must_use]
    pub fn with_provider(provider: impl TokenProvider) -> Self {
        Self::of(Source::Provider(Arc::new(provider)))
    }

    fn of(source: Source) -> Self {
        Self(Arc::new(RwLock::new(State { source, user_id: None, generation: 0 })))
    }

    /// Whose session it is, if that was learnt already.
    #[must_use]
    pub fn user_id(&self) -> Option<UserId> {
        let state = self.read();
        match &state.source {
            Source::Provider(provider) => state.user_id.or_else(|| provider.user_id()),
            _ => state.user_id,
        }
    }

    pub(crate) fn credentials(&self) -> Result<Credentials, SessionError> {
        match &self.read().source {
            Source::Anonymous => Ok(Credentials::None),
            Source::Token(header, _) => Ok(Credentials::Header(header.clone())),
            Source::Provider(provider) => Ok(Credentials::Ask(Arc::clone(provider))),
            Source::Unusable => Err(SessionError::UnusableToken),
            Source::LoggedOut => Err(SessionError::LoggedOut),
        }
    }

    /// The token to send now, if there is one.
    #[cfg(feature = "socket")]
    pub(crate) async fn token(&self) -> Option<Secret> {
        match self.credentials().ok()? {
            Credentials::None => None,
            Credentials::Header(header) => header.to_str().ok()?.strip_prefix("Bearer ").map(Secret::from),
            Credentials::Ask(provider) => provider.token().await.ok(),
        }
    }

    pub(crate) fn has_token(&self) -> bool {
        matches!(self.read().source, Source::Token(..) | Source::Provider(_))
    }

    /// Whose quota its requests draw on. Of a provider's tokens that is the provider, as they are not at hand.
    pub(crate) fn pace_key(&self) -> PaceKey {
        match &self.read().source {
            Source::Token(_, key) => *key,
            Source::Provider(provider) => PaceKey::NONE.and(&Arc::as_ptr(provider).addr().to_ne_bytes()),
            _ => PaceKey::NONE,
        }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.read().generation
    }

    /// Notes whose session it is, unless it has become another one since `generation` was read.
    pub(crate) fn belongs_to(&self, user_id: UserId, generation: u64) {
        let mut state = self.write();
        if state.generation == generation {
            state.user_id = Some(user_id);
        }
    }

    pub(crate) fn begin(&self, token: &Secret, user_id: UserId) -> Result<(), SessionError> {
        let token = bearer(token).ok_or(SessionError::UnusableToken)?;
        let mut state = self.write();
        let generation = state.generation + 1;
        *state = State { source: Source::token(token), user_id: Some(user_id), generation };
        Ok(())
    }

    pub(crate) fn end(&self) {
        let mut state = self.write();
        let generation = state.generation + 1;
        *state = State { source: Source::LoggedOut, user_id: None, generation };
    }

    // What the lock protects is replaced as a whole, so a panic elsewhere leaves it sound.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.read();
        let source = match state.source {
            Source::Anonymous => "anonymous",
            Source::Token(..) => "token",
            Source::Provider(_) => "provider",
            Source::Unusable => "unusable token",
            Source::LoggedOut => "logged out",
        };
        f.debug_struct("Session").field("source", &source).field("user_id", &state.user_id).finish()
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LoggedOut => "this client has logged out; log in again first",
            Self::LoggedIn => {
                "this client has a session already; log out first, or build another client for another user"
            }
            Self::UnusableToken => {
                "the token is empty or holds characters that no header can; check where it is read from"
            }
        })
    }
}

impl std::error::Error for SessionError {}

/// The header that carries a token; `None` if no header can.
pub(crate) fn bearer(token: &Secret) -> Option<HeaderValue> {
    let token = token.expose().trim();
    if token.is_empty() {
        return None;
    }
    let mut header = HeaderValue::from_str(&["Bearer ", token].concat()).ok()?;
    header.set_sensitive(true);
    Some(header)
}
