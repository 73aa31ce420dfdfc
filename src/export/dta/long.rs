//! Texts longer than a row can hold (`strL`). They stand behind the rows, and the map at the front of the file has to say
//! how much room they take; so rows and texts wait in temporary files until all are known.

use super::sections::BETWEEN;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, Write};

/// Rows and long texts, waiting.
pub(super) struct Spool {
    rows: BufWriter<File>,
    texts: BufWriter<File>,
    n_text_bytes: u64,
}

impl Spool {
    /// # Errors
    /// When no temporary file can be made.
    pub(super) fn new() -> io::Result<Self> {
        let file = || tempfile::tempfile().map(BufWriter::new);
        Ok(Self { rows: file()?, texts: file()?, n_text_bytes: 0 })
    }

    /// Keeps a text, and puts into its row where it is: by variable and observation, both counted from 1.
    pub(super) fn long_text(&mut self, row: &mut Vec<u8>, place: (u16, u64), text: &str) -> io::Result<()> {
        if text.is_empty() {
            no_text(row);
            return Ok(());
        }
        let (variable, observation) = place;
        row.extend_from_slice(&variable.to_le_bytes());
        row.extend(observation.to_le_bytes().into_iter().take(6));
        let length = u32::try_from(text.len() + 1).map_err(io::Error::other)?;
        let mut head = b"GSO".to_vec();
        head.extend_from_slice(&u32::from(variable).to_le_bytes());
        head.extend_from_slice(&observation.to_le_bytes());
        // A text that ends with a zero byte.
        head.push(130);
        head.extend_from_slice(&length.to_le_bytes());
        self.n_text_bytes += head.len() as u64 + u64::from(length);
        [&head[..], text.as_bytes(), &[0]].into_iter().try_for_each(|part| self.texts.write_all(part))
    }

    pub(super) fn rows(&mut self, rows: &[u8]) -> io::Result<()> {
        self.rows.write_all(rows)
    }

    pub(super) fn n_long_bytes(&self) -> u64 {
        self.n_text_bytes
    }

    /// Writes the rows and the texts, and what stands between them.
    pub(super) fn unroll(self, out: &mut impl Write) -> io::Result<()> {
        copy(self.rows, out)?;
        out.write_all(BETWEEN)?;
        copy(self.texts, out)
    }
}

fn copy(spool: BufWriter<File>, out: &mut impl Write) -> io::Result<()> {
    let mut file = spool.into_inner()?;
    file.rewind()?;
    io::copy(&mut BufReader::new(file), out).map(|_| ())
}

/// What stands in the row of an empty text.
pub(super) fn no_text(row: &mut Vec<u8>) {
    row.extend_from_slice(&[0; 8]);
}
