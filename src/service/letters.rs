//! What letters say: written once for all who read the same edition about the same unit in the same language, and kept, so that
//! they stay the same however often and by whichever server they are sent.

use super::catalogue::Catalogue;
use super::exercise::AnalyseRefusal;
use super::publish::{self, PublishRefusal};
use super::unit_report;
use crate::domain::disclosure::MIN_ANSWERS;
use crate::domain::ids::AreaCode;
use crate::domain::letter::Letter;
use crate::domain::outbox::{ClaimedMail, Edition};
use crate::domain::publication::{AsOf, Publication};
use crate::domain::tongue::Tongue;
use crate::domain::unit_report::UnitReport;
use crate::report::letter::{self, Facts, LetterFault, Letterhead};
use crate::report::page;
use crate::report::pdf::PdfFault;
use crate::report::render::RenderFault;
use crate::store::letters;
use crate::store::{Store, StoreError};
use chrono::Utc;

pub use crate::store::letters::LetterKey;

/// Why there is no letter.
#[derive(Debug, thiserror::Error)]
pub enum LetterRefusal {
    /// The figures it would be about cannot be computed.
    #[error("the letter could not be written: {0}")]
    Refused(AnalyseRefusal),
    /// The figures that were published cannot be read.
    #[error("the letter could not be written: {0}")]
    Unread(PublishRefusal),
    /// The round has no figures of the unit.
    #[error(
        "the round has no figures of {0}; there are some of its area, of the units its scheme rates, and of drawn desks"
    )]
    NoFigures(AreaCode),
    /// The letter would tell what a few people said.
    #[error(
        "{n} answers came to {unit} since the last letter about it, and both letters together would tell what these few said; this \
         one waits until there are {MIN_ANSWERS}"
    )]
    FewSince {
        /// The unit.
        unit: AreaCode,
        /// How many answers.
        n: u64,
    },
    /// A template is at fault.
    #[error(transparent)]
    Template(#[from] LetterFault),
    /// The report that is attached cannot be worded.
    #[error(transparent)]
    Report(#[from] RenderFault),
    /// The report that is attached cannot be set.
    #[error("the PDF could not be set: {0}")]
    Pdf(#[from] PdfFault),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The letter that a mail brings. If it was not written yet, it is written together with all others of its edition that are
/// waited for, because the figures of all units come from one reading of the answers.
///
/// # Errors
/// When its figures cannot be shown, or the database does not answer.
pub fn of_mail(
    catalogue: &Catalogue,
    store: &Store,
    letterhead: &Letterhead,
    mail: &ClaimedMail,
) -> Result<Letter, LetterRefusal> {
    let to = &mail.to.recipient;
    let key = LetterKey {
        round: mail.round.clone(),
        edition: mail.edition,
        unit: to.unit.clone(),
        language: to.language,
        with_pdf: to.with_pdf,
    };
    if let Some(letter) = store.with(|connection| letters::find(connection, &key))? {
        return Ok(letter);
    }
    let told = Told::of(catalogue, store, &key)?;
    let mut own = None;
    for wanted in store.with(|connection| letters::wanted(connection, &key.round, key.edition))? {
        // What is wrong with another letter is said when its own mail is sent.
        let Ok((letter, answers)) = told.letter(store, &wanted, letterhead) else { continue };
        let kept = store.with(|connection| letters::keep(connection, &wanted, &letter, answers))?;
        if wanted == key {
            own = Some(kept);
        }
    }
    own.map_or_else(|| told.letter(store, &key, letterhead).map(|(letter, _)| letter), Ok)
}

/// A letter as it would be written now, without keeping it. A revision that is not published yet is told as it would be.
///
/// # Errors
/// When its figures cannot be shown, or the database does not answer.
pub fn preview(
    catalogue: &Catalogue,
    store: &Store,
    letterhead: &Letterhead,
    key: &LetterKey,
) -> Result<Letter, LetterRefusal> {
    match store.with(|connection| letters::find(connection, key)) {
        Ok(Some(letter)) => return Ok(letter),
        // Of a unit that nobody knows there is no letter, and no figure either, which is said below.
        Ok(None) | Err(StoreError::Unknown(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Told::of(catalogue, store, key)?.written(store, key, letterhead).map(|(letter, _)| letter)
}

/// A letter with how many answers it tells of, unless that is hidden.
type Counted = (Letter, Option<u64>);

/// What is told about a round.
enum Told {
    /// As it was published, beside what that corrects.
    Published(Box<Publication>, Option<Publication>),
    /// As its answers say now.
    Now(Vec<UnitReport>),
}

impl Told {
    fn of(catalogue: &Catalogue, store: &Store, key: &LetterKey) -> Result<Self, LetterRefusal> {
        if let Edition::Revision(revision) = key.edition {
            let published = publish::list(store, &key.round).map_err(LetterRefusal::Unread)?;
            if let Some(publication) = AsOf::Revision(revision).among(&published) {
                let before = AsOf::Revision(revision.saturating_sub(1)).among(&published);
                return Ok(Self::Published(Box::new(publication.clone()), before.cloned()));
            }
        }
        unit_report::of_round(catalogue, store, &key.round).map(Self::Now).map_err(LetterRefusal::Refused)
    }

    /// A letter that may go out, with how many answers it tells of. What was published is everybody's; figures of a round that
    /// goes on wait until enough answers came.
    fn letter(&self, store: &Store, key: &LetterKey, letterhead: &Letterhead) -> Result<Counted, LetterRefusal> {
        let (letter, answers) = self.written(store, key, letterhead)?;
        let last = match self {
            Self::Published(..) => None,
            Self::Now(_) => store.with(|connection| letters::last_told(connection, key))?,
        };
        let n = last.zip(answers).map_or(0, |(last, now)| now.abs_diff(last));
        if (1..MIN_ANSWERS).contains(&n) {
            return Err(LetterRefusal::FewSince { unit: key.unit.clone(), n });
        }
        Ok((letter, answers))
    }

    fn written(&self, store: &Store, key: &LetterKey, letterhead: &Letterhead) -> Result<Counted, LetterRefusal> {
        let read = |publication| match publish::report(store, publication, &key.unit) {
            Ok(report) => Ok(Some(report)),
            Err(PublishRefusal::NotFrozen { .. }) => Ok(None),
            Err(refusal) => Err(LetterRefusal::Unread(refusal)),
        };
        let of_unit = |report: &&UnitReport| report.subject.area.code == key.unit;
        let (report, before, note) = match self {
            Self::Published(publication, before) => {
                (read(publication)?, before.as_ref().map(read).transpose()?.flatten(), publication.note.as_str())
            }
            Self::Now(reports) => (reports.iter().find(of_unit).cloned(), None, ""),
        };
        let report = report.ok_or_else(|| LetterRefusal::NoFigures(key.unit.clone()))?;
        let pdf = key.with_pdf.then(|| self.pdf(&report, key.language)).transpose()?;
        let facts = Facts { report: &report, edition: key.edition, before: before.as_ref(), note };
        let letter = letter::write(&facts, key.language, letterhead, pdf)?;
        Ok((letter, report.coverage.answers))
    }

    /// The unit's page, set for paper.
    fn pdf(&self, report: &UnitReport, language: Tongue) -> Result<Vec<u8>, LetterRefusal> {
        let (edition, made) = match self {
            Self::Published(publication, _) => (page::Edition::of(publication), publication.published),
            Self::Now(_) => (page::Edition::Preview, Utc::now()),
        };
        // What people wrote stands on the page, where it can be taken back; a file that was sent cannot.
        Ok(page::pdf(report, &[], &edition, language, made)?)
    }
}
