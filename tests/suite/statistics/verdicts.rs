//! What is said when there is little to go by, and what is refused.

use super::survey::{N_ITEMS, Sheet, Survey, statistic};
use sipas::domain::estimate::{Caution, Estimate, Method};
use sipas::statistics::{Blocks, Columns, DesignDesk, Domain, Inference, NotEstimable, Sample, Statistic};
use std::collections::BTreeMap;

/// Desks of one stratum, each with its transactions and the answers to its first item.
fn survey(desks_in_stratum: u32, desks: &[(Option<u32>, &[u8])]) -> Survey {
    let desk = |(i, (transactions, _)): (usize, &(Option<u32>, &[u8]))| DesignDesk {
        code: format!("desk {i}"),
        stratum: "A".to_owned(),
        transactions: *transactions,
    };
    let sheets = (0_u32..).zip(desks).flat_map(|(desk, (_, answers))| {
        answers.iter().map(move |answer| {
            let mut codes = vec![0; N_ITEMS];
            codes[0] = *answer;
            Sheet { desk, weight: None, codes }
        })
    });
    Survey {
        desks: desks.iter().enumerate().map(desk).collect(),
        desks_per_stratum: [("A".to_owned(), desks_in_stratum)].into(),
        sheets: sheets.collect(),
    }
}

/// The mean of the first item in all desks.
fn mean(survey: &Survey, inference: Inference) -> Estimate {
    let domain = survey.domain("all").unwrap();
    survey.sample(inference).estimate(&[domain], &[statistic("mean_Q01")], 0.95).remove(0).remove(0).unwrap()
}

fn says(estimate: &Estimate, code: &str) -> bool {
    estimate.cautions.iter().any(|caution| caution.code() == code)
}

#[test]
fn a_stratum_with_one_surveyed_desk_of_several_is_named() {
    let estimate = mean(&survey(2, &[(Some(90), &[3, 4, 5, 1])]), Inference::TwoStage);
    assert_eq!((estimate.value, estimate.se, estimate.interval, estimate.df), (3.25, None, None, 0.0));
    assert!(estimate.cautions.contains(&Caution::LonelyPsu { stratum: "A".to_owned() }));
}

#[test]
fn the_only_desk_of_a_stratum_is_judged_by_its_rows() {
    let estimate = mean(&survey(1, &[(Some(16), &[3, 4, 5, 4])]), Inference::TwoStage);
    // V = (1 − 4/16) · 4/3 · Σ(u − ū)², with u = (y − 4)/4: Σ = 2/16.
    assert!((estimate.se.unwrap() - 0.125_f64.sqrt()).abs() < 1e-15);
    assert_eq!((estimate.df, estimate.n, estimate.n_psu), (3.0, 4, 1));
}

#[test]
fn one_desk_of_a_larger_sample_is_judged_within_itself() {
    let sample = survey(9, &[(Some(16), &[3, 4, 5, 4]), (Some(30), &[1, 2, 5])]).sample(Inference::TwoStage);
    let estimate =
        sample.estimate(&[Domain::of_psus([0])], &[statistic("mean_Q01")], 0.95).remove(0).remove(0).unwrap();
    assert_eq!((estimate.method, estimate.df), (Method::RowsWithinDesk, 3.0));
    assert!((estimate.se.unwrap() - 0.125_f64.sqrt()).abs() < 1e-15);
}

#[test]
fn freedom_within_desks_is_answers_minus_desks() {
    let survey = survey(9, &[(Some(16), &[3, 4, 5, 4, 0]), (None, &[1, 2, 5])]);
    for (inference, method) in
        [(Inference::RowsWithinDesk, Method::RowsWithinDesk), (Inference::ModelAssumed, Method::ModelAssumed)]
    {
        let estimate = mean(&survey, inference);
        assert_eq!((estimate.method, estimate.df, estimate.n), (method, 5.0, 7));
        assert!(estimate.cautions.contains(&Caution::TransactionsUnknown { n_desks: 1 }));
        assert_eq!(estimate.value, 24.0 / 7.0, "without all counts no desk is weighted by its count");
    }
}

