//! Answer sheets between counting and writing: a few bytes each, in a temporary file without a name, which is gone with the
//! program however it ends. So the database is read once and is free again before the first byte goes to whoever downloads.

use crate::domain::channel::Channel;
use crate::domain::quality::Reasons;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};

/// Bytes that are moved at once.
const BUFFER_BYTES: usize = 1 << 18;
/// Bytes of a sheet besides its answers.
const HEAD_BYTES: usize = 21;
/// The first bits of the byte that holds the channel.
const HAS_RECEIPT: u8 = 0x80;
const HAS_WEIGHT: u8 = 0x40;

/// A sheet, as far as it goes into a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet<'a> {
    /// The place of its desk in the frame.
    pub(super) desk: u32,
    /// The group of those who have the same keys at its desk.
    pub(super) group: u32,
    pub(super) channel: Channel,
    pub(super) has_receipt: bool,
    /// Why it is flagged, apart from what its desk says.
    pub(super) reasons: Reasons,
    pub(super) weight: Option<f64>,
    pub(super) packed: &'a [u8],
}

/// What keeps a temporary file from being written or read, with its place: it is not the one that whoever asked has named.
pub(super) fn in_folder(error: io::Error) -> io::Error {
    let folder = std::env::temp_dir();
    io::Error::new(error.kind(), format!("{error}, in the folder for temporary files, {} (TMPDIR)", folder.display()))
}

/// Takes sheets.
pub(super) struct Spool {
    out: BufWriter<File>,
}

/// Gives them back in the same order.
pub(super) struct Unspool {
    file: BufReader<File>,
    packed: Vec<u8>,
}

impl Spool {
    /// # Errors
    /// When no temporary file can be made.
    pub(super) fn new() -> io::Result<Self> {
        let file = tempfile::tempfile().map_err(in_folder)?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER_BYTES, file) })
    }

    pub(super) fn push(&mut self, sheet: &Sheet) -> io::Result<()> {
        let receipt = if sheet.has_receipt { HAS_RECEIPT } else { 0 };
        let weight = if sheet.weight.is_some() { HAS_WEIGHT } else { 0 };
        let length = u16::try_from(sheet.packed.len()).map_err(io::Error::other)?;
        let mut head = [0; HEAD_BYTES];
        let parts = [
            &sheet.desk.to_le_bytes()[..],
            &sheet.group.to_le_bytes(),
            &[sheet.channel as u8 | receipt | weight, sheet.reasons.bits(), 0],
            &sheet.weight.unwrap_or_default().to_le_bytes(),
            &length.to_le_bytes(),
        ];
        head.iter_mut().zip(parts.into_iter().flatten()).for_each(|(byte, of)| *byte = *of);
        let written = self.out.write_all(&head).and_then(|()| self.out.write_all(sheet.packed));
        written.map_err(in_folder)
    }

    /// Turns to giving.
    pub(super) fn turn(self) -> io::Result<Unspool> {
        let mut file = self.out.into_inner().map_err(|error| in_folder(error.into_error()))?;
        file.rewind()?;
        Ok(Unspool { file: BufReader::with_capacity(BUFFER_BYTES, file), packed: Vec::new() })
    }
}

impl Unspool {
    /// The next sheet, if there is one.
    pub(super) fn next(&mut self) -> io::Result<Option<Sheet<'_>>> {
        let mut head = [0; HEAD_BYTES];
        match self.file.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let [d0, d1, d2, d3, c0, c1, c2, c3, how, reasons, _, weight @ .., l0, l1] = head;
        self.packed.resize(usize::from(u16::from_le_bytes([l0, l1])), 0);
        self.file.read_exact(&mut self.packed)?;
        let odd = || io::Error::other("a temporary file was changed");
        Ok(Some(Sheet {
            desk: u32::from_le_bytes([d0, d1, d2, d3]),
            group: u32::from_le_bytes([c0, c1, c2, c3]),
            channel: Channel::ALL.get(usize::from(how & !HAS_RECEIPT & !HAS_WEIGHT)).copied().ok_or_else(odd)?,
            has_receipt: how & HAS_RECEIPT != 0,
            reasons: Reasons::of_bits(reasons).ok_or_else(odd)?,
            weight: (how & HAS_WEIGHT != 0).then(|| f64::from_le_bytes(weight)),
            packed: &self.packed,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quality::Reason;

    #[test]
    fn sheets_come_back_as_they_went() {
        let sheet = |desk, weight, packed| Sheet {
            desk,
            group: 70_000,
            channel: Channel::Paper,
            has_receipt: desk == 1,
            reasons: Reasons::NONE.with(Reason::Burst, true),
            weight,
            packed,
        };
        let sheets =
            [sheet(1, None, &[1, 0, 255][..]), sheet(u32::MAX, Some(0.1), &[]), sheet(3, Some(1e9), &[7; 300])];
        let mut spool = Spool::new().unwrap();
        sheets.iter().for_each(|sheet| spool.push(sheet).unwrap());
        let mut back = spool.turn().unwrap();
        for sheet in sheets {
            assert_eq!(back.next().unwrap(), Some(sheet));
        }
        assert_eq!(back.next().unwrap(), None);
    }
}
