use http::Method;
use mm_core::api::teams::{CreateTeam, InviteGuestsToTeam};
use mm_types::EmailInvites;

use crate::Town;
use crate::testing::{ask, error, request, send};

#[tokio::test]
async fn the_body_repeats_the_id_of_the_path() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.admin.token.expose());
    let headers = [("authorization", bearer.as_str())];
    let id = town.town_square.id;
    for (method, url, body) in [
        (
            Method::POST,
            format!("/api/v4/teams/{}/members", town.team.id),
            format!(r#"{{"user_id": "{}"}}"#, town.carol.id),
        ),
        (Method::PUT, format!("/api/v4/channels/{id}"), r#"{"header": "x"}"#.to_owned()),
    ] {
        let answer = send(&town.fake, request(method, &url, &headers, body)).await;
        assert_eq!(answer.status(), 400, "{url}");
        assert_eq!(error(&answer).id, "api.context.invalid_body_param.app_error");
    }
}

#[tokio::test]
async fn guests_are_invited_where_the_server_has_them() {
    let town = Town::new();
    town.fake.configure(|config| config.guest_accounts = true);
    let invite = |emails: &[&str]| {
        InviteGuestsToTeam::new(town.team.id, emails.iter().copied(), [town.town_square.id])
    };
    let sent = ask(&town.fake, &town.admin, invite(&["Guest@x.example"])).await.unwrap();
    assert!(matches!(sent, EmailInvites::Sent(_)));
    let each = ask(&town.fake, &town.admin, invite(&["Guest@x.example"]).graceful(true)).await.unwrap();
    let EmailInvites::Each(each) = each else { panic!("one outcome an address") };
    assert_eq!(each[0].email, "guest@x.example");
    let refused = |result: Result<EmailInvites, (u16, String)>| result.unwrap_err().1;
    assert_eq!(
        refused(ask(&town.fake, &town.admin, invite(&[])).await),
        "model.guest.is_valid.emails.app_error"
    );
    let plain = ask(&town.fake, &town.alice, invite(&["a@x.example"])).await;
    assert_eq!(refused(plain), "api.context.permissions.app_error");
}

#[tokio::test]
async fn guests_do_not_create_teams() {
    let town = Town::new();
    let refused = ask(&town.fake, &town.guest, CreateTeam::new("own", "Own")).await.unwrap_err();
    assert_eq!(refused, (403, "api.team.is_team_creation_allowed.disabled.app_error".to_owned()));
}
