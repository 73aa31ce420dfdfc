//! What comes after a publication: late answers and corrected scores make another revision, and what was behind an earlier one can
//! still be had.

use super::publication::{DESKS, N_FORMS, closed, refused, sheet};
use crate::harness::office::ROUND;
use crate::harness::{Database, on_both_urls};
use std::process::Stdio;

#[test]
fn a_file_of_a_revision_has_what_it_was_made_from() {
    let scratch = tempfile::tempdir().unwrap();
    on_both_urls(|url| {
        let office = closed(url, scratch.path());
        let tables = ["responses", "results", "breakdown", "index"];
        let export = |table: &str, more: &[&str]| {
            let asked = ["export", "--round", ROUND, "--format", "csv", "--out", "-", "--table", table];
            office.try_run(&[&asked[..], more].concat())
        };
        let of_all = |more: &[&str]| {
            tables.map(|table| {
                let output = export(table, more);
                assert!(output.status.success(), "{table}: {output:?}");
                String::from_utf8(output.stdout).unwrap()
            })
        };
        assert!(refused(export("responses", &["--as-of", "1"])).contains("has no such publication"));
        office.run(&["round", "publish", ROUND]);
        let first = of_all(&[]);
        // What breaks a desk's habits: its answers are withheld otherwise when there are more.
        let late = sheet(scratch.path(), "muon.csv", &["T1-01", "T2-02"], (100, 5)).display().to_string();
        office.run(&["responses", "import", "--late", "--round", ROUND, &late]);
        let warned = String::from_utf8(export("responses", &[]).stderr).unwrap();
        assert!(warned.contains("--as-of 1 leaves such answers out"), "{warned}");
        office.run(&["round", "publish", ROUND, "--revise", "--note", "Phiếu muộn"]);
        let second = of_all(&[]);
        assert!(first.iter().zip(&second).all(|(first, second)| first != second));
        assert_eq!(of_all(&["--as-of", "1"]), first, "to the byte");
        assert_eq!(of_all(&["--as-of", "2"]), second);
        assert_eq!(of_all(&["--as-of", "2099-01-01"]), second);

        // Scores are kept once. What people said does not depend on them, the index does.
        let file = scratch.path().join("scores.csv");
        std::fs::write(&file, "unit,sub_criterion,self_score,appraised_score\nT2,1.1.1,0.5,0.5\n").unwrap();
        office.run(&["assessments", "import", "--late", "--round", ROUND, &file.display().to_string()]);
        let said = refused(export("index", &["--as-of", "1"]));
        assert!(said.contains("answers or scores behind revision 1") && said.contains("are others now"), "{said}");
        for (table, first) in tables.iter().zip(&first).take(3) {
            assert_eq!(&String::from_utf8(export(table, &["--as-of", "1"]).stdout).unwrap(), first, "{table}");
        }
        let said = refused(office.try_run(&["round", "verify", ROUND, "--as-of", "1"]));
        assert!(said.contains("others now"), "{said}");
    });
}

#[test]
fn few_who_answered_one_item_are_few() {
    let (database, scratch) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let office = closed(&database.address(), scratch.path());
    office.run(&["round", "publish", ROUND]);
    let late = sheet(scratch.path(), "muon.csv", &["T1-01"], (100, 6));
    let text = std::fs::read_to_string(&late).unwrap();
    // Of six who came late, four left the last question out.
    let shorter = |(place, line): (usize, &str)| match line.rsplit_once(',') {
        Some((all_but_the_last, _)) if place > 2 => format!("{all_but_the_last},\n"),
        _ => format!("{line}\n"),
    };
    std::fs::write(&late, text.lines().enumerate().map(shorter).collect::<String>()).unwrap();
    office.run(&["responses", "import", "--late", "--round", ROUND, &late.display().to_string()]);
    let said = refused(office.try_run(&["round", "publish", ROUND, "--revise", "--note", "Phiếu muộn"]));
    assert!(said.contains("(T1) 2, ") && said.contains("in all or to an item"), "{said}");
    assert!(!said.contains("(T2"), "{said}");
}

