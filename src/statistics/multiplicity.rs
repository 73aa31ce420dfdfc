//! Many comparisons at once: chance finds some difference among a hundred, so p-values are raised.

use crate::domain::word::words;

words! {
    /// How p-values of comparisons made together are raised.
    Adjustment {
        /// Not at all; only for a comparison that was chosen before the figures were seen.
        None = "none",
        /// Holm (1979): the chance of any false finding stays below 1 − level.
        Holm = "holm",
        /// Benjamini and Hochberg (1995): the expected part of false findings does. For screening.
        BenjaminiHochberg = "bh",
    }
}

/// Adjusts p-values; those that are not there do not count as comparisons.
#[must_use]
pub fn adjust(p: &[Option<f64>], adjustment: Adjustment) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = p.iter().enumerate().filter_map(|(place, p)| Some((place, (*p)?))).collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let n = order.len() as f64;
    let mut adjusted = vec![None; p.len()];
    let mut set = |place: usize, value: f64| {
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = Some(value);
        }
    };
    match adjustment {
        Adjustment::None => order.iter().for_each(|(place, p)| set(*place, *p)),
        Adjustment::Holm => {
            let mut largest = 0.0_f64;
            for (rank, (place, p)) in order.iter().enumerate() {
                largest = largest.max((n - rank as f64) * p).min(1.0);
                set(*place, largest);
            }
        }
        Adjustment::BenjaminiHochberg => {
            let mut smallest = 1.0_f64;
            for (rank, (place, p)) in order.iter().enumerate().rev() {
                smallest = smallest.min(n / (rank as f64 + 1.0) * p);
                set(*place, smallest);
            }
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values_are_met() {
        // p.adjust of R.
        let p = [Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)];
        let holm: Vec<f64> = adjust(&p, Adjustment::Holm).into_iter().flatten().collect();
        let bh: Vec<f64> = adjust(&p, Adjustment::BenjaminiHochberg).into_iter().flatten().collect();
        for (actual, expected) in
            holm.iter().zip([0.03, 0.06, 0.06, 0.02]).chain(bh.iter().zip([0.02, 0.04, 0.04, 0.02]))
        {
            assert!((actual - expected).abs() < 1e-15, "{holm:?} {bh:?}");
        }
        assert_eq!(adjust(&p, Adjustment::None), p);
    }

    proptest! {
        #[test]
        fn laws(p in proptest::collection::vec(0.0..1.0_f64, 1..30)) {
            let raw: Vec<Option<f64>> = p.iter().copied().map(Some).collect();
            let holm = adjust(&raw, Adjustment::Holm);
            let bh = adjust(&raw, Adjustment::BenjaminiHochberg);
            for ((raw, holm), bh) in raw.iter().zip(&holm).zip(&bh) {
                let (raw, holm, bh) = (raw.unwrap(), holm.unwrap(), bh.unwrap());
                prop_assert!(raw <= bh + 1e-15 && bh <= holm + 1e-15 && holm <= 1.0);
            }
            let reversed: Vec<Option<f64>> = raw.iter().rev().copied().collect();
            let back: Vec<Option<f64>> = adjust(&reversed, Adjustment::Holm).into_iter().rev().collect();
            prop_assert_eq!(back, holm);
        }
    }
}
