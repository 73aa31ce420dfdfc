//! The file as a whole.

use super::*;
use crate::export::Column;
use crate::export::codes::Codes;
use crate::export::variable::{Category, Kind, Label, Role, Variable};

fn label(vi: &str) -> Label {
    Label { vi: vi.to_owned(), en: "English".to_owned() }
}

fn table(longest: usize) -> Table {
    let category = |code, vi, is_missing| Category { code, label: label(vi), is_missing };
    let categories = vec![category(1, "Có", false), category(9, "Bỏ trống", true)];
    let variable = |name: &str, vi: &str, role, kind| Variable { name: name.to_owned(), label: label(vi), role, kind };
    let variables = vec![
        variable("comment", &"ý".repeat(81), Role::Answer, Kind::Text { max_bytes: longest }),
        variable("weight", "Quyền số", Role::Weight, Kind::Number { decimals: 2 }),
        variable("q1", "Câu 1", Role::Answer, Kind::Coded { categories, is_ordered: true }),
    ];
    Table { name: "t".into(), title: "Đợt 2025".into(), variables, notes: vec![label("Giả lập.")], n_rows: 2 }
}

fn file(longest: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut dta = Box::new(DtaWriter::new(&table(longest), &mut bytes).unwrap());
    let columns = vec![
        Column::Texts(vec![Some("tốt".into()), None].into()),
        Column::Numbers(vec![None, Some(1.5)]),
        Column::Codes(Codes::of(&[Some(9), Some(1)]).unwrap()),
    ];
    dta.write(&Block { columns }).unwrap();
    dta.finish().unwrap();
    bytes
}

fn places(file: &[u8]) -> Vec<usize> {
    let map = file.windows(5).position(|window| window == b"<map>").unwrap();
    let place = |n: usize| u64::from_le_bytes(file[map + 5 + n * 8..][..8].try_into().unwrap());
    (0..14).map(|n| usize::try_from(place(n)).unwrap()).collect()
}

#[test]
fn the_map_points_at_every_section() {
    const TAGS: [&str; 13] = [
        "<stata_dta>",
        "<map>",
        "<variable_types>",
        "<varnames>",
        "<sortlist>",
        "<formats>",
        "<value_label_names>",
        "<variable_labels>",
        "<characteristics>",
        "<data>",
        "<strls>",
        "<value_labels>",
        "</stata_dta>",
    ];
    for longest in [7, 2_045, 2_046] {
        let file = file(longest);
        let places = places(&file);
        for (tag, place) in TAGS.iter().zip(&places) {
            assert!(file[*place..].starts_with(tag.as_bytes()), "{tag} with texts of {longest} bytes");
        }
        assert_eq!(places[13], file.len());
    }
}

#[test]
fn rows_hold_values_and_reasons() {
    let rows = |longest: usize| {
        let file = file(longest);
        let places = places(&file);
        file[places[9] + 6..places[10] - 7].to_vec()
    };
    let mut expected = "tốt\0\0".as_bytes().to_vec();
    expected.extend_from_slice(&2_f64.powi(1023).to_le_bytes());
    expected.push(102);
    expected.extend_from_slice(&[0; 7]);
    expected.extend_from_slice(&1.5_f64.to_le_bytes());
    expected.push(1);
    assert_eq!(rows(7), expected);
    let long = rows(3_000);
    assert_eq!((&long[..8], &long[17..25]), (&[1, 0, 1, 0, 0, 0, 0, 0][..], &[0; 8][..]), "variable 1, row 1; none");
}

#[test]
fn long_texts_stand_behind_the_rows() {
    let file = file(3_000);
    let places = places(&file);
    let mut expected = b"<strls>GSO".to_vec();
    expected.extend_from_slice(&[1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 130, 6, 0, 0, 0]);
    expected.extend_from_slice("tốt\0</strls>".as_bytes());
    assert_eq!(file[places[10]..places[11]], expected);
}

#[test]
fn a_cut_label_is_whole_in_the_notes() {
    let file = file(7);
    let places = places(&file);
    let notes = String::from_utf8_lossy(&file[places[8]..places[9]]).into_owned();
    assert!(notes.contains(&"ý".repeat(81)) && notes.contains("Giả lập."));
    let labels = String::from_utf8_lossy(&file[places[7]..places[8]]).into_owned();
    assert!(labels.contains(&format!("{}…\0", "ý".repeat(79))) && !labels.contains(&"ý".repeat(80)));
}
