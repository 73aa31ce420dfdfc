//! One round's answers as a statistical sample: bytes become columns, desks become primary sampling units, and the
//! figures a questionnaire or scheme names become statistics over those columns.

use super::disclosure::Tally;
use super::quality::Sieve;
use crate::domain::admission::Admission;
use crate::domain::area::AreaTree;
use crate::domain::estimate::Estimate;
use crate::domain::frame::{Frame, FrameDesk};
use crate::domain::ids::{AreaCode, Digest, ElementId, RoundCode};
use crate::domain::packing;
use crate::domain::quality::{Answers, FlagCount, QualityRules};
use crate::domain::questionnaire::{IndexRule, Item, ItemKind, Part, Pooled, Questionnaire};
use crate::domain::round::Mode;
use crate::domain::scheme::SurveyFigure;
use crate::statistics::{
    Block, Blocks, Columns, DesignDesk, Domain, Joint, NotEstimable, Population, Ratio, Reading, Sample, SampleFault,
    Statistic, Term, Worth,
};
use crate::store::{self, Store, StoreError};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Why a round's answers could not be made a sample.
#[derive(Debug, thiserror::Error)]
pub enum SampleRefusal {
    /// The stored design or weights contradict themselves.
    #[error("round {round}: {fault}")]
    Design {
        /// The round.
        round: RoundCode,
        /// What is wrong.
        fault: SampleFault,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A round's answers, ready to be estimated from.
pub struct RoundSample {
    questionnaire: Arc<Questionnaire>,
    sample: Sample,
    desks: Vec<AreaCode>,
    /// Column of each item that is worth something, by place in the questionnaire.
    columns: BTreeMap<usize, usize>,
    /// The profile items that answers are broken down by: their places in the questionnaire.
    profile: Vec<usize>,
    /// Whether any answer came with a receipt code.
    has_receipts: bool,
    /// The cells answers lie in, by index: the code of each profile item, and of how the answer was admitted.
    cells: Vec<Vec<u8>>,
    /// All answers by who gave them, also those that were left out.
    pub(super) tally: Tally,
    /// Answer sheets it was made from.
    pub n_responses: u64,
    /// Flags of all answers by desk, also of those that were left out.
    pub flags: BTreeMap<AreaCode, FlagCount>,
    /// All answers by desk.
    pub n_by_desk: BTreeMap<AreaCode, u64>,
    /// Transactions of each desk, as far as they are known.
    pub transactions: BTreeMap<AreaCode, Option<u32>>,
    /// Digest of these answer sheets.
    pub cut: Digest,
}

impl RoundSample {
    /// Loads a round's answers, all of them or those that were there at an instant.
    ///
    /// # Errors
    /// When the database fails, or the stored design contradicts itself.
    pub fn load(
        store: &Store,
        (round, as_of): (&RoundCode, Option<DateTime<Utc>>),
        mode: Mode,
        questionnaire: &Arc<Questionnaire>,
        (rules, answers): (Option<&QualityRules>, Answers),
    ) -> Result<Self, SampleRefusal> {
        let (columns, offsets) = columns_of(questionnaire);
        let valued = valued_codes(questionnaire, &columns);
        let mut tally = Tally::default();
        let mut rows = Columns::new(offsets.len(), 0);
        let mut codes = vec![packing::NO_ANSWER; offsets.len()];
        let mut n_responses = 0;
        let (profile, profile_offsets) = profile_of(questionnaire);
        let (mut blocks, mut cells) = (Blocks::default(), Cells::default());
        let (mut key, mut has_receipts) = (Vec::with_capacity(profile.len() + 1), false);
        let mut sieve = Sieve::new(rules, questionnaire);
        // One view of the database, so that the digest names the very answers that were counted.
        let (frame, cut, n_by_desk) = store.with(|conn| {
            conn.snapshot(|conn| {
                let frame = store::rounds::frame(conn, round)?;
                let places: HashMap<&str, u32> = frame.iter().map(|desk| desk.desk.as_str()).zip(0..).collect();
                let n_by_desk = store::responses::count_by_desk(conn, round, as_of)?;
                sieve.know(&frame, &n_by_desk);
                let cut = store::responses::rows(conn, (round, as_of), |row| {
                    let Some(desk) = places.get(row.desk.as_str()) else { return Ok::<_, StoreError>(()) };
                    let is_flagged = sieve.flags(*desk as usize, row.packed, row.flags);
                    let byte = |offset: &usize| row.packed.get(*offset).copied().unwrap_or(packing::NO_ANSWER);
                    codes.iter_mut().zip(&offsets).for_each(|(code, offset)| *code = byte(offset));
                    key.clear();
                    key.extend(profile_offsets.iter().map(byte));
                    key.push(admission_code(Admission::of(row.has_receipt)));
                    has_receipts |= row.has_receipt;
                    let cell = cells.index(&key);
                    let has_value = |(codes, code): (&[bool; 256], &u8)| codes.get(usize::from(*code)) == Some(&true);
                    tally.add(*desk, cell, is_flagged, valued.iter().zip(&codes).map(has_value));
                    if is_flagged && answers == Answers::Unflagged {
                        return Ok(());
                    }
                    let block = blocks.index(Block { psu: *desk, cell });
                    rows.push(block, row.weight, &codes);
                    n_responses += 1;
                    Ok(())
                })?;
                Ok::<_, StoreError>((frame, cut, n_by_desk))
            })
        })?;
        let desks: Vec<AreaCode> = frame.iter().map(|desk| desk.desk.clone()).collect();
        let sample = joined(&frame, blocks, rows, mode)
            .map_err(|fault| SampleRefusal::Design { round: round.clone(), fault })?;
        let cells = cells.list;
        let transactions = frame.iter().map(|desk| (desk.desk.clone(), desk.transactions)).collect();
        let questionnaire = Arc::clone(questionnaire);
        let flags = desks.iter().cloned().zip(sieve.counts).collect();
        Ok(Self {
            questionnaire,
            sample,
            desks,
            columns,
            profile,
            has_receipts,
            cells,
            tally,
            n_responses,
            flags,
            n_by_desk,
            transactions,
            cut,
        })
    }

    /// The questionnaire its answers were given to.
    #[must_use]
    pub fn questionnaire(&self) -> &Arc<Questionnaire> {
        &self.questionnaire
    }

    /// The desks of each unit, as the domains to estimate for.
    #[must_use]
    pub fn domains(&self, tree: &AreaTree, units: &[AreaCode]) -> Vec<Domain> {
        let within = |unit: &AreaCode| {
            let places = self.desks.iter().zip(0u32..).filter(|(desk, _)| tree.is_within(desk, unit));
            Domain::of_psus(places.map(|(_, place)| place))
        };
        units.iter().map(within).collect()
    }

    /// The same domains, of people who were admitted in one way only.
    #[must_use]
    pub fn admitted(&self, domains: Vec<Domain>, admission: Admission) -> Vec<Domain> {
        let cells = self.place_of_admission().map(|place| self.cells_with(&[(place, admission_code(admission))]));
        domains.into_iter().map(|domain| Domain { cells: cells.clone(), ..domain }).collect()
    }

    /// The profile items that answers can be broken down by.
    pub fn profile(&self) -> impl Iterator<Item = &Item> {
        self.profile.iter().filter_map(|place| self.questionnaire.items.get(*place))
    }

    /// The place in a cell's codes, after the profile items, that tells how answers were admitted; none in a round that had no
    /// receipt codes, where everybody walked in.
    #[must_use]
    pub fn place_of_admission(&self) -> Option<usize> {
        self.has_receipts.then_some(self.profile.len())
    }

    /// The cells in which each of some profile items (by place among [`Self::profile`]), or the admission, has a code.
    #[must_use]
    pub fn cells_with(&self, wanted: &[(usize, u8)]) -> BTreeSet<u32> {
        let fits = |codes: &[u8]| wanted.iter().all(|(item, code)| codes.get(*item) == Some(code));
        (0_u32..).zip(&self.cells).filter(|(_, codes)| fits(codes)).map(|(cell, _)| cell).collect()
    }

    /// The codes of some profile items (by place among [`Self::profile`]) in a cell.
    pub(super) fn profile_codes(&self, cell: u32, items: &BTreeSet<usize>) -> Vec<u8> {
        let codes = self.cells.get(cell as usize);
        items.iter().filter_map(|item| codes?.get(*item).copied()).collect()
    }

    /// Estimates statistics for domains: one row a domain, one column a statistic.
    #[must_use]
    pub fn estimate(
        &self,
        domains: &[Domain],
        statistics: &[Statistic],
        level: f64,
    ) -> Vec<Vec<Result<Estimate, NotEstimable>>> {
        self.sample.estimate(domains, statistics, level)
    }

    /// As [`Self::estimate`], with figures of each domain that do not depend on which others are asked for.
    #[must_use]
    pub fn estimate_each(
        &self,
        domains: &[Domain],
        statistics: &[Statistic],
        level: f64,
    ) -> Vec<Vec<Result<Estimate, NotEstimable>>> {
        self.sample.estimate_each(domains, statistics, level)
    }

    /// Whether domains rest on different strata; see [`Sample::are_apart`].
    #[must_use]
    pub fn are_apart<'a>(&self, domains: impl IntoIterator<Item = &'a Domain>) -> bool {
        self.sample.are_apart(domains)
    }

    /// Estimates figures together, as this year's users gave them; see [`Sample::joint`].
    ///
    /// # Errors
    /// Why one of them cannot be estimated.
    pub fn joint(&self, figures: &[(Domain, Statistic)], level: f64) -> Result<Joint, NotEstimable> {
        self.sample.joint(figures, level, Population::Descriptive)
    }

    /// How closely each five-point item (by place in the questionnaire) goes with the mean of the others, in each domain; see
    /// [`Sample::correlations_with_rest`].
    #[must_use]
    pub fn correlations_with_rest(
        &self,
        domains: &[Domain],
        places: &[usize],
        level: f64,
    ) -> Vec<Vec<Result<Estimate, NotEstimable>>> {
        let score = Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(code)));
        let columns = places.iter().filter_map(|place| self.columns.get(place));
        let items: Vec<(usize, Worth)> = columns.map(|column| (*column, score.clone())).collect();
        self.sample.correlations_with_rest(domains, &items, level)
    }

    /// A figure that a scheme scores by, as terms that add up to a share between 0 and 1; `None` if the questionnaire has
    /// no such item or element.
    #[must_use]
    pub fn figure(&self, figure: &SurveyFigure) -> Option<Vec<Term>> {
        let rule = self.questionnaire.rule;
        match figure {
            SurveyFigure::Item(id) => {
                let place = self.questionnaire.items.iter().position(|item| item.id == *id)?;
                Some(vec![self.item_term(place, |item, code| item.worth(code, rule))?])
            }
            SurveyFigure::Element(id) => self.element(id, rule),
            SurveyFigure::Overall => self.overall(rule),
        }
    }

    /// The overall figure under a rule, rolled up as the questionnaire says.
    #[must_use]
    pub fn overall(&self, rule: IndexRule) -> Option<Vec<Term>> {
        self.terms(self.questionnaire.overall()?, rule)
    }

    /// An element's figure under a rule.
    #[must_use]
    pub fn element(&self, element: &ElementId, rule: IndexRule) -> Option<Vec<Term>> {
        self.terms(self.questionnaire.rolled_up(Some(element))?, rule)
    }

    /// One item's mean of what its answers are worth by `worth`; `None` for an item that has no column.
    #[must_use]
    pub fn item_term(&self, place: usize, worth: impl Fn(&Item, u8) -> Option<f64>) -> Option<Term> {
        let (item, column) = (self.questionnaire.items.get(place)?, self.columns.get(&place)?);
        let worth = Worth::new(|code| worth(item, code));
        Some(Term { factor: 1.0, ratio: Ratio::answers([(*column, worth)]) })
    }

    /// The parts of a figure as terms under a rule.
    fn terms(&self, parts: Vec<Pooled>, rule: IndexRule) -> Option<Vec<Term>> {
        let term = |part: Pooled| {
            let readings: Option<Vec<Vec<Reading>>> = part
                .items
                .iter()
                .map(|place| Some(self.item_term(*place, |item, code| item.worth(code, rule))?.ratio.into_readings()))
                .collect();
            Some(Term { factor: part.factor, ratio: Ratio::Mean(readings?.concat()) })
        };
        parts.into_iter().map(term).collect()
    }
}

