use mm_core::api::reactions::{DeleteReaction, GetReactions, SaveReaction};
use mm_types::UserId;

use super::{ALICE, CHANNEL, POST};

wire!(a_reaction_is_attached: SaveReaction::new(ALICE, POST, "thumbsup"),
    request: "POST /api/v4/reactions" json {
        "user_id": "alice000000000000000000000", "post_id": "post0000000000000000000000", "emoji_name": "thumbsup"
    },
    response: 200 json {
        "user_id": "alice000000000000000000000", "post_id": "post0000000000000000000000", "emoji_name": "thumbsup",
        "create_at": 1795320872607_i64, "update_at": 1795320872607_i64, "delete_at": 0, "remote_id": "",
        "channel_id": "channel0000000000000000000"
    },
    |reaction| assert_eq!(reaction.channel_id, CHANNEL));

wire!(a_reaction_is_taken_off: DeleteReaction::new(UserId::ME, POST, "+1"),
    request: "DELETE /api/v4/users/me/posts/post0000000000000000000000/reactions/%2B1",
    response: 200 ok);

wire!(reactions_are_listed: GetReactions::new(POST),
    request: "GET /api/v4/posts/post0000000000000000000000/reactions",
    response: 200 json [{"emoji_name": "tada", "remote_id": null}],
    |reactions| assert_eq!(reactions[0].emoji_name, "tada"));

wire!(no_reactions_come_as_null: GetReactions::new(POST),
    request: "GET /api/v4/posts/post0000000000000000000000/reactions",
    response: 200 json null,
    |reactions| assert!(reactions.is_empty()));
