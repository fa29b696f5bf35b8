//! Files and what is in them.

use bytes::Bytes;
use mm_types::{ChannelId, FileId, FileInfo, PostId, UserId};

use super::{Table, World};
use crate::Failure;
use crate::picture;

#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) rows: Table<FileId, StoredFile>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct StoredFile {
    pub(crate) info: FileInfo,
    pub(crate) content: Bytes,
    /// It belongs to a bookmark of the channel, not to its owner.
    pub(crate) of_bookmark: bool,
}

impl Files {
    /// 404 `app.file_info.get.app_error`.
    pub(crate) fn get(&self, id: FileId) -> Result<&StoredFile, Failure> {
        let found = self.rows.get(&id).filter(|file| file.info.delete_at.is_unset());
        found.ok_or_else(|| Failure::new(404, "app.file_info.get.app_error", "Unable to get the file info."))
    }

    /// Gives a post the files that its author uploaded, to whatever channel, and that no post has yet. Others
    /// are left out.
    pub(crate) fn attach(
        &mut self,
        files: &[FileId],
        post: PostId,
        channel: ChannelId,
        author: UserId,
    ) -> Vec<FileId> {
        let mut attached: Vec<FileId> = Vec::new();
        for id in files {
            let free = self.rows.get_mut(id).filter(|file| {
                let info = &file.info;
                info.post_id.is_empty()
                    && info.user_id == author
                    && info.delete_at.is_unset()
                    && !file.of_bookmark
            });
            if let Some(file) = free {
                file.info.post_id = post;
                file.info.channel_id = channel;
                attached.push(*id);
            }
        }
        attached
    }
}

impl World {
    /// Keeps a file for later; checks nothing.
    pub(crate) fn add_file(
        &mut self,
        channel: ChannelId,
        user: UserId,
        name: &str,
        content: Bytes,
    ) -> FileInfo {
        // A name is what follows the last slash, on the real server too.
        let name = name.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
        let mut info = FileInfo::default();
        info.id = self.new_id();
        info.user_id = user;
        info.channel_id = channel;
        info.create_at = self.now();
        info.update_at = info.create_at;
        name.clone_into(&mut info.name);
        info.size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        mime_type(&extension).clone_into(&mut info.mime_type);
        info.extension = extension;
        info.remote_id = Some(mm_types::RemoteId::default());
        if let (true, Some(picture)) = (info.mime_type.starts_with("image/"), picture::read(&content)) {
            (info.width, info.height) = (picture.width, picture.height);
            info.has_preview_image = !picture.may_move;
            info.mini_preview = Some(picture::MINIATURE.to_owned());
        }
        let file = StoredFile { info: info.clone(), content, of_bookmark: false };
        self.files.rows.insert(info.id, file);
        info
    }
}

/// What a name's ending says about the content; empty for endings that nobody knows.
#[rustfmt::skip]
fn mime_type(extension: &str) -> &'static str {
    match extension {
        "avif" => "image/avif",
        "bin" | "exe" | "dll" | "so" => "application/octet-stream",
        "bmp" => "image/bmp",
        "css" => "text/css; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "gif" => "image/gif",
        "gz" => "application/gzip",
        "htm" | "html" => "text/html; charset=utf-8",
        "jpeg" | "jpg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "md" => "text/markdown; charset=utf-8",
        "mov" => "video/quicktime",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "tar" => "application/x-tar",
        "tif" | "tiff" => "image/tiff",
        "txt" | "log" => "text/plain; charset=utf-8",
        "wav" => "audio/x-wav",
        "wasm" => "application/wasm",
        "webm" => "video/webm",
        "webp" => "image/webp",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xml" => "text/xml; charset=utf-8",
        "yaml" | "yml" => "application/yaml",
        "zip" => "application/zip",
        _ => "",
    }
}
