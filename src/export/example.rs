//! A small table with everything in it that files get wrong.

use super::codes::Codes;
use super::variable::{Category, Kind, Label, Role, Variable};
use super::{Block, Column, Table};

fn label(vi: &str, en: &str) -> Label {
    Label { vi: vi.to_owned(), en: en.to_owned() }
}

/// Three columns, three rows to come.
pub(super) fn table() -> Table {
    let category = |code, vi, en, is_missing| Category { code, label: label(vi, en), is_missing };
    let categories = vec![
        category(1, "Nữ", "Female", false),
        category(2, "Nam", "Male", false),
        category(-1, "@không áp dụng", "Not applicable", true),
    ];
    let variable = |name: &str, label, role, kind| Variable { name: name.to_owned(), label, role, kind };
    let formula = "=cmd|' /C calc'!A0";
    Table {
        name: "example".to_owned(),
        title: "Ví dụ".to_owned(),
        variables: vec![
            variable("name", label("Tên; một", "Name"), Role::Key, Kind::Text { max_bytes: 40 }),
            variable("sex", label("Giới tính", "Sex"), Role::Profile, Kind::Coded { categories, is_ordered: false }),
            variable("points", label(formula, formula), Role::Figure, Kind::Number { decimals: 2 }),
        ],
        notes: vec![label("Lưu ý", "Note")],
        n_rows: 3,
    }
}

/// Its rows.
pub(super) fn block() -> Block {
    let texts = [Some("Một \"cửa\", số 1"), Some("=1+1"), None];
    Block {
        columns: vec![
            Column::Texts(texts.into_iter().map(|text| text.map(Into::into)).collect()),
            Column::Codes(Codes::of(&[Some(1), Some(-1), None]).unwrap()),
            Column::Numbers(vec![Some(0.5), None, Some(-3.0)]),
        ],
    }
}
