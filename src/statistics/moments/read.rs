//! Moments from the files that [`Moments::write`] left; its columns are described there.

use super::adding::{Adding, Head, Line};
use super::{BY, Form, Kind, Moments, entries};
use crate::domain::fault::Fault;
use crate::statistics::point::RowSums;
use crate::statistics::statistic::Range;
use polars::prelude::{Column, DataFrame, DataType, ParquetReader, SerReader};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

impl Moments {
    /// Reads files and adds them up.
    ///
    /// # Errors
    /// Every fault: files that are no moments, that count different things, that are the same, or that contradict each
    /// other about the population.
    pub fn read(paths: &[PathBuf]) -> Result<Self, Vec<Fault>> {
        let (mut parts, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
        for path in paths {
            let name = path.display().to_string();
            match Part::read(path) {
                Ok(part) => {
                    if let Some(other) = seen.insert(part.digest, name.clone()) {
                        let message = format!("{name} and {other} are the same; every answer would count twice");
                        faults.push(Fault::of_whole("counted-twice", message));
                    }
                    parts.push((name, part));
                }
                Err(message) => faults.push(Fault::of_whole("no-moments", format!("{name}: {message}"))),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let heads: Vec<(String, Head)> = parts.iter().map(|(name, part)| (name.clone(), part.head.clone())).collect();
        let mut adding = Adding::new(&heads)?;
        for (name, part) in &parts {
            adding.begin(name, &part.head);
            for line in &part.lines {
                adding.add(line);
            }
        }
        adding.finish()
    }
}

/// One file.
struct Part {
    digest: [u8; 32],
    head: Head,
    lines: Vec<Line>,
}

impl Part {
    fn read(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let digest = Sha256::digest(&bytes).into();
        let frame = ParquetReader::new(std::io::Cursor::new(bytes)).finish();
        let frame = frame.map_err(|error| format!("it cannot be read as Parquet: {error}"))?;
        let by: Vec<String> =
            frame.get_column_names().iter().filter_map(|name| name.strip_prefix(BY)).map(str::to_owned).collect();
        let fields = Fields { frame: &frame };
        let forms = fields.forms()?;
        let lines = fields.lines(&by)?;
        let head = Head {
            forms,
            by,
            rows_are_psus: lines.iter().all(|line| line.psu.is_none()),
            is_within: lines.iter().any(|line| !line.squares.is_empty()),
        };
        check(&head, &lines)?;
        Ok(Self { digest, head, lines })
    }
}

/// What would make sums of something else than they say.
fn check(head: &Head, lines: &[Line]) -> Result<(), String> {
    for line in lines {
        let Some(form) = head.forms.get(line.figure) else { return Err(broken(line, "figure")) };
        let n_entries = entries(line.term).len();
        let sums = [line.weight, line.sums.numerator, line.sums.absolute, line.sums.denominator];
        let lists = line.squares.iter().chain(&line.products);
        if line.term >= form.terms.len() {
            return Err(broken(line, "term"));
        }
        if sums.iter().chain(lists).any(|sum| !sum.is_finite()) || line.weight < 0.0 || line.n > line.n_rows {
            return Err(broken(line, "weight, a, b, n, squares or products"));
        }
        if line.squares.len() != if head.is_within { n_entries } else { 0 } {
            return Err(broken(line, "squares"));
        }
        if !line.products.is_empty() && line.products.len() != n_entries {
            return Err(broken(line, "products"));
        }
        if head.rows_are_psus != line.psu.is_none() {
            return Err(broken(line, "psu"));
        }
    }
    Ok(())
}

fn broken(line: &Line, column: &str) -> String {
    format!("row {}, column {column}: not what `sipas moments` writes", line.row)
}

/// The columns of a file.
struct Fields<'a> {
    frame: &'a DataFrame,
}

impl Fields<'_> {
    fn column(&self, name: &str, as_type: &DataType) -> Result<Column, String> {
        let column = self
            .frame
            .column(name)
            .map_err(|_| format!("there is no column {name}; only files that `sipas moments` wrote can be added up"))?;
        column.cast(as_type).map_err(|error| format!("column {name}: {error}"))
    }

    fn texts(&self, name: &str) -> Result<Vec<Option<String>>, String> {
        let column = self.column(name, &DataType::String)?;
        let texts = column.str().map_err(|error| error.to_string())?;
        Ok(texts.iter().map(|text| text.map(str::to_owned)).collect())
    }

    fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        let column = self.column(name, &DataType::Float64)?;
        Ok(column.f64().map_err(|error| error.to_string())?.iter().collect())
    }

