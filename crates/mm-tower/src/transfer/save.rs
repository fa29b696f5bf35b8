use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use mm_core::{Delivery, Download, TransportError, TransportErrorKind};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt as _;
use tokio::task::spawn_blocking;

use super::{FileError, SaveError};

/// A file that is to be, under its temporary name.
pub(crate) struct Target {
    path: PathBuf,
    // Closed before it is removed, which some systems insist on.
    file: std::fs::File,
    temporary: Temporary,
}

/// A file that is gone when this is dropped, unless it was renamed by then.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the renaming there is none; and nobody is left to be told of a failure.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Target {
    pub(crate) async fn create(path: &Path) -> Result<Self, FileError> {
        let failed = |error| FileError::new(path, error);
        let Some(name) = path.file_name() else {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "has no file name")));
        };
        if fs::metadata(path).await.is_ok_and(|metadata| metadata.is_dir()) {
            return Err(failed(io::Error::new(
                io::ErrorKind::IsADirectory,
                "is a directory; add a file name",
            )));
        }
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{:016x}.part", RandomState::new().build_hasher().finish()));
        let temporary = path.with_file_name(hidden);
        // What removes the file comes out of the thread that makes it: given up in between, it is removed there.
        let created = spawn_blocking(move || {
            let file = std::fs::File::create_new(&temporary)?;
            Ok((file, Temporary(temporary)))
        });
        let (file, temporary) =
            created.await.map_err(io::Error::other).and_then(|created| created).map_err(failed)?;
        Ok(Self { path: path.to_owned(), temporary, file })
    }

    pub(crate) async fn save(self, mut download: Download) -> Result<u64, SaveError> {
        let announced = download.len();
        let Self { path, temporary, file } = self;
        let mut file = File::from_std(file);
        let failed = |error| FileError::new(&path, error);
        let mut written = 0;
        while let Some(chunk) = download.chunk().await {
            let chunk = chunk?;
            file.write_all(&chunk).await.map_err(failed)?;
            written += chunk.len() as u64;
        }
        if announced.is_some_and(|length| length != written) {
            let reason = format!("{written} bytes came of {}", announced.unwrap_or_default());
            return Err(TransportError::new(TransportErrorKind::Closed, Delivery::MaybeSent)
                .with_source(reason)
                .into());
        }
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        fs::rename(&temporary.0, &path).await.map_err(failed)?;
        Ok(written)
    }
}
