use super::{area_code, places, tree, year};
use sipas::domain::area::Level;
use sipas::domain::fault::Fault;
use sipas::domain::frame::Frame;
use sipas::service::frame::{Scope, read};

fn frame(text: &str, in_year: u16) -> Result<Frame, Vec<Fault>> {
    let (tree, area) = (tree(), area_code("P"));
    read(text.as_bytes(), Scope { tree: &tree, area: &area, year: year(in_year), rates: Level::District })
}

fn refused(text: &str) -> Vec<String> {
    places(frame(text, 2025))
}

#[test]
fn a_desks_stratum_is_its_rated_unit() {
    let frame = frame("desk,transactions\nK0,500\nK1,1200\nK2,\nK3,90\nD1,15\n", 2025).unwrap();
    let strata: Vec<(&str, &str)> = frame.iter().map(|d| (d.desk.as_str(), d.stratum.as_str())).collect();
    // K0 has no district above it, so its parent it is; D1, rated itself, is its own stratum.
    assert_eq!(strata, [("D1", "D1"), ("K0", "P"), ("K1", "D1"), ("K2", "D1"), ("K3", "D2")]);
    let known = |code: &str| frame.get(&area_code(code)).unwrap().transactions;
    assert_eq!((known("K1"), known("K2")), (Some(1200), None));
}

#[test]
fn the_sheet_may_name_strata_and_desks_that_were_not_drawn() {
    let frame = frame("desk;transactions;stratum;drawn\nK1;10;C1;yes\nK2;0;;no\n", 2025).unwrap();
    let desk = frame.get(&area_code("K1")).unwrap();
    assert_eq!((desk.stratum.as_str(), desk.drawn), ("C1", true));
    assert!(!frame.get(&area_code("K2")).unwrap().drawn);
    assert_eq!(frame.desks_per_stratum().values().sum::<u32>(), 2);
}

#[test]
fn every_fault_has_its_row() {
    let text = "desk,transactions,stratum,drawn\n\
                K1,-1,,\n\
                K2,1.5,,perhaps\n\
                K3,0,,\n\
                K0,84912345678,,\n\
                nowhere,1,,\n\
                KQ,1,nowhere,\n\
                K1,10,,\n";
    let expected = [
        "row 2, column transactions: bad-count",
        "row 3, column transactions: bad-count",
        "row 3, column drawn: not-yes-or-no",
        "row 4, column transactions: drawn-without-transactions",
        "row 5, column transactions: bad-count",
        "row 6, column desk: unknown-desk",
        "row 7, column desk: unknown-desk",
        "row 7, column stratum: unknown-stratum",
        "row 8, column desk: duplicate-desk",
    ];
    assert_eq!(refused(text), expected);
}

#[test]
fn a_frame_keeps_to_its_area_and_year() {
    let message = |text, in_year| frame(text, in_year).unwrap_err().remove(0).message;
    assert_eq!(message("desk,transactions\nKQ,1\n", 2025), "KQ does not lie in P, which the round surveys");
    assert_eq!(message("desk,transactions\nD2,1\n", 2026), "D2 does not exist in 2026, the year of the round");
}

#[test]
fn somebody_has_to_be_asked() {
    assert_eq!(refused("desk,transactions\n"), ["document: nothing-drawn"]);
    assert_eq!(refused("desk,transactions,drawn\nK1,5,no\n"), ["document: nothing-drawn"]);
}
