use mm_core::api::users::{
    CreateUserAccessToken, DisableUserAccessToken, EnableUserAccessToken, GetUserAccessToken,
    GetUserAccessTokens, GetUserAccessTokensForUser, RevokeUserAccessToken, SearchUserAccessTokens,
};
use mm_types::{TokenId, UserId};

use crate::wire::BOB;

ids! {
    TOKEN: TokenId = b"token000000000000000000000";
}

wire! {
    a_token_is_made: CreateUserAccessToken::new(BOB, "for the weather"),
    request: "POST /api/v4/users/bob00000000000000000000000/tokens" json {"description": "for the weather"},
    response: 200 json {
        "id": "token000000000000000000000", "token": "whispered", "user_id": "bob00000000000000000000000",
        "description": "for the weather", "is_active": true
    },
    |token| {
        assert_eq!((token.id, token.token.expose(), token.is_active), (TOKEN, "whispered", true));
        assert!(!format!("{token:?}").contains("whispered"));
    }
}

wire! {
    tokens_of_a_user_are_listed: GetUserAccessTokensForUser::new(UserId::ME).page(0).per_page(60),
    request: "GET /api/v4/users/me/tokens?page=0&per_page=60",
    response: 200 json [{
        "id": "token000000000000000000000", "user_id": "bob00000000000000000000000", "description": "d",
        "is_active": false
    }],
    |tokens| assert!(tokens[0].token.is_empty() && !tokens[0].is_active)
}

wire! {
    tokens_of_everybody_are_listed: GetUserAccessTokens::new().page(3),
    request: "GET /api/v4/users/tokens?page=3",
    response: 200 json [{"id": "token000000000000000000000", "user_id": "bob00000000000000000000000"}],
    |tokens| assert_eq!(tokens[0].user_id, BOB)
}

wire! {
    a_token_is_got: GetUserAccessToken::new(TOKEN),
    request: "GET /api/v4/users/tokens/token000000000000000000000",
    response: 200 json {"id": "token000000000000000000000", "description": "d", "is_active": true},
    |token| assert_eq!(token.description, "d")
}

wire! {
    tokens_are_searched: SearchUserAccessTokens::new("bob"),
    request: "POST /api/v4/users/tokens/search" json {"term": "bob"},
    response: 200 json [{"id": "token000000000000000000000"}],
    |tokens| assert_eq!(tokens[0].id, TOKEN)
}

wire! {
    a_token_is_deleted: RevokeUserAccessToken::new(TOKEN),
    request: "POST /api/v4/users/tokens/revoke" json {"token_id": "token000000000000000000000"},
    response: 200 ok
}

wire! {
    a_token_is_turned_off: DisableUserAccessToken::new(TOKEN),
    request: "POST /api/v4/users/tokens/disable" json {"token_id": "token000000000000000000000"},
    response: 200 ok
}

wire! {
    a_token_is_turned_on: EnableUserAccessToken::new(TOKEN),
    request: "POST /api/v4/users/tokens/enable" json {"token_id": "token000000000000000000000"},
    response: 200 ok
}
