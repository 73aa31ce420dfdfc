//! What stands on the command line of a measurement.

/// The words after the program's name.
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// As they were typed.
    pub(crate) fn read() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// The word after a name.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.0.iter().position(|word| word == name).and_then(|at| self.0.get(at + 1).cloned())
    }

    /// The number after a name, or the usual one.
    pub(crate) fn number(&self, name: &str, usual: usize) -> usize {
        self.value(name).map_or(usual, |text| text.parse().expect("a whole number"))
    }

    /// Whether a name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|word| word == name)
    }
}
