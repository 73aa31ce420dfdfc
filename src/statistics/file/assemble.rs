//! Rows as they come by become blocks, columns and a design.

use super::coder::{KeyCoder, NO_KEY, VariableCoder, VariablePart};
use super::repeats::{Repeats, crossings};
use super::row::Row;
use super::{MAX_FAULTS, Parts, Roles, Variable};
use crate::domain::fault::Fault;
use crate::statistics::design::{SurveyDesign, SurveyPsu, SurveyStratum};
use crate::statistics::rows::{Block, Blocks, Columns, Rows};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Everything kept of the rows so far.
pub(super) struct Assembly<'a> {
    roles: &'a Roles,
    keys: Vec<KeyCoder>,
    variables: Vec<VariableCoder>,
    /// Keys of the row that is being read.
    row_keys: Vec<u32>,
    next_key: usize,
    next_variable: usize,
    next_replicate: usize,
    crossings: Crossings,
    part: Part,
    parts: Vec<Part>,
    design: SurveyDesign,
    /// Where a PSU's code was first seen, where it may be in one stratum only.
    stratum_of_psu: HashMap<u32, u32>,
    /// Whether all rows of a PSU have had the same weight so far; then the design keeps it, and not the rows.
    is_weight_of_psu: bool,
    faults: Vec<Fault>,
    n_faults: usize,
}

/// A part of the rows.
#[derive(Default)]
struct Part {
    block: Vec<u32>,
    weight: Vec<f64>,
    replicates: Vec<Vec<f64>>,
    variables: Vec<VariablePart>,
}

/// Crossings of keys, numbered as they come.
#[derive(Default)]
struct Crossings {
    /// All keys of a row → its block.
    blocks_of: HashMap<Box<[u32]>, Places, RandomState>,
    /// The keys of the last row.
    last_keys: Vec<u32>,
    last: Option<Places>,
    strata: HashMap<Box<[u32]>, u32>,
    psus: HashMap<(u32, u32), u32>,
    cells: HashMap<Box<[u32]>, u32>,
    cell_list: Vec<Box<[u32]>>,
    blocks: Blocks,
}

#[derive(Debug, Clone, Copy)]
struct Places {
    block: u32,
    stratum: u32,
    psu: u32,
}

impl<'a> Assembly<'a> {
    /// Nothing yet.
    pub(super) fn new(roles: &'a Roles) -> Self {
        let n_keys = roles.strata.len() + usize::from(roles.psu.is_some()) + roles.by.len();
        Self {
            roles,
            keys: (0..n_keys).map(|_| KeyCoder::default()).collect(),
            variables: roles.variables.iter().map(|_| VariableCoder::default()).collect(),
            row_keys: Vec::with_capacity(n_keys),
            next_key: 0,
            next_variable: 0,
            next_replicate: 0,
            crossings: Crossings::default(),
            part: Part::default(),
            parts: Vec::new(),
            design: SurveyDesign {
                strata: Vec::new(),
                psus: Vec::new(),
                rows_are_psus: roles.psu.is_none(),
                lonely: roles.lonely,
                collapse: roles.collapse.clone(),
            },
            stratum_of_psu: HashMap::new(),
            is_weight_of_psu: true,
            faults: Vec::new(),
            n_faults: 0,
        }
    }

    /// Tells how many replicate weights a row has.
    pub(super) fn name_replicates(&mut self, n: usize) {
        self.part.replicates = vec![Vec::new(); n];
    }

    /// Adds the next key of the row: strata, the PSU, then breakdowns.
    pub(super) fn push_key(&mut self, label: &str) {
        if let Some(keys) = self.keys.get_mut(self.next_key) {
            self.row_keys.push(keys.key_of(label));
        }
        self.next_key += 1;
    }

    /// Adds the next variable of the row.
    pub(super) fn push_variable(&mut self, text: &str, line: usize) {
        if let Some(variable) = self.variables.get_mut(self.next_variable) {
            variable.push_text(text, line);
        }
        self.next_variable += 1;
    }

