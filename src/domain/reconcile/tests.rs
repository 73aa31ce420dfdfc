use super::*;

fn points(text: &str) -> Points {
    Points::parse(text).unwrap()
}

fn sum(parts: &[&str], total: &str) -> Verdict {
    let printed = vec![Claim::Parts(parts.iter().map(|part| points(part)).collect())];
    reconcile(Published { value: Some(points(total)), printed, ..Published::default() }).verdict()
}

fn moved(rank: u32, of: u32, previous_rank: Option<u32>, printed: &str) -> Verdict {
    let printed = Claim::read(printed);
    reconcile(Published { rank: Some(rank), of: Some(of), previous_rank, printed, ..Published::default() }).verdict()
}

#[test]
fn parts_may_be_off_by_their_rounding_and_no_more() {
    assert_eq!(sum(&["57.66", "9.56", "18.83", "5.00"], "91.05"), Verdict::AddsUp);
    assert_eq!(sum(&["57.66", "9.56", "18.83", "5.00"], "91.04"), Verdict::WithinRounding);
    // Four parts and the total, half a unit each: 0.025 at most.
    assert_eq!(sum(&["57.66", "9.56", "18.83", "5.00"], "91.025"), Verdict::WithinRounding);
    assert_eq!(sum(&["57.66", "9.56", "18.83", "5.00"], "91.02"), Verdict::Contradicts);
}

#[test]
fn a_move_must_have_started_from_a_possible_rank() {
    assert_eq!(moved(5, 12, None, "giảm 05 bậc"), Verdict::Contradicts);
    assert_eq!(moved(5, 12, None, "giảm 04 bậc"), Verdict::AddsUp);
    assert_eq!(moved(5, 12, None, "tăng 07 bậc"), Verdict::AddsUp);
    assert_eq!(moved(5, 12, None, "tăng 08 bậc"), Verdict::Contradicts);
    assert_eq!(moved(2, 12, Some(3), "tăng 01 bậc"), Verdict::AddsUp);
    assert_eq!(moved(2, 12, Some(3), "giảm 01 bậc"), Verdict::Contradicts);
    assert_eq!(moved(2, 12, Some(14), "tăng 12 bậc"), Verdict::AddsUp, "there may have been more units last year");
}

#[test]
fn a_rank_lies_in_its_table_and_is_the_same_everywhere() {
    assert_eq!(moved(13, 12, None, ""), Verdict::Contradicts);
    assert_eq!(moved(0, 12, None, ""), Verdict::Contradicts);
    assert_eq!(moved(12, 12, None, "12/12"), Verdict::AddsUp);
    assert_eq!(moved(2, 12, None, "3/12"), Verdict::Contradicts);
}

#[test]
fn changes_and_shares_follow_from_their_figures() {
    let check = |value, previous, change| Check::Change {
        value: points(value),
        previous: points(previous),
        change: points(change),
    };
    assert_eq!(check("86.02", "81.70", "4.32").verdict(), Verdict::AddsUp);
    assert_eq!(check("86.02", "81.70", "4.33").verdict(), Verdict::WithinRounding);
    assert_eq!(check("86.02", "81.70", "-4.32").verdict(), Verdict::Contradicts);
    let share = |percent| Check::Ratio { points: points("68.32"), max: points("84"), percent: points(percent) };
    assert_eq!(share("81.33").verdict(), Verdict::AddsUp);
    assert_eq!(share("81.34").verdict(), Verdict::WithinRounding);
    assert_eq!(share("68.32").verdict(), Verdict::Contradicts);
}

#[test]
fn nothing_to_check_is_not_the_same_as_checked() {
    let lone = Published { value: Some(points("80")), ..Published::default() };
    assert_eq!(reconcile(lone.clone()).verdict(), Verdict::Unchecked);
    let above = Published { value: Some(points("101")), ..lone.clone() };
    assert_eq!(reconcile(above).verdict(), Verdict::Contradicts);
    let unread = Published { printed: Claim::read("đứng đầu"), ..lone };
    assert_eq!(reconcile(unread).verdict(), Verdict::Unchecked);
}
