//! Files and what is in them.

use bytes::Bytes;
use mm_types::{FileId, FileInfo};

use super::Table;
use crate::Failure;

#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) rows: Table<FileId, StoredFile>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct StoredFile {
    pub(crate) info: FileInfo,
    pub(crate) content: Bytes,
}

impl Files {
    /// 404 `app.file_info.get.app_error`.
    pub(crate) fn get(&self, id: FileId) -> Result<&StoredFile, Failure> {
        let found = self.rows.get(&id).filter(|file| file.info.delete_at.is_unset());
        found.ok_or_else(|| Failure::new(404, "app.file_info.get.app_error", "Unable to get the file info."))
    }
}
