//! From what was typed to statistics of the columns that were read.

use super::Wish;
use super::ask::{Ask, Comparison, Items, Rule, Test, Together};
use crate::domain::estimate::Estimate;
use crate::domain::fault::Fault;
use crate::statistics::{
    Confidence, Domain, NotEstimable, Range, Ratio, Reading, Replicates, Sample, Statistic, Term, Value, Variable,
    Worth,
};

/// Categories a distribution can have; beyond, it is a list nobody reads.
const MAX_CATEGORIES: usize = 50;

/// Statistics and quantiles, in the order asked.
pub(super) struct Asked {
    list: Vec<One>,
}

enum One {
    Statistic(Statistic),
    Quantile { name: String, reading: Reading, p: f64 },
}

impl Asked {
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|one| match one {
            One::Statistic(statistic) => statistic.name.as_str(),
            One::Quantile { name, .. } => name,
        })
    }

    /// The ranges of their values, in the order asked.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range> {
        self.list.iter().map(|one| match one {
            One::Statistic(statistic) => statistic.range(),
            One::Quantile { .. } => Range::Unbounded,
        })
    }

    /// The statistics alone; quantiles have no linearised values.
    pub(super) fn statistics(&self) -> impl Iterator<Item = &Statistic> {
        self.list.iter().filter_map(|one| match one {
            One::Statistic(statistic) => Some(statistic),
            One::Quantile { .. } => None,
        })
    }

    /// `[domain][place]`.
    pub(super) fn estimate(
        &self,
        sample: &Sample,
        domains: &[Domain],
        replicates: Option<&Replicates>,
        confidence: Confidence,
    ) -> Vec<Vec<Result<Estimate, NotEstimable>>> {
        let statistics: Vec<Statistic> = self.statistics().cloned().collect();
        let found = match replicates {
            Some(replicates) => sample.estimate_replicated(replicates, domains, &statistics, confidence),
            None => sample.estimate(domains, &statistics, confidence),
        };
        let with_quantiles = |(domain, row): (&Domain, Vec<Result<Estimate, NotEstimable>>)| {
            let mut row = row.into_iter();
            let one = |one: &One| match one {
                One::Statistic(_) => row.next(),
                One::Quantile { name, reading, p } => {
                    Some(sample.quantile(domain, name, reading, *p, confidence.level))
                }
            };
            self.list.iter().filter_map(one).collect()
        };
        domains.iter().zip(found).map(with_quantiles).collect()
    }
}

/// Builds all statistics; `names` are the variables read, in the order of `variables`.
pub(super) fn statistics(wishes: &[Wish], names: &[String], variables: &[Variable]) -> Result<Asked, Vec<Fault>> {
    let file = Variables { names, variables };
    let (mut list, mut faults) = (Vec::new(), Vec::new());
    for wish in wishes {
        match file.build(wish) {
            Ok(built) => list.extend(built),
            Err(more) => faults.extend(more),
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(Asked { list }) } else { Err(faults) }
}

/// A coded column, and by its codes the place of the group each belongs to.
pub(super) type Grouping = (usize, Vec<Option<u8>>);

/// The groups a table's variables make of the codes of a column: by code, the place of its group, `None` where missing. A
/// share makes two groups, a distribution one for each category.
pub(super) fn groupings(
    wishes: &[Wish],
    names: &[String],
    variables: &[Variable],
) -> Result<Vec<Grouping>, Vec<Fault>> {
    let file = Variables { names, variables };
    let group = |wish: &Wish| match &wish.ask {
        Ask::Distribution(name) => match file.find(name)? {
            Variable::Coded { column, values } => {
                let mut sorted: Vec<usize> = (0..values.len()).collect();
                sorted.sort_by_cached_key(|place| values.get(*place).map(|value| super::sort_key(&value.label)));
                let place = |code: usize| sorted.iter().position(|sorted| *sorted == code).map(|place| place as u8);
                Ok((*column, (0..values.len()).map(place).collect()))
            }
            Variable::Real { .. } => Err(no_groups(name)),
        },
        Ask::Share(items, test) if items.columns.len() == 1 => {
            let name = items.columns.first().map(String::as_str).unwrap_or_default();
            match file.test(name, test)? {
                Reading::Coded { column, worth } => {
                    Ok((column, (0..=u8::MAX).map(|code| worth.of(code).map(|yes| u8::from(yes > 0.0))).collect()))
                }
                Reading::Real { .. } | Reading::Between { .. } => Err(no_groups(name)),
            }
        }
        _ => Err(no_groups(&wish.text)),
    };
    all(wishes.iter().map(group))
}

fn no_groups(name: &str) -> Vec<Fault> {
    let message = format!("{name} does not sort rows into a table; name a column with few values, or a share of one");
    vec![Fault::of_whole("no-groups", message)]
}

/// The variables of a file, by name.
struct Variables<'a> {
    names: &'a [String],
    variables: &'a [Variable],
}

