//! A table with everything in it that files get wrong.

use serde_json::Value;
use sipas::export::codes::Codes;
use sipas::export::variable::{Category, Kind, Label, Role, Variable};
use sipas::export::{Block, Column, Table};

/// What a spreadsheet must not run.
pub(super) const FORMULA: &str = "=cmd|' /C calc'!A0";

fn label(vi: &str, en: &str) -> Label {
    Label { vi: vi.to_owned(), en: en.to_owned() }
}

/// A Vietnamese question of 300 characters, some of its letters decomposed.
pub(super) fn long_label() -> String {
    let question = "Ông/bà có hài lòng với thời gian giải quyết thủ tục hành chính tại Bộ phận Một cửa huye\u{323}\u{302}n không? ";
    question.chars().cycle().take(299).chain(['.']).collect()
}

fn variables() -> Vec<Variable> {
    let coded = |categories: &[(i16, &str, &str, bool)], is_ordered| {
        let categories = categories.iter().map(|(code, vi, en, is_missing)| Category {
            code: *code,
            label: label(vi, en),
            is_missing: *is_missing,
        });
        Kind::Coded { categories: categories.collect(), is_ordered }
    };
    let agree = coded(
        &[
            (1, "Rất không hài lòng", "Very dissatisfied", false),
            (5, "Rất hài lòng 👍🏽", "Very satisfied", false),
            (97, "Không áp dụng", "Does not apply", true),
            (98, "Không biết", "Does not know", true),
            (99, "Bỏ trống", "Left out", true),
        ],
        true,
    );
    let five_missing: Vec<_> = (90..95).map(|code| (code, "lý do", "reason", true)).collect();
    let five_missing = coded(&[&[(1, "Có", "Yes", false)][..], &five_missing].concat(), false);
    let long_meaning = "Thủ tục hành chính ".repeat(20);
    let sex = coded(
        &[(1, FORMULA, "Female", false), (2, &long_meaning, "Male \"x\" <b>", false), (-1, "?", "?", true)],
        false,
    );
    let far = coded(&[(-300, "xa", "far", false), (32_000, "xa hơn", "farther", false)], false);
    let variable = |name: &str, label, role, kind| Variable { name: name.to_owned(), label, role, kind };
    vec![
        variable("desk", label("Quầy \"Một cửa\" & <b>", "Desk"), Role::Psu, Kind::Text { max_bytes: 9 }),
        variable("weight", label("Quyền số", "Weight"), Role::Weight, Kind::Number { decimals: 3 }),
        variable("taking_part_in_all_the_questions", label(&long_label(), "A long question"), Role::Answer, agree),
        variable("sex", label(FORMULA, FORMULA), Role::Profile, sex),
        variable("reasons", label("Nhiều lý do", "Many reasons"), Role::Answer, five_missing),
        variable("far", label("Mã lớn", "Large codes"), Role::Profile, far),
        variable("comment", label("Ý kiến", "Comment"), Role::Answer, Kind::Text { max_bytes: 300 }),
        variable("essay", label("Ý kiến dài", "Essay"), Role::Answer, Kind::Text { max_bytes: 3_000 }),
        variable("points", label("Điểm", "Points"), Role::Figure, Kind::Number { decimals: 0 }),
    ]
}

