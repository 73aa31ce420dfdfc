//! The writer of a file on a thread of its own, so that rows are prepared while others are written; and behind it another that
//! adds up the bytes and hands them on.

use super::spool::in_folder;
use crate::domain::ids::Digest;
use crate::export::format::Format;
use crate::export::r_script::Analysis;
use crate::export::{Block, Table};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Blocks, or buffers of bytes, that may wait.
const MAX_WAITING: usize = 2;
/// The name of a writer's thread.
const WRITER: &str = "sipas-export";
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
        let counted = Counted::new(out)?;
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
        let thread = std::thread::Builder::new().name(WRITER.to_owned()).spawn(write)?;
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
        ended(self.thread.take())
    }
}

/// Bytes on their way to a third thread, which adds them up and hands them on. Clones are the same.
#[derive(Clone)]
struct Counted(Arc<Mutex<Inner>>);

struct Inner {
    waiting: Vec<u8>,
    /// None when all bytes have gone.
    bytes: Option<SyncSender<Vec<u8>>>,
    thread: Option<JoinHandle<io::Result<Written>>>,
}

impl Counted {
    fn new(mut out: Box<dyn Write + Send>) -> io::Result<Self> {
        let (bytes, received) = sync_channel::<Vec<u8>>(MAX_WAITING);
        let write = move || {
            let (mut sum, mut n_bytes) = (Sha256::new(), 0);
            for bytes in received {
                sum.update(&bytes);
                n_bytes += bytes.len() as u64;
                out.write_all(&bytes)?;
            }
            out.flush()?;
            let sum: [u8; 32] = sum.finalize().into();
            Ok(Written { n_bytes, sha256: Digest(sum).to_string() })
        };
        let thread = std::thread::Builder::new().name("sipas-export-bytes".to_owned()).spawn(write)?;
        let inner = Inner { waiting: Vec::new(), bytes: Some(bytes), thread: Some(thread) };
        Ok(Self(Arc::new(Mutex::new(inner))))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that all bytes have come, and waits until they are written.
    fn written(&self) -> io::Result<Written> {
        let mut inner = self.lock();
        inner.send()?;
        inner.end()
    }
}

impl Inner {
    fn send(&mut self) -> io::Result<()> {
        let waiting = std::mem::replace(&mut self.waiting, Vec::with_capacity(BUFFER_BYTES));
        let sent = self.bytes.as_ref().map(|bytes| bytes.send(waiting));
        match sent {
            Some(Ok(())) => Ok(()),
            // The thread is gone and says why.
            Some(Err(_)) | None => self.end().and_then(|_| Err(io::Error::other("the output ended too early"))),
        }
    }

    fn end(&mut self) -> io::Result<Written> {
        self.bytes = None;
        ended(self.thread.take())
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        inner.waiting.extend_from_slice(bytes);
        if inner.waiting.len() >= BUFFER_BYTES {
            inner.send()?;
        }
        Ok(bytes.len())
    }

    /// What waits goes when there is enough of it, or when it was all.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a thread came to. Some libraries panic where a temporary file cannot be written.
fn ended(thread: Option<JoinHandle<io::Result<Written>>>) -> io::Result<Written> {
    let Some(thread) = thread else { return Err(io::Error::other("the writer has ended before")) };
    thread.join().unwrap_or_else(|reason| {
        let said = reason.downcast_ref::<String>().map(String::as_str).or_else(|| reason.downcast_ref().copied());
        Err(in_folder(io::Error::other(said.unwrap_or("the writer came to grief").to_owned())))
    })
}

/// Keeps the writers' panics from the terminal, for the life of the program: whoever waits for a file is told what broke it.
pub fn keep_writers_quiet() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(WRITER) {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Column;
    use crate::export::variable::{Kind, Label, Role, Variable};

    fn table(n_rows: u64) -> Table {
        let label = Label { vi: "Số".to_owned(), en: "Number".to_owned() };
        let kind = Kind::Number { decimals: 0 };
        let variables = vec![Variable { name: "number".to_owned(), label, role: Role::Key, kind }];
        Table { name: "numbers".to_owned(), title: "Số".to_owned(), variables, notes: Vec::new(), n_rows }
    }

    fn block(n_rows: usize) -> Block {
        Block { columns: vec![Column::Numbers((0..n_rows).map(|row| Some(row as f64)).collect())] }
    }

    /// A disk with room for so many bytes.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_file_is_summed_up_as_it_is_written() {
        let mut pipe = Pipe::start(Format::Csv, &table(2), None, Box::new(Disk(100))).unwrap();
        pipe.send(block(2)).unwrap();
        let written = pipe.finish().unwrap();
        let sum: [u8; 32] = Sha256::digest("number\r\n0\r\n1\r\n").into();
        assert_eq!((written.n_bytes, written.sha256), (14, Digest(sum).to_string()));
    }

    #[test]
    fn a_full_disk_is_told_sooner_or_later() {
        let mut pipe = Pipe::start(Format::Csv, &table(1_000_000), None, Box::new(Disk(100_000))).unwrap();
        let failed = (0..100).find_map(|_| pipe.send(block(10_000)).err());
        let error = failed.or_else(|| pipe.finish().err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_writer_that_comes_to_grief_is_quoted() {
        let of = |grief: fn() -> io::Result<Written>| ended(Some(std::thread::spawn(grief))).err().unwrap().to_string();
        let full = of(|| panic!("{} is full", "a file"));
        assert!(full.starts_with("a file is full, in the folder for temporary files, /"), "{full}");
        assert!(of(|| panic!("no room")).starts_with("no room, in "));
    }

    #[test]
    fn without_all_its_rows_a_file_is_not_finished() {
        let mut pipe = Pipe::start(Format::Csv, &table(3), None, Box::new(Disk(100))).unwrap();
        pipe.send(block(2)).unwrap();
        assert!(pipe.finish().is_err());
    }
}
