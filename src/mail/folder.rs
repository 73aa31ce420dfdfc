//! A dry run: every mail that is due, as a file that any mail program opens. Nothing counts as sent, so that whoever tries it
//! out loses nothing.

use super::message::{Sender, message};
use crate::service::outbox::Outbox;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::time::SystemTime;

/// What a dry run wrote.
#[derive(Debug, Default)]
pub struct Written {
    /// Files written now.
    pub n_new: usize,
    /// Files that an earlier run had written.
    pub n_before: usize,
    /// Mails for which there is no letter.
    pub n_without: usize,
}

/// Writes each mail that is due to a file named after its round, edition, unit and the recipient's number. A file that is there
/// is left alone.
///
/// # Errors
/// In words, when the folder cannot be written or the database does not answer.
pub fn write(outbox: &Outbox, folder: &Path, sender: &Sender) -> Result<Written, String> {
    let mut written = Written::default();
    let due = outbox.due().map_err(|error| error.to_string())?;
    if due.is_empty() {
        return Ok(written);
    }
    let cannot = |error: std::io::Error| format!("cannot write into {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(cannot)?;
    for mail in due {
        let (unit, number) = (&mail.to.recipient.unit, mail.to.number);
        let path = folder.join(format!("{}-{}-{unit}-{number}.eml", mail.round, mail.edition));
        if path.exists() {
            written.n_before += 1;
            continue;
        }
        let letter = match outbox.letter(&mail) {
            Ok(letter) => letter,
            Err(error) => {
                tracing::warn!(mail = mail.id, %error, "a mail has no letter");
                written.n_without += 1;
                continue;
            }
        };
        let bytes = message(&letter, &mail, sender, SystemTime::now()).map_err(|reason| reason.to_string())?;
        match File::create_new(&path).and_then(|mut file| file.write_all(&bytes)) {
            Ok(()) => written.n_new += 1,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => written.n_before += 1,
            Err(error) => return Err(cannot(error)),
        }
    }
    Ok(written)
}
