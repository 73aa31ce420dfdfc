//! `sipas export`: whole files or none, formats that agree with each other, formulas that start nothing, and people who cannot be
//! found.

use super::{office, refused};
use crate::harness::folder::copy_folder;
use crate::harness::office::{Office, ROUND, one_stop_items};
use crate::harness::on_both_urls;
use crate::harness::tools::{python, run};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a spreadsheet would start as a program.
const FORMULA: &str = "=cmd|' /C calc'!A0";

/// A form: its desk, its sex, its age.
type Form<'a> = (&'a str, &'a str, &'a str);

/// Opens the round and imports forms.
fn answered(office: &Office, forms: &[Form]) {
    office.open_round();
    import(office, "F", forms, &[]);
}

/// Imports forms whose numbers begin with a letter.
fn import(office: &Office, letter: &str, forms: &[Form], more: &[&str]) {
    let items = one_stop_items();
    let mut sheet = format!("form,desk,{},sex,age,comment\n", items.join(","));
    for (number, (desk, sex, age)) in forms.iter().enumerate() {
        let points: Vec<String> = (0..items.len()).map(|item| (1 + (item + number) % 5).to_string()).collect();
        writeln!(sheet, "{letter}{number},{desk},{},{sex},{age},Tôi là ông Nguyễn Văn A", points.join(",")).unwrap();
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("forms.csv");
    std::fs::write(&file, sheet).unwrap();
    let file = file.display().to_string();
    office.run(&[&["responses", "import", "--round", ROUND, &file][..], more].concat());
}

/// Forms of one desk.
fn forms<'a>(desk: &'a str, counts: &[(&'a str, &'a str, usize)]) -> Vec<Form<'a>> {
    counts.iter().flat_map(|(sex, age, n)| std::iter::repeat_n((desk, *sex, *age), *n)).collect()
}

fn export(office: &Office, format: &str, out: &Path, more: &[&str]) {
    let out = out.display().to_string();
    office.run(&[&["export", "--round", ROUND, "--format", format, "--out", &out][..], more].concat());
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn manifest(path: &Path) -> Value {
    let mut name = path.file_name().unwrap().to_owned();
    name.push(".manifest.json");
    serde_json::from_slice(&std::fs::read(path.with_file_name(name)).unwrap()).unwrap()
}

/// The names of all files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn formats_agree_and_manifests_say_what_is_in_them() {
    on_both_urls(|url| {
        let office = Office::on(url);
        let sexes = [("female", "18-24", 12), ("male", "35-49", 9), ("", "", 6)];
        answered(&office, &[forms("T1-01", &sexes), forms("T2-01", &sexes)].concat());
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for format in ["csv", "jsonl", "parquet", "excel-csv", "xlsx", "sav", "dta", "ddi", "codebook"] {
            for table in ["responses", "results", "breakdown", "index"] {
                export(&office, format, &path(&format!("{table}.{format}")), &["--table", table]);
            }
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/export/tables.py");
        for table in ["responses", "results", "breakdown", "index"] {
            let base = path(table);
            let said: Value = serde_json::from_str(&run(python(), &[script.as_os_str(), base.as_os_str()])).unwrap();
            let manifest = manifest(&path(&format!("{table}.parquet")));
            assert_eq!(said["differences"], json!([]), "{table}");
            assert_eq!(said["rows"], manifest["n_rows"], "{table}");
            assert_eq!(said["labels"], manifest["variables"], "{table}: the labels in the Parquet file's own metadata");
            assert!(manifest["warnings"][0].as_str().unwrap().contains("demo-province is synthetic"), "{manifest}");
        }
        let (file, manifest) = (path("responses.csv"), manifest(&path("responses.csv")));
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!((manifest["bytes"].as_u64(), manifest["n_rows"].as_u64()), (Some(bytes.len() as u64), Some(54)));
        let sum = run("sha256sum", &[file.as_os_str()]);
        assert_eq!(sum.split(' ').next(), manifest["sha256"].as_str());
        let results: Value =
            serde_json::from_str(&office.run(&["results", "--round", ROUND, "--format", "json"])).unwrap();
        let source = &manifest["sources"][0];
        for digest in ["data_digest", "questionnaire_digest"] {
            assert_eq!(source[digest], results["source"][digest]);
        }
        assert_eq!(source["n_responses"], 54);
        // Standard output gets the same bytes.
        let piped = office.try_run(&["export", "--round", ROUND, "--format", "csv", "--out", "-"]);
        assert!(piped.status.success() && piped.stdout == bytes, "{}", String::from_utf8_lossy(&piped.stderr));
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains("Nguyễn Văn A"), "what people wrote stays here");
        assert!(!text.starts_with('\u{feff}') && text.contains("\r\n"));
    });
}

