use super::*;

const COLUMNS: Columns<'_> = Columns { required: &["code", "name"], optional: &["note"] };

fn rows(text: &str) -> Vec<(usize, String, String)> {
    let sheet = Sheet::read(text.as_bytes(), COLUMNS).unwrap();
    let (rows, faults) =
        sheet.parse(|row| Ok((row.number(), row.cell("name").to_owned(), row.cell("note").to_owned())));
    assert_eq!(faults, []);
    rows
}

fn faults(bytes: &[u8]) -> Vec<String> {
    let found = match Sheet::read(bytes, COLUMNS) {
        Ok(sheet) => sheet.parse(|_| Ok(())).1,
        Err(faults) => faults,
    };
    found.iter().map(|fault| format!("{}: {}", fault.place, fault.code)).collect()
}

fn row(number: usize, name: &str, note: &str) -> (usize, String, String) {
    (number, name.to_owned(), note.to_owned())
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    assert_eq!(rows("name,code\nHà Nội, HN \n"), [row(2, "Hà Nội", "")]);
    assert_eq!(rows("\u{feff}code;name;note\r\nHN;Hà Nội;a,b\r\n"), [row(2, "Hà Nội", "a,b")]);
    assert_eq!(rows("code,name\rHN,Hà Nội"), [row(2, "Hà Nội", "")]);
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let text = "code,name,note\n \nA,a,\"one\ntwo\n\nthree\"\n,,\n\n\nB,b,\nC,\"c\nc\",\n";
    assert_eq!(rows(text), [row(3, "a", "one\ntwo\n\nthree"), row(7, "b", ""), row(8, "c\nc", "")]);
    let windows = text.replace('\n', "\r\n");
    assert_eq!(rows(&windows), rows(text));
}

#[test]
fn a_header_must_name_what_is_known_once() {
    assert_eq!(faults(b""), ["document: empty"]);
    assert_eq!(
        faults(b"code,code,nam\n"),
        [
            "row 1, column code: duplicate-column",
            "row 1, column nam: unknown-column",
            "row 1, column name: missing-column"
        ]
    );
    assert_eq!(faults(b"Code,name\n").len(), 2, "names are exact");
    assert_eq!(faults(b"\xff\xfec\0o\0"), ["document: not-utf8"]);
}

#[test]
fn faulty_rows_are_named_and_the_rest_is_read() {
    let text = b"code,name\nA\nB,b\nC,H\xe0 N\xf4i\nD,d,e\n";
    assert_eq!(faults(text), ["row 2: ragged-row", "row 4, column name: not-utf8", "row 5: ragged-row"]);
    let sheet = Sheet::read(text, COLUMNS).unwrap();
    assert_eq!(sheet.rows().filter(Result::is_ok).count(), 1);
}

#[test]
fn an_open_quotation_mark_swallows_no_row_in_silence() {
    for text in ["code,name\nA,a\nB,\"b\nC,c\nD,d\n", "code,name\nA,a\nB,\"b\nC,c\nD,d", "code,name\nA,a\nB,\"b\n"] {
        assert_eq!(faults(text.as_bytes()), ["row 3: open-quotation-mark"], "{text:?}");
    }
    assert_eq!(faults(b"code,\"name\nA,a\n"), ["row 1: open-quotation-mark"]);
    assert_eq!(faults(b"code,name\n\x01end\nA\n"), ["row 2: ragged-row", "row 3: ragged-row"], "no cell ends a file");
    assert_eq!(rows("code,name\nA,\"a\n\"\n"), [row(2, "a", "")], "a closed one may end with a line break");
}

#[test]
fn sheets_and_cells_have_limits() {
    let long = format!("code,name\nA,{}\n", "x".repeat(MAX_CELL_CHARS + 1));
    assert_eq!(faults(long.as_bytes()), ["row 2, column name: cell-too-long"]);
    let many = format!("code,name\n{}", "A,a\n".repeat(MAX_ROWS + 1));
    assert_eq!(faults(many.as_bytes()), ["document: too-many-rows"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// Whatever the bytes, reading them ends in rows or faults.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let _ = Sheet::read(&bytes, COLUMNS).map(|sheet| sheet.parse(|row| Ok(row.number())));
    }

    /// What a spreadsheet writes comes back, in rows numbered from 2.
    #[test]
    fn written_cells_read_back(names in proptest::collection::vec("[a-z\",;\n]{0,8}", 1..12)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["code", "name"]).unwrap();
        for name in &names {
            writer.write_record(["A", name]).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let expected: Vec<_> = names.iter().zip(2..).map(|(name, number)| row(number, name.trim(), "")).collect();
        proptest::prop_assert_eq!(rows(&text), expected);
    }
}