type Built<T> = Result<T, Vec<Fault>>;

impl Variables<'_> {
    fn build(&self, Wish { text, ask }: &Wish) -> Built<Vec<One>> {
        let statistic = match ask {
            Ask::Mean(items) => self.together(text, items, |column| self.number(column))?,
            Ask::Share(items, test) => {
                let is_one = items.columns.len() == 1;
                let range = if is_one { Range::Share } else { Range::Within { low: 0.0, high: 1.0 } };
                self.together(text, items, |column| self.test(column, test))?.within(range)
            }
            Ask::Distribution(column) => return self.distribution(text, column),
            Ask::Total(column, None) => Statistic::ratio(text, Ratio::Total(self.number(column)?)),
            Ask::Total(column, Some(test)) => Statistic::ratio(text, Ratio::Total(self.test(column, test)?)),
            Ask::Ratio { numerator, denominator } => {
                let ratio =
                    Ratio::Quotient { numerator: self.number(numerator)?, denominator: self.number(denominator)? };
                Statistic::ratio(text, ratio)
            }
            Ask::Quantile { column, p } => {
                return Ok(vec![One::Quantile { name: text.clone(), reading: self.number(column)?, p: *p }]);
            }
            Ask::Composite { items, rule } => self.composite(text, items, *rule)?,
        };
        Ok(vec![One::Statistic(statistic)])
    }

    fn find(&self, column: &str) -> Built<&Variable> {
        let place = self.names.iter().position(|name| name == column);
        place
            .and_then(|place| self.variables.get(place))
            .ok_or_else(|| vec![Fault::of_whole("unknown-column", format!("there is no column {column}"))])
    }

    /// A column's numbers.
    fn number(&self, column: &str) -> Built<Reading> {
        match self.find(column)? {
            Variable::Real { column } => Ok(Reading::Real { column: *column }),
            Variable::Coded { column: place, values } => {
                numeric(column, values)?;
                Ok(coded(*place, values, |value| value.number))
            }
        }
    }

    /// A column's numbers on another scale; only answers on a scale of their own can be.
    fn scaled(&self, column: &str, scale: impl Fn(f64) -> f64) -> Built<Reading> {
        match self.find(column)? {
            Variable::Coded { column: place, values } => {
                numeric(column, values)?;
                Ok(coded(*place, values, |value| value.number.map(&scale)))
            }
            Variable::Real { .. } => {
                let message = format!("{column} has too many values to be an item; items are answered from 1 to 5");
                Err(vec![Fault::of_whole("not-an-item", message)])
            }
        }
    }

    /// 1 where a column has a property, 0 elsewhere.
    fn test(&self, column: &str, test: &Test) -> Built<Reading> {
        let operand = test.operand.parse::<f64>().ok();
        match self.find(column)? {
            Variable::Real { column: place } => real_test(column, *place, test, operand),
            Variable::Coded { column: place, values } => match test.comparison {
                Comparison::Is | Comparison::IsNot => {
                    let is =
                        |value: &Value| value.label == test.operand || (operand.is_some() && value.number == operand);
                    // On a scale of numbers nobody may have chosen one; a text that nobody has is a slip.
                    let is_scale = operand.is_some() && values.iter().all(|value| value.number.is_some());
                    if !is_scale && !values.iter().any(is) {
                        let known: Vec<&str> = values.iter().take(20).map(|value| value.label.as_str()).collect();
                        let message = format!("no row has {column} {}; there are {}", test.operand, known.join(", "));
                        return Err(vec![Fault::of_whole("unknown-value", message)]);
                    }
                    let wanted = test.comparison == Comparison::Is;
                    Ok(coded(*place, values, |value| Some(f64::from(u8::from(is(value) == wanted)))))
                }
                _ => {
                    let Some(bound) = operand else { return Err(no_number(column, test)) };
                    numeric(column, values)?;
                    Ok(coded(*place, values, |value| {
                        value.number.map(|number| f64::from(u8::from(holds(number, test.comparison, bound))))
                    }))
                }
            },
        }
    }

    fn together(&self, text: &str, items: &Items, reading: impl Fn(&str) -> Built<Reading>) -> Built<Statistic> {
        let readings: Vec<Reading> = all(items.columns.iter().map(|column| reading(column)))?;
        Ok(match items.together {
            Together::Pooled => Statistic::ratio(text, Ratio::Mean(readings)),
            Together::Averaged => {
                let factor = 1.0 / readings.len() as f64;
                let term = |reading| Term { factor, ratio: Ratio::Mean(vec![reading]) };
                Statistic::sum(text, readings.into_iter().map(term).collect())
            }
        })
    }

    fn distribution(&self, text: &str, column: &str) -> Built<Vec<One>> {
        let Variable::Coded { column: place, values } = self.find(column)? else {
            let message = format!("{column} has too many values for a distribution; ask for a quantile or a mean");
            return Err(vec![Fault::of_whole("too-many-categories", message)]);
        };
        if values.len() > MAX_CATEGORIES {
            let message =
                format!("{column} has {} values, more than the {MAX_CATEGORIES} that are listed", values.len());
            return Err(vec![Fault::of_whole("too-many-categories", message)]);
        }
        let mut sorted: Vec<&Value> = values.iter().collect();
        sorted.sort_by_cached_key(|value| super::sort_key(&value.label));
        let share = |category: &Value| {
            let is = |value: &Value| Some(f64::from(u8::from(value.label == category.label)));
            let name = format!("{text}={}", category.label);
            let ratio = Ratio::Mean(vec![coded(*place, values, is)]);
            One::Statistic(Statistic::ratio(name, ratio).within(Range::Share))
        };
        Ok(sorted.into_iter().map(share).collect())
    }

    fn composite(&self, text: &str, items: &[(String, f64)], rule: Rule) -> Built<Statistic> {
        let fours = Test { comparison: Comparison::AtLeast, operand: "4".to_owned() };
        let reading = |column: &str| match rule {
            Rule::Top2Share => self.test(column, &fours),
            Rule::MeanRescaled => self.scaled(column, |number| (number - 1.0) / 4.0),
            Rule::MeanOverMax => self.scaled(column, |number| number / 5.0),
        };
        let term = |(column, max): &(String, f64)| -> Built<Term> {
            Ok(Term { factor: *max, ratio: Ratio::Mean(vec![reading(column)?]) })
        };
        let terms = all(items.iter().map(term))?;
        let high: f64 = items.iter().map(|(_, max)| max).sum();
        Ok(Statistic::sum(text, terms).within(Range::Within { low: 0.0, high }))
    }
}