#[test]
fn results_in_a_file_are_those_on_the_screen() {
    let (office, _database) = office();
    answered(&office, &[forms("T1-01", &[("female", "18-24", 12)]), forms("T1-02", &[("male", "", 3)])].concat());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.csv");
    export(&office, "csv", &file, &["--table", "results"]);
    let all = rows(&file);
    for unit in ["T", "T1", "T1-01", "T1-02", "T2"] {
        let screen = office.run(&["results", "--round", ROUND, "--unit", unit, "--format", "json"]);
        let screen: Value = serde_json::from_str(&screen).unwrap();
        for row in screen["rows"].as_array().unwrap() {
            for measure in ["figure", "satisfied", "mean"] {
                let same = |found: &&BTreeMap<String, String>| {
                    found["unit"] == unit && row["code"] == *found["code"] && found["measure"] == measure
                };
                let found = all.iter().find(same).unwrap();
                let shown = &row[measure];
                // The reader of JSON may miss the last bit.
                let is_same = |column: &str, shown: &Value| match (found[column].parse::<f64>().ok(), shown.as_f64()) {
                    (Some(a), Some(b)) => (a - b).abs() <= 1e-14 * b.abs(),
                    (a, b) => a == b,
                };
                assert!(is_same("estimate", &shown["value"]), "{unit} {row}");
                assert!(is_same("se", &shown["se"]), "{unit} {row}");
                assert!(is_same("ci_low", &shown["interval"]["low"]), "{unit} {row}");
                assert!(is_same("n", &shown["n"]), "{unit} {row}");
                assert_eq!(found["hidden"], shown["hidden"].as_str().unwrap_or_default(), "{unit} {row}");
            }
        }
    }
    assert!(all.iter().any(|row| row["hidden"] == "small-or-protecting"), "three people are hidden");
    let hidden = manifest(&file)["n_hidden_figures"].as_u64().unwrap();
    assert_eq!(hidden, all.iter().filter(|row| !row["hidden"].is_empty()).count() as u64);
    // The same filters as on the screen.
    let some = folder.path().join("some.csv");
    export(&office, "csv", &some, &["--table", "results", "--unit", "T1", "--element", "access"]);
    let found = rows(&some);
    assert!(found.iter().all(|row| row["code"] == "access" && row["unit"].starts_with("T1")) && found.len() == 12);
}

#[test]
fn nobody_is_alone_at_a_desk() {
    let (office, _database) = office();
    let lonely = [("female", "18-24", 40), ("female", "over-60", 7), ("male", "18-24", 3), ("male", "over-60", 1)];
    answered(&office, &[forms("T1-01", &lonely), forms("T1-02", &[("male", "25-34", 4)])].concat());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.csv");
    export(&office, "csv", &file, &[]);
    let found = rows(&file);
    let mut groups: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let keys = ["desk", "sex", "age", "channel", "admission", "flag_straight_line", "flag_speeder"];
    for row in &found {
        *groups.entry(keys.map(|key| row[key].as_str()).to_vec()).or_default() += 1;
    }
    for (group, n) in &groups {
        let is_bare = group[1..].iter().all(|value| *value == "-2");
        assert!(*n >= 5 || (group[0] == "T1-02" && is_bare), "{group:?}: {n}");
    }
    let n_sex = |value: &str| found.iter().filter(|row| row["desk"] == "T1-01" && row["sex"] == value).count();
    // Four men are too few: one woman goes without a sex as well, so that nobody knows which five they are.
    assert_eq!((n_sex("1"), n_sex("2"), n_sex("-2")), (46, 0, 5));
    let withheld = found.iter().flat_map(BTreeMap::values).filter(|value| *value == "-2").count();
    assert_eq!(manifest(&file)["n_withheld_cells"], withheld);
    // A part of the round shows no more than the whole.
    let part = folder.path().join("part.csv");
    export(&office, "csv", &part, &["--unit", "T1-01"]);
    let of_part: Vec<_> = rows(&part).iter().map(|row| (row["sex"].clone(), row["age"].clone())).collect();
    let of_whole = found.iter().filter(|row| row["desk"] == "T1-01");
    assert_eq!(of_part, of_whole.map(|row| (row["sex"].clone(), row["age"].clone())).collect::<Vec<_>>());
}

