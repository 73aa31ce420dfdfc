//! What was made public of a round. A publication is never changed: whatever turns out otherwise afterwards is another revision,
//! and every earlier one stays as it was, byte by byte.

mod changes;

pub use changes::{AreaChange, Changes, Moved};

use super::ids::{Digest, RoundCode};
use super::word::words;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// One revision of what was made public of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The round.
    pub round: RoundCode,
    /// From 1; each later one corrects the one before.
    pub revision: u32,
    /// When it was made public.
    pub published: DateTime<Utc>,
    /// What the operator wrote about it; may be empty.
    pub note: String,
    /// What became different from the revision before, worked out from the figures; empty for the first.
    pub changes: String,
    /// Version of the program that made it.
    pub program_version: String,
    /// Digest of the answers and scores that the figures were computed from.
    pub data: Digest,
    /// Digest of all files but the pages, which tell the revision itself.
    pub digest: Digest,
}

/// A file of a publication: its name and what can be told without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenFile {
    /// Its path within the publication.
    pub path: String,
    /// Its media type.
    pub media: String,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// A file of a publication with its bytes, packed with gzip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    /// The file.
    pub file: FrozenFile,
    /// Its bytes, packed.
    pub packed: Vec<u8>,
}

words! {
    /// What can come to a round after it was published.
    LateKind {
        /// Answers from paper or another system.
        Answers = "answers",
        /// Scores of units.
        Scores = "scores",
    }
}

/// A file that is imported after its round was published, by name and SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
}

/// What came to a round after it was published. It is in the figures from the next revision on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateArrival {
    /// What it was.
    pub kind: LateKind,
    /// The file it came in.
    pub file: LateFile,
    /// New answers, or units with scores.
    pub n: u64,
    /// When it came.
    pub arrived: DateTime<Utc>,
}

/// Which revision is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The latest.
    Latest,
    /// One by its number.
    Revision(u32),
    /// The one that was public at an instant.
    Instant(DateTime<Utc>),
}

impl AsOf {
    /// Reads `2`, `2026-03-01T09:00:00+07:00` or `2026-03-01`, which is the end of that day in Việt Nam.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        let revision = || text.parse().ok().filter(|revision| *revision >= 1).map(Self::Revision);
        let instant = || Some(Self::Instant(DateTime::parse_from_rfc3339(text).ok()?.to_utc()));
        let day = || {
            let midnight = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.succ_opt()?.and_hms_opt(0, 0, 0)?;
            // Việt Nam has been seven hours ahead, without summer time, since before there were rounds.
            Some(Self::Instant(midnight.and_utc() - TimeDelta::hours(7) - TimeDelta::microseconds(1)))
        };
        revision().or_else(instant).or_else(day).ok_or_else(|| {
            format!(
                "{text:?} is neither a revision such as 1, nor a day such as 2026-03-01, nor an instant with its zone"
            )
        })
    }

    /// The publication that is meant, of all of a round in order of their revisions.
    #[must_use]
    pub fn among(self, publications: &[Publication]) -> Option<&Publication> {
        match self {
            Self::Latest => publications.last(),
            Self::Revision(revision) => publications.iter().find(|publication| publication.revision == revision),
            Self::Instant(instant) => publications.iter().rfind(|publication| publication.published <= instant),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication(revision: u32, published: &str) -> Publication {
        Publication {
            round: RoundCode::parse("r").unwrap(),
            revision,
            published: published.parse().unwrap(),
            note: String::new(),
            changes: String::new(),
            program_version: String::new(),
            data: Digest([0; 32]),
            digest: Digest([0; 32]),
        }
    }

    #[test]
    fn a_revision_is_named_by_number_day_or_instant() {
        let all = [publication(1, "2026-03-01T16:59:00Z"), publication(2, "2026-03-01T17:00:00Z")];
        let found = |text: &str| AsOf::parse(text).unwrap().among(&all).map(|publication| publication.revision);
        assert_eq!((found("1"), found("2"), found("3")), (Some(1), Some(2), None));
        assert_eq!(found("2026-03-01"), Some(1), "17:00 UTC is the next day in Việt Nam");
        assert_eq!((found("2026-02-28"), found("2026-03-02")), (None, Some(2)));
        assert_eq!(found("2026-03-01T16:59:30Z"), Some(1));
        assert_eq!(AsOf::Latest.among(&all).map(|publication| publication.revision), Some(2));
        assert!(["0", "-1", "r2", "2026-13-01", ""].iter().all(|text| AsOf::parse(text).is_err()));
    }
}
