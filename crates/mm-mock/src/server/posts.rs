//! Posts, threads and searches.

mod change;
mod create;
mod list;
mod search;
#[cfg(test)]
mod tests;
mod thread;

use mm_core::api::posts::{GetFileInfosForPost, GetPost, SetPostUnread};
use mm_types::{ChannelUnreadAt, FileInfo, Post};

use super::route::Routes;
use crate::manners::VERSION;
use crate::permission::Scope;
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(create::create_post).body("post").or_empty(&["channel_id", "message"]);
    r.on(create::create_post_ephemeral).body("body");
    r.on(get_post);
    r.on(|world: &mut World, caller: &Caller, op: GetFileInfosForPost| {
        let post = world.readable_post(caller.id, op.post_id)?;
        let infos = post.file_ids.iter().filter_map(|id| Some(world.files.get(*id).ok()?.info.clone()));
        let tag = format!("{VERSION}.{}.{}", post.id, post.update_at.as_millis());
        Ok::<_, Failure>(Answer::new(infos.collect::<Vec<FileInfo>>()).etag(tag))
    });
    r.on(set_post_unread);
    r.on(change::update_post).body("post").or_empty(&["message"]).repeats("id", "post_id", "id");
    r.on(change::patch_post).body("post");
    r.on(change::delete_post);
    r.on(list::get_posts_for_channel).as_body(&["since", "before", "after"]);
    r.on(thread::get_post_thread).as_body(&["perPage", "fromPost", "fromCreateAt", "fromUpdateAt"]);
    r.on(search::search_posts).or_empty(&["terms"]);
}

fn get_post(world: &mut World, caller: &Caller, op: GetPost) -> Result<Answer<Post>, Failure> {
    let post = if op.include_deleted == Some(true) {
        caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
        world.posts.any(op.post_id).ok_or_else(missing)?
    } else {
        world.posts.get(op.post_id)?
    };
    if !world.may_read(caller.id, world.channels.get(post.channel_id)?) {
        return Err(Failure::permissions());
    }
    let shown = world.shown_with_count(post);
    let tag = format!("{VERSION}.{}.{}", shown.id, shown.update_at);
    Ok(Answer::new(shown).etag(tag))
}

fn set_post_unread(
    world: &mut World,
    caller: &Caller,
    op: SetPostUnread,
) -> Result<ChannelUnreadAt, Failure> {
    caller.must_be_or(world, op.user_id, Permission::EDIT_OTHER_USERS)?;
    caller.needs_at_post(world, Permission::READ_CHANNEL_CONTENT, op.post_id)?;
    let post = world.posts.get(op.post_id)?.clone();
    world.users.get(op.user_id)?;
    world.mark_unread(op.user_id, &post, op.collapsed_threads_supported != Some(true))
}

fn missing() -> Failure {
    Failure::new(404, "app.post.get.app_error", "Unable to get the post.")
}
