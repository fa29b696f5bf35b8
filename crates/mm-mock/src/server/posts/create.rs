//! New posts.

use mm_core::api::posts::{CreatePost, CreatePostEphemeral};
use mm_types::{
    Channel, ChannelType, MessageAttachment, Post, PostKind, PostMetadata, PostPriority, PostProps,
};

use crate::permission::Scope;
use crate::world::{ATTACHMENTS, Audience, Event};
use crate::{Caller, Failure, Permission, World};

/// The most characters that props can have as JSON.
const LONGEST_PROPS: usize = 800_000;
/// The most characters that the ids of files can have as JSON, which is enough for ten.
const LONGEST_FILE_IDS: usize = 300;

pub(super) fn create_post(world: &mut World, caller: &Caller, op: CreatePost) -> Result<Post, Failure> {
    let channel = may_post(world, caller, &op)?;
    let priority = op.metadata.and_then(|metadata| metadata.priority);
    check_priority(priority.as_ref(), op.root_id.is_some_and(|root| !root.is_empty()))?;
    let kind = op.kind.unwrap_or_default();
    if kind.as_str().starts_with("system_") {
        let message = "Invalid post.type parameter.";
        return Err(Failure::new(400, "api.context.invalid_param.app_error", message));
    }
    if channel.delete_at.is_set() {
        let message = "Can not post to deleted channel.";
        return Err(Failure::new(400, "api.post.create_post.can_not_post_to_deleted.error", message));
    }
    let pending = op.pending_post_id.unwrap_or_default();
    if let Some(made) = already_made(world, caller, &pending)? {
        return Ok(made);
    }

    let mut post = Post::default();
    post.channel_id = channel.id;
    post.user_id = caller.id;
    post.root_id = op.root_id.unwrap_or_default();
    post.message = op.message;
    post.kind = kind;
    post.props = op.props.unwrap_or_default();
    post.remote_id = Some(mm_types::RemoteId::default());
    post.file_ids = op.file_ids;
    // As the server keeps them.
    post.file_ids.sort_unstable();
    post.file_ids.dedup();
    if caller.can(world, Permission::MANAGE_SYSTEM, Scope::System) {
        post.create_at = op.create_at.unwrap_or_default();
    }
    finish_props(world, caller, &mut post);
    check_root(world, &post)?;
    check(world, &post)?;
    if priority.is_some() {
        let metadata = post.metadata.insert(Box::<PostMetadata>::default());
        metadata.priority.clone_from(&priority);
    }
    Ok(publish(world, post, &pending, priority, op.set_online.unwrap_or(true)))
}

/// Stores a checked post and tells about it. The answer is what was told.
fn publish(
    world: &mut World,
    mut post: Post,
    pending: &mm_types::PendingPostId,
    priority: Option<PostPriority>,
    set_online: bool,
) -> Post {
    post.id = world.new_id();
    post.file_ids = world.files.attach(&post.file_ids, post.id, post.channel_id, post.user_id);
    let from_bot = post.props.contains_key("from_bot") || post.props.contains_key("from_webhook");
    let id = world.add_post(post);
    world.pending.made(pending, id, world.clock.now());
    let Ok(stored) = world.posts.get(id).cloned() else { return Post::default() };
    let mut shown = world.shown(&stored);
    if !stored.is_root() {
        shown.reply_count = world.reply_count(&stored);
    }
    shown.pending_post_id = pending.clone();
    if let Some(metadata) = &mut shown.metadata {
        // Only later answers say whose priority it is.
        metadata.priority = priority;
    }
    world.tell_posted(&shown, set_online);
    // Who replies has read the thread, not the channel.
    if let (false, true, Ok(channel)) =
        (from_bot, stored.is_root(), world.channels.get(stored.channel_id).cloned())
    {
        world.mark_read(&channel, stored.user_id);
    }
    if set_online {
        world.set_online(shown.user_id, false);
    }
    shown
}

/// The channel to post to, if the caller may.
fn may_post(world: &World, caller: &Caller, op: &CreatePost) -> Result<Channel, Failure> {
    // A channel that does not exist is one without permission.
    let channel = world.channels.get(op.channel_id).map_err(|_| Failure::permissions())?;
    let in_public = channel.kind == ChannelType::Open
        && caller.can(world, Permission::CREATE_POST_PUBLIC, channel.team_id);
    if !in_public {
        caller.needs(world, Permission::CREATE_POST, channel.id)?;
    }
    if !op.file_ids.is_empty() {
        caller.needs(world, Permission::UPLOAD_FILE, channel.id)?;
    }
    Ok(channel.clone())
}

/// Asking for acknowledgements, and telling again and again, need a licence.
fn check_priority(priority: Option<&PostPriority>, is_reply: bool) -> Result<(), Failure> {
    let Some(priority) = priority else { return Ok(()) };
    if is_reply {
        let id = "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error";
        return Err(Failure::new(400, id, "Only root posts are allowed to have priority."));
    }
    let licensed = [priority.requested_ack, priority.persistent_notifications];
    if licensed.contains(&Some(true)) {
        let message = "Feature is not available for the current license";
        return Err(Failure::new(501, "license_error.feature_unavailable", message));
    }
    Ok(())
}

