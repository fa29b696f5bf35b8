use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::Frame;
use mm_core::{Body, Part};
use tokio::fs::File;
use tokio::io::{AsyncRead as _, ReadBuf};

use super::FileError;

/// How many bytes are read at once.
const CHUNK: usize = 128 << 10;

pub(super) async fn part(path: &Path) -> Result<Part, FileError> {
    let failed = |error| FileError::new(path, error);
    let metadata = File::open(path).await.map_err(failed)?.metadata().await.map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "is no regular file")));
    }
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "has no file name")));
    };
    let name = name.to_string_lossy().into_owned();
    let len = metadata.len();
    let path: Arc<Path> = path.into();
    Ok(Part::streamed(name, Some(len), move || Body::stream(FileBody::new(&path, len))))
}

/// A file's first `left` bytes, read while they are sent. Opened when the first ones are asked for.
struct FileBody {
    path: Arc<Path>,
    left: u64,
    state: State,
}

enum State {
    Closed,
    Opening(Pin<Box<dyn Future<Output = io::Result<File>> + Send>>),
    Open(File),
    Done,
}

impl FileBody {
    fn new(path: &Arc<Path>, len: u64) -> Self {
        Self { path: Arc::clone(path), left: len, state: State::Closed }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            match &mut self.state {
                _ if self.left == 0 => return Poll::Ready(None),
                State::Closed => {
                    let path = Arc::clone(&self.path);
                    self.state = State::Opening(Box::pin(async move { File::open(path).await }));
                }
                State::Opening(file) => self.state = State::Open(ready!(file.as_mut().poll(cx))?),
                State::Open(file) => {
                    let length = usize::try_from(self.left).map_or(CHUNK, |left| left.min(CHUNK));
                    let mut chunk = BytesMut::zeroed(length);
                    let mut buffer = ReadBuf::new(&mut chunk);
                    ready!(Pin::new(file).poll_read(cx, &mut buffer))?;
                    let read = buffer.filled().len();
                    if read == 0 {
                        // Shorter than it was: whoever promised the length finds out.
                        return Poll::Ready(None);
                    }
                    chunk.truncate(read);
                    self.left -= read as u64;
                    return Poll::Ready(Some(Ok(chunk.freeze())));
                }
                State::Done => return Poll::Ready(None),
            }
        }
    }
}

impl http_body::Body for FileBody {
    type Data = Bytes;
    type Error = FileError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, FileError>>> {
        let chunk = ready!(self.poll_read(cx));
        if !matches!(chunk, Some(Ok(_))) {
            self.state = State::Done;
        }
        let failed = |error| FileError::new(&self.path, error);
        Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data).map_err(failed)))
    }
}
