//! The correlation of an item with the rest, held against the delta method over the five means it is made of.

use super::survey::{N_ITEMS, Sheet, Survey};
use sipas::statistics::{
    Blocks, Columns, Domain, Inference, NotEstimable, Population, Ratio, Reading, Rows, Sample, Statistic, Worth,
};

/// Relative difference that another order of summing may make; standard errors are roots of small differences.
const ROUNDING: f64 = 1e-9;

fn items() -> Vec<(usize, Worth)> {
    let worth = Worth::new(|code| (1..=5).contains(&code).then(|| f64::from(code)));
    (0..N_ITEMS).map(|column| (column, worth.clone())).collect()
}

/// x, y, x², y² and xy of one item and the mean of the others, as quantities; not numbers where there is no pair.
fn quantities(sheet: &Sheet, item: usize) -> [f64; 5] {
    let answered = |code: &u8| (1..=5).contains(code).then(|| f64::from(*code));
    let others: Vec<f64> =
        sheet.codes.iter().enumerate().filter(|(other, _)| *other != item).filter_map(|(_, c)| answered(c)).collect();
    match answered(&sheet.codes[item]).filter(|_| !others.is_empty()) {
        Some(x) => {
            let y = others.iter().sum::<f64>() / others.len() as f64;
            [x, y, x * x, y * y, x * y]
        }
        None => [f64::NAN; 5],
    }
}

/// The survey with the quantities of an item.
fn with_quantities(survey: &Survey, item: usize) -> Sample {
    let mut columns = Columns::new(0, 5);
    let values: Vec<[f64; 5]> = survey.sheets.iter().map(|sheet| quantities(sheet, item)).collect();
    columns.append(Rows {
        block: survey.sheets.iter().map(|sheet| sheet.desk).collect(),
        weight: survey.sheets.iter().map(|sheet| sheet.weight.unwrap()).collect(),
        coded: Vec::new(),
        real: (0..5).map(|column| values.iter().map(|values| values[column]).collect()).collect(),
    });
    let blocks = Blocks::of_psus(survey.desks.len());
    Sample::of_round(survey.desks.clone(), &survey.desks_per_stratum, blocks, columns, Inference::TwoStage).unwrap()
}

/// Correlation and standard error by the delta method.
fn by_delta(sample: &Sample, domain: &Domain) -> (f64, f64) {
    let mean = |column| Statistic::ratio(format!("m{column}"), Ratio::Mean(vec![Reading::Real { column }]));
    let figures: Vec<(Domain, Statistic)> = (0..5).map(|column| (domain.clone(), mean(column))).collect();
    let joint = sample.joint(&figures, 0.95, Population::Descriptive).unwrap();
    let [x, y, xx, yy, xy] = [0, 1, 2, 3, 4].map(|figure| joint.estimates[figure].value);
    let (vx, vy, cov) = (xx - x * x, yy - y * y, xy - x * y);
    let (root, r) = ((vx * vy).sqrt(), cov / (vx * vy).sqrt());
    let derivatives = [-y / root + r * x / vx, -x / root + r * y / vy, -r / (2.0 * vx), -r / (2.0 * vy), 1.0 / root];
    let (_, variance) = joint.contrast(&(0..5).zip(derivatives).collect::<Vec<_>>());
    (r, variance.sqrt())
}

#[test]
fn the_spread_is_that_of_the_five_means_together() {
    let survey = Survey::read("synth_s1_2025");
    let domains = [Domain::whole(), survey.domain("district=D01").unwrap(), survey.domain("district=D02").unwrap()];
    let found = survey.sample(Inference::TwoStage).correlations_with_rest(&domains, &items(), 0.95);
    for item in [0, 7, 21] {
        let sample = with_quantities(&survey, item);
        for (domain, found) in domains.iter().zip(&found) {
            let (r, se) = by_delta(&sample, domain);
            let estimate = found[item].as_ref().unwrap();
            assert!((estimate.value - r).abs() < ROUNDING, "item {item}: {} is not {r}", estimate.value);
            let own = estimate.se.unwrap();
            assert!((own / se - 1.0).abs() < 1e-6, "item {item}: standard error {own} is not {se}");
            let ends = estimate.interval.unwrap();
            assert!(-1.0 <= ends.low && ends.low < r && r < ends.high && ends.high <= 1.0);
        }
    }
}

#[test]
fn the_sample_asked_together_says_what_it_says_one_by_one() {
    let survey = Survey::read("synth_s1_2025");
    let sample = survey.sample(Inference::TwoStage);
    let domains = [Domain::whole(), survey.domain("district=D01").unwrap(), Domain::of_psus([3])];
    let together = sample.correlations_with_rest(&domains, &items(), 0.95);
    for (domain, together) in domains.iter().zip(&together) {
        let alone = sample.correlations_with_rest(std::slice::from_ref(domain), &items(), 0.95);
        assert_eq!(&alone[0], together);
    }
}

#[test]
fn what_does_not_vary_goes_with_nothing() {
    let mut survey = Survey::read("synth_s1_2025");
    survey.sheets.iter_mut().for_each(|sheet| sheet.codes[4] = 5);
    let sample = survey.sample(Inference::TwoStage);
    let found = sample.correlations_with_rest(&[Domain::whole(), Domain::of_psus([9999])], &items(), 0.95);
    assert_eq!(found[0][4], Err(NotEstimable::Constant { column: 4 }));
    assert!(found[0][5].is_ok());
    assert!(found[1].iter().all(|found| matches!(found, Err(NotEstimable::BadDomain { .. }))));
    let level = sample.correlations_with_rest(&[Domain::whole()], &items(), 1.0);
    assert_eq!(level[0][0], Err(NotEstimable::BadLevel(1.0)));
}