/// All results, or all faults.
fn all<T>(results: impl Iterator<Item = Built<T>>) -> Built<Vec<T>> {
    let (mut list, mut faults) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(one) => list.push(one),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

fn coded(column: usize, values: &[Value], worth: impl Fn(&Value) -> Option<f64>) -> Reading {
    let worth = Worth::new(|code| values.get(usize::from(code)).and_then(&worth));
    Reading::Coded { column, worth }
}

/// Whether all values are numbers; every one that is not is named with its first row.
fn numeric(column: &str, values: &[Value]) -> Built<()> {
    let faults: Vec<Fault> = values
        .iter()
        .filter(|value| value.number.is_none())
        .map(|value| {
            let message = format!("\"{}\" is not a number; leave a cell empty where nothing is known", value.label);
            Fault::in_row(value.first_row, column, "not-a-number", message)
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn no_number(column: &str, test: &Test) -> Vec<Fault> {
    let message = format!("{column} can be compared with a number only, and \"{}\" is none", test.operand);
    vec![Fault::of_whole("not-a-number", message)]
}

fn holds(number: f64, comparison: Comparison, bound: f64) -> bool {
    match comparison {
        Comparison::AtLeast => number >= bound,
        Comparison::Above => number > bound,
        Comparison::AtMost => number <= bound,
        Comparison::Below => number < bound,
        Comparison::Is => number == bound,
        Comparison::IsNot => number != bound,
    }
}

fn real_test(name: &str, column: usize, test: &Test, operand: Option<f64>) -> Built<Reading> {
    let Some(bound) = operand else { return Err(no_number(name, test)) };
    let (low, high) = match test.comparison {
        Comparison::AtLeast => (bound, f64::INFINITY),
        Comparison::Above => (bound.next_up(), f64::INFINITY),
        Comparison::AtMost => (f64::NEG_INFINITY, bound),
        Comparison::Below => (f64::NEG_INFINITY, bound.next_down()),
        Comparison::Is => (bound, bound),
        Comparison::IsNot => {
            let message = format!("{name} has too many values for !=; ask for = and take it from 1");
            return Err(vec![Fault::of_whole("too-many-categories", message)]);
        }
    };
    Ok(Reading::Between { column, low, high })
}
