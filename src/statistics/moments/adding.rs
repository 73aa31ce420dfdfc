//! Parts that were counted apart become one survey again.

use super::{Form, Kind, Moments, Sums, entries, triangle};
use crate::domain::fault::Fault;
use crate::statistics::design::{SurveyPsu, SurveyStratum};
use crate::statistics::file::MAX_FAULTS;
use crate::statistics::point::RowSums;
use crate::statistics::rows::{Block, Blocks};
use std::collections::HashMap;

/// The sums of one term of one statistic over the rows of one PSU in one cell, as a file holds them.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// The row of the file; the header is row 1.
    pub(super) row: usize,
    /// The statistic, by its place in the file.
    pub(super) figure: usize,
    /// The term, from 0.
    pub(super) term: usize,
    pub(super) stratum: String,
    pub(super) n_psus: Option<f64>,
    pub(super) psu: Option<String>,
    pub(super) n_units: Option<f64>,
    pub(super) labels: Vec<Option<String>>,
    pub(super) n_rows: u64,
    pub(super) n: u64,
    pub(super) weight: f64,
    pub(super) sums: RowSums,
    pub(super) squares: Vec<f64>,
    pub(super) products: Vec<f64>,
}

/// What all parts have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) forms: Vec<Form>,
    pub(super) by: Vec<String>,
    pub(super) rows_are_psus: bool,
    /// Whether it has the sums that the spread within PSUs needs.
    pub(super) is_within: bool,
}

/// Parts on their way into one.
pub(super) struct Adding {
    head: Head,
    whole: Moments,
    blocks: Blocks,
    strata: HashMap<String, u32>,
    psus: HashMap<(u32, String), u32>,
    cells: HashMap<Vec<Option<u32>>, u32>,
    labels: Vec<HashMap<String, u32>>,
    /// The statistics that each one of the part counts for: itself, and categories that the part never met.
    targets: Vec<Vec<usize>>,
    file: String,
    pub(super) faults: Vec<Fault>,
}

