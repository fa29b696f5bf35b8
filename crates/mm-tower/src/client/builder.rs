use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use mm_core::api::users::Login;
use mm_core::types::Secret;
use mm_core::{Body, BoxError};
use tokio::time::Sleep;
use tower::retry::backoff::{Backoff, MakeBackoff};
use tower_layer::Layer;
use tower_service::Service;

use super::foreign::around;
use super::login::LazyLogin;
use super::{Client, Greeting, Inner};
use crate::adapt::BoxTransport;
use crate::layer::retry::Backoffs;
use crate::layer::{
    AuthLayer, BaseUrlLayer, CollectLayer, EtagLayer, Metrics, MetricsLayer, PacingLayer, RetryBudget,
    RetryConfig, RetryLayer, RetryPolicy, TimeoutLayer,
};
use crate::{BaseUrl, Session, TokenProvider};

/// What the client calls itself, unless told otherwise.
const USER_AGENT: &str = concat!("mattermost-rust/", env!("CARGO_PKG_VERSION"));

/// How long a try may take, unless told otherwise.
const TRY_TIMEOUT: Duration = Duration::from_secs(30);

/// What a client is to be, before it has a transport.
#[must_use = "a client is made by `build`"]
pub struct ClientBuilder {
    base: BaseUrl,
    session: Session,
    login: Option<Login>,
    mfa_code: Option<Secret>,
    greeting: Greeting,
    timeout: Option<Duration>,
    try_timeout: Option<Duration>,
    retry: RetryLayer,
    backoffs: Option<Backoffs>,
    retry_budget: RetryBudget,
    pacing: PacingLayer,
    etags: Option<EtagLayer>,
    metrics: MetricsLayer,
    max_answer: u64,
    layers: Vec<BoxLayer>,
    inner_layers: Vec<BoxLayer>,
}

type BoxLayer = Box<dyn FnOnce(BoxTransport) -> BoxTransport + Send>;

/// A setting that cannot be sent to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingError(String);

impl ClientBuilder {
    pub(super) fn new(base: BaseUrl) -> Self {
        Self {
            base,
            session: Session::anonymous(),
            login: None,
            mfa_code: None,
            greeting: Greeting { user_agent: HeaderValue::from_static(USER_AGENT), accept_language: None },
            timeout: None,
            try_timeout: Some(TRY_TIMEOUT),
            retry: RetryLayer::default(),
            backoffs: None,
            retry_budget: RetryBudget::default(),
            pacing: PacingLayer::default(),
            etags: None,
            metrics: MetricsLayer::off(),
            max_answer: CollectLayer::DEFAULT_LIMIT,
            layers: Vec::new(),
            inner_layers: Vec::new(),
        }
    }

    /// A token that stays the same: a personal access token, a bot's, or an open session's. If the server does not take
    /// it, calls fail at once.
    pub fn token(self, token: impl Into<Secret>) -> Self {
        self.session(Session::with_token(token))
    }

    /// Tokens of a provider.
    pub fn token_provider(self, provider: impl TokenProvider) -> Self {
        self.session(Session::with_provider(provider))
    }

    /// A session that another client or layer uses too.
    pub fn session(mut self, session: Session) -> Self {
        self.session = session;
        self.login = None;
        self
    }

    /// Name or mail address, and password, to log in with when the first call needs it, and again when the server has
    /// ended the session: once, however many calls find out together, and each of them is sent once more.
    ///
    /// A login that the server refuses is not repeated: every call fails with its answer then, because servers lock
    /// accounts after some wrong passwords. To log in at a time of your choice use
    /// [`Client::log_in`].
    pub fn login(mut self, login_id: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.login = Some(Login::new(login_id, password));
        self
    }

    /// The one-time code to go with [`login`](Self::login), where the account needs one.
    pub fn mfa_code(mut self, code: impl Into<Secret>) -> Self {
        self.mfa_code = Some(code.into());
        self
    }

