//! Files that describe a table and hold none of its rows.

use super::{Block, Writer};
use std::io::{self, Write};

/// A description that was written at once; rows that come all the same are passed over.
pub(super) struct Description<W> {
    out: W,
}

impl<W: Write + Send> Description<W> {
    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn new(mut out: W, write: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<Self> {
        write(&mut out)?;
        Ok(Self { out })
    }
}

impl<W: Write + Send> Writer for Description<W> {
    fn write(&mut self, _: &Block) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}
