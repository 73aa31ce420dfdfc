//! Publishing and what comes afterwards, as an operator does it: nothing that was made public ever changes, and what comes late
//! is another revision that says what it changed.

use crate::harness::folder::copy_folder;
use crate::harness::office::{DESK, Office, ROUND, fixture, one_stop_items};
use crate::harness::{Database, SideConnection, on_both_urls};
use sipas::store::DatabaseUrl;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

/// Desks that were drawn.
pub(super) const DESKS: [&str; 4] = ["T1-01", "T1-02", "T2-01", "T2-02"];
/// Answers at each of them.
pub(super) const N_FORMS: usize = 8;

/// Writes a sheet of paper forms, whose numbers begin at `first`.
pub(super) fn sheet(folder: &Path, name: &str, desks: &[&str], (first, n): (usize, usize)) -> PathBuf {
    let items = one_stop_items();
    let mut text = format!("desk,form,{}\n", items.join(","));
    for desk in desks {
        for form in first..first + n {
            let answer = |item: usize| 3 + (form * 7 + item * 5 + desk.len()) % 3;
            let answers: Vec<String> = (0..items.len()).map(|item| answer(item).to_string()).collect();
            writeln!(text, "{desk},{desk}/{form},{}", answers.join(",")).unwrap();
        }
    }
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// An office whose round has closed with answers.
pub(super) fn closed(url: &str, folder: &Path) -> Office {
    let office = Office::on(url);
    office.open_round();
    let forms = sheet(folder, "forms.csv", &DESKS, (0, N_FORMS));
    office.run(&["responses", "import", "--round", ROUND, &forms.display().to_string()]);
    office.run(&["round", "close", ROUND]);
    office
}

/// What a command said that had to fail.
pub(super) fn refused(output: Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "a refused command printed {:?}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// Figures of a revision in all forms.
fn frozen(office: &Office, as_of: &str) -> Vec<String> {
    let item = &one_stop_items()[0];
    let all: [&[&str]; 8] = [
        &["index"],
        &["index", "--format", "csv"],
        &["index", "--format", "json", "--unit", "T1"],
        &["results"],
        &["results", "--format", "json", "--unit", DESK, "--without-flagged"],
        &["breakdown", "--format", "csv"],
        &["breakdown", "--by", "district", "--format", "json"],
        &["breakdown", "--item", item],
    ];
    let shown = |command: &&[&str]| office.run(&[*command, &["--round", ROUND, "--as-of", as_of]].concat());
    all.iter().map(shown).collect()
}

#[test]
fn what_was_published_stays_to_the_byte() {
    let scratch = tempfile::tempdir().unwrap();
    on_both_urls(|url| {
        let office = closed(url, scratch.path());
        let said = refused(office.try_run(&["index", "--round", ROUND, "--as-of", "1"]));
        assert!(said.contains("has no such publication"), "{said}");
        assert!(office.run(&["round", "publications", ROUND]).contains("Nothing of round"));
        let live = |form: &str| office.run(&["index", "--round", ROUND, "--anew", "--format", form]);
        let before = [live("csv"), live("table")];
        assert_eq!(office.run(&["index", "--round", ROUND]), before[1], "nothing is published yet");
        office.run(&["round", "publish", ROUND, "--note", "Công bố lần đầu"]);
        let first = frozen(&office, "1");
        assert_eq!([&first[1], &first[0]], [&before[0], &before[1]], "what is frozen is what was shown");
        assert!(office.run(&["round", "verify", ROUND]).contains("follows from the data"));

        let late = sheet(scratch.path(), "muon.csv", &["T1-01"], (100, 3)).display().to_string();
        let said = refused(office.try_run(&["responses", "import", "--round", ROUND, &late]));
        assert!(said.contains("published"), "{said}");
        assert_eq!(office.n_stored(), DESKS.len() * N_FORMS);
        let said = office.run(&["responses", "import", "--late", "--round", ROUND, &late]);
        assert!(said.starts_with("3 answers stored") && said.contains("--revise"), "{said}");
        assert_ne!(live("csv"), first[1], "what came late is in the figures that are computed now");
        let shown = office.try_run(&["index", "--round", ROUND, "--format", "csv"]);
        assert_eq!(String::from_utf8_lossy(&shown.stdout), first[1], "and in no public one");
        assert!(String::from_utf8_lossy(&shown.stderr).contains("Revision 1"), "{shown:?}");
        assert_eq!(frozen(&office, "1"), first);
        let said = office.run(&["round", "verify", ROUND]);
        assert!(said.contains("follows from the data") && said.contains("3 answers that came after it"), "{said}");

        // Three people would be all that the revisions differ by, at the desk and in all that is around it.
        let revise = ["round", "publish", ROUND, "--revise", "--note", "Phiếu giấy đến muộn"];
        let said = refused(office.try_run(&revise));
        let few = "(T) 3, Huyện Một (T1) 3, ";
        assert!(said.contains(few) && said.contains("(T1-01) 3 answers") && said.contains("--although-few"), "{said}");
        assert!(!said.contains("(T2"), "nothing came to the other district:\n{said}");
        assert_eq!(office.run(&["round", "publications", ROUND]).matches("revision ").count(), 1);
        let said = office.run(&[&revise[..], &["--although-few"]].concat());
        for part in ["revision 2", "thêm 3 phiếu từ muon.csv", "Huyện Một", "số phiếu 16 → 19", "answers 16 → 19"]
        {
            assert!(said.contains(part), "{part} is missing in:\n{said}");
        }
        assert!(!said.contains("Huyện Hai: chỉ số"), "nothing came to the other district:\n{said}");
        assert_eq!(frozen(&office, "1"), first);
        let second = frozen(&office, "2");
        assert_eq!((&second[1], &second), (&live("csv"), &frozen(&office, "2099-01-01")));
        assert!(office.run(&["round", "verify", ROUND]).contains("Revision 2"));
        assert!(office.run(&["round", "verify", ROUND, "--as-of", "1"]).contains("Revision 1"));
        let said = refused(office.try_run(&["index", "--round", ROUND, "--as-of", "2020-01-01"]));
        assert!(said.contains("has no such publication"), "{said}");
        let said = refused(office.try_run(&["round", "publish", ROUND, "--revise", "--note", "x"]));
        assert!(said.contains("nothing to revise"), "{said}");
        let list = office.run(&["round", "publications", ROUND]);
        for part in ["revision 1", "Công bố lần đầu", "revision 2", "Phiếu giấy đến muộn", "digest", "data"]
        {
            assert!(list.contains(part), "{part} is missing in:\n{list}");
        }
    });
}

#[test]
fn of_two_publishers_one_wins() {
    let scratch = tempfile::tempdir().unwrap();
    on_both_urls(|url| {
        let office = closed(url, scratch.path());
        let race = |arguments: &[&str]| {
            let start = || office.command(arguments).output().unwrap().status.success();
            std::thread::scope(|scope| {
                let [one, other] = [scope.spawn(start), scope.spawn(start)];
                [one.join().unwrap(), other.join().unwrap()].into_iter().filter(|won| *won).count()
            })
        };
        assert_eq!(race(&["round", "publish", ROUND]), 1);
        let late = sheet(scratch.path(), "late.csv", &["T1-01"], (100, 5)).display().to_string();
        office.run(&["responses", "import", "--late", "--round", ROUND, &late]);
        assert_eq!(race(&["round", "publish", ROUND, "--revise", "--note", "Phiếu muộn"]), 1);
        let list = office.run(&["round", "publications", ROUND]);
        assert_eq!(list.matches("revision ").count(), 2, "{list}");
        assert!(office.run(&["round", "verify", ROUND]).contains("Revision 2"));
    });
}

/// A connection beside the program's.
fn beside(url: &str) -> SideConnection {
    SideConnection::of(&DatabaseUrl::parse(url).unwrap())
}

/// Makes a publication stand still when its round is changed and some of its files are written.
fn hold_up(side: &mut SideConnection) {
    side.execute(match side {
        SideConnection::Sqlite(_) => {
            "CREATE TRIGGER slow BEFORE INSERT ON publication_files WHEN NEW.path LIKE 'without%' BEGIN
             SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)
             SELECT i FROM n); END"
        }
        SideConnection::Postgres(_) => "BEGIN; LOCK TABLE publication_files IN SHARE MODE",
    });
}

