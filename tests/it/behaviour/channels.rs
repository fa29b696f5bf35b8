//! Channels, direct and group messages, and who is in them.

mod change;
mod list;
mod member;
mod message;
mod state;

use mm_core::api::channels::{CreateChannel, GetChannel, GetChannelByName, GetChannelMember};
use mm_core::types::{ChannelId, ChannelType, UserId};

const FORBIDDEN: &str = "api.context.permissions.app_error";
const NO_SUCH_NAME: &str = "app.channel.get_by_name.missing.app_error";

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

behaviour!(whoever_creates_a_channel_runs_it, |t| {
    let op = CreateChannel::new(t.team, "plans", "  Plans ").purpose("What to do").header("Soon");
    let channel = t.alice.send(op).await?;
    assert_eq!(
        (&*channel.name, &*channel.display_name, &channel.kind),
        ("plans", "Plans", &ChannelType::Open)
    );
    assert_eq!((&*channel.purpose, &*channel.header, channel.creator_id), ("What to do", "Soon", t.alice.id));
    assert_eq!((channel.total_msg_count, channel.shared), (0, None));
    assert!(!channel.last_post_at.is_set(), "the answer is older than the post about who joined");
    let member = t.alice.send(GetChannelMember::new(channel.id, UserId::ME)).await?;
    assert_eq!(member.roles, "channel_user channel_admin");
    assert_eq!((member.msg_count, member.last_viewed_at.is_set()), (0, false));
    let later = t.bob.send(GetChannel::new(channel.id)).await?;
    assert_eq!(later.total_msg_count, 0);
    assert!(later.last_post_at.is_set());
});

behaviour!(a_channel_that_cannot_be_is_refused, |t| {
    let refused = async |op| t.alice.refused(op).await;
    let new = |name: &str| CreateChannel::new(t.team, name, "x");
    let invalid = |what: &str| error(400, &format!("model.channel.is_valid.{what}.app_error"));
    for name in ["", "Upper", "a b", "-a"] {
        assert_eq!(refused(new(name)).await?, invalid("1_or_more"), "{name}");
    }
    assert_eq!(refused(new("a").header("x".repeat(1025))).await?, invalid("header"));
    assert_eq!(refused(new("a").purpose("x".repeat(251))).await?, invalid("purpose"));
    assert_eq!(refused(CreateChannel::new(t.team, "a", "x".repeat(65))).await?, invalid("display_name"));
    let nameless = CreateChannel::new(t.team, "a", "");
    assert_eq!(refused(nameless).await?, error(400, "api.context.invalid_body_param.app_error"));
    let direct = error(400, "api.channel.create_channel.direct_channel.app_error");
    assert_eq!(refused(new("a").kind(ChannelType::Direct)).await?, direct);
    let taken = error(400, "store.sql_channel.save_channel.exists.app_error");
    assert_eq!(refused(new("town-square")).await?, taken);
    assert_eq!(t.carol.refused(new("a")).await?, error(403, FORBIDDEN));
});

behaviour!(the_team_sees_public_channels_and_members_private_ones, |t| {
    let open = t.alice.send(CreateChannel::new(t.team, "open", "Open")).await?.id;
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.alice.send(private).await?.id;
    assert_eq!(t.bob.send(GetChannel::new(open)).await?.id, open);
    assert_eq!(t.alice.send(GetChannel::new(private)).await?.id, private);
    assert_eq!(t.admin.send(GetChannel::new(private)).await?.id, private);
    assert_eq!(t.bob.refused(GetChannel::new(private)).await?, error(403, FORBIDDEN));
    assert_eq!(t.carol.refused(GetChannel::new(open)).await?, error(403, FORBIDDEN));
    let unknown: ChannelId = "zzzzzzzzzzzzzzzzzzzzzzzzzz".parse()?;
    let unknown = t.bob.refused(GetChannel::new(unknown)).await?;
    assert_eq!(unknown, error(404, "app.channel.get.existing.app_error"));

    let named = |name: &str| GetChannelByName::new(t.team, name);
    assert_eq!(t.bob.send(named("OPEN")).await?.id, open);
    assert_eq!(t.bob.refused(named("closed")).await?, error(404, NO_SUCH_NAME));
    assert_eq!(t.bob.refused(named("nosuchchannel")).await?, error(404, NO_SUCH_NAME));
    assert_eq!(t.carol.refused(named("open")).await?, error(403, FORBIDDEN));
});
