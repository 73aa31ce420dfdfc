//! Exports: a round's answers and its tables as files for statisticians, block by block.
//!
//! | module | what |
//! |---|---|
//! | `task` | what is asked for, of which publication, and whether that can still be had |
//! | `responses` | one row an answer sheet, with its design; what could lead to a person is withheld |
//! | `questions` | the questionnaire as variables, and packed answers as their values |
//! | `keys` | what people could be told apart by, and what of it is withheld |
//! | `spool` | answer sheets between counting and writing |
//! | `analysis` | the figures of a questionnaire as sums over variables, for scripts |
//! | `tables` | results, breakdowns and the index, a row a figure |
//! | `sheet` | a table of figures on its way to blocks |
//! | `words` | what columns and codes mean, in both languages |
//! | `pipe` | the writer, on a thread of its own |

mod analysis;
mod keys;
mod pipe;
mod questions;
mod responses;
mod sheet;
mod spool;
mod tables;
mod task;
mod words;

use super::breakdown::BreakdownRefusal;
use super::catalogue::Catalogue;
use super::exercise::AnalyseRefusal;
use super::publish::PublishRefusal;
use super::rounds::{self, RoundRefusal};
use super::sample::SampleRefusal;
use crate::domain::admission::Admission;
use crate::domain::ids::{AreaCode, RoundCode};
use crate::domain::publication::{AsOf, Publication};
use crate::domain::quality::Answers;
use crate::domain::round::AnyRound;
use crate::domain::word::words;
use crate::export::format::Format;
use crate::export::manifest::{Manifest, Provenance};
use crate::export::r_script::Analysis;
use crate::export::{Block, Table};
use crate::store::{Store, StoreError, publications};
use pipe::Pipe;
pub use pipe::keep_writers_quiet;
use std::io::{self, Write};
use task::Task;

words!(
    /// A table that can be exported.
    TableName {
        /// One row an answer sheet.
        Responses = "responses",
        /// Every figure of every area.
        Results = "results",
        /// Figures by unit and by who answered.
        Breakdown = "breakdown",
        /// The index table.
        Index = "index",
    }
);

/// What is to be exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The round.
    pub round: RoundCode,
    /// The table.
    pub table: TableName,
    /// Only what lies within this area.
    pub unit: Option<AreaCode>,
    /// With flagged answers or without.
    pub answers: Answers,
    /// Only of people who were admitted in one way.
    pub admission: Option<Admission>,
    /// Breakdowns, as crossings of names; none for all declared ones.
    pub by: Vec<Vec<String>>,
    /// Items and elements by id; none for all, of a breakdown for the overall figure.
    pub figures: Vec<String>,
    /// The publication whose answers count; none for all answers there are.
    pub as_of: Option<AsOf>,
}

/// Why nothing was exported, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum ExportRefusal {
    /// The round's figures cannot be computed.
    #[error(transparent)]
    Analyse(#[from] AnalyseRefusal),
    /// The breakdowns asked for cannot be given.
    #[error(transparent)]
    Breakdown(BreakdownRefusal),
    /// There is no such publication, or it cannot be read.
    #[error(transparent)]
    Publish(#[from] PublishRefusal),
    /// What a publication was made from is not there any more.
    #[error(
        "the {what} behind revision {revision} of round {round} are others now, so its table {table} cannot be made again; what was \
         published is kept: `sipas index`, `results` and `breakdown --as-of {revision}` print it"
    )]
    Others {
        /// Answers, or answers and scores.
        what: &'static str,
        /// The round.
        round: RoundCode,
        /// The revision.
        revision: u32,
        /// The table.
        table: TableName,
    },
    /// A filter does not fit the table.
    #[error("the table {table} has no filter {filter}; leave it out, or choose the table that has it")]
    Filter {
        /// The table.
        table: TableName,
        /// The filter.
        filter: &'static str,
    },
    /// A format does not fit the table.
    #[error("the format {format} describes answers; it goes with the table responses, not with {table}")]
    Format {
        /// The format.
        format: Format,
        /// The table.
        table: TableName,
    },
    /// The output cannot be written.
    #[error("the export broke off: {0}")]
    Write(#[from] io::Error),
}

