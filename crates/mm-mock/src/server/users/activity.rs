//! What users do: typing, uploading, being in channels, leaving traces.

use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use mm_core::Body;
use mm_core::api::users::{
    GetChannelMembersWithTeamDataForUser, GetUploadsForUser, GetUserAudits, PublishUserTyping,
};
use mm_types::{Audit, ChannelMemberWithTeamData, StatusOk, UploadSession, UserId};

use super::own_or_editor;
use crate::permission::Scope;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(typing).body("typing_request").or_empty(&["channel_id"]);
    r.on(uploads);
    r.on(channel_members).first(own_or_editor);
    r.on(audits).first(own_or_editor);
}

fn typing(world: &mut World, caller: &Caller, op: PublishUserTyping) -> Result<StatusOk, Failure> {
    if caller.id != op.user_id {
        caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
    }
    if !world.allows(op.user_id, Permission::CREATE_POST, Scope::Channel(op.channel_id)) {
        return Err(Failure::permissions());
    }
    let parent = op.parent_id.unwrap_or_default();
    world.tell_typing(op.user_id, op.channel_id, parent.as_str());
    Ok(StatusOk::ok())
}

fn uploads(world: &mut World, caller: &Caller, op: GetUploadsForUser) -> Result<Vec<UploadSession>, Failure> {
    if caller.id != op.user_id && !caller.is_local {
        let id = "api.user.get_uploads_for_user.forbidden.app_error";
        return Err(Failure::new(403, id, "Failed to get uploads."));
    }
    let sessions = world.uploads.rows.iter();
    Ok(sessions.filter(|session| session.user_id == op.user_id).cloned().collect())
}

fn channel_members(
    world: &mut World,
    _: &Caller,
    op: GetChannelMembersWithTeamDataForUser,
) -> Result<Answer<Vec<ChannelMemberWithTeamData>>, Failure> {
    let members = memberships(world, op.user_id);
    match op.page.unwrap_or_default() {
        -1 if members.is_empty() => {
            Err(world.channels.member(Default::default(), op.user_id).err().unwrap_or_else(no_members))
        }
        -1 => Ok(Answer::raw(lines(&members))),
        other => {
            let number = u32::try_from(other).map_err(|_| no_members())?;
            Ok(page(members, Some(number), op.per_page).into())
        }
    }
}

/// All channels a user is in, by the channel's id.
fn memberships(world: &World, user: UserId) -> Vec<ChannelMemberWithTeamData> {
    let mine = world.channels.members.iter().filter(|member| member.user_id == user);
    let mut mine: Vec<ChannelMemberWithTeamData> = mine
        .map(|member| {
            let mut row = ChannelMemberWithTeamData::default();
            row.member = member.clone();
            let channel = world.channels.rows.get(&member.channel_id);
            if let Some(team) = channel.and_then(|channel| world.teams.rows.get(&channel.team_id)) {
                row.team_display_name.clone_from(&team.display_name);
                row.team_name.clone_from(&team.name);
                row.team_update_at = team.update_at;
            }
            row
        })
        .collect();
    mine.sort_by(|a, b| a.member.channel_id.as_str().cmp(b.member.channel_id.as_str()));
    mine
}

/// One document a line.
fn lines(members: &[ChannelMemberWithTeamData]) -> Response<Body> {
    let mut text = Vec::new();
    for member in members {
        text.extend(serde_json::to_vec(member).unwrap_or_default());
        text.push(b'\n');
    }
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response
}

fn no_members() -> Failure {
    Failure::new(500, "app.channel.get_members.app_error", "Unable to get the channel members.")
}

/// The newest come first; nothing is `null`.
fn audits(world: &mut World, _: &Caller, op: GetUserAudits) -> Result<Answer<Vec<Audit>>, Failure> {
    let mine = world.audits.rows.iter().rev().filter(|row| row.user_id == op.user_id);
    let rows = page(mine, op.page, op.per_page).into_iter().map(|row| {
        let mut audit = Audit::default();
        audit.id = row.id.parse().unwrap_or_default();
        audit.create_at = row.create_at;
        audit.user_id = row.user_id;
        audit.action.clone_from(&row.action);
        audit.extra_info.clone_from(&row.extra_info);
        "127.0.0.1".clone_into(&mut audit.ip_address);
        audit.session_id = row.session_id;
        audit
    });
    Ok(Answer::null_if_empty(rows.collect()))
}

#[cfg(test)]
mod tests {
    use mm_core::api::users::GetUser;
    use mm_types::PostId;

    use super::*;
    use crate::testing::ask;
    use crate::{Audience, Town};

    #[tokio::test]
    async fn the_others_of_a_channel_are_told_who_is_typing() {
        let town = Town::new();
        let root: PostId = town.fake.post(&town.town_square, &town.bob, "hello").create().id;
        let op = PublishUserTyping::new(UserId::ME, town.town_square.id).parent_id(root);
        ask(&town.fake, &town.alice, op).await.unwrap();
        let (event, audience) = town.fake.events().pop().unwrap();
        assert_eq!((event.name, event.data["parent_id"].as_str()), ("typing", Some(root.as_str())));
        assert_eq!(audience, Audience::channel(town.town_square.id).but(town.alice.id));
    }

    #[tokio::test]
    async fn nothing_done_is_null() {
        let town = Town::new();
        ask(&town.fake, &town.alice, GetUser::me()).await.unwrap();
        let op = GetUserAudits::new(UserId::ME);
        assert!(ask(&town.fake, &town.alice, op).await.unwrap().is_empty());
    }
}
