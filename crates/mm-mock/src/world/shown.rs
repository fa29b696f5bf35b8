//! How posts look to clients: with metadata, and without what only the server needs.

use mm_types::{
    FileInfo, MessageAttachment, Post, PostEmbed, PostEmbedKind, PostList, PostMetadata, Reaction,
};

use super::World;

/// The prop that attachments are in.
pub(crate) const ATTACHMENTS: &str = "attachments";

impl World {
    /// A post with its metadata. Replies are not counted: some answers do that, some do not.
    pub(crate) fn shown(&self, post: &Post) -> Post {
        let mut shown = without_secrets(post);
        shown.metadata = Some(Box::new(self.metadata(post)));
        shown
    }

    /// A post with its metadata and the number of replies in its thread.
    pub(crate) fn shown_with_count(&self, post: &Post) -> Post {
        let mut shown = self.shown(post);
        shown.reply_count = self.reply_count(post);
        shown
    }

    /// A post as it is in the database, with the number of replies in its thread.
    pub(crate) fn stored_with_count(&self, post: &Post) -> Post {
        let mut stored = without_secrets(post);
        stored.metadata = None;
        stored.reply_count = self.reply_count(post);
        stored
    }

    fn metadata(&self, post: &Post) -> PostMetadata {
        let mut metadata = PostMetadata::default();
        if let Some(kept) = &post.metadata {
            metadata.priority = kept.priority.clone();
        }
        if let Some(priority) = &mut metadata.priority {
            priority.post_id = post.id;
            priority.channel_id = post.channel_id;
        }
        metadata.files = self.files_of(post);
        metadata.reactions = self.reactions.of_post(post.id).map(Reaction::clone).collect();
        if attachments(post).is_some_and(|attachments| !attachments.is_empty()) {
            let mut embed = PostEmbed::default();
            embed.kind = PostEmbedKind::MessageAttachment;
            metadata.embeds.push(embed);
        }
        metadata
    }

    /// The files of a post, in its order.
    pub(crate) fn files_of(&self, post: &Post) -> Vec<FileInfo> {
        let files = post.file_ids.iter().filter_map(|id| self.files.rows.get(id));
        files.filter(|file| file.info.delete_at.is_unset()).map(|file| file.info.clone()).collect()
    }
}

/// A tag of a list: it changes with any post in it.
pub(crate) fn list_etag(version: &str, list: &PostList) -> String {
    let first = list.order.first().map(ToString::to_string).unwrap_or_default();
    let newest = list
        .posts
        .values()
        .map(|post| (post.update_at, post.id))
        .max_by_key(|(at, id)| (*at, id.to_string()));
    match newest {
        Some((at, id)) => format!("{version}.{first}.{id}.{at}"),
        None => format!("{version}.{first}.0.0"),
    }
}

fn attachments(post: &Post) -> Option<Vec<MessageAttachment>> {
    post.props.get(ATTACHMENTS).ok().flatten()
}

/// Attachments are written with all their keys, and addresses of integrations are nobody's business.
fn without_secrets(post: &Post) -> Post {
    let mut shown = post.clone();
    if let Some(mut attachments) = attachments(post) {
        for action in attachments.iter_mut().flat_map(|attachment| &mut attachment.actions) {
            action.integration = None;
        }
        // Attachments that could be read can be written.
        let _ = shown.props.insert_json(ATTACHMENTS, &attachments);
    }
    shown
}
