//! Posts and what happens to them.

use mm_core::api::users::GetUser;

behaviour!(everybody_knows_who_they_are, |t| {
    let me = t.alice.send(GetUser::me()).await?;
    assert_eq!(me.id, t.alice.id);
    assert_eq!(me.username, t.alice.name);
});
