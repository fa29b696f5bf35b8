//! What users do, and what they agree to.

use mm_core::api::channels::{CreateChannel, CreateDirectChannel};
use mm_core::api::users::{
    GetChannelMembersWithTeamDataForUser, GetUploadsForUser, GetUserAudits, GetUserTermsOfService, PatchUser,
    PublishUserTyping, RegisterTermsOfServiceAction,
};
use mm_core::types::{ChannelId, ChannelType, TermsOfServiceId, UserId};

use super::{FORBIDDEN, NOBODY, error};

behaviour!(who_may_post_may_be_shown_typing, |t| {
    t.alice.send(PublishUserTyping::new(UserId::ME, t.square)).await?;
    t.admin.send(PublishUserTyping::new(t.bob.id, t.square)).await?;
    let of_bob = PublishUserTyping::new(t.bob.id, t.square);
    assert_eq!(t.alice.refused(of_bob).await?, error(403, FORBIDDEN));
    let outside = PublishUserTyping::new(UserId::ME, t.square);
    assert_eq!(t.carol.refused(outside).await?, error(403, FORBIDDEN));
    let nowhere = PublishUserTyping::new(UserId::ME, NOBODY.parse::<ChannelId>()?);
    assert_eq!(t.alice.refused(nowhere).await?, error(403, FORBIDDEN));
});

behaviour!(unfinished_uploads_are_told_to_who_began_them, |t| {
    assert!(t.alice.send(GetUploadsForUser::new(UserId::ME)).await?.is_empty());
    let refused = error(403, "api.user.get_uploads_for_user.forbidden.app_error");
    assert_eq!(t.admin.refused(GetUploadsForUser::new(t.alice.id)).await?, refused);
});

behaviour!(all_memberships_come_by_pages_or_at_once_with_their_teams, |t| {
    let private = CreateChannel::new(t.team, "closed", "Closed").kind(ChannelType::Private);
    let private = t.alice.send(private).await?.id;
    let dm = t.alice.send(CreateDirectChannel::new(vec![t.alice.id, t.bob.id])).await?.id;
    let list = GetChannelMembersWithTeamDataForUser::new(UserId::ME);
    let all = t.alice.send(list.clone().all()).await?;
    let ids: Vec<_> = all.iter().map(|row| row.member.channel_id).collect();
    assert!(ids.is_sorted_by(|a, b| a.as_str() < b.as_str()));
    assert!([private, dm, t.square].iter().all(|id| ids.contains(id)));
    for row in &all {
        assert_eq!(row.team_name.is_empty(), row.member.channel_id == dm);
    }
    let first = t.alice.send(list.clone().page(0).per_page(1_u32)).await?;
    let second = t.alice.send(list.clone().page(1).per_page(1_u32)).await?;
    assert_eq!([&first[..], &second[..]].concat(), all[..2]);

    let of_alice = GetChannelMembersWithTeamDataForUser::new(t.alice.id);
    assert_eq!(t.admin.send(of_alice.clone().per_page(200_u32)).await?.len(), all.len());
    assert_eq!(t.bob.refused(of_alice).await?, error(403, FORBIDDEN));
    let none = error(404, "app.channel.get_member.missing.app_error");
    assert_eq!(t.carol.refused(list.all()).await?, none);
});

behaviour!(what_users_did_is_kept_the_newest_first, |t| {
    t.alice.send(PatchUser::new(UserId::ME).nickname("n".to_owned())).await?;
    let mine = t.alice.send(GetUserAudits::new(UserId::ME)).await?;
    assert!(mine[0].action.ends_with("/patch") && mine[0].user_id == t.alice.id);
    assert!(mine.is_sorted_by(|a, b| a.create_at >= b.create_at));
    assert_eq!(t.alice.send(GetUserAudits::new(UserId::ME).per_page(1_u32)).await?.len(), 1);
    assert_eq!(t.admin.send(GetUserAudits::new(t.alice.id)).await?[0], mine[0]);
    assert_eq!(t.bob.refused(GetUserAudits::new(t.alice.id)).await?, error(403, FORBIDDEN));
});

behaviour!(terms_of_service_that_are_not_there_cannot_be_agreed_to, |t| {
    let agree = RegisterTermsOfServiceAction::new(UserId::ME, NOBODY.parse::<TermsOfServiceId>()?, true);
    let missing = error(404, "app.terms_of_service.get.no_rows.app_error");
    assert_eq!(t.alice.refused(agree).await?, missing);
    let none = error(404, "app.user_terms_of_service.get_by_user.no_rows.app_error");
    assert_eq!(t.alice.refused(GetUserTermsOfService::new(UserId::ME)).await?, none);
});
