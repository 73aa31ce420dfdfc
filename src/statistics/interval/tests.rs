use super::*;
use proptest::prelude::*;

/// A share of everybody among 175, as in a district where all were satisfied.
const EVERYBODY: Share = Share { p: 1.0, variance: 0.0, n: 175, df: 4.0, level: 0.95, deff_above: None };
/// Absolute difference that rounding may make.
const ROUNDING_ALLOWED: f64 = 1e-12;
/// Absolute difference allowed where a share near an end and its complement are compared: 1 − p is rounded.
const COMPLEMENT_ALLOWED: f64 = 1e-9;

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

#[test]
fn simple_random_answers_get_the_interval_of_clopper_and_pearson() {
    // Nobody of ten: 1 − (α/2)^(1/10); and everybody.
    let nobody = binomial_interval(0.0, 10.0, 0.95).unwrap();
    assert!(nobody.low == 0.0 && close(nobody.high, 1.0 - 0.025_f64.powf(0.1), ROUNDING_ALLOWED));
    let everybody = binomial_interval(1.0, 10.0, 0.95).unwrap();
    assert!(everybody.high == 1.0 && close(everybody.low, 0.025_f64.powf(0.1), ROUNDING_ALLOWED));
    // One of two: α/2 = 1 − (1 − x)² for the lower end.
    let one = binomial_interval(0.5, 2.0, 0.9).unwrap();
    assert!(
        close(one.low, 1.0 - 0.95_f64.sqrt(), ROUNDING_ALLOWED) && close(one.high, 0.95_f64.sqrt(), ROUNDING_ALLOWED)
    );
    assert_eq!(binomial_interval(0.3, 0.0, 0.95), Some(Interval { low: 0.0, high: 1.0 }));
}

#[test]
fn no_variation_gives_the_exact_interval_of_the_effective_answers_for_every_kind() {
    for kind in ShareInterval::ALL {
        let interval = share_interval(kind, &EVERYBODY).unwrap();
        assert_eq!(interval.high, 1.0);
        assert!(close(interval.low, 0.025_f64.powf(1.0 / EVERYBODY.korn_graubard_n()), ROUNDING_ALLOWED));
        let nobody = share_interval(kind, &Share { p: 0.0, ..EVERYBODY }).unwrap();
        assert!(nobody.low == 0.0 && close(nobody.high, 1.0 - interval.low, ROUNDING_ALLOWED));
        let rounded = share_interval(kind, &Share { p: 1.0 + f64::EPSILON, variance: 1e-33, ..EVERYBODY });
        assert_eq!(rounded, Some(interval), "everybody but for rounding");
        let between = share_interval(kind, &Share { p: 0.8, ..EVERYBODY }).unwrap();
        assert!(between.low < 0.8 && 0.8 < between.high, "no variance is not exact: {between:?}");
    }
    assert_eq!(EVERYBODY.effective_n(), 87.5);
    assert_eq!(Share { deff_above: Some(3.5), ..EVERYBODY }.effective_n(), 50.0);
    assert_eq!(Share { deff_above: Some(0.4), ..EVERYBODY }.effective_n(), 175.0, "never more than there are");
}

#[test]
fn without_degrees_of_freedom_only_korn_and_graubard_say_that_nothing_is_known() {
    let known = Share { p: 0.6, variance: 0.01, df: 0.0, ..EVERYBODY };
    for share in [known, Share { variance: 0.0, ..known }, Share { df: 0.0, ..EVERYBODY }] {
        for kind in ShareInterval::ALL {
            let nothing = (kind == ShareInterval::KornGraubard).then_some(Interval { low: 0.0, high: 1.0 });
            assert_eq!(share_interval(kind, &share), nothing, "{kind}");
        }
    }
}

#[test]
fn what_is_not_a_share_has_no_interval() {
    let good = Share { p: 0.6, variance: 0.01, ..EVERYBODY };
    let bad = [
        Share { p: 1.01, ..good },
        Share { p: f64::NAN, ..good },
        Share { variance: -1.0, ..good },
        Share { variance: f64::NAN, ..good },
        Share { n: 0, ..good },
        Share { df: f64::NAN, ..good },
        Share { level: 1.0, ..good },
        Share { deff_above: Some(f64::NAN), ..good },
    ];
    for share in bad {
        for kind in ShareInterval::ALL {
            assert_eq!(share_interval(kind, &share), None, "{share:?}");
        }
    }
}

#[test]
fn the_likelihood_interval_solves_its_equation() {
    let share = Share { p: 0.94, variance: 4e-4, n: 500, df: 11.0, level: 0.95, deff_above: None };
    let interval = share_interval(ShareInterval::Likelihood, &share).unwrap();
    let t = student_t(0.975, 11.0).unwrap();
    for x in [interval.low, interval.high] {
        let divergence = 0.94 * (0.94 / x).ln() + 0.06 * (0.06 / (1.0 - x)).ln();
        assert!(close(2.0 * share.effective_n() * divergence, t * t, COMPLEMENT_ALLOWED), "{interval:?}");
    }
}