impl From<StoreError> for ExportRefusal {
    fn from(error: StoreError) -> Self {
        Self::Analyse(error.into())
    }
}

impl From<RoundRefusal> for ExportRefusal {
    fn from(refusal: RoundRefusal) -> Self {
        Self::Analyse(refusal.into())
    }
}

impl From<SampleRefusal> for ExportRefusal {
    fn from(refusal: SampleRefusal) -> Self {
        Self::Analyse(refusal.into())
    }
}

impl From<BreakdownRefusal> for ExportRefusal {
    fn from(refusal: BreakdownRefusal) -> Self {
        match refusal {
            BreakdownRefusal::Analyse(refusal) => Self::Analyse(refusal),
            other => Self::Breakdown(other),
        }
    }
}

impl Request {
    /// Whether the filters and the format fit the table.
    ///
    /// # Errors
    /// The first that does not.
    pub fn check(&self, format: Format) -> Result<(), ExportRefusal> {
        use TableName::{Breakdown, Index, Responses, Results};
        let table = self.table;
        if format.needs_answers() && table != Responses {
            return Err(ExportRefusal::Format { format, table });
        }
        let refused = [
            (!self.by.is_empty() && table != Breakdown, "by"),
            (!self.figures.is_empty() && matches!(table, Responses | Index), "item or element"),
            (self.unit.is_some() && table == Breakdown, "unit"),
            // Of answers it would tell the admission of those whose admission is withheld.
            (self.admission.is_some() && table != Results, "admission"),
        ];
        match refused.into_iter().find(|(holds, _)| *holds) {
            Some((_, filter)) => Err(ExportRefusal::Filter { table, filter }),
            None => Ok(()),
        }
    }

    /// The filters as they are typed.
    fn filters(&self) -> Vec<String> {
        let unit = self.unit.iter().map(|unit| format!("unit={unit}"));
        let flagged = (self.answers == Answers::Unflagged).then(|| "flagged=without".to_owned());
        let admission = self.admission.map(|admission| format!("admission={admission}"));
        let by = self.by.iter().map(|by| format!("by={}", by.join("*")));
        let figures = self.figures.iter().map(|figure| format!("figure={figure}"));
        unit.chain(flagged).chain(admission).chain(by).chain(figures).collect()
    }
}

/// A table that is ready to be written.
struct Prepared {
    table: Table,
    /// For tables of answers.
    analysis: Option<Analysis>,
    from: Provenance,
}

/// Where blocks go.
trait Sink {
    /// Whether rows are wanted; a format that only describes them has none.
    fn wants_rows(&self) -> bool;
    /// Begins the file.
    fn begin(&mut self, prepared: Prepared) -> Result<(), ExportRefusal>;
    /// Takes some rows, of which so many values are withheld.
    fn rows(&mut self, block: Block, n_withheld: u64) -> Result<(), ExportRefusal>;
}

/// Exports a table. Everything that can be refused is refused before `open` is called, which gives the output; from then on
/// it can only break off. `tell` hears how many rows are written of how many.
///
/// Memory does not grow with the rows of answers: they are read once, in the order of their ids in one view of the database,
/// and wait in a temporary file until all are counted.
///
/// # Errors
/// Why nothing was opened, or why it broke off.
pub fn export(
    catalogue: &Catalogue,
    store: &Store,
    (request, format): (&Request, Format),
    open: impl FnOnce(&Table) -> io::Result<Box<dyn Write + Send>>,
    tell: impl FnMut(u64, u64),
) -> Result<Manifest, ExportRefusal> {
    request.check(format)?;
    let task = Task::new(catalogue, store, request)?;
    let mut file = File { format, open: Some(open), tell, pipe: None, prepared: None, n_written: 0 };
    match request.table {
        TableName::Responses => responses::export(&task, &mut file)?,
        TableName::Results => tables::results(&task, &mut file)?,
        TableName::Breakdown => tables::breakdown(&task, &mut file)?,
        TableName::Index => tables::index(&task, &mut file)?,
    }
    let late = if request.as_of.is_some() { None } else { late(store, &request.round)? };
    file.finish(task.publication, late)
}