    /// How long a call may take, with all its tries and the waits between them; of a download, until its
    /// head is there. Streamed uploads have no such limit, but that of each [try](Self::try_timeout). Unlimited if not set.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// How long one try may take: 30 s if not set. Streamed uploads and downloads may take longer as long as
    /// something moves.
    pub fn try_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.try_timeout = limit.into();
        self
    }

    /// When and how often to send again.
    pub fn retry(mut self, config: RetryConfig) -> Self {
        self.retry = RetryLayer::new(config);
        self
    }

    /// Decides by a policy of your own when and how often to send again.
    pub fn retry_policy(mut self, policy: impl RetryPolicy) -> Self {
        self.retry = RetryLayer::with_policy(policy);
        self
    }

    /// How long to wait between tries, by a back-off of [tower](tower::retry::backoff). That of the [`RetryConfig`] if not
    /// set.
    ///
    /// ```
    /// use tower::retry::backoff::ExponentialBackoffMaker;
    ///
    /// let client = mm_tower::Client::builder("https://chat.example.com")?
    ///     .retry_backoff(ExponentialBackoffMaker::default());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retry_backoff<M>(mut self, maker: M) -> Self
    where
        M: MakeBackoff + Clone + Send + Sync + 'static,
        M::Backoff: Backoff<Future = Sleep> + Send + 'static,
    {
        self.backoffs = Some(Backoffs::new(maker));
        self
    }

    /// How many second tries all calls together may have: a fifth more than first ones, if not set, and a small
    /// reserve.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Sends everything once.
    pub fn no_retry(self) -> Self {
        self.retry(RetryConfig::never())
    }

    /// How to keep to the server's limits. Clients that are given clones of one layer share what it knows.
    pub fn pacing(mut self, layer: PacingLayer) -> Self {
        self.pacing = layer;
        self
    }

    /// Sends everything at once. Where the server has limits, that is what it refuses.
    pub fn no_pacing(self) -> Self {
        self.pacing(PacingLayer::off())
    }

    /// Keeps answers that have a tag, and asks only whether they are still right. Clients that are given clones of one
    /// layer share its room. Not done unless it is asked for.
    pub fn etags(mut self, layer: EtagLayer) -> Self {
        self.etags = Some(layer);
        self
    }

    /// Tells of calls, tries and waits, so that they can be [counted](crate::layer::metrics). An `Arc` of metrics will do,
    /// for several clients to share.
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.metrics = MetricsLayer::new(metrics);
        self
    }

    /// The longest answer that is read into memory, in bytes: 64 MiB if not set. Downloads have no limit.
    pub fn max_answer(mut self, bytes: u64) -> Self {
        self.max_answer = bytes;
        self
    }

    /// What the client calls itself.
    ///
    /// # Errors
    ///
    /// If it cannot stand in a header, or would make the server take the client for a phone and give it a
    /// phone's session.
    pub fn user_agent(mut self, name: &str) -> Result<Self, SettingError> {
        let phone =
            ["Mobile", "Android", "iOS", "iPhone", "iPad"].into_iter().find(|word| name.contains(word));
        if let Some(word) = phone {
            return Err(SettingError(format!(
                "user agent: with `{word}` in it the server opens a mobile session; leave that word out"
            )));
        }
        self.greeting.user_agent = HeaderValue::from_str(name)
            .map_err(|_| SettingError("user agent: holds characters that no header can".to_owned()))?;
        Ok(self)
    }

    /// The languages of error messages, best first: `de, en;q=0.5`. English if not set.
    ///
    /// # Errors
    ///
    /// If it cannot stand in a header.
    pub fn accept_language(mut self, languages: &str) -> Result<Self, SettingError> {
        self.greeting.accept_language =
            Some(HeaderValue::from_str(languages).map_err(|_| {
                SettingError("accept language: holds characters that no header can".to_owned())
            })?);
        Ok(self)
    }

    /// Puts a layer outside of the client's own: it sees a call once, with its relative URI, without token, and with its
    /// answer read to the end. The first one added is the outermost.
    pub fn layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<BoxTransport> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.layers.push(boxed(layer));
        self
    }

    /// Puts a layer right above the transport: it sees each try, with its absolute URI, its token, and the answer as
    /// it comes. The first one added is the outermost.
    ///
    /// Layers of tower-http fit, whatever they make of the body:
    ///
    /// ```
    /// use http::header::{HeaderValue, VIA};
    /// use mm_mock::FakeServer;
    /// use mm_tower::api::users::GetUser;
    /// use tower_http::map_response_body::MapResponseBodyLayer;
    /// use tower_http::set_header::SetRequestHeaderLayer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = FakeServer::new();
    /// let alice = fake.user("alice").create();
    /// let client = mm_tower::Client::builder("https://chat.example.com")?
    ///     .token(fake.token_for(&alice))
    ///     .layer(SetRequestHeaderLayer::overriding(VIA, HeaderValue::from_static("bot")))
    ///     .inner_layer(MapResponseBodyLayer::new(|body| http_body_util::Limited::new(body, 1 << 20)))
    ///     .build(fake);
    /// client.send(GetUser::me()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn inner_layer<L, B>(mut self, layer: L) -> Self
    where
        L: Layer<BoxTransport> + Send + 'static,
        L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<Request<Body>>>::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.inner_layers.push(boxed(layer));
        self
    }

    /// The client, over any HTTP service: a transport, a fake, a router, a stack of layers.
    ///
    /// Never fails: a token that cannot be sent makes the calls fail that need it.
    pub fn build<S, B>(mut self, service: S) -> Client
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut inner_layers = std::mem::take(&mut self.inner_layers);
        if let Some(etags) = self.etags.take() {
            let collect = CollectLayer::new(self.max_answer);
            inner_layers
                .insert(0, Box::new(move |inner| BoxTransport::own(etags.layer(collect.layer(inner)))));
        }
        let stack = if inner_layers.is_empty() {
            self.stack(service)
        } else {
            let transport = BoxTransport::new(service);
            self.stack(inner_layers.into_iter().rev().fold(transport, |inner, layer| layer(inner)))
        };
        let stack = if self.layers.is_empty() {
            stack
        } else {
            let stack = self.layers.into_iter().rev().fold(stack, |inner, layer| layer(inner));
            // They may have made streams of answers again.
            BoxTransport::own(CollectLayer::new(self.max_answer).layer(stack))
        };
        Client(Arc::new(Inner {
            stack,
            session: self.session,
            base: self.base,
            greeting: self.greeting,
            login: tokio::sync::Mutex::default(),
            version: OnceLock::new(),
        }))
    }

    /// All layers in their order, in one box.
    fn stack<S, B>(&mut self, transport: S) -> BoxTransport
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service = CollectLayer::new(self.max_answer).layer(transport);
        let service = BaseUrlLayer::new(self.base.clone()).layer(service);
        if let Some(mut login) = self.login.take() {
            login.mfa_code = self.mfa_code.take();
            let below = BoxTransport::own(service.clone());
            self.session = Session::with_provider(LazyLogin::new(login, below, self.greeting.clone()));
        }
        let service = AuthLayer::new(self.session.clone(), self.base.clone()).layer(service);
        // A box here keeps what the layers around it copy for each call small: themselves, and their futures.
        let service = BoxTransport::own(service);
        let retry = self.retry.clone().budget(self.retry_budget.clone());
        let (mut retry, try_timeout) = retry.heeded_inside(self.try_timeout);
        if let Some(backoffs) = self.backoffs.take() {
            retry = retry.backoffs(backoffs);
        }
        let service = try_timeout.layer(service);
        let service = self.pacing.clone().with_session(self.session.clone()).layer(service);
        let service = retry.layer(service);
        let service = TimeoutLayer::heeded_inside(self.timeout).layer(service);
        #[cfg(feature = "tracing")]
        let trace = crate::layer::trace::TraceLayer::new();
        #[cfg(not(feature = "tracing"))]
        let trace = tower_layer::Identity::new();
        if self.metrics.is_on() {
            BoxTransport::own(trace.layer(self.metrics.layer(service)))
        } else {
            BoxTransport::own(trace.layer(service))
        }
    }
}

/// The layer with what it makes converted and boxed.
fn boxed<L, B>(layer: L) -> BoxLayer
where
    L: Layer<BoxTransport> + Send + 'static,
    L::Service: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request<Body>>>::Error: Into<BoxError>,
    <L::Service as Service<Request<Body>>>::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Box::new(move |inner| around(layer, inner))
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base", &self.base)
            .field("session", &self.session)
            .field("timeout", &self.timeout)
            .field("try_timeout", &self.try_timeout)
            .field("retry", &self.retry)
            .field("retry_budget", &self.retry_budget)
            .field("pacing", &self.pacing)
            .field("max_answer", &self.max_answer)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}