/// The post that an earlier request made under the same name, as the database has it.
fn already_made(
    world: &World,
    caller: &Caller,
    pending: &mm_types::PendingPostId,
) -> Result<Option<Post>, Failure> {
    let Some(id) = world.pending.get(pending, world.now()) else { return Ok(None) };
    match world.readable_post(caller.id, id) {
        Ok(post) => Ok(Some(world.stored_with_count(post))),
        Err(refused) if refused.status() == 403 => Ok(None),
        Err(_) => {
            let message =
                "Failed to fetch original post after deduplicating a client repeating the same request.";
            Err(Failure::new(500, "api.post.deduplicate_create_post.failed_to_get", message))
        }
    }
}

/// Props as the server keeps them: it says who is a bot, and gives buttons ids.
fn finish_props(world: &mut World, caller: &Caller, post: &mut Post) {
    sanitize(&mut post.props);
    if world.users.get(caller.id).is_ok_and(|account| account.user.is_bot) {
        post.props.insert("from_bot", "true");
    }
    if caller.session.as_ref().is_some_and(|session| session.is_oauth) {
        post.props.insert("from_oauth_app", "true");
    }
    let attachments = post.props.get::<Vec<MessageAttachment>>(ATTACHMENTS).ok().flatten();
    let Some(mut attachments) = attachments else { return };
    let actions = attachments.iter_mut().flat_map(|attachment| &mut attachment.actions);
    let mut changed = false;
    for action in actions.filter(|action| action.id.is_empty()) {
        action.id = world.ids.text();
        changed = true;
    }
    if changed {
        // Attachments that could be read can be written.
        let _ = post.props.insert_json(ATTACHMENTS, &attachments);
    }
}

/// Takes away the props that only the server may set.
pub(super) fn sanitize(props: &mut PostProps) {
    for key in ["add_channel_member", "force_notification"] {
        props.remove(key);
    }
}

fn check_root(world: &World, post: &Post) -> Result<(), Failure> {
    if post.is_root() {
        return Ok(());
    }
    let wrong =
        |id: &str, message: &str| Failure::new(400, format!("api.post.create_post.{id}.app_error"), message);
    let root = world.posts.get(post.root_id).map_err(|_| wrong("root_id", "Invalid RootId parameter."))?;
    if root.channel_id != post.channel_id {
        return Err(wrong("channel_root_id", "Invalid ChannelId for RootId parameter."));
    }
    if root.is_root() { Ok(()) } else { Err(wrong("root_id", "Invalid RootId parameter.")) }
}

/// The rules that every post has to keep, new or changed.
pub(super) fn check(world: &World, post: &Post) -> Result<(), Failure> {
    let wrong = |what: &str, message: &str| {
        Err(Failure::new(400, format!("model.post.is_valid.{what}.app_error"), message))
    };
    if post.message.chars().count() > world.config.max_post_size {
        let message = "Post Message property is longer than the maximum permitted length.";
        return wrong("message_length", message);
    }
    // Brackets, and for each id quotes and what follows it.
    let ids = post.file_ids.len() * 29 + 1;
    if ids > LONGEST_FILE_IDS {
        return wrong(
            "file_ids",
            "Invalid file ids. Note that uploads are limited to 10 files maximum. Please use additional posts for more files.",
        );
    }
    if post.props.raw().chars().count() > LONGEST_PROPS {
        return wrong("props", "Invalid props.");
    }
    if post.kind == PostKind::BurnOnRead {
        let id = "api.post.fill_in_post_props.burn_on_read.license.app_error";
        return Err(Failure::new(501, id, "Burn-on-read posts require an Enterprise Advanced license."));
    }
    let kind = post.kind.as_str();
    if matches!(post.kind, PostKind::Unknown(_)) && !kind.starts_with("custom_") {
        return wrong("type", "Invalid type.");
    }
    Ok(())
}

pub(super) fn create_post_ephemeral(
    world: &mut World,
    caller: &Caller,
    op: CreatePostEphemeral,
) -> Result<Post, Failure> {
    if op.user_id.is_empty() {
        return Err(Failure::body_param("user_id"));
    }
    caller.needs(world, Permission::CREATE_POST_EPHEMERAL, Scope::System)?;
    let mut post = Post::default();
    post.id = world.new_id();
    post.create_at = world.now();
    post.user_id = caller.id;
    post.channel_id = op.post.channel_id;
    post.root_id = op.post.root_id;
    post.message = op.post.message;
    post.props = op.post.props;
    post.kind = PostKind::Ephemeral;
    let shown = world.shown(&post);
    let mut audience = Audience::user(op.user_id);
    audience.channel = post.channel_id;
    world.emit(Event::new("ephemeral_message").with_json("post", &shown), audience);
    Ok(shown)
}
