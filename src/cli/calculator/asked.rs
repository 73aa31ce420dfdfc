//! The statistics of a command line, in the order they were typed, whatever their kinds.

use crate::domain::fault::Fault;
use crate::service::calculator::{Ask, Kind, Rule, Wish, read_items};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use std::path::Path;

/// The option that tells how a composite gives points.
const RULE: &str = "rule";

/// Statistics as typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// By place on the command line.
    texts: Vec<(usize, Kind, String)>,
    rules: Vec<(usize, Rule)>,
}

impl Asked {
    /// Reads the texts, and the items of composites from their files.
    pub(super) fn wishes(&self) -> Result<Vec<Wish>, Vec<Fault>> {
        let (mut wishes, mut faults) = (Vec::new(), Vec::new());
        for (place, kind, text) in &self.texts {
            let ask = match kind {
                Kind::Composite => self.composite(*place, text),
                _ => Ask::parse(*kind, text).map_err(|message| vec![Fault::of_whole("unreadable-statistic", message)]),
            };
            match ask {
                Ok(ask) => wishes.push(Wish { text: text.clone(), ask }),
                Err(more) => faults.extend(more),
            }
        }
        if self.texts.is_empty() {
            let kinds = Kind::ALL.map(|kind| format!("--{kind}")).join(", ");
            faults.push(Fault::of_whole("nothing-asked", format!("say what to estimate: {kinds}")));
        }
        if faults.is_empty() { Ok(wishes) } else { Err(faults) }
    }

    /// The texts, in the order typed.
    pub(super) fn texts(&self) -> Vec<String> {
        self.texts.iter().map(|(_, _, text)| text.clone()).collect()
    }

    /// A composite takes the rule that follows it, or else the last one before.
    fn composite(&self, place: usize, file: &str) -> Result<Ask, Vec<Fault>> {
        let items = read_items(Path::new(file))?;
        let after = self.rules.iter().find(|(at, _)| *at > place);
        let rule = after.or_else(|| self.rules.last()).map(|(_, rule)| *rule).ok_or_else(|| {
            let message = format!("--composite {file} needs --rule, one of {}", Rule::listed());
            vec![Fault::of_whole("no-rule", message)]
        })?;
        Ok(Ask::Composite { items, rule })
    }
}

impl Args for Asked {
    fn augment_args(command: Command) -> Command {
        let kinds = Kind::ALL.into_iter().map(|kind| {
            let (value, help) = described(kind);
            Arg::new(kind.code()).long(kind.code()).value_name(value).help(help).action(ArgAction::Append)
        });
        let rule = Arg::new(RULE)
            .long(RULE)
            .value_name("RULE")
            .help("How the composite before it gives points: mean_rescaled, mean_over_max, top2_share")
            .action(ArgAction::Append)
            .value_parser(|text: &str| Rule::parse(text).ok_or_else(|| format!("it is one of {}", Rule::listed())));
        command.args(kinds).arg(rule).next_help_heading(None)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn described(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Mean => ("COL", "The mean of a column; Q01+Q02 pools columns, mean(Q01,Q02) averages them"),
        Kind::Share => ("COL>=X", "The share of rows with a property: 'Q01>=4', 'sex=F', 'Q01+Q02>=4'"),
        Kind::Distribution => ("COL", "The share of each category of a column"),
        Kind::Total => ("COL", "The weighted sum of a column, or the number of rows with a property"),
        Kind::Ratio => ("NUM/DEN", "The sum of one column over that of another"),
        Kind::Quantile => ("COL:P", "A quantile: 'age:0.5' is the median"),
        Kind::Composite => ("ITEMS.csv", "Points of several items; the file has the columns item and max_points"),
    }
}

impl FromArgMatches for Asked {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut asked = Self::default();
        asked.update_from_arg_matches(matches)?;
        Ok(asked)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for kind in Kind::ALL {
            let places = matches.indices_of(kind.code()).into_iter().flatten();
            let texts = matches.get_many::<String>(kind.code()).into_iter().flatten();
            self.texts.extend(places.zip(texts).map(|(place, text)| (place, kind, text.clone())));
        }
        self.texts.sort_by_key(|(place, _, _)| *place);
        let places = matches.indices_of(RULE).into_iter().flatten();
        let rules = matches.get_many::<Rule>(RULE).into_iter().flatten();
        self.rules = places.zip(rules.copied()).collect();
        Ok(())
    }
}
