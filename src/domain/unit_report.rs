//! Everything that is said of one area when a round's figures are told: its index and rank, what people said, what changed
//! since the year before, how far the answers carry it, and what must be told beside it. Its page, its PDF and its mail are
//! drawn from this one value, so that none of them can say more than the others.
//!
//! There is one for the whole area of a round, for each unit that its scheme rates, and for each desk that was drawn; desks
//! have no index, but figures of the survey. Every figure came through the round's linked set of tables, so what is hidden in
//! one report is hidden in all.

mod change;
mod coverage;
mod index;
mod row;
mod years;

pub use change::{Break, Change, ChangeVerdict};
pub use coverage::{Coverage, DeskProgress, Hidden};
pub use index::{Component, IndexPart, PartLine, RankedIndex};
pub use row::{Distribution, Extreme, Row, RowTitle};
pub use years::EarlierYear;

use super::area::Level;
use super::disclosure::NoFigure;
use super::estimate::Estimate;
use super::ids::{AreaCode, RoundCode};
use super::index::table::{Provenance, Source, Warning};
use super::period::{Period, Year};
use super::points::Points;
use super::results::Grain;
use super::selection::Selection;
use super::word::words;

words! {
    /// What an area is to a round.
    Role {
        /// The whole area that was surveyed.
        Whole = "whole",
        /// A unit that the scheme rates.
        Unit = "unit",
        /// A desk that was drawn.
        Desk = "desk",
    }
}

/// An area by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// What kind of area it is.
    pub level: Level,
}

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The area.
    pub area: NamedArea,
    /// What it is to the round.
    pub role: Role,
    /// Whether it is a focus unit of the year (đơn vị chỉ đạo điểm).
    pub is_focus: bool,
    /// The areas it lies in, the nearest first, up to the whole area of the round.
    pub within: Vec<NamedArea>,
}

/// The round that the figures are from, and the scale they are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The round.
    pub round: RoundCode,
    /// The year its figures count for.
    pub year: Year,
    /// The days of the transactions asked about.
    pub period: Period,
    /// Most points of an index in all, for example 100.
    pub max: Points,
    /// Most points of the survey part when everything applies, for example 30.5.
    pub survey_max: Points,
    /// Decimals of a published index.
    pub decimals: u8,
}

/// Everything that is said of one area.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitReport {
    /// The area.
    pub subject: Subject,
    /// The round and the scale.
    pub occasion: Occasion,
    /// Its index; none for what is not rated.
    pub index: Option<IndexPart>,
    /// Its survey part in points, for the whole area and for rated units.
    pub component: Option<Component>,
    /// What people said: the overall figure first, then each element followed by its items.
    pub rows: Vec<Row>,
    /// What lies within it, by code: units of the whole area, desks of a unit.
    pub parts: Vec<PartLine>,
    /// The desks within it that were drawn, with how many answers they were to bring.
    pub desks: Vec<DeskProgress>,
    /// Who answered.
    pub coverage: Coverage,
    /// Where people chose to answer: what has to stand beside the figures.
    pub selection: Option<Selection>,
    /// Earlier years, the latest first.
    pub earlier: Vec<EarlierYear>,
    /// Where the figures come from.
    pub provenance: Provenance,
}

impl UnitReport {
    /// The overall figure.
    #[must_use]
    pub fn overall(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.grain == Grain::Overall)
    }

    /// The rows of one kind, in order.
    pub fn rows_of(&self, grain: Grain) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.grain == grain)
    }

    /// The source that the rows are from.
    #[must_use]
    pub fn source(&self) -> Option<&Source> {
        self.provenance.sources.iter().find(|source| source.round == self.occasion.round)
    }

    /// The year before, where there was one.
    #[must_use]
    pub fn year_before(&self) -> Option<&EarlierYear> {
        let before = self.occasion.year.previous()?;
        self.earlier.iter().find(|earlier| earlier.year == before)
    }

    /// The three items that people were most satisfied with, the best first.
    ///
    /// They are the highest figures as they were found; whether one is above the overall figure beyond what chance explains is
    /// told with each of them, and has to be told wherever they are shown.
    #[must_use]
    pub fn strongest(&self) -> Vec<Extreme<'_>> {
        self.extremes(|a, b| b.total_cmp(&a))
    }

    /// The three items that people were least satisfied with, the worst first; see [`Self::strongest`].
    #[must_use]
    pub fn weakest(&self) -> Vec<Extreme<'_>> {
        self.extremes(|a, b| a.total_cmp(&b))
    }

    /// Desks that have fewer answers than they were to bring, those that lack most first.
    #[must_use]
    pub fn short_desks(&self) -> Vec<&DeskProgress> {
        let mut short: Vec<&DeskProgress> = self.desks.iter().filter(|desk| desk.is_short()).collect();
        short.sort_by_key(|desk| (std::cmp::Reverse(desk.needed()), &desk.desk));
        short
    }

    /// The focus units within it.
    pub fn focus_units(&self) -> impl Iterator<Item = &PartLine> {
        self.parts.iter().filter(|part| part.is_focus)
    }

    /// How many figures are hidden, of how many.
    #[must_use]
    pub fn hidden(&self) -> Hidden {
        let is_hidden = |figure: &Result<Estimate, NoFigure>| matches!(figure, Err(NoFigure::Hidden));
        let n_hidden = self.rows.iter().filter(|row| is_hidden(&row.figure)).count();
        let parts = self.parts.iter().filter_map(|part| part.satisfied.as_ref());
        let n_parts = parts.clone().count();
        Hidden { n_hidden: n_hidden + parts.filter(|part| is_hidden(part)).count(), n: self.rows.len() + n_parts }
    }

    /// What a reader must be told, worked out from the report itself so that it cannot be left out.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = self.provenance.warnings();
        let indices = self.index.iter().chain(self.parts.iter().filter_map(|part| part.index.as_ref()));
        let (mut provisional, mut not_appraised, mut unranked) = (0, 0, 0);
        for index in indices {
            match index {
                IndexPart::Ranked(ranked) => {
                    provisional += usize::from(ranked.index.is_provisional());
                    not_appraised += usize::from(!ranked.index.not_appraised.is_empty());
                }
                IndexPart::Unranked(_) => unranked += 1,
            }
        }
        warnings.extend(Warning::of_units(provisional, not_appraised, unranked));
        warnings
    }
}
