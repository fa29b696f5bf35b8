//! Finding channels.

use mm_core::api::channels::{GetChannelsForTeamForUser, GetPublicChannelsForTeam, SearchChannels};
use mm_types::{Channel, ChannelType, TeamId};

use crate::manners::VERSION;
use crate::server::paging::page;
use crate::server::route::Routes;
use crate::{Answer, Caller, Failure, Permission, World};

/// What a search finds at most.
const MOST_FOUND: usize = 100;

pub(super) fn routes(r: &mut Routes) {
    r.on(get_public_channels);
    r.on(get_channels_of_user);
    r.on(search).body("channel_search").or_empty(&["term"]);
}

fn get_public_channels(
    world: &mut World,
    caller: &Caller,
    op: GetPublicChannelsForTeam,
) -> Result<Vec<Channel>, Failure> {
    caller.needs(world, Permission::LIST_TEAM_CHANNELS, op.team_id)?;
    let channels = public(world, op.team_id).filter(|channel| !channel.is_deleted());
    Ok(page(sorted(channels), op.page, op.per_page).into_iter().cloned().collect())
}

fn public(world: &World, team: TeamId) -> impl Iterator<Item = &Channel> {
    let channels = world.channels.rows.iter();
    channels.filter(move |channel| channel.team_id == team && channel.kind == ChannelType::Open)
}

/// By display name, as the server lists channels.
fn sorted<'a>(channels: impl Iterator<Item = &'a Channel>) -> Vec<&'a Channel> {
    let mut channels: Vec<&Channel> = channels.collect();
    channels.sort_by_key(|channel| (channel.display_name.to_lowercase(), channel.name.clone()));
    channels
}

fn get_channels_of_user(
    world: &mut World,
    caller: &Caller,
    op: GetChannelsForTeamForUser,
) -> Result<Answer<Vec<Channel>>, Failure> {
    caller.must_be_or(world, op.user_id, Permission::EDIT_OTHER_USERS)?;
    caller.needs(world, Permission::VIEW_TEAM, op.team_id)?;
    let since = op.last_delete_at.unwrap_or_default();
    if since.as_millis() < 0 {
        return Err(Failure::url_param("last_delete_at"));
    }
    let is_listed = |channel: &&Channel| {
        let here = channel.team_id == op.team_id || channel.team_id.is_empty();
        let archived = op.include_deleted == Some(true) && channel.delete_at >= since;
        here && (!channel.is_deleted() || archived)
    };
    let channels = sorted(world.channels.of_user(op.user_id).filter(is_listed));
    if channels.is_empty() {
        let message = "No channels were found.";
        return Err(Failure::new(404, "app.channel.get_channels.not_found.app_error", message));
    }
    let tag = tag(&channels);
    Ok(Answer::new(channels.into_iter().cloned().collect()).etag(tag))
}

fn tag(channels: &[&Channel]) -> String {
    let (mut id, mut newest) = ("0", 0);
    for channel in channels {
        let at = channel.last_post_at.max(channel.update_at).as_millis();
        if at > newest {
            (id, newest) = (channel.id.as_str(), at);
        }
    }
    format!("{VERSION}.{id}.{newest}.0.{}", channels.len())
}

fn search(world: &mut World, caller: &Caller, op: SearchChannels) -> Result<Vec<Channel>, Failure> {
    let term = op.term.trim().to_lowercase();
    let fits = |channel: &&Channel| {
        [&channel.name, &channel.display_name, &channel.purpose]
            .into_iter()
            .any(|text| text.to_lowercase().contains(&term))
    };
    // Archived ones too.
    let found: Vec<&Channel> = if caller.can(world, Permission::LIST_TEAM_CHANNELS, op.team_id) {
        sorted(public(world, op.team_id).filter(fits))
    } else {
        world.teams.member(op.team_id, caller.id)?;
        let own = world.channels.of_user(caller.id).filter(|channel| channel.team_id == op.team_id);
        sorted(own.filter(fits))
    };
    Ok(found.into_iter().take(MOST_FOUND).cloned().collect())
}
