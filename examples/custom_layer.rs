//! Layers of one's own, and of others, around a client.
//!
//! ```text
//! cargo run --example custom_layer
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use mm_core::{Body, BoxError, EndpointInfo};
use mm_examples::connect_with;
use mm_tower::api::teams::GetTeamsForUser;
use mm_tower::api::users::{GetUser, GetUsers};
use mm_tower::types::UserId;
use tower::{Layer, Service};
use tower_http::timeout::ResponseBodyTimeoutLayer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let counts = CountLayer::default();
    let client = connect_with(|builder| {
        builder
            // Around the whole client: sees a call once, however often it is tried.
            .layer(counts.clone())
            // Next to the transport: sees every try, and the answer as it arrives. This one, of tower-http, gives up
            // when a body stalls, and puts a body of its own around the server's. Any body of bytes will do.
            .inner_layer(ResponseBodyTimeoutLayer::new(Duration::from_secs(10)))
    })?;

    client.send(GetUser::me()).await?;
    client.send(GetUser::me()).await?;
    client.send(GetTeamsForUser::new(UserId::ME)).await?;
    let newest = client.send(GetUsers::new().per_page(3)).await?;
    println!("{} users came through a layer of tower-http", newest.len());

    for (operation, count) in counts.counts.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("{count} x {operation}");
    }
    Ok(())
}

/// Counts calls by operation.
#[derive(Clone, Default)]
struct CountLayer {
    counts: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl<S> Layer<S> for CountLayer {
    type Service = Count<S>;

    fn layer(&self, inner: S) -> Count<S> {
        Count { inner, layer: self.clone() }
    }
}

#[derive(Clone)]
struct Count<S> {
    inner: S,
    layer: CountLayer,
}

impl<S: Service<Request<Body>>> Service<Request<Body>> for Count<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        // Every request that was made from an operation says which one it is, with method, path template and more.
        let name = EndpointInfo::of(&request).map_or("unknown", |info| info.operation);
        *self.layer.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
        self.inner.call(request)
    }
}
