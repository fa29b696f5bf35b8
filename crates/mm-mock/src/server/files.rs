//! Files of posts.

mod download;
#[cfg(test)]
mod tests;

use mm_core::api::files::{GetFile, GetFileInfo, UploadFile};
use mm_core::codec::Download;
use mm_types::{FileInfo, FileUpload};

use super::route::Routes;
use crate::world::StoredFile;
use crate::{Answer, Caller, Failure, Permission, World};

pub(super) fn routes(r: &mut Routes) {
    r.on(upload_file).takes_files();
    r.on(get_file);
    r.on(get_file_info);
}

fn upload_file(world: &mut World, caller: &Caller, op: UploadFile) -> Result<FileUpload, Failure> {
    world.channels.get(op.channel_id).map_err(|_| Failure::permissions())?;
    caller.needs(world, Permission::UPLOAD_FILE, op.channel_id)?;
    let mut upload = FileUpload::default();
    for part in &op.files {
        // What came in a request is in memory.
        let content = part.open().into_bytes().unwrap_or_default();
        let mut info = world.add_file(op.channel_id, caller.id, part.file_name(), content);
        if let (true, Some(file)) = (op.bookmark == Some(true), world.files.rows.get_mut(&info.id)) {
            file.of_bookmark = true;
            info = file.info.clone();
        }
        upload.file_infos.push(info);
    }
    upload.client_ids = op.client_ids;
    Ok(upload)
}

fn get_file(world: &mut World, caller: &Caller, op: GetFile) -> Result<Answer<Download>, Failure> {
    let file = world
        .files
        .get(op.file_id)
        .map_err(|_| Failure::new(404, "api.file.get_file_info.app_error", "Unable to get info for file."))?;
    if op.as_content_reviewer == Some(true) {
        let message = "Your license does not support Data Spillage Handling.";
        return Err(Failure::new(501, "api.data_spillage.error.license", message));
    }
    may_read(world, caller, file)?;
    download::answer(file, op.download == Some(true), caller)
}

fn get_file_info(world: &mut World, caller: &Caller, op: GetFileInfo) -> Result<Answer<FileInfo>, Failure> {
    let file = world.files.get(op.file_id)?;
    may_read(world, caller, file)?;
    Ok(Answer::new(file.info.clone()).header("cache-control", "max-age=2592000, private"))
}

/// The owner may, and whoever may read the channel, whether a post has the file yet or not.
fn may_read(world: &World, caller: &Caller, file: &StoredFile) -> Result<(), Failure> {
    let info = &file.info;
    let owns = info.user_id == caller.id && !file.of_bookmark;
    let reads = world.channels.get(info.channel_id).is_ok_and(|channel| world.may_read(caller.id, channel));
    if owns || reads { Ok(()) } else { Err(Failure::permissions()) }
}
