//! Holds what a writer is given against what its table announced, so that no format has to guess what a stray value
//! would become in it.

use super::codes::{Codes, Legend};
use super::texts::{List, Texts};
use super::variable::{Kind, Variable};
use super::{Block, Column, Table};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

/// Most characters of a name that SPSS, Stata, R and Python all take.
pub(super) const MAX_NAME: usize = 32;

/// Names that mean something else to SPSS, Stata or R, in small letters.
const RESERVED: [&str; 35] = [
    "all", "and", "break", "by", "byte", "double", "else", "eq", "false", "float", "for", "function", "ge", "gt", "if",
    "in", "inf", "int", "le", "long", "lt", "na", "nan", "ne", "next", "not", "null", "or", "repeat", "strl", "to",
    "true", "using", "while", "with",
];

/// Whether a name means something else to one of the programs.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name.to_ascii_lowercase().as_str())
}

/// What is wrong with a table or its rows.
pub(super) fn fault(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}

/// A table's rows, counted and checked as they come.
pub(super) struct Fit {
    columns: Vec<Expected>,
    n_announced: u64,
    n_seen: u64,
}

/// What a column may hold.
struct Expected {
    name: String,
    values: Values,
}

enum Values {
    Codes(Box<Known>),
    Numbers,
    Texts(Short),
}

/// Codes that have a meaning.
struct Known {
    codes: BTreeSet<i16>,
    /// The legend that was asked about last, and which of its bytes stand for nothing that is known.
    stray: Option<(Arc<Legend>, [bool; 256])>,
}

impl Known {
    /// The first row with a code that is not known.
    fn first_stray(&mut self, codes: &Codes) -> Option<usize> {
        let stray = match &self.stray {
            Some((legend, stray)) if Arc::ptr_eq(legend, codes.legend()) => stray,
            _ => {
                let is_stray = |code: Option<i16>| code.is_some_and(|code| !self.codes.contains(&code));
                let stray = codes.legend().map(is_stray);
                &self.stray.insert((Arc::clone(codes.legend()), stray)).1
            }
        };
        let is_stray = |byte: u8| stray.get(usize::from(byte)).copied().unwrap_or_default();
        // To look at all of them goes faster than to stop at the first that is wrong, and none is.
        if !codes.bytes().fold(false, |any, byte| any | is_stray(byte)) {
            return None;
        }
        codes.bytes().position(is_stray)
    }
}

/// Texts of at most so many bytes.
struct Short {
    max_bytes: usize,
    /// A list of which none is longer.
    right: Option<List>,
}

impl Short {
    /// The first row with a longer text.
    fn first_stray(&mut self, texts: &Texts) -> Option<usize> {
        if self.right.as_ref().is_some_and(|right| Arc::ptr_eq(right, texts.list())) {
            return None;
        }
        let is_longer = |text: &str| text.len() > self.max_bytes;
        if !texts.list().iter().flatten().any(|text| is_longer(text)) {
            self.right = Some(Arc::clone(texts.list()));
            return None;
        }
        texts.iter().position(|text| text.is_some_and(is_longer))
    }
}

impl Expected {
    fn new(variable: &Variable) -> Self {
        let values = match &variable.kind {
            Kind::Coded { categories, .. } => {
                let codes = categories.iter().map(|category| category.code).collect();
                Values::Codes(Box::new(Known { codes, stray: None }))
            }
            Kind::Number { .. } => Values::Numbers,
            Kind::Text { max_bytes } => Values::Texts(Short { max_bytes: *max_bytes, right: None }),
        };
        Self { name: variable.name.clone(), values }
    }

    /// The first value that does not belong here, by its place in the column, and what is wrong with it.
    fn stray(&mut self, column: &Column) -> Option<(usize, String)> {
        match (&mut self.values, column) {
            (Values::Codes(known), Column::Codes(codes)) => {
                Some((known.first_stray(codes)?, "a code without a meaning".to_owned()))
            }
            (Values::Numbers, Column::Numbers(numbers)) => {
                let row = numbers.iter().position(|number| number.is_some_and(|number| !number.is_finite()))?;
                Some((row, "not a finite number".to_owned()))
            }
            (Values::Texts(short), Column::Texts(texts)) => {
                let row = short.first_stray(texts)?;
                Some((row, format!("a text of more than the announced {} bytes", short.max_bytes)))
            }
            _ => Some((0, "values of another kind than announced".to_owned())),
        }
    }
}

impl Fit {
    /// Of a table, before its rows.
    ///
    /// # Errors
    /// When a name is not one in every program, or occurs twice.
    pub(super) fn new(table: &Table) -> io::Result<Self> {
        let mut names = BTreeSet::new();
        for variable in &table.variables {
            let name = &variable.name;
            let small = name.to_ascii_lowercase();
            let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.len() <= MAX_NAME
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !is_plain || is_reserved(&small) {
                return Err(fault(format!("'{name}' is not a variable's name in every program: call it otherwise")));
            }
            if !names.insert(small) {
                return Err(fault(format!("two variables are called '{name}', capital letters aside")));
            }
        }
        let columns = table.variables.iter().map(Expected::new).collect();
        Ok(Self { columns, n_announced: table.n_rows, n_seen: 0 })
    }

