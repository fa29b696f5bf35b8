use std::sync::atomic::{AtomicUsize, Ordering};

use mm_core::BoxError;
use mm_core::types::Secret;
use serde_json::json;

use super::{next, open};
use crate::socket::testing::{Me, Peer, TOKEN, settle, tasks};
use crate::testing::{Script, answer};
use crate::{Client, TokenProvider};

#[tokio::test(start_paused = true)]
async fn a_server_that_overlooked_the_token_is_told_it_once_more() {
    let mut peer = Peer::new();
    let connect = peer.client().events();
    let (events, ()) = tokio::join!(connect.into_future(), async {
        let mut talk = peer.accept().await;
        assert_eq!(talk.next().await.unwrap()["action"], "ping");
        let challenge = talk.next().await.unwrap();
        assert_eq!(challenge["action"], "authentication_challenge");
        assert_eq!(challenge["data"]["token"], TOKEN);
        talk.hello("c1").await;
        talk.ok(&challenge, &json!(null)).await;
    });
    assert_eq!(next(&mut events.unwrap()).await, "connected c1");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_valid_is_an_error_before_the_first_event() {
    let mut peer = Peer::new();
    peer.set_me(Me::Revoked);
    let connect = peer.client().events();
    let (events, ()) = tokio::join!(connect.into_future(), async {
        let mut talk = peer.accept().await;
        while let Some(action) = talk.next().await {
            if action["action"] == "authentication_challenge" {
                break;
            }
        }
    });
    let error = events.unwrap_err();
    assert!(error.api().is_some_and(mm_core::ApiError::is_session_expired), "{error}");
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_revoked_is_noticed_and_final() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    peer.set_me(Me::Revoked);
    let ping = talk.next().await.unwrap();
    let error = json!({"id": "api.web_socket_router.not_authenticated.app_error", "message": "No.", "status_code": 401});
    talk.send_json(&json!({"status": "FAIL", "seq_reply": ping["seq"], "error": error})).await;
    assert_eq!(next(&mut events).await, "auth lost Some(401)");
    assert_eq!(next(&mut events).await, "end");
    settle().await;
    assert_eq!(tasks(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_be_asked_about_is_not_given_up() {
    let mut peer = Peer::new();
    let (mut events, mut talk) = open(&mut peer).await;
    peer.set_me(Me::Unavailable);
    let ping = talk.next().await.unwrap();
    let error = json!({"id": "x", "message": "No.", "status_code": 401});
    talk.send_json(&json!({"status": "FAIL", "seq_reply": ping["seq"], "error": error})).await;
    drop(talk);
    let mut talk = peer.accept().await;
    talk.greet("c2").await;
    assert_eq!(next(&mut events).await, "gap ResumeRefused after Some(0)");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_has_logged_out_has_lost_its_session() {
    let mut peer = Peer::new();
    let client = peer.client();
    let (events, talk) = tokio::join!(client.events().into_future(), async {
        let mut talk = peer.accept().await;
        talk.greet("c1").await;
        talk
    });
    let mut events = events.unwrap();
    assert_eq!(next(&mut events).await, "connected c1");
    client.session().end();
    drop(talk);
    assert_eq!(next(&mut events).await, "auth lost None");
    assert_eq!(next(&mut events).await, "end");
}

/// Has another token once the first was refused.
struct Renewing(AtomicUsize);

#[async_trait::async_trait]
impl TokenProvider for Renewing {
    async fn token(&self) -> Result<Secret, BoxError> {
        Ok(Secret::from(format!("token-{}", self.0.load(Ordering::SeqCst))))
    }

    async fn refused(&self, token: &Secret) {
        if token.expose() == format!("token-{}", self.0.load(Ordering::SeqCst)) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_renewed_goes_on_over_another_connection() {
    let mut peer = Peer::new();
    let sockets = peer.script.clone();
    let script = Script::new(move |_, request| {
        let is_old = request.headers()["authorization"] == "Bearer token-0";
        let mut sockets = sockets.clone();
        async move {
            if request.uri().path().ends_with("/users/me") && is_old {
                return answer(
                    401,
                    r#"{"id": "api.context.session_expired.app_error", "message": "Gone.", "status_code": 401}"#,
                );
            }
            std::future::poll_fn(|cx| tower_service::Service::poll_ready(&mut sockets, cx)).await?;
            tower_service::Service::call(&mut sockets, request).await
        }
    });
    let client = Client::builder("https://a.example")
        .unwrap()
        .token_provider(Renewing(AtomicUsize::new(0)))
        .build(script.clone());
    let (events, mut talk) = tokio::join!(client.events().into_future(), async {
        let mut talk = peer.accept().await;
        talk.greet("c1").await;
        talk
    });
    let mut events = events.unwrap();
    assert_eq!(next(&mut events).await, "connected c1");
    let ping = talk.next().await.unwrap();
    let error = json!({"id": "x", "message": "No.", "status_code": 401});
    talk.send_json(&json!({"status": "FAIL", "seq_reply": ping["seq"], "error": error})).await;
    let mut talk = peer.accept().await;
    // What the server left out meanwhile, it did not count.
    assert!(!talk.uri.contains("connection_id"), "{}", talk.uri);
    talk.greet("c2").await;
    assert_eq!(next(&mut events).await, "gap ResumeRefused after Some(0)");
    assert_eq!(next(&mut events).await, "connected c2");
    assert_eq!(script.seen().last().unwrap().headers["authorization"], "Bearer token-1");
}