/// Terms, each times a factor.
#[must_use]
pub fn scaled(terms: Vec<Term>, factor: f64) -> Vec<Term> {
    terms.into_iter().map(|term| Term { factor: term.factor * factor, ..term }).collect()
}

/// Answers with the design they were collected under. Desks that were not drawn stand in it too: a commune of three desks
/// is not its one drawn desk.
fn joined(frame: &Frame, blocks: Blocks, rows: Columns, mode: Mode) -> Result<Sample, SampleFault> {
    let (desks, per_stratum) = design_of(frame);
    Sample::of_round(desks, &per_stratum, blocks, rows, mode.into())
}

/// A frame as a design: its desks, and how many each stratum has.
pub(super) fn design_of(frame: &Frame) -> (Vec<DesignDesk>, BTreeMap<String, u32>) {
    let desk = |desk: &FrameDesk| DesignDesk {
        code: desk.desk.to_string(),
        stratum: desk.stratum.to_string(),
        transactions: desk.transactions,
    };
    let per_stratum = frame.desks_per_stratum().into_iter().map(|(code, n)| (code.to_string(), n));
    (frame.iter().map(desk).collect(), per_stratum.collect())
}

/// The code of an admission in a cell. None is that of no answer.
#[must_use]
pub fn admission_code(admission: Admission) -> u8 {
    match admission {
        Admission::Receipt => 1,
        Admission::WalkIn => 2,
    }
}