/// The rows one could think of, all five.
fn columns() -> Vec<Column> {
    let texts = |texts: [Option<&str>; 5]| Column::Texts(texts.into_iter().map(|text| text.map(Into::into)).collect());
    let of_bytes = |n: usize| {
        "Nghệ An 👍 ".chars().cycle().scan(0, move |used, c| {
            *used += c.len_utf8();
            (*used <= n).then_some(c)
        })
    };
    // No blank at the end: SPSS fills texts with blanks.
    let exactly = |n: usize| {
        let text: String = of_bytes(n - 1).collect();
        format!("{text}{}", "!".repeat(n - text.len()))
    };
    let (comment, letter, essay) = (exactly(300), exactly(2_000), exactly(3_000));
    vec![
        texts([Some("D01-001"), Some(FORMULA).map(|text| &text[..9]), Some("'\"\\;,"), None, Some("Nghê\u{323}")]),
        Column::Numbers(vec![Some(1.5), Some(0.1), Some(1e-9), None, Some(151.0)]),
        Column::Codes(Codes::of(&[Some(1), Some(5), Some(97), None, Some(99)]).unwrap()),
        Column::Codes(Codes::of(&[Some(1), Some(2), Some(-1), None, Some(1)]).unwrap()),
        Column::Codes(Codes::of(&[Some(1), Some(90), Some(94), None, Some(92)]).unwrap()),
        Column::Codes(Codes::of(&[Some(-300), Some(32_000), None, None, Some(-300)]).unwrap()),
        texts([Some(&comment), Some(FORMULA), Some("hai\ndòng\tvà <&>"), None, Some("_x0041_ 👩\u{200d}👩\u{200d}👧")]),
        texts([Some(&essay), Some(&letter), Some("ngắn"), None, Some(&comment)]),
        Column::Numbers(vec![Some(-99.0), Some(1_234_567.0), Some(-1e15), None, Some(0.0)]),
    ]
}

/// The first rows of it, and their table.
pub(super) fn table(n_rows: usize) -> (Table, Block) {
    let notes = vec![label("Bộ tiêu chí chưa được xác nhận; số liệu giả lập.", "The scheme is not confirmed.")];
    let (name, title) = ("responses".to_owned(), "Đợt điều tra 2025 của tỉnh Mẫu".to_owned());
    let table = Table { name, title, variables: variables(), notes, n_rows: n_rows as u64 };
    let first = |column: Column| match column {
        Column::Codes(codes) => Column::Codes(Codes::of(&codes.iter().take(n_rows).collect::<Vec<_>>()).unwrap()),
        Column::Numbers(values) => Column::Numbers(values.into_iter().take(n_rows).collect()),
        Column::Texts(texts) => Column::Texts(texts.iter().take(n_rows).map(|text| text.map(Into::into)).collect()),
    };
    (table, Block { columns: columns().into_iter().map(first).collect() })
}

/// Its values by row and column, as a program that keeps codes has them; a missing text is an empty one.
pub(super) fn values(block: &Block) -> Vec<Vec<Value>> {
    let n_rows = match &block.columns[0] {
        Column::Texts(texts) => texts.len(),
        Column::Codes(_) | Column::Numbers(_) => unreachable!("the first column has texts"),
    };
    let value = |column: &Column, row: usize| match column {
        Column::Codes(codes) => codes.get(row).map_or(Value::Null, |code| Value::from(f64::from(code))),
        Column::Numbers(numbers) => numbers[row].map_or(Value::Null, Value::from),
        Column::Texts(texts) => Value::from(texts.get(row).unwrap_or_default()),
    };
    (0..n_rows).map(|row| block.columns.iter().map(|column| value(column, row)).collect()).collect()
}

/// The codes of a variable.
pub(super) fn categories(variable: &Variable) -> &[Category] {
    match &variable.kind {
        Kind::Coded { categories, .. } => categories,
        Kind::Number { .. } | Kind::Text { .. } => &[],
    }
}

/// Fails unless a program's label is a whole one, or its beginning cut for want of room.
pub(super) fn assert_label(read: &Value, whole: &str, room: usize) {
    let read = read.as_str().unwrap_or_else(|| panic!("no label for {whole}"));
    if whole.len() <= room {
        assert_eq!(read, whole);
        return;
    }
    let kept = read.strip_suffix('…').unwrap_or_else(|| panic!("{read} hides that it is cut"));
    assert!(whole.starts_with(kept) && read.len() <= room, "{read}");
    assert!(kept.len() + 12 > room.min(whole.len()), "{read} is cut too short");
}
