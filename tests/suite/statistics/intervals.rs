//! Intervals of shares, presentation flags and joined imputations against R: from the estimate, standard error, degrees of
//! freedom and number of answers that R found, the same ends and verdicts must follow.

use super::survey::oracle_path;
use serde_json::Value;
use sipas::domain::estimate::{Interval, ShareInterval};
use sipas::domain::reliability::{Presentation, Reliability, Shortcoming};
use sipas::statistics::{
    PresentationStandard, Share, binomial_interval, combine_imputations, effective_n, share_interval, student_t,
};

/// Relative error allowed in ends that come from Student's t.
const T_TOLERANCE: f64 = 1e-10;
/// Relative error allowed in ends that come from the Beta distribution.
const BETA_TOLERANCE: f64 = 1e-9;
/// Relative error allowed in R's logit interval: R fits a logistic model and stops about 3e-9 from where it would end, and
/// no end in the reference is below one half.
const LOGIT_FIT_TOLERANCE: f64 = 3e-9 / 0.5;
/// Relative error allowed in R's likelihood interval, which R interpolates.
const LIKELIHOOD_TOLERANCE: f64 = 5e-5;
/// Relative error allowed in plain arithmetic.
const ARITHMETIC_TOLERANCE: f64 = 1e-12;
/// The level of every interval in the reference.
const LEVEL: f64 = 0.95;