/// Whether it does so now.
fn is_held_up(other: &mut SideConnection) -> bool {
    match other {
        SideConnection::Sqlite(_) => match other.execute_at_once("BEGIN IMMEDIATE") {
            Ok(()) => {
                other.execute("ROLLBACK");
                false
            }
            Err(_) => true,
        },
        // Division by zero, as long as nobody waits.
        SideConnection::Postgres(_) => {
            let waits =
                "SELECT 1 / count(*) FROM pg_locks WHERE NOT granted AND relation = 'publication_files'::regclass";
            other.execute_at_once(waits).is_ok()
        }
    }
}

#[test]
fn a_publication_is_there_wholly_or_not_at_all() {
    let scratch = tempfile::tempdir().unwrap();
    on_both_urls(|url| {
        let office = closed(url, scratch.path());
        office.run(&["recipient", "add", "chair@tinh.test", "--role", "chair", "--unit", "T1"]);
        let mut side = beside(url);
        // The database refuses when most is written already.
        side.execute(match &side {
            SideConnection::Sqlite(_) => {
                "CREATE TRIGGER refuse BEFORE INSERT ON publication_files WHEN NEW.path LIKE 'without%'
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            }
            SideConnection::Postgres(_) => {
                "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$ LANGUAGE plpgsql;
                 CREATE TRIGGER refuse BEFORE INSERT ON publication_files FOR EACH ROW
                 WHEN (NEW.path LIKE 'without%') EXECUTE FUNCTION refuse()"
            }
        });
        refused(office.try_run(&["round", "publish", ROUND]));
        let nothing = |office: &Office| {
            assert!(office.run(&["round", "list"]).contains("closed"));
            assert!(office.run(&["round", "publications", ROUND]).contains("Nothing of round"));
            assert!(!office.run(&["mail", "status", "--format", "json"]).contains(ROUND), "no mail was queued");
        };
        nothing(&office);
        side.execute(match &side {
            SideConnection::Sqlite(_) => "DROP TRIGGER refuse",
            SideConnection::Postgres(_) => "DROP TRIGGER refuse ON publication_files",
        });
        // Killed with most of it written, it has published nothing.
        hold_up(&mut side);
        let (mut child, mut other) = (office.command(&["round", "publish", ROUND]).spawn().unwrap(), beside(url));
        while !is_held_up(&mut other) {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        side.execute(match &side {
            SideConnection::Sqlite(_) => "DROP TRIGGER slow",
            SideConnection::Postgres(_) => "ROLLBACK",
        });
        nothing(&office);
        office.run(&["round", "publish", ROUND]);
        assert!(office.run(&["round", "verify", ROUND]).contains("follows from the data"));
        let queued = office.run(&["mail", "status", "--format", "json"]);
        assert!(queued.contains(ROUND) && queued.contains("r1"), "the mail joined the queue with it: {queued}");
    });
}

#[test]
fn a_report_reads_back_from_its_frozen_bytes_and_knows_the_year_before() {
    use serde_json::Value;
    let (database, scratch) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let office = closed(&database.address(), scratch.path());
    let frame = fixture("office/frame.csv").display().to_string();
    let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T"];
    office.run(&[&["round", "create", "thu-2024"][..], &plan, &["--year", "2024", "--mode", "sampled"]].concat());
    office.run(&["round", "frame", "thu-2024", &frame]);
    office.run(&["round", "open", "thu-2024"]);
    let forms = sheet(scratch.path(), "2024.csv", &DESKS, (500, N_FORMS)).display().to_string();
    office.run(&["responses", "import", "--round", "thu-2024", &forms]);
    office.run(&["round", "close", "thu-2024"]);
    office.run(&["round", "publish", "thu-2024"]);
    office.run(&["round", "publish", ROUND]);
    let served = office.serve();
    let report = |area: &str| -> Value {
        let address = format!("{}/v1/rounds/{ROUND}/publications/1/reports/{area}.json", served.base);
        let mut answer = ureq::get(&address).call().unwrap();
        serde_json::from_slice(&answer.body_mut().read_to_vec().unwrap()).unwrap()
    };
    let (unit, desk, whole) = (report("T2"), report("T2-01"), report("T"));
    assert_eq!((&unit["subject"]["role"], &desk["subject"]["role"]), (&"unit".into(), &"desk".into()));
    assert_eq!(desk["index"], Value::Null, "a desk has no index");
    assert!(unit["index"]["ranked"]["index"]["published"].is_number(), "{unit}");
    assert_eq!(unit["earlier"][0]["year"], 2024);
    let change = &unit["rows"][0]["change"];
    assert!(change["before"].is_number() && change["interval"]["low"].is_number(), "{change}");
    assert_eq!(whole["parts"].as_array().unwrap().len(), 2);
    assert_eq!(whole["coverage"]["answers"], DESKS.len() * N_FORMS);

    let (store, round) = (database.store(), sipas::domain::ids::RoundCode::parse(ROUND).unwrap());
    let found = sipas::service::publish::find(&store, &round, sipas::domain::publication::AsOf::Latest).unwrap();
    for area in ["T", "T2", "T2-01"] {
        let code = sipas::domain::ids::AreaCode::parse(area).unwrap();
        let read = sipas::service::publish::report(&store, &found, &code).unwrap();
        let again = serde_json::to_value(sipas::report::unit_report::json::UnitReportDocument::from(&read)).unwrap();
        assert_same(&report(area), &again, area);
    }
}

#[test]
fn another_scheme_breaks_the_index_and_not_what_people_said() {
    use serde_json::{Value, json};
    let (database, scratch) = (Database::sqlite(), tempfile::tempdir().unwrap());
    let (surveys, mut office) = (scratch.path().join("surveys"), Office::on(&database.address()));
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys"), &surveys);
    let scheme = std::fs::read_to_string(surveys.join("schemes/demo-province.toml")).unwrap();
    let older = scheme.replace("id = \"demo-province\"", "id = \"older-province\"");
    std::fs::write(surveys.join("schemes/older-province.toml"), older).unwrap();
    office.surveys = Some(surveys);
    office.open_round();
    let answered = |round: &str, first: usize| {
        let forms = sheet(scratch.path(), &format!("{round}.csv"), &DESKS, (first, N_FORMS)).display().to_string();
        office.run(&["responses", "import", "--round", round, &forms]);
        office.run(&["round", "close", round]);
    };
    answered(ROUND, 0);
    let frame = fixture("office/frame.csv").display().to_string();
    let plan = ["--questionnaire", "one-stop.v1", "--scheme", "older-province", "--area", "T"];
    office.run(&[&["round", "create", "thu-2024"][..], &plan, &["--year", "2024", "--mode", "sampled"]].concat());
    office.run(&["round", "frame", "thu-2024", &frame]);
    office.run(&["round", "open", "thu-2024"]);
    answered("thu-2024", 500);
    let served = office.serve();
    let mut answer = ureq::get(&format!("{}/r/{ROUND}/T2.json", served.base)).call().unwrap();
    let unit: Value = serde_json::from_slice(&answer.body_mut().read_to_vec().unwrap()).unwrap();
    assert_eq!((&unit["earlier"][0]["year"], &unit["earlier"][0]["breaks"]), (&json!(2024), &json!(["scheme"])));
    assert_eq!(unit["index"]["change"]["verdict"], "break-in-series");
    assert!(unit["rows"][0]["change"]["difference"].is_number(), "{}", unit["rows"][0]);
    let index = office.run(&["index", "--round", ROUND, "--format", "csv"]);
    let (heading, first) = (index.lines().next().unwrap(), index.lines().nth(1).unwrap());
    let place = heading.split(',').position(|name| name == "previous_rank").unwrap();
    assert_eq!(first.split(',').nth(place), Some(""), "ranks of two schemes are not held against each other");
}

/// The same document, but for the last bits of numbers.
fn assert_same(a: &serde_json::Value, b: &serde_json::Value, place: &str) {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(a), Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{place}: {a} and {b}");
        }
        (Array(a), Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(n, (a, b))| assert_same(a, b, &format!("{place}/{n}")));
        }
        (Object(a), Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{place}");
            a.iter().for_each(|(key, value)| assert_same(value, &b[key], &format!("{place}/{key}")));
        }
        _ => assert_eq!(a, b, "{place}"),
    }
}
