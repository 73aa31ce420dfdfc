//! The file as a whole, byte by byte.

use super::*;
use crate::export::Column;
use crate::export::codes::Codes;
use crate::export::variable::{Category, Kind, Label, Role, Variable};

fn label(vi: &str) -> Label {
    Label { vi: vi.to_owned(), en: String::new() }
}

fn table() -> Table {
    let category = |code, vi, is_missing| Category { code, label: label(vi), is_missing };
    let categories = vec![category(1, "Có", false), category(9, "Bỏ trống", true)];
    let variable = |name: &str, vi, role, kind| Variable { name: name.to_owned(), label: label(vi), role, kind };
    let variables = vec![
        variable("desk", "", Role::Psu, Kind::Text { max_bytes: 9 }),
        variable("weight", "Quyền số", Role::Weight, Kind::Number { decimals: 2 }),
        variable("q1", "Câu 1", Role::Answer, Kind::Coded { categories, is_ordered: true }),
    ];
    Table {
        name: "t".into(), title: "Đợt 2025".into(), variables, notes: vec![label("Số liệu giả lập.")], n_rows: 2
    }
}

fn file() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut sav = Box::new(SavWriter::new(&table(), &mut bytes).unwrap());
    let columns = vec![
        Column::Texts(vec![Some("D01-00017".into()), None].into()),
        Column::Numbers(vec![Some(1.5), None]),
        Column::Codes(Codes::of(&[Some(9), None]).unwrap()),
    ];
    sav.write(&Block { columns }).unwrap();
    sav.finish().unwrap();
    bytes
}

/// Takes a record off the front.
fn take<'a>(bytes: &mut &'a [u8], n: usize) -> &'a [u8] {
    let (front, rest) = bytes.split_at(n);
    *bytes = rest;
    front
}

fn whole(bytes: &mut &[u8]) -> i32 {
    i32::from_le_bytes(take(bytes, 4).try_into().unwrap())
}

fn float(bytes: &mut &[u8]) -> f64 {
    f64::from_le_bytes(take(bytes, 8).try_into().unwrap())
}

#[test]
fn the_header_gives_elements_weight_and_cases() {
    let file = file();
    let mut rest = &file[..];
    assert!(take(&mut rest, 64).starts_with(b"$FL2@(#) SPSS DATA FILE sipas "));
    let numbers: Vec<i32> = (0..5).map(|_| whole(&mut rest)).collect();
    assert_eq!(numbers, [2, 4, 1, 3, 2], "layout, elements, compression, weight's element, cases");
    assert_eq!(float(&mut rest), 100.0);
    assert_eq!(take(&mut rest, 17), b"01 Jan 7000:00:00");
    assert_eq!(std::str::from_utf8(take(&mut rest, 64)).unwrap().trim_end(), "Đợt 2025");
    assert_eq!(take(&mut rest, 3), [0; 3]);
}

#[test]
fn variables_follow_with_labels_and_missing_codes() {
    let file = file();
    let mut rest = &file[176..];
    let mut record = || {
        let numbers: Vec<i32> = (0..6).map(|_| whole(&mut rest)).collect();
        let name = String::from_utf8(take(&mut rest, 8).to_vec()).unwrap();
        let label = (numbers[2] == 1).then(|| {
            let length = usize::try_from(whole(&mut rest)).unwrap();
            let padded = take(&mut rest, length.next_multiple_of(4));
            String::from_utf8(padded[..length].to_vec()).unwrap()
        });
        let missing: Vec<f64> = (0..numbers[3]).map(|_| float(&mut rest)).collect();
        (numbers[1], numbers[4], name.trim_end().to_owned(), label, missing)
    };
    let format = |kind: i32, width: i32, decimals: i32| kind * 65_536 + width * 256 + decimals;
    assert_eq!(record(), (9, format(1, 9, 0), "@1".to_owned(), None, vec![]));
    assert_eq!(record(), (-1, 0, String::new(), None, vec![]), "its second element");
    assert_eq!(record(), (0, format(5, 12, 2), "@2".to_owned(), Some("Quyền số".to_owned()), vec![]));
    assert_eq!(record(), (0, format(5, 8, 0), "@3".to_owned(), Some("Câu 1".to_owned()), vec![9.0]));
    assert_eq!((whole(&mut rest), whole(&mut rest)), (3, 2), "labels of two codes");
    assert_eq!((float(&mut rest), take(&mut rest, 8)), (1.0, "\u{3}Có    ".as_bytes()));
    assert_eq!((float(&mut rest), take(&mut rest, 16)), (9.0, "\u{c}Bỏ trống   ".as_bytes()));
    let labelled: Vec<i32> = (0..3).map(|_| whole(&mut rest)).collect();
    assert_eq!(labelled, [4, 1, 4], "of the variable at the fourth element");
    assert_eq!((whole(&mut rest), whole(&mut rest)), (6, 1));
    assert_eq!(std::str::from_utf8(take(&mut rest, 80)).unwrap().trim_end(), "Số liệu giả lập.");
}

#[test]
fn names_encoding_and_cases_end_the_dictionary() {
    let file = file();
    let holds = |part: &[u8]| file.windows(part.len()).any(|window| window == part);
    assert!(holds(b"@1=desk\t@2=weight\t@3=q1") && holds(b"UTF-8"));
    let end = [999_i32, 0].map(i32::to_le_bytes).concat();
    let rows = file.windows(8).position(|window| window == end).unwrap() + 8;
    let mut expected = vec![253, 253, 253, 109, 254, 254, 255, 255];
    expected.extend_from_slice(b"D01-00017       ");
    expected.extend_from_slice(&1.5_f64.to_le_bytes());
    assert_eq!(file[rows..], expected);
    assert_eq!(file, self::file(), "equal tables make equal bytes");
}

#[test]
fn a_file_without_its_rows_is_refused() {
    let mut bytes = Vec::new();
    let sav = Box::new(SavWriter::new(&table(), &mut bytes).unwrap());
    assert!(sav.finish().unwrap_err().to_string().contains("2 rows were announced"));
}
