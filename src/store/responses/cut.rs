//! The cut of a round: which responses were there when figures were made of them.

use crate::domain::ids::Digest;
use crate::store::error::StoreError;
use sha2::{Digest as _, Sha256};

/// Which response it is and what it says, as the database keeps them. It leads to nobody, and is only good for adding up.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    id: [u8; 16],
    digest: [u8; 32],
}

impl Identity {
    pub(super) fn of(id: &[u8], digest: &[u8]) -> Result<Self, StoreError> {
        match (id.try_into(), digest.try_into()) {
            (Ok(id), Ok(digest)) => Ok(Self { id, digest }),
            _ => Err(StoreError::Corrupt("a response whose id or digest has another length".to_owned())),
        }
    }
}

/// A digest of exactly the responses that were added, in whatever order: equal digests mean equal data.
///
/// Each row's SHA-256 is added up as a number of four words and a carry-free sum per word; the count and the sums are
/// hashed once more.
#[derive(Debug, Default)]
pub struct Cut {
    n_rows: u64,
    sums: [u64; 4],
}

impl Cut {
    /// Adds a response.
    pub fn add(&mut self, Identity { id, digest }: &Identity) {
        let row: [u8; 32] = Sha256::new().chain_update(id).chain_update(digest).finalize().into();
        let (words, _) = row.as_chunks::<8>();
        for (sum, word) in self.sums.iter_mut().zip(words) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*word));
        }
        self.n_rows += 1;
    }

    /// The digest of all of them.
    #[must_use]
    pub fn digest(self) -> Digest {
        let mut whole = Sha256::new().chain_update(self.n_rows.to_le_bytes());
        for sum in self.sums {
            whole.update(sum.to_le_bytes());
        }
        Digest(whole.finalize().into())
    }
}