    /// Takes the next rows, and says how many they are.
    ///
    /// # Errors
    /// When they are more than announced, or any value is not what its variable says.
    pub(super) fn take(&mut self, block: &Block) -> io::Result<usize> {
        if block.columns.len() != self.columns.len() {
            let (given, announced) = (block.columns.len(), self.columns.len());
            return Err(fault(format!("{given} columns were given for {announced} variables")));
        }
        let n_rows = block.n_rows();
        for (expected, column) in self.columns.iter_mut().zip(&block.columns) {
            if column.len() != n_rows {
                return Err(fault(format!("{}: {} values in {n_rows} rows", expected.name, column.len())));
            }
            if let Some((row, what)) = expected.stray(column).filter(|_| n_rows > 0) {
                let row = self.n_seen + row as u64 + 1;
                return Err(fault(format!("{}, row {row}: {what}", expected.name)));
            }
        }
        self.n_seen += n_rows as u64;
        if self.n_seen > self.n_announced {
            return Err(fault(format!("{} rows were announced, and more came", self.n_announced)));
        }
        Ok(n_rows)
    }

    /// After the last row.
    ///
    /// # Errors
    /// When rows are missing.
    pub(super) fn finish(&self) -> io::Result<()> {
        if self.n_seen < self.n_announced {
            return Err(fault(format!("{} rows were announced, and {} came", self.n_announced, self.n_seen)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::variable::{Category, Label, Role};

    fn variable(name: &str, kind: Kind) -> Variable {
        let label = Label { vi: name.to_owned(), en: name.to_owned() };
        Variable { name: name.to_owned(), label, role: Role::Answer, kind }
    }

    fn table(variables: Vec<Variable>) -> Table {
        Table { name: "t".into(), title: "T".into(), variables, notes: Vec::new(), n_rows: 3 }
    }

    fn columns() -> Vec<Variable> {
        let category = |code| Category { code, label: Label { vi: "x".into(), en: "x".into() }, is_missing: code == 9 };
        let coded = Kind::Coded { categories: [9, 1].map(category).to_vec(), is_ordered: false };
        vec![
            variable("q1", coded),
            variable("w", Kind::Number { decimals: 2 }),
            variable("id", Kind::Text { max_bytes: 3 }),
        ]
    }

    fn block(codes: Vec<Option<i16>>, number: f64, text: &str) -> Block {
        let n = codes.len();
        let numbers = Column::Numbers(vec![Some(number); n]);
        let codes = Column::Codes(Codes::of(&codes).unwrap());
        Block { columns: vec![codes, numbers, Column::Texts(vec![Some(text.into()); n].into())] }
    }

    #[test]
    fn rows_are_counted() {
        let mut fit = Fit::new(&table(columns())).unwrap();
        assert_eq!(fit.take(&block(vec![Some(1), None], 0.5, "abc")).unwrap(), 2);
        assert!(fit.finish().unwrap_err().to_string().contains("3 rows were announced, and 2 came"));
        assert_eq!(fit.take(&block(vec![Some(9)], 0.5, "")).unwrap(), 1);
        fit.finish().unwrap();
        assert!(fit.take(&block(vec![Some(9)], 0.5, "")).is_err());
    }

    #[test]
    fn a_stray_value_is_named_with_its_row() {
        let mut fit = Fit::new(&table(columns())).unwrap();
        fit.take(&block(vec![Some(1)], 0.5, "a")).unwrap();
        let mut said = |block: Block| fit.take(&block).unwrap_err().to_string();
        assert_eq!(said(block(vec![None, Some(2)], 1.0, "a")), "q1, row 3: a code without a meaning");
        assert_eq!(said(block(vec![None], f64::NAN, "a")), "w, row 2: not a finite number");
        assert_eq!(said(block(vec![None], 1.0, "ệx")), "id, row 2: a text of more than the announced 3 bytes");
        let mut uneven = block(vec![None], 1.0, "a");
        uneven.columns[1] = Column::Numbers(Vec::new());
        assert_eq!(said(uneven), "w: 0 values in 1 rows");
        let mut turned = block(vec![None], 1.0, "a");
        turned.columns.swap(0, 1);
        assert_eq!(said(turned), "q1, row 2: values of another kind than announced");
        assert!(said(Block::default()).contains("0 columns were given for 3 variables"));
    }

    #[test]
    fn names_are_right_for_every_program() {
        let refused = |name: &str| Fit::new(&table(vec![variable(name, Kind::Number { decimals: 0 })])).is_err();
        for name in ["", "1a", "_a", "by", "TO", "câu", "a b", "a-b", &"a".repeat(33)] {
            assert!(refused(name), "{name}");
        }
        assert!(!refused(&"a".repeat(32)) && !refused("q_1"));
        let twice = [variable("Q1", Kind::Number { decimals: 0 }), variable("q1", Kind::Number { decimals: 0 })];
        assert!(Fit::new(&table(twice.to_vec())).is_err());
    }
}
