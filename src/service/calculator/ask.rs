//! What a statistician asks for, as typed on the command line: `--share 'Q01>=4'`.

use crate::domain::word::words;

words! {
    /// The kinds of statistic.
    Kind {
        /// The mean of a column.
        Mean = "mean",
        /// The share of rows that have a property.
        Share = "share",
        /// The share of rows in each category of a column.
        Distribution = "distribution",
        /// The weighted sum of a column, or of the rows that have a property.
        Total = "total",
        /// The sum of a column over that of another.
        Ratio = "ratio",
        /// A quantile of a column.
        Quantile = "quantile",
        /// Points that several items add up to.
        Composite = "composite",
    }
}

words! {
    /// How a composite gives points for an item.
    Rule {
        /// Maximum times (mean − 1) / 4: nothing for all ones, everything for all fives.
        MeanRescaled = "mean_rescaled",
        /// Maximum times mean / 5.
        MeanOverMax = "mean_over_max",
        /// Maximum times the share of fours and fives.
        Top2Share = "top2_share",
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `=`
    Is,
    /// `!=`
    IsNot,
}

/// A property of a row: `>=4`.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The comparison.
    pub comparison: Comparison,
    /// What is compared with, as typed.
    pub operand: String,
}

/// How several columns are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Together {
    /// Every answer counts once, whichever column it is in: `Q01+Q02`.
    Pooled,
    /// Every column counts once: `mean(Q01,Q02)`.
    Averaged,
}

/// One column or several.
#[derive(Debug, Clone, PartialEq)]
pub struct Items {
    /// The columns, at least one.
    pub columns: Vec<String>,
    /// How they are put together.
    pub together: Together,
}

/// A statistic asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// See [`Kind::Mean`].
    Mean(Items),
    /// See [`Kind::Share`].
    Share(Items, Test),
    /// See [`Kind::Distribution`].
    Distribution(String),
    /// See [`Kind::Total`].
    Total(String, Option<Test>),
    /// See [`Kind::Ratio`].
    Ratio {
        /// The column above.
        numerator: String,
        /// The column below.
        denominator: String,
    },
    /// See [`Kind::Quantile`].
    Quantile {
        /// The column.
        column: String,
        /// Between 0 and 1.
        p: f64,
    },
    /// See [`Kind::Composite`].
    Composite {
        /// Columns, each with the most points it can give.
        items: Vec<(String, f64)>,
        /// How points are given.
        rule: Rule,
    },
}

impl Ask {
    /// Reads a statistic of any kind but [`Kind::Composite`], whose items stand in a file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text and what would be right.
    pub fn parse(kind: Kind, text: &str) -> Result<Self, String> {
        let parsed = match kind {
            Kind::Mean => items(text).map(Self::Mean),
            Kind::Share => tested(text).and_then(|(items_text, test)| Some(Self::Share(items(items_text)?, test))),
            Kind::Distribution => name(text).map(Self::Distribution),
            Kind::Total => match tested(text) {
                Some((column, test)) => name(column).map(|column| Self::Total(column, Some(test))),
                None => name(text).map(|column| Self::Total(column, None)),
            },
            Kind::Ratio => text.split_once('/').and_then(|(numerator, denominator)| {
                Some(Self::Ratio { numerator: name(numerator)?, denominator: name(denominator)? })
            }),
            Kind::Quantile => text.rsplit_once(':').and_then(|(column, p)| {
                let p = p.trim().parse().ok().filter(|p| 0.0 < *p && *p < 1.0)?;
                Some(Self::Quantile { column: name(column)?, p })
            }),
            Kind::Composite => None,
        };
        parsed.ok_or_else(|| format!("--{kind} '{text}' cannot be read; {}", right(kind)))
    }

    /// The columns it reads.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Mean(items) | Self::Share(items, _) => items.columns.iter().map(String::as_str).collect(),
            Self::Distribution(column) | Self::Total(column, _) | Self::Quantile { column, .. } => vec![column],
            Self::Ratio { numerator, denominator } => vec![numerator, denominator],
            Self::Composite { items, .. } => items.iter().map(|(column, _)| column.as_str()).collect(),
        }
    }
}

fn right(kind: Kind) -> &'static str {
    match kind {
        Kind::Mean => "write a column, columns to pool (Q01+Q02) or to average (mean(Q01,Q02))",
        Kind::Share => "write a column, a comparison (>=, >, <=, <, =, !=) and a value, like 'Q01>=4' or 'sex=F'",
        Kind::Distribution => "write a column",
        Kind::Total => "write a column, or a comparison like 'Q01>=4' to count the rows",
        Kind::Ratio => "write two columns with a / between",
        Kind::Quantile => "write a column, a colon and a number between 0 and 1, like 'age:0.5'",
        Kind::Composite => "name a file with the columns item and max_points",
    }
}

/// The name of a column, which may hold anything but nothing.
fn name(text: &str) -> Option<String> {
    Some(text.trim()).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn items(text: &str) -> Option<Items> {
    let inner = text.trim().strip_prefix("mean(").and_then(|rest| rest.strip_suffix(')'));
    let (list, separator, together) = match inner {
        Some(inner) => (inner, ',', Together::Averaged),
        None => (text, '+', Together::Pooled),
    };
    let columns: Option<Vec<String>> = list.split(separator).map(name).collect();
    columns.map(|columns| Items { columns, together })
}

/// Splits `Q01>=4` at its comparison, the first in the text.
fn tested(text: &str) -> Option<(&str, Test)> {
    let at = text.find(['>', '<', '=', '!'])?;
    let (items, rest) = text.split_at_checked(at)?;
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        ("!=", Comparison::IsNot),
        ("==", Comparison::Is),
        (">", Comparison::Above),
        ("<", Comparison::Below),
        ("=", Comparison::Is),
    ];
    let (operand, comparison) =
        signs.iter().find_map(|(sign, comparison)| Some((rest.strip_prefix(sign)?, *comparison)))?;
    Some((items, Test { comparison, operand: name(operand)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_statistics() {
        let Ok(Ask::Share(items, test)) = Ask::parse(Kind::Share, "mean(Q01, Q02)>=4") else { panic!("a share") };
        assert_eq!((items.columns, items.together), (vec!["Q01".to_owned(), "Q02".to_owned()], Together::Averaged));
        assert_eq!(test, Test { comparison: Comparison::AtLeast, operand: "4".to_owned() });
        assert_eq!(Ask::parse(Kind::Total, "Q01").unwrap(), Ask::Total("Q01".to_owned(), None));
        let ratio = Ask::Ratio { numerator: "a".to_owned(), denominator: "b".to_owned() };
        assert_eq!(Ask::parse(Kind::Ratio, "a/b"), Ok(ratio));
        assert_eq!(Ask::parse(Kind::Quantile, "a:b:0.25"), Ok(Ask::Quantile { column: "a:b".to_owned(), p: 0.25 }));
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_what_could() {
        for (kind, text) in [
            (Kind::Share, "Q01"),
            (Kind::Share, ">=4"),
            (Kind::Share, "Q01>="),
            (Kind::Ratio, "a"),
            (Kind::Quantile, "a:1.5"),
            (Kind::Quantile, "a"),
            (Kind::Mean, "a++b"),
            (Kind::Mean, ""),
        ] {
            let message = Ask::parse(kind, text).unwrap_err();
            assert!(message.contains(text) && message.contains("write"), "{message}");
        }
    }
}