    /// Adds the next replicate weight of the row.
    pub(super) fn push_replicate(&mut self, weight: f64) {
        if let Some(replicate) = self.part.replicates.get_mut(self.next_replicate) {
            replicate.push(weight);
        }
        self.next_replicate += 1;
    }

    /// Ends the row. One that could not be read is not judged further; its reader has said why.
    pub(super) fn end_row(&mut self, row: Row, is_readable: bool) {
        let mut keys = std::mem::take(&mut self.row_keys);
        self.take_row(&keys, row, is_readable);
        keys.clear();
        self.row_keys = keys;
        (self.next_key, self.next_variable, self.next_replicate) = (0, 0, 0);
    }

    /// The coders, for readers that work column by column.
    pub(super) fn coders(&mut self) -> (&mut [KeyCoder], &mut [VariableCoder]) {
        (&mut self.keys, &mut self.variables)
    }

    /// The replicate weights of the part, for the same readers.
    pub(super) fn replicates(&mut self) -> &mut [Vec<f64>] {
        &mut self.part.replicates
    }

    /// Takes the rows of a part whose keys come column by column.
    pub(super) fn take_rows(&mut self, keys: &[Vec<u32>], rows: impl ExactSizeIterator<Item = Row>) {
        let crossings = crossings(keys, &self.keys, rows.len());
        let mut repeats = Repeats::new();
        let mut row_keys = Vec::with_capacity(keys.len());
        for (place, row) in rows.enumerate() {
            let crossing = crossings.as_ref().and_then(|crossings| crossings.get(place)).copied();
            let block = crossing.and_then(|crossing| repeats.block_of(crossing, &row, self.is_weight_of_psu));
            if let Some(block) = block {
                self.part.block.push(block);
                if !self.is_weight_of_psu {
                    self.part.weight.push(row.weight());
                }
                continue;
            }
            row_keys.clear();
            row_keys.extend(keys.iter().filter_map(|keys| keys.get(place)));
            let n_faults = self.n_faults;
            self.take_row(&row_keys, row, true);
            let block = self.part.block.last().filter(|_| self.n_faults == n_faults);
            if let Some((crossing, block)) = crossing.zip(block) {
                repeats.note(crossing, &row, *block);
            }
        }
    }

    /// Takes a row by its keys.
    fn take_row(&mut self, keys: &[u32], row: Row, is_readable: bool) {
        let n_faults = self.n_faults;
        if is_readable {
            self.check_keys(keys, row.line);
        }
        let places = self.crossings.last.filter(|_| self.crossings.last_keys.iter().eq(keys));
        let places = places.unwrap_or_else(|| self.place(keys, row));
        self.part.block.push(places.block);
        let weight = row.weight();
        self.weigh(places.psu, weight);
        if !is_readable || self.n_faults > n_faults {
            return;
        }
        if !(weight > 0.0 && weight.is_finite()) {
            let column = self.roles.weight.clone().unwrap_or_default();
            let what = if weight.is_nan() { "is missing".to_owned() } else { format!("is {weight}") };
            let message = format!("the weight {what}; every row needs one above 0");
            self.fault(|| Fault::in_row(row.line, &column, "bad-weight", message));
        }
        self.check_populations(places, row);
    }

    /// Keeps the weight of the row that was placed last.
    fn weigh(&mut self, psu: u32, weight: f64) {
        if self.is_weight_of_psu {
            if self.design.psus.get(psu as usize).is_some_and(|psu| psu.weight == weight) {
                return;
            }
            self.is_weight_of_psu = false;
            let blocks = self.crossings.blocks.list();
            let of_block = |block: &u32| {
                let psu = blocks.get(*block as usize)?.psu;
                self.design.psus.get(psu as usize).map(|psu| psu.weight)
            };
            for part in self.parts.iter_mut().chain([&mut self.part]) {
                part.weight = part.block.iter().map(|block| of_block(block).unwrap_or(f64::NAN)).collect();
            }
            // The row itself is among the blocks already.
            self.part.weight.pop();
        }
        self.part.weight.push(weight);
    }

