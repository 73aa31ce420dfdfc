//! Estimates, standard errors, degrees of freedom and intervals against the R package `survey`. Every comparison is
//! counted, so that a reference that is no longer found makes a test fail.

use super::survey::{Survey, oracle_path, statistics};
use serde_json::Value;
use sipas::domain::estimate::{Caution, Estimate, Method};
use sipas::statistics::{Inference, NotEstimable};

/// Relative error allowed in point estimates.
const ESTIMATE_TOLERANCE: f64 = 1e-12;
/// Relative error allowed in standard errors.
const SE_TOLERANCE: f64 = 1e-10;
/// Relative error allowed in the ends of intervals.
const INTERVAL_TOLERANCE: f64 = 1e-10;
/// The level of every interval in the reference.
const LEVEL: f64 = 0.95;

/// Compares numbers and counts them.
#[derive(Default)]
struct Comparison {
    n: usize,
}

impl Comparison {
    fn close(&mut self, what: &str, actual: f64, expected: &Value, tolerance: f64) {
        let expected = expected.as_f64().unwrap_or_else(|| panic!("{what}: no reference number"));
        let error = (actual - expected).abs();
        assert!(error <= tolerance * expected.abs(), "{what}: {actual} is not {expected}, off by {error:e}");
        self.n += 1;
    }

    /// Compares an estimate with the entry of its statistic in a reference domain, as far as that goes; the standard
    /// error is under `se`.
    fn estimate(&mut self, name: &str, actual: &Estimate, reference: &Value, se: &str) {
        let what = format!("{} {name}", reference["domain"]);
        self.close(&what, actual.value, &reference["estimate"][name], ESTIMATE_TOLERANCE);
        self.close(&format!("se of {what}"), actual.se.unwrap(), &reference[se][name], SE_TOLERANCE);
        if let Some(df) = reference.get("df") {
            self.close(&format!("df of {what}"), actual.df, df, 0.0);
        }
        if let Some(low) = reference.get("ci_t_low") {
            let interval = actual.interval.unwrap();
            assert!(interval.low <= actual.value && actual.value <= interval.high);
            self.close(&format!("low of {what}"), interval.low, &low[name], INTERVAL_TOLERANCE);
            self.close(&format!("high of {what}"), interval.high, &reference["ci_t_high"][name], INTERVAL_TOLERANCE);
        }
    }
}