fn reference(name: &str) -> Value {
    let text = std::fs::read_to_string(oracle_path(&format!("expected/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn number(of: &Value, key: &str) -> f64 {
    of[key].as_f64().unwrap_or_else(|| panic!("no number {key} in {of}"))
}

fn assert_close(what: &str, actual: f64, expected: f64, tolerance: f64) {
    let error = (actual - expected).abs();
    assert!(error <= tolerance * expected.abs(), "{what}: {actual} is not {expected}, off by {error:e}");
}

/// Compares both ends, cut off at 0 and 1 as ours are; answers that it did.
fn both_ends(what: &str, actual: Interval, expected: &Value, tolerance: f64) -> usize {
    let [low, high] = [0, 1].map(|end| expected[end].as_f64().unwrap_or_else(|| panic!("{what}: no reference number")));
    assert_close(&format!("low of {what}"), actual.low, low.max(0.0), tolerance);
    assert_close(&format!("high of {what}"), actual.high, high.min(1.0), tolerance);
    2
}

/// Compares every method of a share that shows variation; answers how many numbers that were.
fn compare_methods(what: &str, row: &Value) -> usize {
    let share = Share {
        p: number(row, "estimate"),
        variance: number(row, "se").powi(2),
        n: row["n"].as_u64().unwrap(),
        df: number(row, "df"),
        level: LEVEL,
        deff_above: None,
    };
    let methods = [
        ("mean", ShareInterval::Wald, T_TOLERANCE),
        ("xlogit", ShareInterval::Logit, T_TOLERANCE),
        ("logit", ShareInterval::Logit, LOGIT_FIT_TOLERANCE),
        ("wilson", ShareInterval::Wilson, T_TOLERANCE),
        ("likelihood", ShareInterval::Likelihood, LIKELIHOOD_TOLERANCE),
    ];
    let present = methods.into_iter().filter_map(|(name, kind, tolerance)| {
        let interval = share_interval(kind, &share).unwrap();
        row["ci"].get(name).map(|expected| both_ends(&format!("{name} of {what}"), interval, expected, tolerance))
    });
    let mut n: usize = present.sum();
    // R takes the exact interval at more answers than there are, where the spread is small.
    let quantile = |df: f64| student_t(0.5 + 0.5 * LEVEL, df).unwrap();
    let effective = effective_n(share.p, share.variance).unwrap();
    let uncapped = effective * (quantile(share.n as f64 - 1.0) / quantile(share.df)).powi(2);
    let exact = binomial_interval(share.p, uncapped, LEVEL).unwrap();
    n += both_ends(&format!("beta of {what}"), exact, &row["ci"]["beta"], BETA_TOLERANCE);
    if uncapped <= share.n as f64 {
        let interval = share_interval(ShareInterval::KornGraubard, &share).unwrap();
        n += both_ends(&format!("korn-graubard of {what}"), interval, &row["ci"]["beta"], BETA_TOLERANCE);
    }
    n
}

/// How many shares with variation a reference has, and how many numbers were compared.
fn compare_shares(domains: &Value) -> (usize, usize) {
    let rows = domains.as_object().unwrap().iter().flat_map(|(domain, items)| {
        items.as_object().unwrap().iter().map(move |(item, row)| (format!("{domain} {item}"), row))
    });
    let varied = rows.filter(|(_, row)| number(row, "se") > 0.0);
    varied.map(|(what, row)| compare_methods(&what, row)).fold((0, 0), |(rows, n), compared| (rows + 1, n + compared))
}

#[test]
fn shares_have_the_intervals_of_survey() {
    for (name, key, expected) in [
        ("synth_s1_2025", "prop_ci", (94, 1058)),
        ("synth_s2_2026", "prop_ci", (94, 1050)),
        ("synth_s3_awkward", "prop_ci_adjust", (38, 362)),
    ] {
        let compared = compare_shares(&reference(name)[key]);
        println!("{name}: {compared:?} shares and numbers compared");
        assert_eq!(compared, expected, "{name}: shares and numbers");
    }
}

#[test]
fn everybody_satisfied_has_the_exact_interval_of_the_effective_answers() {
    let rows = reference("synth_s3_awkward")["zero_variance_X4_Q01"].take();
    let mut n = 0;
    for (what, row) in rows.as_object().unwrap() {
        let share = Share {
            p: 1.0,
            variance: 0.0,
            n: row["n"].as_u64().unwrap(),
            df: number(row, "df"),
            level: LEVEL,
            deff_above: Some(number(row, "deff_used")),
        };
        assert_close(what, share.effective_n(), number(row, "n_eff"), ARITHMETIC_TOLERANCE);
        for kind in ShareInterval::ALL {
            let interval = share_interval(kind, &share).unwrap();
            assert_close(what, interval.low, number(row, "korn_graubard_neff_tadj_low"), BETA_TOLERANCE);
            assert_eq!(interval.high, 1.0);
            n += 1;
        }
        let unreduced = binomial_interval(1.0, share.effective_n(), LEVEL).unwrap();
        assert_close(what, unreduced.low, number(row, "korn_graubard_neff_low"), BETA_TOLERANCE);
        let simple = binomial_interval(1.0, share.n as f64, LEVEL).unwrap();
        n += 1 + both_ends(what, simple, &row["clopper_pearson_n"], BETA_TOLERANCE);
    }
    println!("{n} numbers compared");
    assert_eq!(n, 3 * (5 + 1 + 2), "3 design effects");
}

/// The flags as the reference writes them: what is suppressed carries no other.
fn flags(reliability: &Reliability) -> String {
    if reliability.presentation() == Presentation::Suppress {
        return "Px".to_owned();
    }
    let flag = |shortcoming: &Shortcoming| match shortcoming {
        Shortcoming::WideForComplement => "Pc",
        Shortcoming::FewDegreesOfFreedom => "Pdf",
        Shortcoming::NobodyOrEverybody => "P0",
        Shortcoming::FewEffectiveAnswers | Shortcoming::WideInterval | Shortcoming::WideForShare => "Px",
    };
    reliability.shortcomings.iter().map(flag).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_presentation_standard_is_that_of_the_reference() {
    let reference = reference("nchs_flags");
    let rows = ["synth_s1_2025", "synth_s3_awkward"].map(|name| reference[name].as_array().unwrap());
    let mut n = 0;
    for row in rows.into_iter().flatten() {
        let what = format!("{} {}", row["domain"], row["item"]);
        let share = Share {
            p: number(row, "Proportion"),
            variance: number(row, "SE").powi(2),
            n: row["n denominator"].as_u64().unwrap(),
            df: number(row, "degf"),
            level: LEVEL,
            // The reference takes answers without variation as a simple random sample.
            deff_above: Some(1.0),
        };
        let interval = share_interval(ShareInterval::KornGraubard, &share).unwrap();
        assert_close(&what, interval.low, number(row, "LL"), BETA_TOLERANCE);
        assert_close(&what, interval.high, number(row, "UL"), BETA_TOLERANCE);
        assert_close(&what, share.korn_graubard_n(), number(row, "neff_kg"), T_TOLERANCE);
        let reliability = PresentationStandard::default().judge(&share).unwrap();
        assert_eq!(flags(&reliability), row["flags"].as_str().unwrap(), "{what}: {:?}", reliability.shortcomings);
        n += 1;
    }
    println!("{n} shares compared, 4 figures each");
    assert_eq!(n, 345 + 169, "shares of both surveys");
}

#[test]
fn imputations_are_joined_as_by_mitools() {
    let reference = reference("rubin");
    let column = |key: &str| reference[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
    let copies: Vec<_> = column("input_estimates").zip(column("input_variances")).collect();
    let mut n = 0;
    for (key, complete_df) in [("df_inf", f64::INFINITY), ("df_complete_30", 30.0)] {
        let (expected, joined) = (&reference[key], combine_imputations(&copies, complete_df).unwrap());
        let figures = [
            ("estimate", joined.estimate),
            ("variance", joined.variance),
            ("df", joined.df),
            ("missinfo", joined.missing_information),
        ];
        for (name, actual) in figures {
            if let Some(expected) = expected.get(name) {
                assert_close(name, actual, expected.as_f64().unwrap(), ARITHMETIC_TOLERANCE);
                n += 1;
            }
        }
    }
    println!("{n} numbers compared");
    assert_eq!(n, 4 + 3);
}
