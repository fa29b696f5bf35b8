//! Actions and their replies.

use mm_types::PostId;

use super::*;

#[tokio::test]
async fn every_action_is_replied_to() {
    let town = Town::new();
    let mut client = alice(&town).await;
    let channel = town.town_square.id;
    let post = PostId::default();
    let replies = [
        (json!({"seq": 1, "action": "user_typing", "data": {"channel_id": channel}}), json!(null)),
        (
            json!({"seq": 2, "action": "user_update_active_status", "data": {"user_is_active": true}}),
            json!(null),
        ),
        (json!({"seq": 3, "action": "presence", "data": {"channel_id": channel}}), json!(null)),
        (json!({"seq": 4, "action": "posted_notify_ack", "data": {"post_id": post}}), json!(null)),
        (
            json!({"seq": 5, "action": "get_statuses_by_ids", "data": {"user_ids": [town.alice.id, town.bob.id]}}),
            json!({town.alice.id.as_str(): "online", town.bob.id.as_str(): "offline"}),
        ),
        (json!({"seq": 6, "action": "get_statuses"}), json!({town.alice.id.as_str(): "online"})),
    ];
    for (action, data) in replies {
        let reply = client.ask(action.clone()).await;
        assert_eq!(
            (&reply["status"], &reply["seq_reply"], &reply["data"]),
            (&json!("OK"), &action["seq"], &data)
        );
        assert_eq!(reply.get("data").is_none(), data.is_null(), "{action}");
    }
    let pong = client.ask(json!({"seq": 7, "action": "ping"})).await;
    let now = town.fake.now().as_millis();
    assert_eq!(pong["data"], json!({"text": "pong", "version": "11.6.0", "server_time": now, "node_id": ""}));
}

#[tokio::test]
async fn wrong_actions_are_refused_by_name() {
    let town = Town::new();
    let mut client = alice(&town).await;
    let router = |what| format!("api.web_socket_router.{what}.app_error");
    let invalid = "api.websocket_handler.invalid_param.app_error".to_owned();
    let elsewhere = town.fake.channel(&town.team, "elsewhere").private().create().id;
    let wrong = [
        (json!({"seq": 1, "action": ""}), json!(1), 400, router("no_action")),
        (json!({"seq": 1}), json!(1), 400, router("no_action")),
        (json!({"action": "ping"}), json!(null), 400, router("bad_seq")),
        (json!({"seq": -1, "action": "ping"}), json!(-1), 400, router("bad_seq")),
        (json!({"seq": 2, "action": "dance"}), json!(2), 500, router("bad_action")),
        (json!({"seq": 3, "action": "user_typing", "data": null}), json!(3), 400, invalid.clone()),
        (
            json!({"seq": 4, "action": "user_typing", "data": {"channel_id": elsewhere}}),
            json!(4),
            400,
            invalid.clone(),
        ),
        (
            json!({"seq": 5, "action": "get_statuses_by_ids", "data": {"user_ids": []}}),
            json!(5),
            400,
            invalid.clone(),
        ),
        (json!({"seq": 6, "action": "user_update_active_status"}), json!(6), 400, invalid),
    ];
    for (action, seq, status, id) in wrong {
        let reply = client.ask(action).await;
        assert_eq!((&reply["status"], &reply["seq_reply"]), (&json!("FAIL"), &seq));
        assert_eq!((&reply["error"]["status_code"], &reply["error"]["id"]), (&json!(status), &json!(id)));
        assert_eq!(reply["error"]["detailed_error"], "");
        assert!(reply.get("event").is_none() && reply.get("seq").is_none());
    }
}

#[tokio::test]
async fn the_others_are_told_who_is_typing() {
    let town = Town::new();
    let mut client = alice(&town).await;
    let mut bob = Client::open(&town.fake, &town.bob, "").await;
    let root = town.fake.post(&town.town_square, &town.bob, "hello").create().id;
    let data = json!({"channel_id": town.town_square.id, "parent_id": root});
    client.ask(json!({"seq": 1, "action": "user_typing", "data": data})).await;
    let typing = bob.event("typing").await;
    assert_eq!(typing["data"], json!({"parent_id": root, "user_id": town.alice.id}));
    assert_eq!(typing["broadcast"]["omit_users"], json!({town.alice.id.as_str(): true}));
    assert!(!names(&client.told().await).contains(&"typing"));
}

#[tokio::test]
async fn an_action_of_a_plugin_gets_no_reply() {
    let town = Town::new();
    let mut client = alice(&town).await;
    client.told().await;
    client.send(&json!({"seq": 1, "action": "custom_com.example_roll"}).to_string()).await;
    assert_eq!(client.ask(json!({"seq": 2, "action": "ping"})).await["seq_reply"], 2);
}
