//! The sentence about a unit's change, from figures that were really published.

use crate::harness::office::fixture;
use sipas::domain::reconcile::Reconciled;
use sipas::report::change::Measure;
use sipas::report::sentences::{Told, of_published};
use sipas::service::reconcile;

/// The published case of a unit's figure.
fn case(unit: &str, figure: &str) -> Reconciled {
    let cases = reconcile::read(&std::fs::read(fixture("published/cases.csv")).unwrap()).unwrap();
    let is_it = |case: &Reconciled| case.published.unit == unit && case.published.figure == figure;
    cases.into_iter().find(is_it).unwrap()
}

#[test]
fn hong_ngu_rose_by_4_32_points_to_the_second_rank() {
    let Told { sentence, impossible } = of_published(&case("Thành phố Hồng Ngự", "par_index"), Measure::Points(2));
    assert_eq!(sentence.vi, "tăng 4,32 điểm, hạng 2/12, tăng 1 bậc");
    assert_eq!(sentence.en, "up 4.32 points, rank 2 of 12, up 1 place");
    assert_eq!(impossible, []);
}

#[test]
fn an_impossible_rank_is_flagged_and_not_printed() {
    let Told { sentence, impossible } = of_published(&case("Thành phố Hồng Ngự", "sipas"), Measure::Percent(2));
    assert_eq!(sentence.vi, "giảm 7,86 điểm phần trăm");
    assert_eq!(sentence.en, "down 7.86 percentage points");
    let [reason] = impossible.as_slice() else { panic!("one contradiction, not {impossible:?}") };
    assert!(reason.en.contains('0') && reason.vi.contains('0'), "names the rank that would follow: {reason:?}");
}

#[test]
fn a_rank_without_a_year_before_stands_alone() {
    let told = of_published(&case("Sở Nội vụ Hà Nội", "sipas"), Measure::Percent(2));
    assert_eq!((told.sentence.vi.as_str(), told.impossible.len()), ("hạng 4/22", 0));
}