    fn fault(&mut self, fault: impl FnOnce() -> Fault) {
        self.n_faults += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault());
        }
    }

    /// A stratum and a PSU must be there; a missing breakdown only leaves the row out of its domains.
    fn check_keys(&mut self, keys: &[u32], line: usize) {
        let names = self.roles.strata.iter().chain(&self.roles.psu);
        let missing: Vec<String> =
            names.zip(keys).filter(|(_, key)| **key == NO_KEY).map(|(name, _)| name.clone()).collect();
        for name in missing {
            self.fault(|| {
                let message = "missing; every row must say where it was drawn";
                Fault::in_row(line, &name, "missing-design", message)
            });
        }
    }

    /// Finds or makes the block of a row.
    fn place(&mut self, keys: &[u32], row: Row) -> Places {
        let known = self.crossings.blocks_of.get(keys).copied();
        let places = known.unwrap_or_else(|| self.new_places(keys, row));
        self.crossings.last = Some(places);
        self.crossings.last_keys.clear();
        self.crossings.last_keys.extend_from_slice(keys);
        places
    }

    fn new_places(&mut self, keys: &[u32], row: Row) -> Places {
        let (strata, rest) = keys.split_at_checked(self.roles.strata.len()).unwrap_or((keys, &[]));
        let (psu, by) = rest.split_at_checked(usize::from(self.roles.psu.is_some())).unwrap_or((rest, &[]));
        let stratum = self.stratum(strata, row);
        let psu = self.psu(stratum, psu.first().copied(), row);
        let n_cells = self.crossings.cells.len() as u32;
        let cell = *self.crossings.cells.entry(by.into()).or_insert_with(|| {
            self.crossings.cell_list.push(by.into());
            n_cells
        });
        let block = self.crossings.blocks.index(Block { psu, cell });
        let places = Places { block, stratum, psu };
        self.crossings.blocks_of.insert(keys.into(), places);
        places
    }

    fn stratum(&mut self, keys: &[u32], row: Row) -> u32 {
        if let Some(&stratum) = self.crossings.strata.get(keys) {
            return stratum;
        }
        let stratum = self.design.strata.len() as u32;
        self.crossings.strata.insert(keys.into(), stratum);
        let labels: Vec<&str> = keys.iter().zip(&self.keys).map(|(key, coder)| coder.label(*key)).collect();
        let name = if keys.is_empty() { "all".to_owned() } else { labels.join("/") };
        self.design.strata.push(SurveyStratum { name, n_psus: row.fpc1 });
        if self.design.rows_are_psus {
            let weight = row.weight();
            self.design.psus.push(SurveyPsu { name: String::new(), stratum, n_units: None, weight });
        }
        stratum
    }

    fn psu(&mut self, stratum: u32, key: Option<u32>, row: Row) -> u32 {
        let Some(key) = key else { return stratum };
        if let Some(&psu) = self.crossings.psus.get(&(stratum, key)) {
            return psu;
        }
        if self.roles.psu_is_unique {
            let first = *self.stratum_of_psu.entry(key).or_insert(stratum);
            if first != stratum {
                let name = |stratum: u32| self.design.strata.get(stratum as usize).map_or("", |s| s.name.as_str());
                let psu = self.keys.get(self.roles.strata.len()).map_or("", |coder| coder.label(key));
                let message = format!("PSU {psu} is in strata {} and {}", name(first), name(stratum));
                let column = self.roles.psu.clone().unwrap_or_default();
                self.fault(|| Fault::in_row(row.line, &column, "psu-in-two-strata", message));
            }
        }
        let psu = self.design.psus.len() as u32;
        let name = self.keys.get(self.roles.strata.len()).map_or("", |coder| coder.label(key)).to_owned();
        self.design.psus.push(SurveyPsu { name, stratum, n_units: row.fpc2, weight: row.weight() });
        self.crossings.psus.insert((stratum, key), psu);
        psu
    }

    /// Population sizes are counts, and the same in every row of their stratum or PSU.
    fn check_populations(&mut self, places: Places, row: Row) {
        let of_stratum = self.design.strata.get(places.stratum as usize).and_then(|stratum| stratum.n_psus);
        let of_psu = self.design.psus.get(places.psu as usize).and_then(|psu| psu.n_units);
        let columns =
            [(row.fpc1, of_stratum, &self.roles.fpc1, "stratum"), (row.fpc2, of_psu, &self.roles.fpc2, "PSU")];
        for (given, first, column, of) in columns {
            let (Some(given), Some(column)) = (given, column) else { continue };
            let message = if given.is_nan() {
                Some("the population size is missing".to_owned())
            } else if given < 1.0 {
                Some(format!("{given} is not a count; give the number of units in the population, not a fraction"))
            } else if first.is_some_and(|first| first != given) {
                Some(format!("{given}, but {} in an earlier row of the same {of}", first.unwrap_or_default()))
            } else {
                None
            };
            if let Some(message) = message {
                self.fault(|| Fault::in_row(row.line, column, "bad-population", message));
            }
        }
    }

    /// Ends a part of the rows.
    pub(super) fn end_part(&mut self) {
        let n = self.part.replicates.len();
        self.part.variables = self.variables.iter_mut().map(VariableCoder::take).collect();
        let next = Part { replicates: vec![Vec::new(); n], ..Part::default() };
        self.parts.push(std::mem::replace(&mut self.part, next));
    }

    /// Whether so much is wrong that reading on makes no sense.
    pub(super) fn is_hopeless(&self) -> bool {
        self.n_faults >= MAX_FAULTS
    }

    /// Puts everything together.
    pub(super) fn finish(mut self) -> Result<Parts, Vec<Fault>> {
        for (name, variable) in self.roles.variables.iter().zip(&self.variables) {
            if let Some((row, label)) = variable.not_a_number() {
                let message = format!("\"{label}\" is not a number, and there are too many values to be categories");
                self.faults.push(Fault::in_row(*row, name, "not-a-number", message));
            }
        }
        if self.parts.iter().all(|part| part.block.is_empty()) && self.faults.is_empty() {
            self.faults.push(Fault::of_whole("no-rows", "the file has a header but no rows"));
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let is_real: Vec<bool> = self.variables.iter().map(VariableCoder::has_quantities).collect();
        let (n_real, n_coded) =
            (is_real.iter().filter(|real| **real).count(), is_real.iter().filter(|real| !**real).count());
        let n_replicates = self.part.replicates.len();
        let mut columns = Columns::new(n_coded, n_real + n_replicates);
        for part in std::mem::take(&mut self.parts) {
            columns.append(self.rows(part, &is_real));
        }
        let (mut coded, mut real) = (0.., 0..);
        let variables = self.variables.into_iter().zip(&is_real).map(|(variable, is_real)| match is_real {
            true => Variable::Real { column: real.next().unwrap_or_default() },
            false => Variable::Coded { column: coded.next().unwrap_or_default(), values: variable.into_values() },
        });
        let variables = variables.collect();
        let cell = |keys: &[u32]| keys.iter().map(|key| Some(*key).filter(|key| *key != NO_KEY)).collect();
        let n_before = self.roles.strata.len() + usize::from(self.roles.psu.is_some());
        Ok(Parts {
            design: self.design,
            cells: self.crossings.cell_list.iter().map(|keys| cell(keys)).collect(),
            blocks: self.crossings.blocks,
            columns,
            variables,
            labels: self.keys.into_iter().skip(n_before).map(KeyCoder::into_labels).collect(),
            replicates: (n_real..n_real + n_replicates).collect(),
        })
    }

    /// The rows of a part. A variable that became quantities later on was codes at first.
    fn rows(&self, part: Part, is_real: &[bool]) -> Rows {
        let mut rows = Rows { block: part.block, weight: part.weight, ..Rows::default() };
        for ((variable, coder), is_real) in part.variables.into_iter().zip(&self.variables).zip(is_real) {
            match variable {
                VariablePart::Quantities(quantities) => rows.real.push(quantities),
                VariablePart::Codes(codes) if *is_real => {
                    rows.real.push(codes.into_iter().map(|code| coder.quantity(code)).collect());
                }
                VariablePart::Codes(codes) => rows.coded.push(codes),
            }
        }
        rows.real.extend(part.replicates);
        rows
    }
}
