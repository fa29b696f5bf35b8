//! Uploads in pieces.

use mm_types::{UploadId, UploadSession};

use super::Table;

#[derive(Debug, Default)]
pub(crate) struct Uploads {
    pub(crate) rows: Table<UploadId, UploadSession>,
}