/// The cells that answers were found in.
#[derive(Default)]
struct Cells {
    list: Vec<Vec<u8>>,
    places: HashMap<Vec<u8>, u32>,
}

impl Cells {
    fn index(&mut self, codes: &[u8]) -> u32 {
        if let Some(place) = self.places.get(codes) {
            return *place;
        }
        let place = self.list.len() as u32;
        self.list.push(codes.to_vec());
        self.places.insert(codes.to_vec(), place);
        place
    }
}

/// The profile items with options, and the byte each is read from.
fn profile_of(questionnaire: &Questionnaire) -> (Vec<usize>, Vec<usize>) {
    let layout = packing::layout(questionnaire);
    let items = questionnaire.items.iter().zip(layout).enumerate();
    let profile = items.filter(|(_, (item, _))| {
        item.part == Part::Profile && matches!(item.kind, ItemKind::Single(_) | ItemKind::YesNo)
    });
    profile.map(|(place, (_, (offset, _)))| (place, offset)).unzip()
}

/// By column: which codes have a value, so that whoever gave them answered.
fn valued_codes(questionnaire: &Questionnaire, columns: &BTreeMap<usize, usize>) -> Vec<[bool; 256]> {
    let mut valued = vec![[false; 256]; columns.len()];
    for (place, column) in columns {
        if let (Some(item), Some(codes)) = (questionnaire.items.get(*place), valued.get_mut(*column)) {
            let has_value = |code: u8| item.worth(code, questionnaire.rule).is_some();
            codes.iter_mut().zip(0..=u8::MAX).for_each(|(valued, code)| *valued = has_value(code));
        }
    }
    valued
}

/// The items that get a column (place in the questionnaire → column), and the byte each column is read from.
fn columns_of(questionnaire: &Questionnaire) -> (BTreeMap<usize, usize>, Vec<usize>) {
    let layout = packing::layout(questionnaire);
    let valued = questionnaire
        .items
        .iter()
        .zip(layout)
        .enumerate()
        .filter_map(|(place, (item, (offset, _)))| item.has_value().then_some((place, offset)));
    let (places, offsets): (Vec<usize>, Vec<usize>) = valued.unzip();
    (places.into_iter().zip(0..).collect(), offsets)
}
