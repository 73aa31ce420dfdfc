//! Mail that came back: what a mail server's notice (RFC 3464) says about one address.

use super::ids::Digest;
use super::outbox::Reason;
use super::recipient::Address;

/// What a notice says about one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// SHA-256 of the notice.
    pub notice: Digest,
    /// The token of the mail that came back, if the notice tells it.
    pub token: Option<String>,
    /// The address it could not be brought to.
    pub address: Option<Address>,
    /// Whether it was not delivered; otherwise it is only late.
    pub is_final: bool,
    /// Whether no further mail would be delivered either: a status of class 5.
    pub is_mailbox_gone: bool,
    /// Why.
    pub reason: Reason,
}

/// What became of a bounce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noted {
    /// It is about somebody here, and was not known.
    New,
    /// It was read before.
    Before,
    /// It is about nobody here.
    Nobody,
}
