//! A column as a statistician's program knows it: its name, its label, what its codes mean and which of them are missing.

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
