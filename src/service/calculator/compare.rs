//! Comparisons on any survey file: units or years with each other or with all, ranks, and independence of two variables.

use super::build::{self, Asked};
use super::{Question, domains, not_estimable, open, sort_key};
use crate::domain::estimate::Estimate;
use crate::domain::fault::Fault;
use crate::statistics::{
    self, Adjustment, Difference, Domain, Freedom, Independence, Joint, Population, Range, RankSet, Ranking, Ratio,
    Reading, Statistic, Verdict, Worth,
};
use std::path::Path;

/// The label that stands for all units together.
const ALL: &str = "all";

/// Which units are compared with which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pairs {
    /// Each with each.
    All,
    /// Each with all units together.
    WithAll,
    /// One with another; `all` is all together.
    One(String, String),
}

/// What is compared, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparing {
    /// The column whose values are the units.
    pub between: String,
    /// Which of them.
    pub pairs: Pairs,
    /// How p-values are adjusted, among all comparisons of one statistic in one breakdown.
    pub adjustment: Adjustment,
    /// What the comparison is about.
    pub population: Population,
    /// Units (years) from which on something else was measured: another questionnaire, frame or mode.
    pub breaks: Vec<String>,
    /// The degrees of freedom of differences.
    pub freedom: Freedom,
    /// How rank sets are found, where units are ranked.
    pub ranking: Ranking,
}

/// Two units, or years.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The first.
    pub a: (String, Estimate),
    /// The second.
    pub b: (String, Estimate),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The statistic as typed.
    pub statistic: String,
    /// The domain within which units are compared.
    pub domain: Vec<(String, String)>,
    /// What is compared.
    pub pair: Pair,
    /// The difference; none across a break in the series.
    pub difference: Option<Difference>,
    /// Its p-value among all comparisons made together.
    pub adjusted: Option<f64>,
    /// What may be said.
    pub verdict: Verdict,
}

/// A unit's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The statistic as typed.
    pub statistic: String,
    /// The domain within which units are ranked.
    pub domain: Vec<(String, String)>,
    /// The unit.
    pub unit: String,
    /// Its figure.
    pub estimate: Estimate,
    /// Its rank and the ranks chance does not rule out, among the units whose spread is known; `None` for the others.
    pub ranks: Option<RankSet>,
    /// Above, below or not distinguishable from all units together, after Holm.
    pub than_all: Verdict,
    /// Standard errors that a difference must exceed; after the last step, where there are several.
    pub critical: Option<f64>,
}

/// The units of one domain with their figures; all together come last.
struct Units {
    labels: Vec<String>,
    joint: Joint,
}

impl Units {
    /// The rank sets of the units whose spread is known, each with its critical value; `None` where nothing can be compared.
    fn rank_sets(&self, level: f64, ranking: Ranking) -> Option<Vec<Option<(RankSet, f64)>>> {
        let k = self.labels.len() - 1;
        let units = || self.joint.estimates.iter().take(k);
        let known: Vec<usize> =
            (0..k).zip(units()).filter(|(_, unit)| unit.se.is_some()).map(|(place, _)| place).collect();
        let pairs = known.iter().flat_map(|a| known.iter().map(move |b| (*a, *b)));
        let covariance: Vec<f64> = pairs.map(|(a, b)| self.joint.covariance(a, b)).collect();
        let values: Vec<f64> = units().filter(|unit| unit.se.is_some()).map(|unit| unit.value).collect();
        let sets = statistics::rank_sets(&values, &covariance, self.joint.df(&known), level, ranking)?;
        let mut of_unit = vec![None; k];
        for (place, set) in known.into_iter().zip(sets) {
            if let Some(of_unit) = of_unit.get_mut(place) {
                *of_unit = Some(set);
            }
        }
        Some(of_unit)
    }
}

/// Compares units within every domain asked for.
///
/// # Errors
/// Every fault of the file and of the question.
pub fn compare(path: &Path, question: &Question, comparing: &Comparing) -> Result<Vec<Compared>, Vec<Fault>> {
    let mut compared = Vec::new();
    if !comparing.breaks.is_empty() && is_with_all(&comparing.pairs) {
        return Err(mixed());
    }
    each(path, question, comparing, |statistic, breakdown| {
        let first = compared.len();
        for (domain, units) in breakdown {
            for (a, b) in pairs(&comparing.pairs, &units.labels)? {
                let crossing = crosses(&comparing.breaks, &units.labels, a, b);
                let difference = match crossing {
                    true => None,
                    false => Some(difference(&units, a, b, comparing.freedom, question.confidence.level)?),
                };
                let one =
                    |place: usize| Some((units.labels.get(place)?.clone(), units.joint.estimates.get(place)?.clone()));
                let Some(pair) = one(a).zip(one(b)).map(|(a, b)| Pair { a, b }) else { continue };
                let (statistic, verdict) = (statistic.name.clone(), Verdict::NotComparable);
                let domain = domain.clone();
                compared.push(Compared { statistic, domain, pair, difference, adjusted: None, verdict });
            }
        }
        let made = compared.get_mut(first..).unwrap_or_default();
        let p: Vec<Option<f64>> = made.iter().map(|one: &Compared| one.difference?.p).collect();
        for (one, adjusted) in made.iter_mut().zip(statistics::adjust(&p, comparing.adjustment)) {
            one.adjusted = adjusted;
            let judge = |difference: &Difference| difference.verdict(adjusted, question.confidence.level);
            one.verdict = one.difference.as_ref().map_or(Verdict::BreakInSeries, judge);
        }
        Ok(())
    })?;
    Ok(compared)
}

