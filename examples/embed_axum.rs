//! With axum, both ways round: a web service that asks Mattermost, and a router that plays Mattermost.
//!
//! ```text
//! cargo run --example embed_axum
//! ```

use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use http_body_util::BodyExt as _;
use mm_examples::connect;
use mm_tower::Client;
use mm_tower::api::users::{GetUser, GetUserByUsername};
use mm_tower::core::BoxError;
use serde_json::{Value, json};
use tower::ServiceExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    println!("a web service that asks Mattermost");
    let client = connect()?;
    let me = client.send(GetUser::me()).await?;
    let service = Router::new().route("/people/{name}", get(person)).with_state(client);
    // `axum::serve(listener, service)` in a program of yours; here it is asked without a network.
    for name in [me.username.as_str(), "nobody-of-this-name"] {
        let request = Request::get(format!("/people/{name}")).body(String::new())?;
        let response = service.clone().oneshot(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        println!("  GET /people/{name}: {status} {}", String::from_utf8_lossy(&body));
    }

    println!("a router that plays Mattermost");
    let stub = Router::new().route(
        "/api/v4/users/{user}",
        get(async |Path(user): Path<String>| Json(json!({"username": format!("{user} of the stub")}))),
    );
    // A router is a service of HTTP requests, so it can be the transport.
    let client = Client::builder("http://stub.example")?.token("any").build(stub);
    println!("  {}", client.send(GetUser::me()).await?.username);
    Ok(())
}

/// Cloning a client is cheap: all clones share one session and its connections.
async fn person(
    State(client): State<Client>,
    Path(name): Path<String>,
) -> Result<Json<Value>, (StatusCode, String)> {
    match client.send(GetUserByUsername::new(name)).await {
        Ok(user) => Ok(Json(json!({"name": user.username, "is_bot": user.is_bot}))),
        // What the server says goes on to the caller; if it says nothing, we are a gateway without a server.
        Err(error) => match error.api() {
            Some(api) => Err((api.status(), api.message().to_owned())),
            None => Err((StatusCode::BAD_GATEWAY, error.to_string())),
        },
    }
}
