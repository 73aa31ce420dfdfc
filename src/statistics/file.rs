//! Survey files of any origin, CSV or Parquet, made ready to be estimated from: text becomes codes, codes of strata, PSUs
//! and breakdowns become one block a row, and what the file says about its design is checked.
//!
//! A file is read part by part, and of each part only what estimates need is kept, so that ten million rows fit into the
//! memory of a small machine.

mod assemble;
mod coder;
mod csv;
mod parquet;
mod repeats;
mod row;

pub use coder::Value;

use super::design::{Lonely, SurveyDesign};
use super::rows::{Blocks, Columns};
use super::sample::{Sample, SampleFault};
use crate::domain::fault::Fault;
use assemble::Assembly;
use std::path::Path;

/// Faults told at most; a file with more of them has one cause.
pub(super) const MAX_FAULTS: usize = 50;

/// Which column of a file is what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roles {
    /// Columns whose crossing is the stratum; none for one stratum.
    pub strata: Vec<String>,
    /// The PSU; `None` where each row is one.
    pub psu: Option<String>,
    /// Whether a PSU's code may stand in one stratum only. Otherwise the same code in another stratum is another PSU.
    pub psu_is_unique: bool,
    /// The weight; `None` for 1.
    pub weight: Option<String>,
    /// PSUs in the population of the row's stratum.
    pub fpc1: Option<String>,
    /// Units in the population of the row's PSU.
    pub fpc2: Option<String>,
    /// Variables that figures are broken down by, each once.
    pub by: Vec<String>,
    /// Variables that figures are about, each once.
    pub variables: Vec<String>,
    /// What the names of replicate weights begin with.
    pub replicates: Option<String>,
    /// What to do with a stratum of which one PSU was drawn.
    pub lonely: Lonely,
    /// Strata to take together.
    pub collapse: Vec<(String, String)>,
}

/// A variable as it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Variable {
    /// A coded column; its code is the place in the list of values.
    Coded {
        /// The column among the coded ones.
        column: usize,
        /// What was found in it.
        values: Vec<Value>,
    },
    /// A column of quantities of too many different values to be coded.
    Real {
        /// The column among the quantities.
        column: usize,
    },
}

/// A file's rows and design.
#[derive(Debug)]
pub struct SurveyFile {
    /// The sample.
    pub sample: Sample,
    /// The design, as the file describes it.
    pub design: SurveyDesign,
    /// The variables asked for, in order.
    pub variables: Vec<Variable>,
    /// The cells, by index: of each breakdown variable the place of its label, `None` where missing.
    pub cells: Vec<Vec<Option<u32>>>,
    /// The labels of each breakdown variable.
    pub labels: Vec<Vec<String>>,
    /// Columns of quantities that are replicate weights, in the order of the file.
    pub replicates: Vec<usize>,
}

/// What the readers are asked for, and what they fill.
struct Parts {
    design: SurveyDesign,
    blocks: Blocks,
    columns: Columns,
    variables: Vec<Variable>,
    cells: Vec<Vec<Option<u32>>>,
    labels: Vec<Vec<String>>,
    replicates: Vec<usize>,
}

impl SurveyFile {
    /// Reads a file by the end of its name: `.csv` or `.parquet`. `progress` hears how many rows were read so far and how
    /// many there are, if that is known.
    ///
    /// # Errors
    /// Every fault, up to fifty: columns that are not there, cells that cannot be read, weights and population sizes that
    /// cannot be right, each with its row (the header is row 1) and column.
    pub fn read(path: &Path, roles: &Roles, progress: &mut dyn FnMut(u64, Option<u64>)) -> Result<Self, Vec<Fault>> {
        let mut assembly = Assembly::new(roles);
        match path.extension().and_then(std::ffi::OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => csv::read(path, roles, &mut assembly, progress)?,
            Some("parquet") => parquet::read(path, roles, &mut assembly, progress)?,
            _ => {
                let message = format!("{} is neither .csv nor .parquet; name the file by what it is", path.display());
                return Err(vec![Fault::of_whole("unknown-file-kind", message)]);
            }
        }
        let Parts { design, blocks, columns, variables, cells, labels, replicates } = assembly.finish()?;
        let sample = Sample::of_survey(&design, blocks, columns).map_err(|SampleFault { faults }| faults)?;
        Ok(Self { sample, design, variables, cells, labels, replicates })
    }
}

/// The columns that a reader has to find, with their places in the file.
#[derive(Debug, Default)]
struct Found {
    /// Strata, the PSU, then breakdowns.
    keys: Vec<usize>,
    weight: Option<usize>,
    fpc1: Option<usize>,
    fpc2: Option<usize>,
    variables: Vec<usize>,
    replicates: Vec<usize>,
}

impl Found {
    /// Finds the columns among the names in the file's header.
    fn among(header: &[String], roles: &Roles) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut at = |name: &String| {
            let place = header.iter().position(|known| known == name);
            if place.is_none() {
                let known = header.join(", ");
                faults.push(Fault::of_whole(
                    "unknown-column",
                    format!("there is no column {name}; the file has {known}"),
                ));
            }
            place
        };
        let keys = roles.strata.iter().chain(&roles.psu).chain(&roles.by);
        let mut found = Self {
            keys: keys.filter_map(&mut at).collect(),
            weight: roles.weight.as_ref().and_then(&mut at),
            fpc1: roles.fpc1.as_ref().and_then(&mut at),
            fpc2: roles.fpc2.as_ref().and_then(&mut at),
            variables: roles.variables.iter().filter_map(&mut at).collect(),
            replicates: Vec::new(),
        };
        for (place, name) in header.iter().enumerate() {
            if header.iter().take(place).any(|before| before == name) {
                faults.push(Fault::of_whole("repeated-column", format!("the header has column {name} twice")));
            }
        }
        if let Some(prefix) = &roles.replicates {
            let is_replicate = |name: &String| name.starts_with(prefix) && Some(name) != roles.weight.as_ref();
            found.replicates =
                (0..).zip(header).filter(|(_, name)| is_replicate(name)).map(|(place, _)| place).collect();
            if found.replicates.len() < 2 {
                let n = found.replicates.len();
                let message = format!("{n} columns begin with {prefix}; replicate weights are at least two");
                faults.push(Fault::of_whole("no-replicates", message));
            }
        }
        if faults.is_empty() { Ok(found) } else { Err(faults) }
    }
}