/// Ranks units within every domain asked for; rank 1 has the highest figure.
///
/// # Errors
/// Every fault of the file and of the question; units whose spread is not known.
pub fn ranks(path: &Path, question: &Question, comparing: &Comparing) -> Result<Vec<Ranked>, Vec<Fault>> {
    let level = question.confidence.level;
    if !comparing.breaks.is_empty() {
        return Err(mixed());
    }
    let mut ranked = Vec::new();
    each(path, question, comparing, |statistic, breakdown| {
        for (domain, units) in breakdown {
            let k = units.labels.len() - 1;
            let sets = units.rank_sets(level, comparing.ranking).ok_or_else(|| {
                let message =
                    format!("{}: the units cannot be ranked, because their spread is not known", statistic.name);
                vec![Fault::of_whole("not-estimable", message)]
            })?;
            let differences: Vec<Difference> =
                (0..k).filter_map(|unit| Difference::of(&units.joint, unit, k, Freedom::Design, level)).collect();
            let p: Vec<Option<f64>> = differences.iter().map(|difference| difference.p).collect();
            let adjusted = statistics::adjust(&p, Adjustment::Holm);
            let judged = differences.iter().zip(adjusted).map(|(difference, p)| difference.verdict(p, level));
            let rows = units.labels.iter().zip(&units.joint.estimates).zip(sets).zip(judged);
            ranked.extend(rows.map(|(((unit, estimate), set), than_all)| Ranked {
                statistic: statistic.name.clone(),
                domain: domain.clone(),
                unit: unit.clone(),
                estimate: estimate.clone(),
                ranks: set.map(|(ranks, _)| ranks),
                than_all: if set.is_some() { than_all } else { Verdict::NotComparable },
                critical: set.map(|(_, critical)| critical),
            }));
        }
        Ok(())
    })?;
    Ok(ranked)
}

/// The difference of two units.
fn difference(units: &Units, a: usize, b: usize, freedom: Freedom, level: f64) -> Result<Difference, Vec<Fault>> {
    Difference::of(&units.joint, a, b, freedom, level).ok_or_else(|| {
        let name = |place: usize| units.labels.get(place).map(String::as_str).unwrap_or_default();
        let message = format!(
            "{} and {} are not independent: the same strata answered for both, so Welch's degrees of freedom do not hold; \
             take --df design, or name what separates them in --strata if they were drawn apart",
            name(a),
            name(b)
        );
        vec![Fault::of_whole("not-independent", message)]
    })
}

type Breakdown = Vec<(Vec<(String, String)>, Units)>;

