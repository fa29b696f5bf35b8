//! Looking at one channel.

use mm_core::api::channels::{GetChannel, GetChannelByName, GetChannelStats, GetPinnedPosts, ViewChannel};
use mm_types::{Channel, ChannelId, ChannelStats, ChannelType, ChannelViewResponse, PostList, PostMetadata};

use crate::manners::VERSION;
use crate::server::route::Routes;
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(get_channel);
    r.on(get_channel_by_name);
    r.on(get_pinned_posts);
    r.on(get_channel_stats);
    r.on(view_channel)
        .body("channel_view")
        .first(|world, caller, user| caller.must_be_or(world, user, Permission::EDIT_OTHER_USERS));
}

fn view_channel(world: &mut World, _: &Caller, op: ViewChannel) -> Result<ChannelViewResponse, Failure> {
    let is_set = |id: &ChannelId| !id.is_empty();
    let (channel, before) = (op.channel_id.filter(is_set), op.prev_channel_id.filter(is_set));
    if channel.is_some() {
        world.set_online(op.user_id, false);
    }
    let channels: Vec<ChannelId> = channel.into_iter().chain(before).collect();
    let mut answer = ChannelViewResponse::default();
    answer.status = "OK".to_owned();
    answer.last_viewed_at_times =
        world.view(op.user_id, &channels, op.collapsed_threads_supported != Some(true));
    Ok(answer)
}

fn get_channel(world: &mut World, caller: &Caller, op: GetChannel) -> Result<Channel, Failure> {
    let channel = world.channels.get(op.channel_id)?;
    if !may_look(world, caller, channel) {
        return Err(Failure::permissions());
    }
    Ok(channel.clone())
}

/// Members may look, and at a public channel all members of the team who are no guests.
fn may_look(world: &World, caller: &Caller, channel: &Channel) -> bool {
    (channel.kind == ChannelType::Open && caller.can(world, Permission::READ_PUBLIC_CHANNEL, channel.team_id))
        || caller.can(world, Permission::READ_CHANNEL, channel.id)
}

fn get_channel_by_name(world: &mut World, caller: &Caller, op: GetChannelByName) -> Result<Channel, Failure> {
    let with_archived = op.include_deleted == Some(true);
    let channel = world.channels.named(op.team_id, &op.channel_name, with_archived)?;
    let runs_team =
        || channel.kind != ChannelType::Open && caller.can(world, Permission::MANAGE_TEAM, channel.team_id);
    if may_look(world, caller, channel) || runs_team() {
        return Ok(channel.clone());
    }
    // Of a private channel others are not told that it is there.
    Err(if channel.kind == ChannelType::Open { Failure::permissions() } else { crate::world::no_such_name() })
}

fn get_channel_stats(
    world: &mut World,
    caller: &Caller,
    op: GetChannelStats,
) -> Result<ChannelStats, Failure> {
    caller.needs(world, Permission::READ_CHANNEL, op.channel_id)?;
    let posts = || world.posts.in_channel(op.channel_id);
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut stats = ChannelStats::default();
    stats.channel_id = op.channel_id;
    stats.member_count = count(world.channels.members_of(op.channel_id).count());
    stats.guest_count =
        count(world.channels.members_of(op.channel_id).filter(|member| member.scheme_guest).count());
    stats.pinnedpost_count = count(posts().filter(|post| post.is_pinned).count());
    stats.files_count =
        if op.exclude_files_count { -1 } else { count(posts().map(|post| post.file_ids.len()).sum()) };
    Ok(stats)
}

fn get_pinned_posts(
    world: &mut World,
    caller: &Caller,
    op: GetPinnedPosts,
) -> Result<Answer<PostList>, Failure> {
    let channel = world.channels.get(op.channel_id)?;
    if !world.may_read(caller.id, channel) {
        return Err(Failure::permissions());
    }
    let mut list = PostList::default();
    let mut newest = None;
    for post in world.posts.in_channel(op.channel_id).filter(|post| post.is_pinned) {
        list.order.push(post.id);
        let mut shown = post.clone();
        shown.metadata.get_or_insert_with(|| Box::new(PostMetadata::default()));
        list.posts.insert(shown);
        if newest.is_none_or(|(_, at)| post.update_at > at) {
            newest = Some((post.id, post.update_at));
        }
    }
    let tag = match newest {
        Some((id, at)) => format!("{VERSION}.{id}.{at}"),
        None => format!("{VERSION}.0.0"),
    };
    Ok(Answer::new(list).etag(tag))
}
