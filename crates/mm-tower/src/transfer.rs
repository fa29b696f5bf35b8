//! Files between disk and server, never whole in memory.

mod read;
mod save;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use mm_core::{Download, Part, TransportError};

/// A file on disk as a part of an upload. It is opened now, to see that it can be read, and again for every try.
///
/// Sent are as many bytes as the file has now: what is added later is left out; a file that gets shorter
/// fails the upload. Its name on the server is that of the path.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let part = mm_tower::transfer::part("Cargo.toml").await?;
/// assert_eq!(part.file_name(), "Cargo.toml");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the path leads to nothing that can be read, or to a directory.
pub async fn part(path: impl AsRef<Path>) -> Result<Part, FileError> {
    read::part(path.as_ref()).await
}

/// Writes a download to a path; answers the number of bytes.
///
/// It is written beside its place under another name, and takes its place, and that of a file that was there, when it is
/// whole and on disk. Whatever goes wrong before, and if the call is given up, nothing is left behind.
///
/// # Errors
///
/// [`SaveError::File`] if it cannot be written, [`SaveError::Download`] if it does not arrive whole.
pub async fn save(download: Download, path: impl AsRef<Path>) -> Result<u64, SaveError> {
    save::Target::create(path.as_ref()).await?.save(download).await
}

pub(crate) use save::Target;

/// What went wrong with which file on disk.
#[derive(Debug)]
pub struct FileError {
    path: PathBuf,
    error: io::Error,
}

impl FileError {
    fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the system says.
    #[must_use]
    pub fn io(&self) -> &io::Error {
        &self.error
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {}

/// Why a download was not saved.
#[derive(Debug)]
#[non_exhaustive]
pub enum SaveError {
    /// The file on disk.
    File(FileError),
    /// The way from the server.
    Download(TransportError),
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Download(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => error.source(),
            Self::Download(error) => error.source(),
        }
    }
}

impl From<FileError> for SaveError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<TransportError> for SaveError {
    fn from(error: TransportError) -> Self {
        Self::Download(error)
    }
}

#[cfg(test)]
mod tests;