#[test]
fn agreement_and_full_observation_are_not_precision() {
    let estimate = mean(&survey(2, &[(Some(90), &[4, 4, 4]), (Some(90), &[4, 4])]), Inference::TwoStage);
    assert_eq!((estimate.value, estimate.se, estimate.interval), (4.0, None, None));
    assert!(says(&estimate, "no-variation-observed") && !says(&estimate, "every-transaction-answered"));

    let estimate = mean(&survey(2, &[(Some(3), &[4, 4, 5]), (Some(2), &[4, 1])]), Inference::TwoStage);
    assert_eq!((estimate.se, estimate.interval), (None, None));
    assert!(says(&estimate, "every-transaction-answered") && !says(&estimate, "no-variation-observed"));
}

#[test]
fn few_and_surplus_answers_are_flagged() {
    let estimate = mean(&survey(2, &[(Some(2), &[3, 4, 5]), (Some(9), &[4])]), Inference::TwoStage);
    for code in ["df-below-8", "n-below-30"] {
        assert!(says(&estimate, code), "{code}");
    }
    assert!(estimate.cautions.contains(&Caution::SingleAnswerDesks { n_desks: 1 }));
    assert!(estimate.cautions.contains(&Caution::MoreAnswersThanTransactions { desk: "desk 0".to_owned() }));
    assert!(mean(&survey(2, &[(Some(99), &[3, 4]), (Some(99), &[4; 40])]), Inference::RowsWithinDesk).df >= 8.0);
}

#[test]
fn what_cannot_be_estimated_says_why() {
    let sample = survey(2, &[(Some(90), &[3, 4]), (Some(90), &[4, 4])]).sample(Inference::TwoStage);
    let malformed = Statistic::sum("empty", vec![]);
    let statistics = [statistic("mean_Q01"), statistic("top2_pooled_E2"), malformed];
    let domains = [vec![0, 1], vec![0, 2], vec![]].map(Domain::of_psus);
    let outcome = sample.estimate(&domains, &statistics, 0.95);
    assert!(outcome[0][0].is_ok());
    let Err(NotEstimable::NoAnswers { statistic, items }) = &outcome[0][1] else { panic!("{:?}", outcome[0][1]) };
    assert!(statistic == "top2_pooled_E2" && !items.contains(&0) && items.len() > 1);
    assert!(matches!(outcome[0][2], Err(NotEstimable::Malformed { .. })));
    assert_eq!(outcome[1][0], Err(NotEstimable::BadDomain { psu: 2, n_psus: 2 }));
    assert!(matches!(outcome[2][0], Err(NotEstimable::NoAnswers { .. })));
    assert_eq!(sample.estimate(&domains, &statistics, 95.0)[0][0], Err(NotEstimable::BadLevel(95.0)));
}

#[test]
fn every_fault_of_a_sample_is_told_at_once() {
    let mut columns = Columns::new(2, 0);
    columns.push(0, None, &[1, 2, 3]);
    columns.push(0, Some(0.0), &[1, 2]);
    columns.push(0, Some(f64::NAN), &[1, 2]);
    columns.push(0, Some(2.0), &[1, 2]);
    columns.push(5, None, &[1, 2]);
    let desk = DesignDesk { code: "D".to_owned(), stratum: "A".to_owned(), transactions: None };
    let blocks = Blocks::of_psus(1);
    let fault = Sample::of_round(vec![desk], &BTreeMap::new(), blocks, columns, Inference::TwoStage).unwrap_err();
    let codes: Vec<_> = fault.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["unequal-sheets", "bad-weight", "unknown-desk", "desks-of-stratum"]);
    assert!(fault.to_string().contains("2 answers have a weight"), "{fault}");
}

#[test]
fn no_rows_are_a_sample_without_estimates() {
    let outcome = survey(3, &[(Some(90), &[])]).sample(Inference::TwoStage);
    let outcome = outcome.estimate(&[Domain::of_psus([0])], &[statistic("mean_Q01")], 0.95);
    assert!(matches!(outcome[0][0], Err(NotEstimable::NoAnswers { .. })));
}
