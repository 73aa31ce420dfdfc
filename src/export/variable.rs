//! A column as a statistician's program knows it: its name, its label, what its codes mean and which of them are missing.

use super::fit::{self, MAX_NAME};
use std::collections::HashSet;

/// Makes names that are right in every program, each once.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A name for a column that people call so: other signs become `_`, and a number is added where the name is taken, whatever
    /// its case.
    pub fn give(&mut self, called: &str) -> String {
        let fits = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut name: String = called.chars().map(fits).take(MAX_NAME).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || fit::is_reserved(&name) {
            name.insert_str(0, "x_");
            name.truncate(MAX_NAME);
        }
        let mut unique = name.clone();
        for number in 2_u32.. {
            if self.taken.insert(unique.to_ascii_lowercase()) {
                break;
            }
            let suffix = format!("_{number}");
            unique = name.chars().take(MAX_NAME - suffix.len()).collect::<String>() + &suffix;
        }
        unique
    }
}

/// Words in both languages of the files. Vietnamese comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Names the row or where it belongs.
    Key,
    /// The stratum.
    Stratum,
    /// The primary sampling unit: the desk.
    Psu,
    /// The design weight.
    Weight,
    /// PSUs of the row's stratum in the population.
    FirstStageSize,
    /// Transactions of the row's PSU in the population.
    SecondStageSize,
    /// Who answered.
    Profile,
    /// What was answered.
    Answer,
    /// What is remarkable about the row.
    Flag,
    /// A figure, or what belongs to one.
    Figure,
}

/// What a code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The code in the file.
    pub code: i16,
    /// What it stands for.
    pub label: Label,
    /// Whether it is a reason for having no value, such as "does not apply".
    pub is_missing: bool,
}

/// What the values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Codes with meanings; ordered ones rise with their code.
    Coded {
        /// Every code that may occur.
        categories: Vec<Category>,
        /// Whether they have an order.
        is_ordered: bool,
    },
    /// Numbers with so many decimals shown; they are kept with all of them.
    Number {
        /// Decimals shown.
        decimals: u8,
    },
    /// Texts of at most so many bytes.
    Text {
        /// The longest.
        max_bytes: usize,
    },
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Letters, digits and `_`, a letter first, at most 32: right for SPSS, Stata, R and Python alike.
    pub name: String,
    /// What was asked or counted, whole.
    pub label: Label,
    /// What it is for.
    pub role: Role,
    /// What its values are.
    pub kind: Kind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_right_in_every_program() {
        let mut names = Names::default();
        let given = ["taking-part", "Taking_Part", "2b", "by", "Độ tuổi", "", "x_"].map(|called| names.give(called));
        assert_eq!(given, ["taking_part", "Taking_Part_2", "x_2b", "x_by", "x____tu_i", "x_", "x__2"]);
        let long = "a".repeat(40);
        assert_eq!(names.give(&long), "a".repeat(32));
        assert_eq!(names.give(&long), format!("{}_2", "a".repeat(30)));
    }
}
