//! The door mail goes out through: SMTP, or a folder that shows what would be sent.
//!
//! Invariant: this floor turns a letter that waits in the queue into a message and reports what became of it. What is in the
//! letter is decided below; which letters wait is known to `service` only. No address is ever logged.

pub mod delivery;
pub mod folder;
pub mod message;
pub mod notice;
pub mod smtp;

use smtp::Server;
use std::path::PathBuf;

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Server),
    /// Into a folder, as files that any mail program opens. Nothing counts as sent.
    Folder(PathBuf),
    /// Nowhere; they wait.
    None,
}
