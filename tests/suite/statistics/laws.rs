//! Laws that estimates keep whatever the answers.

use super::survey::{Sheet, Survey, statistic};
use proptest::prelude::*;
use sipas::domain::estimate::Estimate;
use sipas::statistics::{DesignDesk, Domain, Inference, NotEstimable, Ratio, Statistic, Term, Worth};

/// Relative difference that summing in another order may make.
const ROUNDING: f64 = 1e-12;
/// The same for standard errors; they are the roots of small differences.
const SE_ROUNDING: f64 = 1e-9;
const N_DESKS: u32 = 7;
/// Random surveys per law; each is estimated several times over.
const CASES: u32 = 64;

type Outcome = Vec<Vec<Result<Estimate, NotEstimable>>>;

/// Seven desks in three strata: A has three of five, B three of three, C is one of one.
fn survey(sheets: Vec<Sheet>) -> Survey {
    let desk = |i: u32| DesignDesk {
        code: format!("desk {i}"),
        stratum: ["A", "A", "A", "B", "B", "B", "C"][i as usize].to_owned(),
        transactions: Some(40 + 10 * i),
    };
    let desks_per_stratum = [("A", 5), ("B", 3), ("C", 1)].map(|(name, n)| (name.to_owned(), n)).into();
    Survey { desks: (0..N_DESKS).map(desk).collect(), desks_per_stratum, sheets }
}

fn sheets(weight: impl Strategy<Value = Option<f64>> + Clone) -> impl Strategy<Value = Vec<Sheet>> {
    let code = prop_oneof![4 => 1_u8..=5, 1 => Just(0), 1 => Just(255)];
    let codes = proptest::collection::vec(code, super::survey::N_ITEMS);
    let sheet = (0..N_DESKS, weight, codes).prop_map(|(desk, weight, codes)| Sheet { desk, weight, codes });
    proptest::collection::vec(sheet, 0..90)
}

fn own_weight() -> impl Strategy<Value = Option<f64>> + Clone {
    (1.0..80.0).prop_map(Some)
}

/// A share, a pooled mean, and a composite with unequal factors that meets item 2 twice.
fn three_statistics() -> Vec<Statistic> {
    let worth = Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(code - 1) / 4.0));
    let ratio = |items: &[usize]| Ratio::answers(items.iter().map(|item| (*item, worth.clone())));
    let term = |factor, items: &[usize]| Term { factor, ratio: ratio(items) };
    let terms = vec![term(1.5, &[0]), term(2.0, &[1, 2]), term(0.25, &[2]), term(3.0, &[21])];
    vec![statistic("top2_Q01"), Statistic::ratio("pooled", ratio(&[3, 4, 5])), Statistic::sum("composite", terms)]
}

/// Everything, each stratum, and two desks across strata.
fn domains() -> Vec<Domain> {
    let some = [vec![0, 1, 2], vec![3, 4, 5], vec![6], vec![2, 3]];
    std::iter::once(Domain::whole()).chain(some.map(Domain::of_psus)).collect()
}

fn outcome(survey: &Survey, inference: Inference) -> Outcome {
    survey.sample(inference).estimate(&domains(), &three_statistics(), 0.95)
}

const INFERENCES: [Inference; 2] = [Inference::TwoStage, Inference::RowsWithinDesk];

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// Equal but for rounding, in everything that is said.
fn assert_same(a: &Outcome, b: &Outcome) -> Result<(), TestCaseError> {
    for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
        let (Ok(a), Ok(b)) = (a, b) else {
            prop_assert_eq!(a, b);
            continue;
        };
        prop_assert!(close(a.value, b.value, ROUNDING), "{} is not {}", a.value, b.value);
        prop_assert_eq!(a.se.is_some(), b.se.is_some());
        prop_assert!(close(a.se.unwrap_or(0.0), b.se.unwrap_or(0.0), SE_ROUNDING), "{:?} is not {:?}", a.se, b.se);
        prop_assert_eq!((a.df, a.n, a.n_psu, a.method, &a.cautions), (b.df, b.n, b.n_psu, b.method, &b.cautions));
    }
    Ok(())
}

/// Four answers of which the two from one desk are alike: what is left of that desk's spread is rounding, and rounding differs
/// with the way a weight was worked out.
#[test]
fn answers_alike_at_a_desk_show_no_spread_however_their_weight_came() {
    let alike = |desk: u32, first: u8| {
        let mut codes = vec![1; super::survey::N_ITEMS];
        codes[0] = first;
        Sheet { desk, weight: None, codes }
    };
    let plain = survey(vec![alike(5, 1), alike(3, 1), alike(4, 4), alike(5, 1)]);
    assert_same(&outcome(&plain, Inference::TwoStage), &outcome(&with_its_weights(&plain), Inference::TwoStage))
        .unwrap();
    let [top2, ..] = &outcome(&plain, Inference::TwoStage)[..] else { panic!("three statistics") };
    let Ok(whole) = &top2[0] else { panic!("it can be estimated: {top2:?}") };
    assert_eq!(whole.se, None, "the desks are all there, and within them nobody differs");
}

