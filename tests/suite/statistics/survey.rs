//! The surveys of `tests/oracle/data` as samples, and the statistics that their reference numbers are about.

use sipas::statistics::{Blocks, Columns, DesignDesk, Domain, Inference, Ratio, Sample, Statistic, Term, Worth};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Items of every synthetic survey.
pub(super) const N_ITEMS: usize = 22;

/// A file below `tests/oracle`.
pub(super) fn oracle_path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(file)
}

/// One answer sheet.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) desk: u32,
    pub(super) weight: Option<f64>,
    pub(super) codes: Vec<u8>,
}

/// A survey as read; tests change it before they make a sample of it.
#[derive(Debug, Clone)]
pub(super) struct Survey {
    pub(super) desks: Vec<DesignDesk>,
    pub(super) desks_per_stratum: BTreeMap<String, u32>,
    pub(super) sheets: Vec<Sheet>,
}

impl Survey {
    /// Reads `data/{name}.csv`: strata are districts, a missing item is code 0.
    pub(super) fn read(name: &str) -> Self {
        let mut reader = csv::Reader::from_path(oracle_path(&format!("data/{name}.csv"))).unwrap();
        let header = reader.headers().unwrap().clone();
        let at = |column: &str| header.iter().position(|name| name == column).unwrap();
        let [district, desk, population, transactions, weight, first] =
            ["district", "desk", "M_h", "N_desk", "weight", "Q01"].map(at);
        let mut survey = Self { desks: vec![], desks_per_stratum: BTreeMap::new(), sheets: vec![] };
        let mut index = BTreeMap::new();
        for record in reader.records() {
            let record = record.unwrap();
            let stratum = record[district].to_owned();
            survey.desks_per_stratum.insert(stratum.clone(), record[population].parse().unwrap());
            let desk = *index.entry(record[desk].to_owned()).or_insert_with(|| {
                let transactions = Some(record[transactions].parse().unwrap());
                survey.desks.push(DesignDesk { code: record[desk].to_owned(), stratum, transactions });
                survey.desks.len() as u32 - 1
            });
            let code = |answer: &str| if answer.is_empty() { 0 } else { answer.parse().unwrap() };
            let codes = (first..first + N_ITEMS).map(|item| code(&record[item])).collect();
            survey.sheets.push(Sheet { desk, weight: Some(record[weight].parse().unwrap()), codes });
        }
        survey
    }

    /// The sample.
    pub(super) fn sample(&self, inference: Inference) -> Sample {
        let mut columns = Columns::new(N_ITEMS, 0);
        self.sheets.iter().for_each(|sheet| columns.push(sheet.desk, sheet.weight, &sheet.codes));
        let blocks = Blocks::of_psus(self.desks.len());
        Sample::of_round(self.desks.clone(), &self.desks_per_stratum, blocks, columns, inference).unwrap()
    }

    /// The same survey, with no desk's transactions known.
    pub(super) fn without_transactions(mut self) -> Self {
        self.desks.iter_mut().for_each(|desk| desk.transactions = None);
        self
    }

    /// The desks of a domain as the reference numbers name it: `all` or `district=D01`. None for domains that are not
    /// sets of desks.
    pub(super) fn domain(&self, name: &str) -> Option<Domain> {
        if name == "all" {
            return Some(Domain::whole());
        }
        let district = name.strip_prefix("district=").filter(|district| !district.contains('&'))?;
        let desks = (0_u32..).zip(&self.desks).filter(|(_, desk)| desk.stratum == district);
        Some(Domain::of_psus(desks.map(|(index, _)| index)))
    }
}

/// An item of `synth_items.csv`.
struct Item {
    column: usize,
    element: String,
    max_points: f64,
}

fn items() -> Vec<Item> {
    let mut reader = csv::Reader::from_path(oracle_path("data/synth_items.csv")).unwrap();
    let item = |(column, record): (usize, Result<csv::StringRecord, _>)| {
        let record = record.unwrap();
        Item { column, element: record[1].to_owned(), max_points: record[2].parse().unwrap() }
    };
    reader.records().enumerate().map(item).collect()
}

/// Satisfied or very satisfied.
fn top2() -> Worth {
    Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(u8::from(code >= 4))))
}

/// `(y − offset) / divisor`.
fn linear(offset: f64, divisor: f64) -> Worth {
    Worth::new(move |code| (1..=5).contains(&code).then(|| (f64::from(code) - offset) / divisor))
}

fn mean() -> Worth {
    linear(0.0, 1.0)
}

fn pooled<'a>(items: impl IntoIterator<Item = &'a Item>, worth: &Worth) -> Ratio {
    Ratio::answers(items.into_iter().map(|item| (item.column, worth.clone())))
}

fn sum(name: &str, items: &[&Item], factor: impl Fn(&Item) -> f64, worth: &Worth) -> Statistic {
    let term = |item: &&Item| Term { factor: factor(item), ratio: pooled([*item], worth) };
    Statistic::sum(name, items.iter().map(term).collect())
}

/// All 65 statistics of the reference numbers, under their names there.
pub(super) fn statistics() -> Vec<Statistic> {
    let items = items();
    let mut statistics = Vec::new();
    for item in &items {
        let number = item.column + 1;
        statistics.push(Statistic::ratio(format!("top2_Q{number:02}"), pooled([item], &top2())));
        statistics.push(Statistic::ratio(format!("mean_Q{number:02}"), pooled([item], &mean())));
    }
    let elements: BTreeSet<&str> = items.iter().map(|item| item.element.as_str()).collect();
    for element in elements.into_iter().chain(["ALL"]) {
        let members: Vec<&Item> = items.iter().filter(|item| element == "ALL" || item.element == element).collect();
        let ratio = |worth: &Worth| pooled(members.iter().copied(), worth);
        let share = 1.0 / members.len() as f64;
        statistics.push(Statistic::ratio(format!("top2_pooled_{element}"), ratio(&top2())));
        statistics.push(Statistic::ratio(format!("mean_pooled_{element}"), ratio(&mean())));
        statistics.push(sum(&format!("top2_itemavg_{element}"), &members, |_| share, &top2()));
    }
    let all: Vec<&Item> = items.iter().collect();
    let max = |item: &Item| item.max_points;
    statistics.push(sum("composite_linear01", &all, max, &linear(1.0, 4.0)));
    statistics.push(sum("composite_over5", &all, max, &linear(0.0, 5.0)));
    statistics.push(sum("composite_top2", &all, max, &top2()));
    statistics
}

/// One of [`statistics`].
pub(super) fn statistic(name: &str) -> Statistic {
    statistics().into_iter().find(|statistic| statistic.name == name).unwrap()
}
