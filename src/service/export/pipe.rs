//! The writer of a file on a thread of its own, so that rows are read while others are written; and the sum over its bytes.

use crate::export::format::Format;
use crate::export::r_script::Analysis;
use crate::export::{Block, Table};
use sha2::{Digest as _, Sha256};
use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Blocks that may wait for the writer.
const MAX_WAITING: usize = 2;
/// Bytes put together before they are handed on.
const BUFFER_BYTES: usize = 1 << 16;

/// A file that is being written.
pub(super) struct Pipe {
    /// Blocks, and at last the word that all have come; without it the file is not finished.
    blocks: SyncSender<Option<Block>>,
    thread: Option<JoinHandle<io::Result<Written>>>,
}

/// A file that was written whole.
pub(super) struct Written {
    pub(super) n_bytes: u64,
    pub(super) sha256: String,
}

impl Pipe {
    /// Begins the file.
    pub(super) fn start(
        format: Format,
        table: &Table,
        analysis: Option<&Analysis>,
        out: Box<dyn Write + Send>,
    ) -> io::Result<Self> {
        let counted = Counted::new(out);
        let mut writer = format.writer(table, analysis, counted.clone())?;
        let (blocks, received) = sync_channel::<Option<Block>>(MAX_WAITING);
        let write = move || {
            for block in received {
                match block {
                    Some(block) => writer.write(&block)?,
                    None => {
                        writer.finish()?;
                        return counted.written();
                    }
                }
            }
            Err(io::Error::new(io::ErrorKind::Interrupted, "nobody wants it any more"))
        };
        let thread = std::thread::Builder::new().name("sipas-export".to_owned()).spawn(write)?;
        Ok(Self { blocks, thread: Some(thread) })
    }

    /// Hands a block to the writer.
    pub(super) fn send(&mut self, block: Block) -> io::Result<()> {
        match self.blocks.send(Some(block)) {
            Ok(()) => Ok(()),
            // The writer is gone and says why.
            Err(_) => self.end().and_then(|_| Err(io::Error::other("the writer ended too early"))),
        }
    }

    /// Says that all blocks have come, and waits until they are written.
    pub(super) fn finish(mut self) -> io::Result<Written> {
        // Should the writer be gone, its end says why.
        let _ = self.blocks.send(None);
        self.end()
    }

    fn end(&mut self) -> io::Result<Written> {
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_else(|| Err(io::Error::other("the writer has come to grief")))
    }
}

/// Counts the bytes on their way. Clones are the same.
#[derive(Clone)]
struct Counted(Arc<Mutex<Inner>>);

struct Inner {
    out: BufWriter<Box<dyn Write + Send>>,
    sum: Sha256,
    n_bytes: u64,
}

impl Counted {
    fn new(out: Box<dyn Write + Send>) -> Self {
        let out = BufWriter::with_capacity(BUFFER_BYTES, out);
        Self(Arc::new(Mutex::new(Inner { out, sum: Sha256::new(), n_bytes: 0 })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> io::Result<Written> {
        let mut inner = self.lock();
        inner.out.flush()?;
        let sum: [u8; 32] = inner.sum.clone().finalize().into();
        Ok(Written { n_bytes: inner.n_bytes, sha256: crate::domain::ids::Digest(sum).to_string() })
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        let n = inner.out.write(bytes)?;
        inner.sum.update(bytes.get(..n).unwrap_or_default());
        inner.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().out.flush()
    }
}