/// Gives every statistic with the units of all domains of one breakdown, which are judged together.
fn each(
    path: &Path,
    question: &Question,
    comparing: &Comparing,
    mut judge: impl FnMut(&Statistic, Breakdown) -> Result<(), Vec<Fault>>,
) -> Result<(), Vec<Fault>> {
    let mut extended = question.clone();
    extended.by.push(vec![comparing.between.clone()]);
    let (roles, file, _) = open(path, &extended, &mut |_, _| ())?;
    let asked: Asked = build::statistics(&question.wishes, &roles.variables, &file.variables)?;
    let domains = |by: &[Vec<String>]| domains(by, &roles.by, &file.cells, &file.labels);
    let contexts = domains(&question.by);
    let units = domains(&[vec![comparing.between.clone()]]);
    let mut faults = Vec::new();
    for statistic in asked.statistics() {
        // All rows are a breakdown of their own; the others follow in the order asked.
        for by in std::iter::once(&Vec::new()).chain(&question.by) {
            let of_breakdown = contexts.iter().filter(|(labels, _)| labels.iter().map(|(column, _)| column).eq(by));
            let mut breakdown = Vec::new();
            for (labels, context) in of_breakdown {
                let of_context = units.iter().skip(1).filter_map(|(unit, domain)| {
                    let cells = intersection(context, domain);
                    let (_, label) = unit.first()?;
                    (!cells.cells.as_ref().is_some_and(std::collections::BTreeSet::is_empty))
                        .then(|| (label.clone(), cells))
                });
                let (mut names, mut figures): (Vec<String>, Vec<(Domain, Statistic)>) =
                    of_context.map(|(label, domain)| (label, (domain, statistic.clone()))).unzip();
                names.push(ALL.to_owned());
                figures.push((context.clone(), statistic.clone()));
                let joint = file.sample.joint(&figures, question.confidence, comparing.population);
                match joint {
                    Ok(joint) => breakdown.push((labels.clone(), Units { labels: names, joint })),
                    Err(reason) => faults.extend(not_estimable(reason)),
                }
            }
            if let Err(more) = judge(statistic, breakdown) {
                faults.extend(more);
            }
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The rows that lie in both of two domains of cells.
fn intersection(a: &Domain, b: &Domain) -> Domain {
    match (&a.cells, &b.cells) {
        (Some(a), Some(b)) => Domain::of_cells(a.intersection(b).copied()),
        (None, _) => b.clone(),
        (_, None) => a.clone(),
    }
}

fn is_with_all(pairs: &Pairs) -> bool {
    match pairs {
        Pairs::All => false,
        Pairs::WithAll => true,
        Pairs::One(a, b) => a == ALL || b == ALL,
    }
}

fn mixed() -> Vec<Fault> {
    let message = "all units together, and their ranks, mix what was measured before and after a break in the series";
    vec![Fault::of_whole("break-in-series", message)]
}

/// Whether something else was measured from one unit to the other.
fn crosses(breaks: &[String], labels: &[String], a: usize, b: usize) -> bool {
    let key = |place: usize| labels.get(place).map(|label| sort_key(label));
    let (first, last) = (key(a).min(key(b)), key(a).max(key(b)));
    breaks.iter().map(|label| Some(sort_key(label))).any(|from| first < from && from <= last)
}

/// Places of the units to compare; the last label is that of all together.
fn pairs(pairs: &Pairs, labels: &[String]) -> Result<Vec<(usize, usize)>, Vec<Fault>> {
    let k = labels.len() - 1;
    match pairs {
        Pairs::All => Ok((0..k).flat_map(|a| (a + 1..k).map(move |b| (a, b))).collect()),
        Pairs::WithAll => Ok((0..k).map(|unit| (unit, k)).collect()),
        Pairs::One(a, b) => {
            let place = |name: &String| labels.iter().position(|label| label == name);
            place(a).zip(place(b)).map(|pair| vec![pair]).ok_or_else(|| {
                let message = format!("{a} and {b} are not both among {}", labels.join(", "));
                vec![Fault::of_whole("unknown-unit", message)]
            })
        }
    }
}

/// Tests whether two variables are independent (Rao and Scott, second order): `rows` may be a share like `Q01>=4`, whose
/// rows are then "yes" and "no", or a column; so may `columns`.
///
/// # Errors
/// Every fault of the file and of the question; a table that cannot be tested.
pub fn independence(path: &Path, question: &Question) -> Result<Independence, Vec<Fault>> {
    let (roles, mut file, _) = open(path, question, &mut |_, _| ())?;
    let variables = build::groupings(&question.wishes, &roles.variables, &file.variables)?;
    let [(a, groups_a), (b, groups_b)] = variables.as_slice() else {
        let message = "name two variables to test, each a column (--distribution) or a share (--share)";
        return Err(vec![Fault::of_whole("not-two-variables", message)]);
    };
    let (n_a, n_b) = (n_groups(groups_a), n_groups(groups_b));
    let place = |groups: &[Option<u8>], code: u8| groups.get(usize::from(code)).copied().flatten();
    let crossed = file.sample.cross((*a, |code| place(groups_a, code)), (*b, |code| place(groups_b, code)), n_b);
    let Some(column) = crossed else {
        return Err(vec![Fault::of_whole("too-many-categories", "the table has more than 250 cells")]);
    };
    let cell = |wanted: u8| {
        let is = |code: u8| (code != u8::MAX).then(|| f64::from(u8::from(code == wanted)));
        let reading = Reading::Coded { column, worth: Worth::new(is) };
        (Domain::whole(), Statistic::ratio(format!("cell {wanted}"), Ratio::Mean(vec![reading])).within(Range::Share))
    };
    let figures: Vec<(Domain, Statistic)> = (0..n_a * n_b).map(cell).collect();
    let joint = file.sample.joint(&figures, question.confidence, Population::Descriptive).map_err(not_estimable)?;
    let proportions: Vec<f64> = joint.estimates.iter().map(|estimate| estimate.value).collect();
    let (n, df) = (file.sample.n_rows() as f64, file.sample.design_df());
    statistics::rao_scott(&proportions, joint.matrix(), usize::from(n_b), n, df).ok_or_else(|| {
        let message =
            "the table cannot be tested: a cell is empty, a variable has one value only, or no spread is known";
        vec![Fault::of_whole("not-testable", message)]
    })
}

fn n_groups(groups: &[Option<u8>]) -> u8 {
    groups.iter().flatten().max().map_or(0, |last| last + 1)
}
