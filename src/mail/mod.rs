//! The door mail goes out through: SMTP, or a folder that shows what would be sent.
//!
//! Invariant: this floor turns a letter that waits in the queue into a message and reports what became of it. What is in the
//! letter is decided below; which letters wait is known to `service` only.