impl Adding {
    /// Gathers the statistics of all parts. Parts name themselves for faults.
    pub(super) fn new(heads: &[(String, Head)]) -> Result<Self, Vec<Fault>> {
        let Some((first_name, first)) = heads.first() else {
            return Err(vec![Fault::of_whole("no-moments", "there is no file to add up")]);
        };
        let mut head = first.clone();
        let mut faults = Vec::new();
        for (name, part) in heads {
            for form in &part.forms {
                if !head.forms.contains(form) && head.forms.iter().any(|known| known.is_sibling(form)) {
                    head.forms.push(form.clone());
                }
            }
            let mut differs = |what: &str| {
                let message = format!("{name} and {first_name} {what}; count both in the same way, then add them up");
                faults.push(Fault::of_whole("unlike-parts", message));
            };
            if part.by != head.by {
                differs("are broken down by different columns");
            }
            if part.rows_are_psus != head.rows_are_psus {
                differs("differ in whether they have PSUs");
            }
            if part.is_within != head.is_within {
                differs("differ in whether they have the population of each PSU");
            }
        }
        for (name, part) in heads {
            for form in &part.forms {
                if !head.forms.contains(form) {
                    faults.push(lacks(first_name, name, form));
                }
            }
            for form in &head.forms {
                if !part.forms.iter().any(|known| known == form || known.is_sibling(form)) {
                    faults.push(lacks(name, first_name, form));
                }
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let sums = head.forms.iter().map(|form| Sums::empty(form.terms.len(), 0, 0, head.is_within)).collect();
        let whole = Moments {
            forms: head.forms.clone(),
            by: head.by.clone(),
            labels: vec![Vec::new(); head.by.len()],
            rows_are_psus: head.rows_are_psus,
            sums,
            ..Moments::default()
        };
        Ok(Self {
            labels: vec![HashMap::new(); head.by.len()],
            head,
            whole,
            blocks: Blocks::default(),
            strata: HashMap::new(),
            psus: HashMap::new(),
            cells: HashMap::new(),
            targets: Vec::new(),
            file: String::new(),
            faults: Vec::new(),
        })
    }

    /// Begins the next part.
    pub(super) fn begin(&mut self, name: &str, part: &Head) {
        name.clone_into(&mut self.file);
        let mut missing: Vec<usize> = (0..self.head.forms.len()).collect();
        missing.retain(|place| self.head.forms.get(*place).is_some_and(|form| !part.forms.contains(form)));
        let mut targets = Vec::with_capacity(part.forms.len());
        for form in &part.forms {
            let own = self.head.forms.iter().position(|known| known == form);
            let mut of_form: Vec<usize> = own.into_iter().collect();
            // The first category there stands in for all that the part never met.
            let is_sibling = |place: &usize| self.head.forms.get(*place).is_some_and(|other| other.is_sibling(form));
            of_form.extend(missing.iter().copied().filter(is_sibling));
            missing.retain(|place| !of_form.contains(place));
            targets.push(of_form);
        }
        self.targets = targets;
    }

    /// Adds a line of the part.
    pub(super) fn add(&mut self, line: &Line) {
        if self.faults.len() >= MAX_FAULTS {
            return;
        }
        let stratum = self.stratum(line);
        let psu = self.psu(stratum, line);
        let cell = self.cell(line);
        let block = self.block(Block { psu, cell }) as usize;
        if line.figure == 0
            && line.term == 0
            && let Some(n_rows) = self.whole.n_rows.get_mut(block)
        {
            *n_rows += line.n_rows;
        }
        let Some(targets) = self.targets.get(line.figure) else { return };
        for (place, target) in targets.iter().enumerate() {
            let (Some(sums), Some(form)) = (self.whole.sums.get_mut(*target), self.head.forms.get(*target)) else {
                continue;
            };
            sums.add(line, form.terms.len(), (block, cell as usize), place > 0);
        }
    }

    /// The sum of all parts.
    pub(super) fn finish(mut self) -> Result<Moments, Vec<Fault>> {
        if self.whole.n_rows() == 0 && self.faults.is_empty() {
            self.faults.push(Fault::of_whole("no-rows", "no part has any rows"));
        }
        self.whole.blocks = self.blocks.list().to_vec();
        if self.faults.is_empty() { Ok(self.whole) } else { Err(self.faults) }
    }

    fn fault(&mut self, row: usize, column: &str, message: &str) {
        let message = format!("{}: {message}", self.file);
        self.faults.push(Fault::in_row(row, column, "bad-population", message));
    }

    fn stratum(&mut self, line: &Line) -> u32 {
        if let Some(&stratum) = self.strata.get(&line.stratum) {
            let known = self.whole.strata.get(stratum as usize).and_then(|stratum| stratum.n_psus);
            if known != line.n_psus {
                let message = format!("another population than before for stratum {}", line.stratum);
                self.fault(line.row, "n_psus", &message);
            }
            return stratum;
        }
        let stratum = self.whole.strata.len() as u32;
        self.strata.insert(line.stratum.clone(), stratum);
        self.whole.strata.push(SurveyStratum { name: line.stratum.clone(), n_psus: line.n_psus });
        if self.head.rows_are_psus {
            self.whole.psus.push(SurveyPsu { name: String::new(), stratum, n_units: None, weight: 1.0 });
        }
        stratum
    }

    fn psu(&mut self, stratum: u32, line: &Line) -> u32 {
        let Some(name) = &line.psu else { return stratum };
        let key = (stratum, name.clone());
        if let Some(&psu) = self.psus.get(&key) {
            if self.whole.psus.get(psu as usize).and_then(|psu| psu.n_units) != line.n_units {
                let message = format!("another population than before for PSU {name} of stratum {}", line.stratum);
                self.fault(line.row, "n_units", &message);
            }
            return psu;
        }
        let psu = self.whole.psus.len() as u32;
        self.psus.insert(key, psu);
        self.whole.psus.push(SurveyPsu { name: name.clone(), stratum, n_units: line.n_units, weight: 1.0 });
        psu
    }

    fn cell(&mut self, line: &Line) -> u32 {
        let mut cell = Vec::with_capacity(line.labels.len());
        for ((label, known), list) in line.labels.iter().zip(&mut self.labels).zip(&mut self.whole.labels) {
            cell.push(label.as_ref().map(|label| {
                *known.entry(label.clone()).or_insert_with(|| {
                    list.push(label.clone());
                    list.len() as u32 - 1
                })
            }));
        }
        if let Some(&place) = self.cells.get(&cell) {
            return place;
        }
        let place = self.whole.cells.len() as u32;
        self.cells.insert(cell.clone(), place);
        self.whole.cells.push(cell);
        for (sums, form) in self.whole.sums.iter_mut().zip(&self.head.forms) {
            sums.products.resize(sums.products.len() + triangle(2 * form.terms.len()), 0.0);
        }
        place
    }

    fn block(&mut self, block: Block) -> u32 {
        let place = self.blocks.index(block);
        if place as usize == self.whole.n_rows.len() {
            self.whole.n_rows.push(0);
            let n_blocks = self.whole.n_rows.len();
            for (sums, form) in self.whole.sums.iter_mut().zip(&self.head.forms) {
                let n_terms = form.terms.len();
                sums.n.push(0);
                sums.weight.push(0.0);
                sums.first.resize(n_blocks * n_terms, RowSums::default());
                if self.head.is_within {
                    sums.squares.resize(n_blocks * triangle(2 * n_terms), 0.0);
                }
            }
        }
        place
    }
}

impl Sums {
    /// Adds a line. A category that the part never met has the same denominators, and nothing above them.
    fn add(&mut self, line: &Line, n_terms: usize, (block, cell): (usize, usize), is_unmet: bool) {
        if line.term == 0
            && let (Some(n), Some(weight)) = (self.n.get_mut(block), self.weight.get_mut(block))
        {
            *n += line.n;
            *weight += line.weight;
        }
        if let Some(first) = self.first.get_mut(block * n_terms + line.term) {
            let denominator = line.sums.denominator;
            first.add(if is_unmet { RowSums { denominator, ..RowSums::default() } } else { line.sums });
        }
        let n_entries = triangle(2 * n_terms);
        let lists = [
            (&mut self.products, cell * n_entries, &line.products),
            (&mut self.squares, block * n_entries, &line.squares),
        ];
        for (all, before, list) in lists {
            let range = entries(line.term);
            let Some(known) = all.get_mut(before + range.start..before + range.end) else { continue };
            // Of the one term of a category, only the last entry is of denominators alone.
            let n_unmet = if is_unmet { range.len() - 1 } else { 0 };
            known.iter_mut().zip(list).skip(n_unmet).for_each(|(sum, more)| *sum += more);
        }
    }
}

fn lacks(name: &str, other: &str, form: &Form) -> Fault {
    let kinds: Vec<&str> = form.terms.iter().map(|(_, kind)| kind.code()).take(1).collect();
    let message = format!(
        "{name} has no moments of {} ({}), but {other} has; parts that are added up count the same statistics",
        form.name(),
        kinds.join(""),
    );
    Fault::of_whole("unlike-parts", message)
}

impl Kind {
    const ALL: [Self; 3] = [Self::Mean, Self::Quotient, Self::Total];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Quotient => "quotient",
            Self::Total => "total",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == text)
    }
}