#[test]
fn a_mean_far_from_its_ends_has_a_t_interval_and_one_near_them_stays_inside() {
    let plain = t_interval(20.0, 2.0, 9.0, 0.95).unwrap();
    assert_eq!(bounded_interval(20.0, 2.0, 9.0, 0.95, 0.0, 34.0), Some(plain));
    let near = bounded_interval(31.0, 2.0, 9.0, 0.95, 0.0, 34.0).unwrap();
    let reach = student_t(0.975, 9.0).unwrap() * 2.0 / 34.0 / (31.0 / 34.0 * 3.0 / 34.0);
    let log_odds = (31.0_f64 / 3.0).ln();
    assert!(close(near.low, 34.0 * expit(log_odds - reach), ROUNDING_ALLOWED));
    assert!(close(near.high, 34.0 * expit(log_odds + reach), ROUNDING_ALLOWED));
    let full = bounded_interval(34.0, 2.0, 9.0, 0.95, 0.0, 34.0).unwrap();
    assert!(full.high == 34.0 && full.low < 30.0);
    assert_eq!(bounded_interval(34.0 + 1e-14, 2.0, 9.0, 0.95, 0.0, 34.0), Some(full), "beyond the end by rounding");
    for (value, se, df, low, high) in
        [(35.0, 1.0, 9.0, 0.0, 34.0), (3.0, 0.0, 9.0, 0.0, 34.0), (3.0, 1.0, 0.0, 0.0, 34.0), (3.0, 1.0, 9.0, 3.0, 3.0)]
    {
        assert_eq!(bounded_interval(value, se, df, 0.95, low, high), None);
    }
}

/// Shares from one in a million to all but one, small to huge samples, any design effect.
fn share() -> impl Strategy<Value = Share> {
    let p = prop_oneof![
        0.0..=1.0,
        (-6.0..-1.0).prop_map(|e| 10.0_f64.powf(e)),
        (-6.0..-1.0).prop_map(|e| 1.0 - 10.0_f64.powf(e))
    ];
    let n = prop_oneof![2..50_u64, 50..5_000_u64, 5_000..100_000_000_u64];
    (p, n, 0.2..40.0, 1.0..300.0, 0.5..0.999).prop_map(|(p, n, deff, df, level)| {
        let variance = deff * p * (1.0 - p) / n as f64;
        Share { p, variance, n, df, level, deff_above: None }
    })
}

proptest! {
    #[test]
    fn an_interval_holds_its_share_within_0_and_1_and_is_no_point(share in share()) {
        for kind in ShareInterval::ALL {
            let Interval { low, high } = share_interval(kind, &share).unwrap();
            prop_assert!(0.0 <= low && low <= share.p && share.p <= high && high <= 1.0, "{kind}: {low} {high}");
            prop_assert!(low < high, "{kind}: {low} {high}");
        }
    }

    #[test]
    fn the_complement_has_the_interval_seen_from_1(share in share()) {
        for kind in ShareInterval::ALL {
            let one = share_interval(kind, &share).unwrap();
            let other = share_interval(kind, &Share { p: 1.0 - share.p, ..share }).unwrap();
            prop_assert!(close(one.low, 1.0 - other.high, COMPLEMENT_ALLOWED), "{kind}: {one:?} {other:?}");
            prop_assert!(close(one.high, 1.0 - other.low, COMPLEMENT_ALLOWED), "{kind}: {one:?} {other:?}");
        }
    }

    #[test]
    fn a_higher_level_and_a_larger_variance_make_it_no_narrower((share, more) in (share(), 1.01..4.0)) {
        let stricter = Share { level: 1.0 - (1.0 - share.level) / more, ..share };
        let vaguer = Share { variance: share.variance * more, ..share };
        for kind in ShareInterval::ALL {
            let narrow = share_interval(kind, &share).unwrap();
            for other in [stricter, vaguer] {
                let wide = share_interval(kind, &other).unwrap();
                let holds = wide.low <= narrow.low + ROUNDING_ALLOWED && narrow.high <= wide.high + ROUNDING_ALLOWED;
                prop_assert!(holds, "{kind}: {narrow:?} is not within {wide:?}");
            }
        }
    }

    #[test]
    fn points_keep_to_their_range((place, se, df, level) in (0.0..=1.0, 1e-6..30.0, 1.0..200.0, 0.5..0.999)) {
        let (low, high) = (-3.0, 34.0);
        let value = low + place * (high - low);
        let interval = bounded_interval(value, se, df, level, low, high).unwrap();
        prop_assert!(low <= interval.low && interval.low <= value && value <= interval.high && interval.high <= high);
        prop_assert!(interval.low < interval.high);
    }
}
