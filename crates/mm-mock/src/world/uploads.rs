//! Uploads in pieces.

use mm_types::{UploadId, UploadSession};

use super::Table;

#[derive(Debug, Default)]
pub(crate) struct Uploads {
    pub(crate) rows: Table<UploadId, Upload>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Upload {
    pub(crate) session: UploadSession,
    /// What has arrived.
    pub(crate) content: Vec<u8>,
}