fn reference(name: &str) -> Value {
    let text = std::fs::read_to_string(oracle_path(&format!("expected/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// An estimate, or why there is none, under its name in the reference.
type Named = (String, Result<Estimate, NotEstimable>);

/// Estimates of every statistic in those reference domains that are sets of desks, all in one request.
fn estimates<'a>(
    survey: &Survey,
    inference: Inference,
    references: impl IntoIterator<Item = &'a Value>,
) -> Vec<(&'a Value, Vec<Named>)> {
    let domain = |reference: &'a Value| Some((reference, survey.domain(reference["domain"].as_str()?)?));
    let (references, domains): (Vec<_>, Vec<_>) = references.into_iter().filter_map(domain).unzip();
    let statistics = statistics();
    let outcome = survey.sample(inference).estimate(&domains, &statistics, LEVEL);
    let name = |row: Vec<_>| statistics.iter().map(|statistic| statistic.name.clone()).zip(row).collect();
    references.into_iter().zip(outcome.into_iter().map(name)).collect()
}

/// Compares every statistic in the domains of a variant; answers how many numbers that were.
fn compare_variant(survey: &Survey, inference: Inference, variant: &Value, domains: &[&str], method: Method) -> usize {
    let mut comparison = Comparison::default();
    for (reference, estimates) in estimates(survey, inference, domains.iter().map(|domain| &variant[domain])) {
        for (name, estimate) in estimates {
            let estimate = estimate.unwrap();
            assert_eq!(estimate.method, method);
            comparison.estimate(&name, &estimate, reference, "se");
        }
    }
    comparison.n
}

/// Both years, with the variants of their reference numbers.
fn years() -> [(Survey, Value); 2] {
    ["synth_s1_2025", "synth_s2_2026"].map(|name| (Survey::read(name), reference(name)["variants"].take()))
}

#[test]
fn two_stage_sampling_is_estimated_as_by_survey_in_all_areas() {
    let survey = Survey::read("synth_s1_2025");
    let mut comparison = Comparison::default();
    let references = reference("two_stage_fpc")["S1"].take();
    for (reference, estimates) in estimates(&survey, Inference::TwoStage, references.as_array().unwrap()) {
        for (name, estimate) in estimates.into_iter().filter(|(name, _)| reference["estimate"].get(name).is_some()) {
            comparison.estimate(&name, &estimate.unwrap(), reference, "se_two_stage");
        }
    }
    println!("{} numbers compared", comparison.n);
    assert_eq!(comparison.n, 13 * 5 * 3, "13 areas, 5 statistics: estimate, se, df");
}

#[test]
fn every_statistic_has_the_two_stage_interval_of_survey() {
    let domains = ["all", "first_district"];
    let compared = years().map(|(survey, variants)| {
        compare_variant(&survey, Inference::TwoStage, &variants["fpc2"], &domains, Method::TwoStage)
    });
    println!("{compared:?} numbers compared");
    assert_eq!(compared, [2 * 65 * 5; 2], "2 areas, 65 statistics: estimate, se, df, both ends");
}

#[test]
fn without_transactions_desks_are_drawn_with_replacement() {
    let domains = ["all", "first_district"];
    let compared = years().map(|(survey, variants)| {
        let survey = survey.without_transactions();
        compare_variant(&survey, Inference::TwoStage, &variants["nofpc"], &domains, Method::WithReplacement)
    });
    println!("{compared:?} numbers compared");
    assert_eq!(compared, [2 * 65 * 5; 2], "2 areas, 65 statistics: estimate, se, df, both ends");
}

/// R counts all rows of the sample as degrees of freedom, also those that did not answer the item; here they are those
/// that did. So freedom and intervals are compared where every row answered.
#[test]
fn rows_of_one_desk_are_a_simple_random_sample() {
    for (survey, mut variants) in years() {
        let mut survey = survey.without_transactions();
        survey.desks.truncate(1);
        survey.sheets.iter_mut().for_each(|sheet| sheet.desk = 0);
        let whole = variants["srs"]["all"].take();
        let mut spread_only = whole.clone();
        spread_only.as_object_mut().unwrap().retain(|field, _| field != "df" && !field.starts_with("ci_t"));
        for (inference, method) in [
            (Inference::RowsWithinDesk, Method::RowsWithinDesk),
            (Inference::ModelAssumed, Method::ModelAssumed),
            (Inference::TwoStage, Method::RowsWithinDesk),
        ] {
            let mut comparison = Comparison::default();
            survey.desks_per_stratum.insert(survey.desks[0].stratum.clone(), 1);
            for (name, estimate) in estimates(&survey, inference, [&whole]).remove(0).1 {
                let estimate = estimate.unwrap();
                assert_eq!((estimate.method, estimate.df), (method, estimate.n as f64 - 1.0));
                if estimate.n == survey.sheets.len() as u64 {
                    comparison.estimate(&name, &estimate, &whole, "se");
                } else {
                    comparison.estimate(&name, &estimate, &spread_only, "se");
                }
            }
            println!("{} numbers compared", comparison.n);
            assert_eq!(
                comparison.n,
                65 * 2 + 21 * 3,
                "65 statistics: estimate, se; those of several items: df, both ends"
            );
        }
    }
}

#[test]
fn point_estimates_and_freedom_are_those_of_survey_in_all_areas() {
    let mut comparison = Comparison::default();
    for year in ["synth_s1_2025", "synth_s2_2026"] {
        let references = reference(year)["domains"].take();
        for (reference, estimates) in
            estimates(&Survey::read(year), Inference::TwoStage, references.as_array().unwrap())
        {
            for (name, estimate) in estimates {
                let estimate = estimate.unwrap();
                let what = format!("{} {name}", reference["domain"]);
                comparison.close(&what, estimate.value, &reference["estimate"][&name], ESTIMATE_TOLERANCE);
                comparison.close(&what, estimate.df, &reference["df"], 0.0);
                let n = name.strip_prefix("mean_").map(|item| &reference["n_item"][item]).filter(|n| n.is_number());
                if let Some(n) = n {
                    comparison.close(&what, estimate.n as f64, n, 0.0);
                }
            }
        }
    }
    println!("{} numbers compared", comparison.n);
    let in_each_area = 65 * 2 + 22;
    assert_eq!(comparison.n, 2 * 13 * in_each_area, "2 years, 13 areas: estimate and df of statistics, n of items");
}

/// S3 is made of awkward districts: X2 surveys all its desks, X3 has one desk of nine, in X4 everybody is satisfied, and
/// X5 has an item nobody answered and a desk with one answer.
#[test]
fn awkward_districts_are_estimated_or_refused_with_the_reason() {
    let survey = Survey::read("synth_s3_awkward");
    let mut comparison = Comparison::default();
    let references = reference("two_stage_fpc")["S3"].take();
    for (reference, estimates) in estimates(&survey, Inference::TwoStage, references.as_array().unwrap()) {
        let domain = reference["domain"].as_str().unwrap();
        for (name, estimate) in estimates {
            let Some(expected) = reference["estimate"].get(&name) else { continue };
            if expected.is_null() {
                let items = vec![21];
                assert_eq!(
                    (domain, estimate),
                    ("district=X5", Err(NotEstimable::NoAnswers { statistic: name, items }))
                );
                comparison.n += 1;
                continue;
            }
            let estimate = estimate.unwrap();
            let lonely = estimate.cautions.contains(&Caution::LonelyPsu { stratum: "X3".to_owned() });
            let no_variation = estimate.cautions.contains(&Caution::NoVariation);
            assert_eq!(lonely, matches!(domain, "all" | "district=X3"), "{domain} {name}");
            assert_eq!(no_variation, domain == "district=X4", "{domain} {name}");
            if lonely || no_variation {
                comparison.close(&name, estimate.value, expected, ESTIMATE_TOLERANCE);
                assert_eq!((estimate.se, estimate.interval), (None, None), "{domain} {name}");
            } else {
                comparison.estimate(&name, &estimate, reference, "se_two_stage");
            }
        }
    }
    println!("{} numbers compared", comparison.n);
    let (whole, value_only, refused) = (3 * 5 - 1, 3 * 5, 1);
    assert_eq!(comparison.n, whole * 3 + value_only + refused, "X1, X2, X5 whole; all, X3, X4 the value; one refused");
}
