//! Posts that are changed or deleted.

use std::collections::HashSet;

use mm_core::api::posts::{DeletePost, PatchPost, UpdatePost};
use mm_types::{FileId, Post, PostId, PostProps, StatusOk};

use super::create::{check, sanitize};
use crate::permission::Scope;
use crate::world::{ATTACHMENTS, Audience, Event, hashtags};
use crate::{Caller, Failure, Permission, World};

pub(super) fn update_post(world: &mut World, caller: &Caller, op: UpdatePost) -> Result<Post, Failure> {
    let mut post = may_edit(world, caller, op.post_id, &op.file_ids)?;
    let before = post.clone();
    post.message = op.message;
    post.is_pinned = op.is_pinned.unwrap_or_default();
    post.has_reactions = op.has_reactions.unwrap_or_default();
    post.props = op.props.unwrap_or_default();
    // A list that was left out and an empty one are the same here: both keep the files.
    if !op.file_ids.is_empty() {
        post.file_ids = op.file_ids;
    }
    save(world, &before, post, "update_post")
}

pub(super) fn patch_post(world: &mut World, caller: &Caller, op: PatchPost) -> Result<Post, Failure> {
    let file_ids = op.file_ids.into_value();
    let mut post = may_edit(world, caller, op.post_id, file_ids.as_deref().unwrap_or_default())?;
    let before = post.clone();
    post.is_pinned = op.is_pinned.unwrap_or(post.is_pinned);
    post.has_reactions = op.has_reactions.unwrap_or(post.has_reactions);
    op.message.apply_to(&mut post.message);
    op.props.apply_to(&mut post.props);
    if let Some(file_ids) = file_ids {
        post.file_ids = file_ids;
    }
    save(world, &before, post, "patch_post")
}

/// The post, if the caller may edit it. One that does not exist is one without permission.
fn may_edit(world: &World, caller: &Caller, id: PostId, file_ids: &[FileId]) -> Result<Post, Failure> {
    let post = world.posts.get(id).map_err(|_| Failure::permissions())?;
    caller.needs(world, Permission::EDIT_POST, post.channel_id)?;
    if post.user_id != caller.id {
        caller.needs(world, Permission::EDIT_OTHERS_POSTS, post.channel_id)?;
    }
    if file_ids.iter().any(|file| !post.file_ids.contains(file)) {
        caller.needs(world, Permission::UPLOAD_FILE, post.channel_id)?;
    }
    Ok(post.clone())
}

fn save(world: &mut World, before: &Post, mut post: Post, what: &str) -> Result<Post, Failure> {
    if world.channels.get(post.channel_id)?.delete_at.is_set() {
        let id = format!("api.post.{what}.can_not_update_post_in_deleted.error");
        return Err(Failure::new(400, id, "Can not update a post in a deleted channel."));
    }
    if before.is_system_message() {
        let id = "api.post.update_post.system_message.app_error";
        return Err(Failure::new(400, id, "Unable to update system message."));
    }
    let now = world.now();
    sanitize(&mut post.props);
    if post.message != before.message {
        post.hashtags = hashtags(&post.message);
    }
    check(world, &post)?;
    post.file_ids = exchange_files(world, before, &post.file_ids);
    let attachments = |props: &PostProps| props.get::<serde_json::Value>(ATTACHMENTS).ok().flatten();
    let edited = post.message != before.message
        || post.file_ids != before.file_ids
        || attachments(&post.props) != attachments(&before.props);
    if edited {
        post.edit_at = now;
    }
    post.update_at = now;
    if let Ok(row) = world.posts.get_mut(post.id) {
        row.clone_from(&post);
    }
    world.touch(&post, now);
    let shown = world.shown_with_count(&post);
    world.emit(Event::new("post_edited").with_json("post", &shown), Audience::channel(post.channel_id));
    Ok(shown)
}

/// Takes from a post the files that are no longer named, and gives it new ones of its author's.
fn exchange_files(world: &mut World, before: &Post, wanted: &[FileId]) -> Vec<FileId> {
    let now = world.now();
    for gone in before.file_ids.iter().filter(|file| !wanted.contains(file)) {
        if let Some(file) = world.files.rows.get_mut(gone) {
            file.info.delete_at = now;
        }
    }
    let new: Vec<FileId> = wanted.iter().filter(|file| !before.file_ids.contains(file)).copied().collect();
    let new = world.files.attach(&new, before.id, before.channel_id, before.user_id);
    let kept = before.file_ids.iter().filter(|file| wanted.contains(file)).copied();
    let mut files: Vec<FileId> = kept.chain(new).collect();
    files.sort_unstable();
    files
}

pub(super) fn delete_post(world: &mut World, caller: &Caller, op: DeletePost) -> Result<StatusOk, Failure> {
    let permanent = op.permanent == Some(true);
    let post = if permanent {
        if !world.config.post_deletion {
            let message = "Cannot delete post, ServiceSettings.EnableAPIPostDeletion is not enabled.";
            return Err(Failure::new(501, "api.post.delete_post.not_enabled.app_error", message));
        }
        caller.needs(world, Permission::MANAGE_SYSTEM, Scope::System)?;
        world.posts.any(op.post_id).ok_or_else(super::missing)?.clone()
    } else {
        world.posts.get(op.post_id)?.clone()
    };
    let own = post.user_id == caller.id;
    let permission = if own { Permission::DELETE_POST } else { Permission::DELETE_OTHERS_POSTS };
    caller.needs(world, permission, post.channel_id)?;
    let event = Event::new("post_deleted").with_json("post", &world.stored_with_count(&post));
    if permanent {
        remove(world, post.id);
    } else {
        if world.channels.get(post.channel_id)?.delete_at.is_set() {
            let id = "api.post.delete_post.can_not_delete_post_in_deleted.error";
            return Err(Failure::new(400, id, "Can not delete a post in a deleted channel."));
        }
        mark_deleted(world, caller, post.id);
    }
    // Administrators are told who did it.
    world.emit(event.clone(), Audience::channel(post.channel_id).sanitized());
    let event = event.with("delete_by", caller.id.as_str());
    world.emit(event, Audience::channel(post.channel_id).sensitive());
    world.tell_mention_gone(&post);
    Ok(StatusOk::default())
}

/// Marks a post, its replies and its files as deleted.
fn mark_deleted(world: &mut World, caller: &Caller, id: PostId) {
    let now = world.now();
    world.posts.delete(id, caller.id, now);
    for file in world.files.rows.iter_mut().filter(|file| file.info.post_id == id) {
        file.info.delete_at = now;
    }
}

/// Removes a post with everything that hangs on it.
fn remove(world: &mut World, id: PostId) {
    let gone: HashSet<PostId> = world.posts.any_replies(id).map(|row| row.id).chain([id]).collect();
    world.posts.remove(&gone);
    world.reactions.rows.retain(|reaction| !gone.contains(&reaction.post_id));
    world.threads.members.retain(|member| !gone.contains(&member.thread));
    world.files.rows.retain(|file| !gone.contains(&file.info.post_id));
}