/// Whether everybody may have a table: of figures, and only of those that were published. Those computed now are, if a revision
/// was made and nothing came after it.
///
/// # Errors
/// When the round is unknown, or the database fails.
pub fn is_public(store: &Store, request: &Request) -> Result<bool, AnalyseRefusal> {
    let is_published = matches!(rounds::find(store, &request.round)?, AnyRound::Published(_));
    let is_current = || Ok::<_, StoreError>(request.as_of.is_some() || late(store, &request.round)?.is_none());
    Ok(request.table != TableName::Responses && is_published && is_current()?)
}

/// What must be said of figures that are ahead of those that were published.
fn late(store: &Store, round: &RoundCode) -> Result<Option<String>, StoreError> {
    let (publications, arrivals) = store
        .with(|connection| Ok((publications::all(connection, round)?, publications::arrivals(connection, round)?)))?;
    let Some(last) = publications.last() else { return Ok(None) };
    let is_late = arrivals.iter().any(|arrival| arrival.arrived > last.published);
    Ok(is_late.then(|| {
        format!(
            "Answers or scores came after revision {0} was published; they count here, and not there. --as-of {0} leaves such answers out.",
            last.revision
        )
    }))
}

/// A file that is being written.
struct File<O, T> {
    format: Format,
    open: Option<O>,
    tell: T,
    pipe: Option<Pipe>,
    prepared: Option<Prepared>,
    n_written: u64,
}

impl<O, T> Sink for File<O, T>
where
    O: FnOnce(&Table) -> io::Result<Box<dyn Write + Send>>,
    T: FnMut(u64, u64),
{
    fn wants_rows(&self) -> bool {
        self.format.has_rows()
    }

    fn begin(&mut self, prepared: Prepared) -> Result<(), ExportRefusal> {
        let open = self.open.take().ok_or_else(|| io::Error::other("the file was begun twice"))?;
        let out = open(&prepared.table)?;
        self.pipe = Some(Pipe::start(self.format, &prepared.table, prepared.analysis.as_ref(), out)?);
        self.prepared = Some(prepared);
        Ok(())
    }

    fn rows(&mut self, block: Block, n_withheld: u64) -> Result<(), ExportRefusal> {
        let (Some(pipe), Some(prepared)) = (&mut self.pipe, &mut self.prepared) else { return Err(not_begun().into()) };
        self.n_written += block.n_rows() as u64;
        prepared.from.n_withheld_cells += n_withheld;
        pipe.send(block)?;
        (self.tell)(self.n_written, prepared.table.n_rows);
        Ok(())
    }
}

impl<O, T> File<O, T> {
    fn finish(self, publication: Option<Publication>, late: Option<String>) -> Result<Manifest, ExportRefusal> {
        let (Some(pipe), Some(Prepared { table, mut from, .. })) = (self.pipe, self.prepared) else {
            return Err(not_begun().into());
        };
        from.publication = publication;
        from.warnings.extend(late);
        let written = pipe.finish()?;
        Ok(Manifest::new(&table, &from, self.format, written.n_bytes, written.sha256))
    }
}

fn not_begun() -> io::Error {
    io::Error::other("the file was not begun")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_fit_their_table() {
        let request = |table| Request {
            round: RoundCode::parse("r").unwrap(),
            table,
            unit: None,
            answers: Answers::All,
            admission: None,
            by: Vec::new(),
            figures: Vec::new(),
            as_of: None,
        };
        for table in TableName::ALL {
            assert!(request(table).check(Format::Csv).is_ok());
            assert_eq!(request(table).check(Format::RScript).is_ok(), table == TableName::Responses);
            let by = Request { by: vec![vec!["sex".to_owned()]], ..request(table) };
            assert_eq!(by.check(Format::Csv).is_ok(), table == TableName::Breakdown);
            let unit = Request { unit: AreaCode::parse("U").ok(), ..request(table) };
            assert_eq!(unit.check(Format::Csv).is_ok(), table != TableName::Breakdown);
            let figures = Request { figures: vec!["Q1".to_owned()], ..request(table) };
            let has_figures = matches!(table, TableName::Results | TableName::Breakdown);
            assert_eq!(figures.check(Format::Csv).is_ok(), has_figures);
            let admission = Request { admission: Some(Admission::Receipt), ..request(table) };
            assert_eq!(admission.check(Format::Csv).is_ok(), table == TableName::Results);
        }
    }
}