    fn lists(&self, name: &str) -> Result<Vec<Vec<f64>>, String> {
        let column = self.column(name, &DataType::List(Box::new(DataType::Float64)))?;
        let lists = column.list().map_err(|error| error.to_string())?;
        let list = |list: Option<_>| -> Result<Vec<f64>, String> {
            let Some(list): Option<polars::series::amortized_iter::AmortSeries> = list else { return Ok(Vec::new()) };
            let numbers = list.as_ref().f64().map_err(|error| error.to_string())?;
            Ok(numbers.iter().map(|number| number.unwrap_or(f64::NAN)).collect())
        };
        lists.amortized_iter().map(list).collect()
    }

    /// The statistics, by their numbers.
    fn forms(&self) -> Result<Vec<Form>, String> {
        let (figures, terms, factors) = (self.numbers("figure")?, self.numbers("term")?, self.numbers("factor")?);
        let (low, high) = (self.numbers("low")?, self.numbers("high")?);
        let (statistics, categories) = (self.texts("statistic")?, self.texts("category")?);
        let (ranges, kinds) = (self.texts("range")?, self.texts("kind")?);
        let mut forms: BTreeMap<u64, (Form, BTreeSet<u64>)> = BTreeMap::new();
        for row in 0..figures.len() {
            let number = |list: &[Option<f64>]| list.get(row).copied().flatten();
            let text = |list: &[Option<String>]| list.get(row).cloned().flatten();
            let known = || {
                let (figure, term) = (number(&figures)? as u64, number(&terms)? as u64);
                let range = match text(&ranges)?.as_str() {
                    "share" => Range::Share,
                    "within" => Range::Within { low: number(&low)?, high: number(&high)? },
                    "unbounded" => Range::Unbounded,
                    _ => return None,
                };
                let (factor, kind) = (number(&factors)?, Kind::parse(&text(&kinds)?)?);
                let form =
                    Form { statistic: text(&statistics)?, category: text(&categories), range, terms: Vec::new() };
                Some((figure, term, form, (factor, kind)))
            };
            let (figure, term, form, piece) = known().ok_or_else(|| {
                format!("row {}: figure, statistic, range, term, kind or factor cannot be read", row + 2)
            })?;
            let (form, seen) = forms.entry(figure).or_insert((form, BTreeSet::new()));
            if seen.insert(term) {
                form.terms.push(piece);
            }
        }
        let is_counted = forms.keys().copied().eq(1..=forms.len() as u64);
        let terms_in_order = forms.values().all(|(_, seen)| seen.iter().copied().eq(1..=seen.len() as u64));
        if !is_counted || !terms_in_order || forms.is_empty() {
            return Err("figures and terms are not numbered from 1; is the file whole?".to_owned());
        }
        Ok(forms.into_values().map(|(form, _)| form).collect())
    }

    fn lines(&self, by: &[String]) -> Result<Vec<Line>, String> {
        let (strata, psus) = (self.texts("stratum")?, self.texts("psu")?);
        let (n_psus, n_units) = (self.numbers("n_psus")?, self.numbers("n_units")?);
        let (figures, terms) = (self.numbers("figure")?, self.numbers("term")?);
        let (n_rows, n, weight) = (self.numbers("n_rows")?, self.numbers("n")?, self.numbers("weight")?);
        let (a, a_abs, b) = (self.numbers("a")?, self.numbers("a_abs")?, self.numbers("b")?);
        let (mut squares, mut products) = (self.lists("squares")?, self.lists("products")?);
        let labels = by.iter().map(|name| self.texts(&format!("{BY}{name}"))).collect::<Result<Vec<_>, _>>()?;
        let line = |row: usize| {
            let maybe = |list: &[Option<f64>]| list.get(row).copied().flatten();
            let number = |list: &[Option<f64>]| maybe(list).unwrap_or(f64::NAN);
            let count = |list: &[Option<f64>]| maybe(list).unwrap_or_default() as u64;
            let text = |list: &[Option<String>]| list.get(row).cloned().flatten();
            Line {
                row: row + 2,
                figure: count(&figures).saturating_sub(1) as usize,
                term: count(&terms).saturating_sub(1) as usize,
                stratum: text(&strata).unwrap_or_default(),
                n_psus: maybe(&n_psus),
                psu: text(&psus),
                n_units: maybe(&n_units),
                labels: labels.iter().map(|labels| text(labels)).collect(),
                n_rows: count(&n_rows),
                n: count(&n),
                weight: number(&weight),
                sums: RowSums { numerator: number(&a), absolute: number(&a_abs), denominator: number(&b) },
                squares: squares.get_mut(row).map(std::mem::take).unwrap_or_default(),
                products: products.get_mut(row).map(std::mem::take).unwrap_or_default(),
            }
        };
        Ok((0..figures.len()).map(line).collect())
    }
}
