//! Refusals; what a workbook holds is read back by other programs in the suite.

use super::*;
use crate::export::Column;
use crate::export::codes::Codes;
use crate::export::variable::{Category, Label, Role};

fn label(vi: &str) -> Label {
    Label { vi: vi.to_owned(), en: "English".to_owned() }
}

fn table(n_rows: u64) -> Table {
    let categories = vec![Category { code: 1, label: label("=Có"), is_missing: false }];
    let kind = Kind::Coded { categories, is_ordered: true };
    let variables = vec![Variable { name: "q1".to_owned(), label: label("Câu 1"), role: Role::Answer, kind }];
    Table { name: "responses".into(), title: "Đợt".into(), variables, notes: vec![label("Ghi chú")], n_rows }
}

fn file() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut xlsx = Box::new(XlsxWriter::new(&table(1), &mut bytes).unwrap());
    xlsx.write(&Block { columns: vec![Column::Codes(Codes::of(&[Some(1)]).unwrap())] }).unwrap();
    xlsx.finish().unwrap();
    bytes
}

#[test]
fn more_rows_than_a_sheet_has_are_refused_before_anything_is_written() {
    let mut bytes = Vec::new();
    let said = XlsxWriter::new(&table(1_048_576), &mut bytes).err().unwrap().to_string();
    assert!(said.contains("1048575 rows") && said.contains("parquet"), "{said}");
    assert!(bytes.is_empty());
    assert!(XlsxWriter::new(&table(1_048_575), &mut bytes).is_ok());
}

#[test]
fn equal_tables_make_equal_bytes() {
    assert!(file().starts_with(b"PK"));
    assert_eq!(file(), file());
}

#[test]
fn rows_that_never_came_are_missed() {
    let mut bytes = Vec::new();
    let xlsx = Box::new(XlsxWriter::new(&table(2), &mut bytes).unwrap());
    assert!(xlsx.finish().is_err());
    assert!(bytes.is_empty());
}
