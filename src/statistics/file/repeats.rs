//! Rows that say of the design what a row shortly before them said: most rows of most surveys. Of them nothing has to be
//! looked up or checked again.

use super::coder::{KeyCoder, NO_KEY};
use super::row::Row;

/// Rows remembered; a power of two, and enough for the cells of a few PSUs.
const N_KNOWN: usize = 256;

/// All keys of each row as one number, made column by column; `None` where they would not fit into one.
pub(super) fn crossings(keys: &[Vec<u32>], coders: &[KeyCoder], n_rows: usize) -> Option<Vec<u64>> {
    let mut crossings = vec![0; n_rows];
    let mut n_before: u64 = 1;
    for (keys, coder) in keys.iter().zip(coders) {
        for (crossing, key) in crossings.iter_mut().zip(keys) {
            let place = if *key == NO_KEY { 0 } else { u64::from(*key) + 1 };
            *crossing += n_before * place;
        }
        n_before = n_before.checked_mul(coder.n_labels() as u64 + 1)?;
    }
    Some(crossings)
}

/// The rows remembered, each where the number of its keys belongs.
pub(super) struct Repeats(Vec<Option<Known>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    crossing: u64,
    fpc1: Option<f64>,
    fpc2: Option<f64>,
    weight: f64,
    block: u32,
}

impl Repeats {
    pub(super) fn new() -> Self {
        Self(vec![None; N_KNOWN])
    }

    /// The block of a row like one remembered. Its weight has to be the same too if `with_weight`, and else be one at all.
    pub(super) fn block_of(&self, crossing: u64, row: &Row, with_weight: bool) -> Option<u32> {
        let known = self.0.get(place(crossing)).copied().flatten()?;
        let weight = row.weight();
        let is_weight = if with_weight { weight == known.weight } else { weight > 0.0 && weight.is_finite() };
        let is_same = known.crossing == crossing && known.fpc1 == row.fpc1 && known.fpc2 == row.fpc2;
        (is_same && is_weight).then_some(known.block)
    }

    /// Remembers a row in which nothing was wrong.
    pub(super) fn note(&mut self, crossing: u64, row: &Row, block: u32) {
        let known = Known { crossing, fpc1: row.fpc1, fpc2: row.fpc2, weight: row.weight(), block };
        if let Some(place) = self.0.get_mut(place(crossing)) {
            *place = Some(known);
        }
    }
}

fn place(crossing: u64) -> usize {
    // Multiplying by the golden ratio spreads neighbours over the high bits (Knuth, TAOCP 6.4).
    (crossing.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize % N_KNOWN
}

#[cfg(test)]
mod tests {
    use super::super::Roles;
    use super::super::assemble::Assembly;
    use super::*;

    fn row(weight: f64, fpc2: f64) -> Row {
        Row { line: 2, weight: Some(weight), fpc1: Some(4.0), fpc2: Some(fpc2) }
    }

    #[test]
    fn only_rows_that_say_the_same_are_repeats() {
        let mut repeats = Repeats::new();
        repeats.note(7, &row(1.5, 90.0), 3);
        assert_eq!(repeats.block_of(7, &row(1.5, 90.0), true), Some(3));
        assert_eq!(repeats.block_of(7, &row(2.5, 90.0), true), None);
        assert_eq!(repeats.block_of(7, &row(2.5, 90.0), false), Some(3));
        assert_eq!(repeats.block_of(7, &row(f64::NAN, 90.0), false), None);
        assert_eq!(repeats.block_of(7, &row(1.5, 91.0), true), None);
        assert_eq!(repeats.block_of(7 + (1 << 40), &row(1.5, 90.0), true), None);
    }

    #[test]
    fn different_keys_cross_to_different_numbers() {
        let mut coders = [KeyCoder::default(), KeyCoder::default()];
        let labels = [["a", "b", "", "a"], ["x", "x", "x", ""]];
        let keys: Vec<Vec<u32>> = coders
            .iter_mut()
            .zip(labels)
            .map(|(coder, labels)| labels.map(|label| coder.key_of(label)).into())
            .collect();
        assert_eq!(crossings(&keys, &coders, 4).unwrap(), [1 + 3, 2 + 3, 3, 1]);
        assert_eq!(crossings(&[], &[], 2).unwrap(), [0, 0]);
    }

    #[test]
    fn rows_weigh_what_they_said_when_a_later_part_breaks_with_its_psu() {
        let roles = Roles { psu: Some("desk".to_owned()), weight: Some("weight".to_owned()), ..Roles::default() };
        let mut assembly = Assembly::new(&roles);
        for weights in [[2.0, 2.0, 2.0], [2.0, 2.0, 7.0], [2.0, 3.0, 2.0]] {
            let key = assembly.coders().0[0].key_of("a");
            let keys = vec![vec![key; 3]];
            let row = |weight| Row { line: 2, weight: Some(weight), fpc1: None, fpc2: None };
            assembly.take_rows(&keys, weights.map(row).into_iter());
            assembly.end_part();
        }
        let Ok(parts) = assembly.finish() else { panic!("nothing is wrong with these rows") };
        assert_eq!(parts.columns.weights(&[99.0]).concat(), [2.0, 2.0, 2.0, 2.0, 2.0, 7.0, 2.0, 3.0, 2.0]);
    }
}
