//! Whole calls over a loopback connection, one after the other.

use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderValue};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use mm_core::{Body, BoxError};
use mm_hyper::HyperTransport;
use mm_tower::Client;
use mm_tower::api::posts::CreatePost;
use mm_tower::api::users::{GetUser, GetUsers};
use mm_types::ChannelId;
use tower_service::Service as _;

use crate::bare::{Bare, IdOnly, TwoFields};
use crate::measure::pair;
use crate::{Row, canned, sample};

const TOKEN: &str = "tokentokentokentokentoken1";

pub(crate) async fn all(budget: Duration) -> Result<Vec<Row>, BoxError> {
    let address = canned::serve(vec![
        ("/api/v4/users/me", 200, sample::user(1)),
        ("/api/v4/users?", 200, sample::users_page()),
        ("/api/v4/posts", 201, sample::post(1)),
    ])?;
    let url = format!("http://{address}");
    let client = Client::builder(&url)?.token(TOKEN).build(HyperTransport::new()?);
    let simple = Client::builder(&url)?
        .token(TOKEN)
        .timeout(None)
        .try_timeout(None)
        .no_retry()
        .build(HyperTransport::new()?);
    let transport = HyperTransport::new()?;
    let me: http::Uri = format!("{url}/api/v4/users/me").parse()?;
    let bare = tokio::sync::Mutex::new(Bare::connect(address).await?);
    let channel: ChannelId = "c1111111111111111111111111".parse()?;
    let page = || GetUsers::new().page(0).per_page(200);

    let call_me = || client.send(GetUser::me());
    let bare_me = || async { bare.lock().await.get::<TwoFields>("/api/v4/users/me").await };
    let bare_page =
        || async { bare.lock().await.get::<Vec<IdOnly>>("/api/v4/users?page=0&per_page=200").await };
    Ok(vec![
        Row {
            what: "get-me",
            baseline: "bare hyper, two fields",
            pair: pair(budget, call_me, bare_me).await?,
            target: 1.30,
        },
        Row {
            what: "get-me, transport, two fields",
            baseline: "bare hyper, two fields",
            pair: pair(budget, || by_transport(&transport, &me), bare_me).await?,
            target: 1.10,
        },
        Row {
            what: "get-me",
            baseline: "client without retry and timeouts",
            pair: pair(budget, call_me, || simple.send(GetUser::me())).await?,
            target: 1.10,
        },
        Row {
            what: "create-post",
            baseline: "bare hyper, two fields",
            pair: pair(
                budget,
                || client.send(CreatePost::new(channel, "hello, world")),
                || async {
                    let body = format!(r#"{{"channel_id":"{channel}","message":"hello, world"}}"#);
                    bare.lock().await.post::<TwoFields>("/api/v4/posts", body).await
                },
            )
            .await?,
            target: 1.25,
        },
        Row {
            what: "page of 200 users",
            baseline: "bare hyper, ids only",
            pair: pair(budget, || client.send(page()), bare_page).await?,
            target: 2.10,
        },
        Row {
            what: "page of 200 users, ids by send_as",
            baseline: "bare hyper, ids only",
            pair: pair(budget, || client.send_as::<Vec<IdOnly>>(page()), bare_page).await?,
            target: 1.05,
        },
    ])
}

/// What the transport alone costs: the same request as the baseline's, made by hand.
async fn by_transport(transport: &HyperTransport, uri: &http::Uri) -> Result<TwoFields, BoxError> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri.clone();
    request
        .headers_mut()
        .insert(AUTHORIZATION, HeaderValue::from_static("Bearer tokentokentokentokentoken1"));
    let response: Response<_> = transport.clone().call(request).await?;
    let body = response.into_body().collect().await?.to_bytes();
    Ok(serde_json::from_slice(&body)?)
}
