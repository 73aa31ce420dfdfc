//! Keys: what a device, a program or an operator shows to be let in. Only digests are ever stored.

use super::ids::{AreaCode, Digest};
use super::word::words;
use chrono::{DateTime, Utc};
use std::fmt;

words!(
    /// What a key opens.
    Scope {
        /// Issuing receipt codes, for the software that handles a desk's cases.
        Receipts = "receipts",
        /// The operator's page of every round.
        Operator = "operator",
    }
);

/// Thirty-two random bytes, written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The rule as a regular expression.
    pub const PATTERN: &str = "^[0-9a-fA-F]{64}$";

    /// A key of these bytes, which have to be random.
    #[must_use]
    pub fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be digested and never stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads the hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let mut bytes = pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? << 4 | digit(*low)?).ok());
        let mut key = [0; 32];
        for byte in &mut key {
            *byte = bytes.next()??;
        }
        bytes.next().is_none().then_some(Self(key))
    }

    /// The key as it is handed out, once.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A key is never printed by accident.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A key that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// What the operator calls it.
    pub name: String,
    /// What it opens.
    pub scope: Scope,
    /// The area it is good for, with everything below; everywhere if none.
    pub area: Option<AreaCode>,
    /// SHA-256 of the key.
    pub digest: Digest,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_hides_itself() {
        let key = Key::of_bytes(std::array::from_fn(|place| place as u8 * 7));
        assert_eq!(Key::parse(&key.reveal()), Some(key));
        assert_eq!(Key::parse(&key.reveal().to_uppercase()), Some(key));
        assert_eq!(format!("{key:?}"), "Key(…)");
        for broken in ["", "00", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
            assert_eq!(Key::parse(broken), None, "{broken}");
        }
    }
}
