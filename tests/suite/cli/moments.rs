//! Parts of a survey that are counted apart and added up give what the whole survey gives.

use crate::harness::calculator::{oracle, sipas, words};
use proptest::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Sums of products are added in another order than the rows' own, which costs some digits of a variance.
const OF_ROUNDING: f64 = 1e-11;

const DESIGNS: [&str; 4] = [
    "--strata district --psu desk --weight weight --fpc1 M_h --fpc2 N_desk",
    "--strata district --psu desk --weight weight --fpc1 M_h",
    "--strata district --psu desk --weight weight",
    "--strata district --weight weight",
];
const ASKED: &str = "--share Q01>=4 --mean Q02 --share Q05+Q06>=4 --mean mean(Q01,Q02,Q03) --distribution Q04 \
                     --total Q03=1 --ratio Q07/Q08";
const BREAKDOWNS: &str = "--by district --by sex,age_group";

fn asked() -> Vec<String> {
    let mut line = words(ASKED);
    line.extend(["--composite".to_owned(), oracle("data/synth_items.csv").display().to_string()]);
    line.extend(words("--rule mean_rescaled"));
    line.extend(words(BREAKDOWNS));
    line
}

fn run(command: &[&str], more: &[Vec<String>]) -> Vec<u8> {
    let mut line: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    line.extend(more.concat());
    let output = sipas(&line);
    assert!(output.status.success(), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn figures(json: &[u8]) -> Vec<Value> {
    serde_json::from_slice(json).unwrap()
}

/// Writes rows of a survey to one file for each part, in an order of their own.
fn deal(rows: &[csv::StringRecord], header: &csv::StringRecord, parts: &[usize], folder: &Path) -> Vec<PathBuf> {
    let n_parts = parts.iter().max().unwrap() + 1;
    let of_part = |part: usize| {
        let path = folder.join(format!("part{part}.csv"));
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_record(header).unwrap();
        let chosen = rows.iter().zip(parts.iter().cycle()).filter(|(_, of)| **of == part);
        let chosen: Vec<_> = chosen.collect();
        chosen.iter().rev().for_each(|(row, _)| writer.write_record(*row).unwrap());
        writer.flush().unwrap();
        path
    };
    (0..n_parts).map(of_part).collect()
}

fn survey(name: &str) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(oracle(&format!("data/{name}.csv"))).unwrap();
    (reader.headers().unwrap().clone(), reader.records().map(|row| row.unwrap()).collect())
}

/// Counts each part; returns the words that name all moments.
fn count(parts: &[PathBuf], design: &str) -> Vec<String> {
    let mut moments = Vec::new();
    for part in parts {
        let out = part.with_extension("parquet").display().to_string();
        run(&["moments", &part.display().to_string(), "--out", &out], &[words(design), asked()]);
        moments.push(out);
    }
    moments
}

fn assert_alike(of_rows: &[Value], of_moments: &[Value]) -> usize {
    assert_eq!(of_rows.len(), of_moments.len());
    let mut n = 0;
    for (expected, actual) in of_rows.iter().zip(of_moments) {
        for (name, value) in expected.as_object().unwrap() {
            let other = &actual[name];
            match (value.as_f64(), other.as_f64()) {
                (Some(value), Some(other)) => {
                    let tolerance = OF_ROUNDING * value.abs().max(1e-3);
                    assert!((value - other).abs() <= tolerance, "{name}: {value} and {other} of {expected}");
                }
                // The reason names columns of the file, of which moments know nothing.
                _ if name == "reason" => {}
                _ => assert_eq!(value, other, "{name} of {expected}"),
            }
            n += 1;
        }
    }
    n
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn adding_moments_up_equals_computing_at_once(
        parts in prop::collection::vec(0..3_usize, 40..400),
        design in 0..DESIGNS.len(),
        data in prop::sample::select(vec!["synth_s1_2025", "synth_s3_awkward"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (header, rows) = survey(data);
        let lonely = words("--lonely average --format json");
        let whole = oracle(&format!("data/{data}.csv")).display().to_string();
        let of_rows = run(&["estimate", &whole], &[words(DESIGNS[design]), asked(), lonely.clone()]);
        let moments = count(&deal(&rows, &header, &parts, folder.path()), DESIGNS[design]);
        let of_moments = run(&["estimate"], &[vec!["--moments".to_owned()], moments, words(BREAKDOWNS), lonely]);
        let n = assert_alike(&figures(&of_rows), &figures(&of_moments));
        println!("{n} members of figures alike: {data}, {}", DESIGNS[design]);
    }
}

/// Rows of two desks, of which nobody in the first part chose 1.
const FIRST: &str = "d,p,q,w\na,1,2,1\na,1,3,1\na,2,2,2\na,2,4,1\n";
const SECOND: &str = "d,p,q,w\na,1,1,1\na,2,2,1\na,3,1,2\na,3,4,1\n";
const SMALL: &str = "--strata d --psu p --weight w";

fn small(folder: &Path, name: &str, text: &str, asked: &str) -> String {
    let sheet = folder.join(format!("{name}.csv"));
    std::fs::write(&sheet, text).unwrap();
    let out = folder.join(format!("{name}.parquet")).display().to_string();
    run(&["moments", &sheet.display().to_string(), "--out", &out], &[words(SMALL), words(asked)]);
    out
}

fn refused(arguments: &[&str]) -> String {
    let output = sipas(&arguments.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_category_that_one_part_never_met_is_still_a_share_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let parts = ["first", "second"].map(|name| {
        small(folder.path(), name, if name == "first" { FIRST } else { SECOND }, "--distribution q --share q=1")
    });
    let whole = folder.path().join("whole.csv");
    std::fs::write(&whole, format!("{FIRST}{}", SECOND.trim_start_matches("d,p,q,w\n"))).unwrap();
    let asked = words("--distribution q --share q=1 --format json");
    let of_rows = figures(&run(&["estimate", &whole.display().to_string()], &[words(SMALL), asked]));
    let of_moments = run(&["estimate", "--moments", &parts[0], &parts[1], "--format", "json"], &[]);
    assert_eq!(of_rows[0]["statistic"], "q=1");
    assert_alike(&of_rows, &figures(&of_moments));
    let one = run(&["estimate", "--moments", &parts[0], &parts[1], "--format", "json", "--share", "q=1"], &[]);
    let one = figures(&one);
    assert_eq!((one.len(), &one[0]["estimate"]), (1, &of_rows.last().unwrap()["estimate"]));
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = small(folder.path(), "first", FIRST, "--mean q --by d");
    let second = small(folder.path(), "second", SECOND, "--share q>=4");
    let said = refused(&["estimate", "--moments", &first, &second]);
    for part in ["are broken down by different columns", "second.parquet has no moments of q (mean)"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
    let said = refused(&["estimate", "--moments", &first, &first]);
    assert!(said.contains("are the same; every answer would count twice"), "{said}");
    let said = refused(&["estimate", "--moments", &first, "--by", "sex", "--mean", "q9"]);
    assert!(said.contains("not broken down by sex; they are by d"), "{said}");
    assert!(said.contains("no moments of q9; there are q"), "{said}");
    let sheet = folder.path().join("first.csv").display().to_string();
    let said = refused(&["estimate", "--moments", &sheet]);
    assert!(said.contains("first.csv: it cannot be read as Parquet"), "{said}");
    let said = refused(&["moments", &sheet, "--quantile", "q:0.5", "--out", "x.parquet"]);
    assert!(said.contains("the quantile q:0.5 needs all rows at once"), "{said}");
}

#[test]
fn parts_that_contradict_each_other_about_the_population_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let part = |name: &str, n: &str| {
        let sheet = folder.path().join(format!("{name}.csv"));
        std::fs::write(&sheet, format!("d,q,m\na,1,{n}\na,2,{n}\n{name},3,4\n")).unwrap();
        let out = folder.path().join(format!("{name}.parquet")).display().to_string();
        run(&["moments", &sheet.display().to_string(), "--out", &out], &[words("--strata d --fpc1 m --mean q")]);
        out
    };
    let (b, c, d) = (part("b", "3"), part("c", "3"), part("d", "9"));
    let said = refused(&["estimate", "--moments", &b, &d]);
    assert!(said.contains("d.parquet: another population than before for stratum a"), "{said}");
    let said = refused(&["estimate", "--moments", &b, &c]);
    assert!(said.contains("stratum a has 4 PSUs in the sample, more than the 3 of its population"), "{said}");
}