#[test]
fn formulas_stay_texts_in_cells_and_headings() {
    let (mut office, _database) = office();
    answered(&office, &forms("T1-01", &[("female", "18-24", 6)]));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let areas = path("areas.csv");
    std::fs::write(&areas, format!("code,name,level,parent\nT1-01,{FORMULA},desk,T1\n")).unwrap();
    office.run(&["areas", "import", &areas.display().to_string()]);
    export(&office, "csv", &path("plain.csv"), &[]);
    assert_eq!(rows(&path("plain.csv"))[0]["desk_name"], FORMULA, "for analysis a name is what it is");
    export(&office, "excel-csv", &path("excel.csv"), &["--table", "results"]);
    let text = std::fs::read_to_string(path("excel.csv")).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains(&format!(";'{FORMULA};")), "{text}");
    // A wording that begins like a formula becomes a heading.
    let surveys = path("surveys");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("surveys"), &surveys);
    let file = surveys.join("texts/one-stop.v1.vi.toml");
    let wording = std::fs::read_to_string(&file).unwrap();
    let line = wording.lines().find(|line| line.starts_with("TC1 = ")).unwrap();
    std::fs::write(&file, wording.replace(line, &format!("TC1 = \"{FORMULA}\""))).unwrap();
    office.surveys = Some(surveys);
    export(&office, "excel-csv", &path("heading.csv"), &[]);
    let text = std::fs::read_to_string(path("heading.csv")).unwrap();
    assert!(text.contains(&format!(";'{FORMULA} (TC1);")), "{text}");
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let (office, _database) = office();
    answered(&office, &forms("T1-01", &[("female", "18-24", 6)]));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv").display().to_string();
    let refuse = |more: &[&str]| refused(office.try_run(&[&["export", "--out", &out][..], more].concat()));
    assert!(refuse(&["--round", "none", "--format", "csv"]).contains("there is no round none"));
    let known = ["--round", ROUND, "--format", "csv"];
    assert!(refuse(&[&known[..], &["--unit", "nowhere"]].concat()).contains("nowhere is not a unit"));
    assert!(refuse(&[&known[..], &["--by", "sex"]].concat()).contains("has no filter by"));
    assert!(refuse(&[&known[..], &["--table", "index", "--item", "TC1"]].concat()).contains("has no filter item"));
    let breakdown = [&known[..], &["--table", "breakdown", "--by", "desk*sex*age"]].concat();
    assert!(refuse(&breakdown).contains("is not a declared breakdown"));
    assert!(refuse(&["--round", ROUND, "--format", "r", "--table", "index"]).contains("goes with the table responses"));
    assert_eq!(names(folder.path()), Vec::<String>::new());
    let into_folder = ["export", "--round", ROUND, "--format", "csv", "--out", folder.path().to_str().unwrap()];
    assert!(refused(office.try_run(&into_folder)).contains("is a folder"));
    let nowhere = folder.path().join("none/out.csv").display().to_string();
    let nowhere = ["export", "--round", ROUND, "--format", "csv", "--out", &nowhere];
    assert!(refused(office.try_run(&nowhere)).contains("cannot write"));
}

#[test]
fn what_came_after_a_publication_is_said_and_is_for_the_operator() {
    let (office, _database) = office();
    answered(&office, &forms("T1-01", &[("female", "18-24", 6)]));
    office.run(&["round", "close", ROUND]);
    office.run(&["round", "publish", ROUND]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.csv");
    let server = office.serve();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let status = || {
        let url = format!("{}/v1/rounds/{ROUND}/export?format=csv&table=results", server.base);
        agent.get(url).header("x-forwarded-for", "203.0.113.7").call().unwrap().status().as_u16()
    };
    let is_said = || {
        export(&office, "csv", &file, &["--table", "results"]);
        manifest(&file)["warnings"].to_string().contains("came after revision 1 was published")
    };
    assert_eq!((is_said(), status()), (false, 200));
    import(&office, "G", &forms("T1-01", &[("male", "18-24", 7)]), &["--late"]);
    assert_eq!((is_said(), status()), (true, 401));
}

/// Runs an export that may write 48 KiB only. `XFSZ` is what kills a program that writes more.
fn cut_off(office: &Office, out: &Path, before: &str) -> std::process::Output {
    let command = office.command(&["export", "--round", ROUND, "--format", "csv", "--out", out.to_str().unwrap()]);
    let words: Vec<PathBuf> =
        std::iter::once(command.get_program()).chain(command.get_args()).map(PathBuf::from).collect();
    let mut shell = std::process::Command::new("/bin/sh");
    // The shell counts blocks of 512 bytes.
    shell.args(["-c", &format!("{before} ulimit -f 96; exec \"$@\""), "sh"]).args(words);
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell.output().unwrap()
}

#[test]
fn an_export_that_was_cut_off_leaves_no_file_that_looks_whole() {
    let (office, _database) = office();
    answered(&office, &forms("T1-01", &[("female", "18-24", 900)]));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("answers.csv");
    // Killed in the middle: what was written has another name.
    let killed = cut_off(&office, &out, "");
    assert_eq!(killed.status.code(), None, "{killed:?}");
    let left = names(folder.path());
    assert!(left.iter().all(|name| name.ends_with(".partial")), "{left:?}");
    left.iter().for_each(|name| std::fs::remove_file(folder.path().join(name)).unwrap());
    // A disk that is full: nothing is left, and what was there stays.
    std::fs::write(&out, "earlier").unwrap();
    let full = cut_off(&office, &out, "trap '' XFSZ;");
    assert_eq!(full.status.code(), Some(1), "{full:?}");
    assert!(String::from_utf8_lossy(&full.stderr).contains("broke off"), "{full:?}");
    assert_eq!(names(folder.path()), ["answers.csv"]);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "earlier");
    export(&office, "csv", &out, &[]);
    assert_eq!(names(folder.path()), ["answers.csv", "answers.csv.manifest.json"]);
    assert_eq!(rows(&out).len(), 900);
}