#[test]
fn corrected_scores_are_a_revision_too() {
    let scratch = tempfile::tempdir().unwrap();
    on_both_urls(|url| {
        let office = closed(url, scratch.path());
        office.run(&["round", "publish", ROUND]);
        let file = scratch.path().join("scores.csv");
        std::fs::write(&file, "unit,sub_criterion,self_score,appraised_score\nT2,1.1.1,0.5,0.5\n").unwrap();
        let file = file.display().to_string();
        let said = refused(office.try_run(&["assessments", "import", "--round", ROUND, &file]));
        assert!(said.contains("--late"), "{said}");
        office.run(&["assessments", "import", "--late", "--round", ROUND, &file]);
        let said = office.run(&["round", "publish", ROUND, "--revise", "--note", "Sửa điểm thẩm định"]);
        assert!(said.contains("sửa điểm của 1 đơn vị từ scores.csv"), "{said}");
        assert!(said.contains("Huyện Hai: chỉ số") && said.contains(" → "), "{said}");
        assert!(!said.contains("Huyện Một: chỉ số"), "{said}");
    });
}

#[test]
fn what_is_not_published_takes_nothing_late_and_is_not_revised() {
    let (database, scratch) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let office = closed(&database.address(), scratch.path());
    let late = sheet(scratch.path(), "late.csv", &["T1-01"], (100, 1)).display().to_string();
    for command in [
        &["responses", "import", "--late", "--round", ROUND, late.as_str()][..],
        &["round", "publish", ROUND, "--revise", "--note", "x"],
    ] {
        let said = refused(office.try_run(command));
        assert!(said.contains("is closed; this needs it to be published"), "{said}");
    }
    assert_eq!(office.n_stored(), DESKS.len() * N_FORMS);
    assert_eq!(office.try_run(&["round", "publish", ROUND, "--revise"]).status.code(), Some(2), "a note is needed");
    office.run(&["round", "publish", ROUND]);
    let said = refused(office.try_run(&["round", "publish", ROUND, "--revise", "--note", " "]));
    assert!(said.contains("needs a note"), "{said}");
    let said =
        refused(office.try_run(&["breakdown", "--round", ROUND, "--as-of", "1", "--item", "Q01", "--item", "Q02"]));
    assert!(said.contains("one by one"), "{said}");
}

#[test]
fn a_revision_waits_for_an_import_that_is_going_on_and_sees_it() {
    let (database, scratch) = (Database::postgres(), tempfile::tempdir().unwrap());
    let office = closed(&database.address(), scratch.path());
    office.run(&["round", "publish", ROUND]);
    let late = sheet(scratch.path(), "muon.csv", &["T1-01"], (100, 5)).display().to_string();
    office.run(&["responses", "import", "--late", "--round", ROUND, &late]);
    // An import in the middle of its transaction, as far as others meet it.
    let mut import = database.side_connection();
    import.execute("BEGIN; SELECT 1 FROM rounds FOR SHARE");
    import.execute(
        "INSERT INTO responses (round, id, desk, channel, digest, received, packed, flags, admission)
         SELECT round, decode(repeat('ab', 16), 'hex'), desk, channel, digest, received, packed, flags, admission
         FROM responses LIMIT 1",
    );
    let mut revision = office.command(&["round", "publish", ROUND, "--revise", "--note", "Phiếu muộn"]);
    let mut revision = revision.stderr(Stdio::piped()).spawn().unwrap();
    // Division by zero, as long as nobody waits.
    let waits = "SELECT 1 / count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'";
    let mut other = database.side_connection();
    while other.execute_at_once(waits).is_err() {
        assert_eq!(revision.try_wait().unwrap(), None, "it did not wait");
        std::thread::yield_now();
    }
    import.execute("COMMIT");
    let said = refused(revision.wait_with_output().unwrap());
    assert!(said.contains("changed while its figures were computed"), "{said}");
}