/// The same survey with the design weight written out on every sheet.
fn with_its_weights(plain: &Survey) -> Survey {
    let mut weighted = plain.clone();
    let rows = |desk: u32| plain.sheets.iter().filter(|sheet| sheet.desk == desk).count();
    for sheet in &mut weighted.sheets {
        let DesignDesk { stratum, transactions, .. } = &plain.desks[sheet.desk as usize];
        let of_stratum = (0..N_DESKS).filter(|desk| plain.desks[*desk as usize].stratum == *stratum);
        let surveyed = of_stratum.filter(|desk| rows(*desk) > 0).count();
        let desk_weight = f64::from(plain.desks_per_stratum[stratum]) / surveyed as f64;
        sheet.weight = Some(desk_weight * f64::from(transactions.unwrap()) / rows(sheet.desk) as f64);
    }
    weighted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn the_order_of_rows_does_not_matter((sheets, shuffled) in sheets(own_weight()).prop_flat_map(|sheets| {
        (Just(sheets.clone()), Just(sheets).prop_shuffle())
    })) {
        for inference in INFERENCES {
            assert_same(&outcome(&survey(sheets.clone()), inference), &outcome(&survey(shuffled.clone()), inference))?;
        }
    }

    #[test]
    fn the_unit_of_weights_does_not_matter(sheets in sheets(own_weight()), unit in 1e-3..1e3) {
        let mut scaled = sheets.clone();
        scaled.iter_mut().for_each(|sheet| sheet.weight = sheet.weight.map(|weight| unit * weight));
        for inference in INFERENCES {
            assert_same(&outcome(&survey(sheets.clone()), inference), &outcome(&survey(scaled.clone()), inference))?;
        }
    }

    #[test]
    fn a_missing_weight_is_the_design_weight(sheets in sheets(Just(None))) {
        let plain = survey(sheets);
        assert_same(&outcome(&plain, Inference::TwoStage), &outcome(&with_its_weights(&plain), Inference::TwoStage))?;
    }

    #[test]
    fn an_interval_holds_its_estimate_and_is_never_a_point(sheets in sheets(proptest::option::of(1.0..80.0))) {
        for inference in INFERENCES {
            for estimate in outcome(&survey(sheets.clone()), inference).into_iter().flatten().flatten() {
                prop_assert!(estimate.value.is_finite());
                prop_assert!(estimate.se.is_none_or(|se| se.is_finite() && se > 0.0));
                prop_assert_eq!(estimate.interval.is_some(), estimate.se.is_some() && estimate.df > 0.0);
                if let Some(interval) = estimate.interval {
                    prop_assert!(interval.low < estimate.value && estimate.value < interval.high);
                }
                prop_assert!(estimate.se.is_some() || !estimate.cautions.is_empty(), "silent about a missing spread");
            }
        }
    }

    #[test]
    fn a_domain_is_estimated_the_same_beside_others_and_alone(sheets in sheets(proptest::option::of(1.0..80.0))) {
        let sample = survey(sheets).sample(Inference::TwoStage);
        let statistics = three_statistics();
        let together = sample.estimate(&domains(), &statistics, 0.95);
        let alone: Outcome =
            domains().into_iter().map(|domain| sample.estimate(&[domain], &statistics, 0.95).remove(0)).collect();
        prop_assert_eq!(together, alone);
    }
}

/// Every row fifteen times over: desks taken with replacement have the same totals, so nothing changes but the number of
/// answers. There are enough rows for more than one part.
#[test]
fn several_parts_are_estimated_as_one() {
    let once = Survey::read("synth_s1_2025").without_transactions();
    let mut often = once.clone();
    for _ in 1..15 {
        often.sheets.extend(once.sheets.iter().cloned());
    }
    assert!(often.sheets.len() > 1 << 18);
    let domains = [once.domain("all").unwrap(), once.domain("district=D01").unwrap()];
    let statistics = [statistic("mean_Q01"), statistic("composite_linear01")];
    let estimate = |survey: &Survey| survey.sample(Inference::TwoStage).estimate(&domains, &statistics, 0.95);
    let (first, again, single) = (estimate(&often), estimate(&often), estimate(&once));
    assert_eq!(first, again, "the same rows give the same bits");
    for (often, once) in first.into_iter().flatten().zip(single.into_iter().flatten()) {
        let (often, once) = (often.unwrap(), once.unwrap());
        assert_eq!((often.n, often.df), (15 * once.n, once.df));
        assert!(close(often.value, once.value, ROUNDING));
        assert!(close(often.se.unwrap(), once.se.unwrap(), SE_ROUNDING));
    }
}
