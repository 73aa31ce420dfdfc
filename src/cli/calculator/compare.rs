//! `sipas compare`: units or years with each other, ranks, and tables.

use super::super::failure::Failure;
use super::super::format::Format;
use super::Survey;
use crate::cli::output::{say, say_line};
use crate::report::comparisons::{self, ComparisonLine, RankLine};
use crate::service::calculator::{self, Compared, Comparing, Pairs, Ranked};
use crate::statistics::{Adjustment, Freedom, Population, RankSets, Ranking};
use std::path::PathBuf;

/// What to compare, from what.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The survey: a .csv or .parquet file
    file: PathBuf,
    #[command(flatten)]
    survey: Survey,
    /// The column whose values are compared: districts, desks, years
    #[arg(long, value_name = "COL", required_unless_present = "independence", conflicts_with = "independence")]
    between: Option<String>,
    /// Which of them: each with each (pairs), each with all together (all), or one with another (A:B)
    #[arg(long, value_name = "WHICH", default_value = "pairs", value_parser = pairs)]
    with: Pairs,
    /// Print ranks with the ranks that chance does not rule out, instead of differences
    #[arg(long, conflicts_with_all = ["with", "independence"])]
    ranks: bool,
    /// What the sets of ranks hold for at the level: simultaneous (all units at once) or marginal (one unit named beforehand)
    #[arg(long, value_name = "SETS", requires = "ranks", default_value = "simultaneous", value_parser = rank_sets)]
    rank_sets: RankSets,
    /// Judge all pairs by one critical value, instead of stepping down to that of what is not yet shown
    #[arg(long, requires = "ranks")]
    single_step: bool,
    /// Test whether two variables are independent: name them by --distribution COL or --share 'COL>=4'
    #[arg(long)]
    independence: bool,
    /// How p-values are adjusted for many comparisons: holm, bh, none
    #[arg(long, default_value = "holm", value_parser = adjustment)]
    adjust: Adjustment,
    /// The degrees of freedom of differences: of the design (design), or Welch and Satterthwaite's for independent units (welch)
    #[arg(long = "df", value_name = "RULE", default_value = "design", value_parser = freedom, conflicts_with_all = ["ranks", "independence"])]
    freedom: Freedom,
    /// A year from which on something else was measured: another questionnaire, frame or mode; again for more. Figures are
    /// not compared across it
    #[arg(long = "break", value_name = "VALUE", requires = "between")]
    breaks: Vec<String>,
    /// What is asked: do they differ (analytic), or what did these users say (descriptive, with the design's corrections)
    #[arg(long, default_value = "analytic", value_parser = population)]
    inference: Population,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads, compares, prints.
pub(in crate::cli) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (survey, file) = (&arguments.survey, arguments.file.as_path());
    let question = survey.question()?;
    let Some(between) = arguments.between.clone() else {
        let tested = calculator::independence(file, &question).map_err(|faults| Survey::refused(file, faults))?;
        return print(arguments.format, comparisons::independence(&tested));
    };
    let (adjustment, population) = (arguments.adjust, arguments.inference);
    let (pairs, breaks) = (arguments.with.clone(), arguments.breaks.clone());
    let ranking = Ranking { sets: arguments.rank_sets, is_single_step: arguments.single_step };
    let comparing = Comparing { between, pairs, adjustment, population, breaks, freedom: arguments.freedom, ranking };
    if arguments.ranks {
        let ranked = calculator::ranks(file, &question, &comparing).map_err(|faults| Survey::refused(file, faults))?;
        let lines: Vec<RankLine> = ranked.iter().map(|ranked| rank_line(ranked, ranking)).collect();
        return print(arguments.format, comparisons::ranks(&lines));
    }
    let compared = calculator::compare(file, &question, &comparing).map_err(|faults| Survey::refused(file, faults))?;
    let lines: Vec<ComparisonLine> = compared.iter().map(|compared| comparison_line(compared, arguments)).collect();
    print(arguments.format, comparisons::differences(&lines))
}

fn print(format: Format, document: comparisons::Document) -> Result<(), Failure> {
    match format {
        Format::Table => say!("{}", document.text()),
        Format::Csv => say!("{}", document.csv()),
        Format::Json => say_line!("{}", document.json().map_err(|error| error.to_string())?),
    }
    Ok(())
}

fn comparison_line<'a>(compared: &'a Compared, arguments: &Arguments) -> ComparisonLine<'a> {
    ComparisonLine {
        statistic: &compared.statistic,
        domain: &compared.domain,
        a: (&compared.pair.a.0, &compared.pair.a.1),
        b: (&compared.pair.b.0, &compared.pair.b.1),
        difference: compared.difference.as_ref(),
        adjusted: compared.adjusted,
        adjustment: arguments.adjust,
        freedom: arguments.freedom,
        population: arguments.inference,
        level: arguments.survey.level,
        verdict: compared.verdict,
    }
}

fn rank_line(ranked: &Ranked, ranking: Ranking) -> RankLine<'_> {
    RankLine {
        statistic: &ranked.statistic,
        domain: &ranked.domain,
        unit: &ranked.unit,
        estimate: &ranked.estimate,
        ranks: ranked.ranks,
        than_all: ranked.than_all,
        critical: ranked.critical,
        ranking,
    }
}

fn pairs(text: &str) -> Result<Pairs, String> {
    match text.split_once(':') {
        Some((a, b)) => Ok(Pairs::One(a.to_owned(), b.to_owned())),
        None if text == "pairs" => Ok(Pairs::All),
        None if text == "all" => Ok(Pairs::WithAll),
        None => Err("it is pairs, all, or A:B".to_owned()),
    }
}

fn adjustment(text: &str) -> Result<Adjustment, String> {
    Adjustment::parse(text).ok_or_else(|| format!("it is one of {}", Adjustment::listed()))
}

fn freedom(text: &str) -> Result<Freedom, String> {
    Freedom::parse(text).ok_or_else(|| format!("it is one of {}", Freedom::listed()))
}

fn rank_sets(text: &str) -> Result<RankSets, String> {
    RankSets::parse(text).ok_or_else(|| format!("it is one of {}", RankSets::listed()))
}

fn population(text: &str) -> Result<Population, String> {
    Population::parse(text).ok_or_else(|| format!("it is one of {}", Population::listed()))
}
