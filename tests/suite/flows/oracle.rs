//! The reference survey S1 through the program's own doors: areas, frame and answers imported from sheets, the index table
//! read back as JSON, and every figure of the component compared with what R's `survey` computed.

use crate::harness::office::{Office, fixture};
use crate::harness::{Database, on_both_urls};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Relative difference allowed to a value.
const VALUE_TOLERANCE: f64 = 1e-12;
/// Relative difference allowed to a standard error or an end of an interval.
const SE_TOLERANCE: f64 = 1e-10;
/// The self-assessed points of every district.
const FIXED: f64 = 51.25;

pub(super) fn oracle(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(path)
}

fn expected(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(oracle(path)).unwrap()).unwrap()
}

/// The rows of a reference table, by column.
pub(super) fn rows(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(oracle(path)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// A reference survey as the sheets an office would import. The frame of 2025 has the desks of both years; transactions of the
/// drawn ones are the survey's own.
fn sheets(survey: &str) -> [(&'static str, String); 4] {
    let (answers, frame) = (rows(&format!("data/{survey}.csv")), rows("data/synth_frame_2025.csv"));
    let districts: BTreeSet<&str> = frame.iter().map(|row| row["district"].as_str()).collect();
    let drawn: BTreeMap<&str, &str> =
        answers.iter().map(|row| (row["desk"].as_str(), row["N_desk"].as_str())).collect();
    let items: Vec<String> = (1..=22).map(|n| format!("Q{n:02}")).collect();
    let mut areas = String::from("code,name,level,parent\nP,Tỉnh tham chiếu,province,\n");
    let mut scores = String::from("unit,sub_criterion,self_score,appraised_score\n");
    for district in districts {
        writeln!(areas, "{district},Huyện {district},district,P").unwrap();
        writeln!(scores, "{district},fixed,{FIXED},{FIXED}").unwrap();
    }
    let mut desks = String::from("desk,transactions,drawn\n");
    for row in &frame {
        let (desk, district) = (&row["desk"], &row["district"]);
        writeln!(areas, "{desk},Một cửa {desk},desk,{district}").unwrap();
        match drawn.get(desk.as_str()) {
            Some(transactions) => writeln!(desks, "{desk},{transactions},yes").unwrap(),
            None => writeln!(desks, "{desk},{},no", row["N_desk"]).unwrap(),
        }
    }
    let mut forms = format!("desk,form,weight,{}\n", items.join(","));
    for row in &answers {
        let (desk, number) = (&row["desk"], &row["resp"]);
        let given: Vec<&str> = items.iter().map(|item| row[item].as_str()).collect();
        writeln!(forms, "{desk},{desk}/{number},{},{}", row["weight"], given.join(",")).unwrap();
    }
    [("areas.csv", areas), ("frame.csv", desks), ("forms.csv", forms), ("scores.csv", scores)]
}

struct Comparison {
    n_compared: usize,
}

impl Comparison {
    fn same(&mut self, what: &str, found: &Value, expected: &Value, tolerance: f64) {
        let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
        let difference = (found - expected).abs() / expected.abs();
        assert!(difference <= tolerance, "{what}: {found} is not {expected} (off by {difference:e})");
        self.n_compared += 1;
    }
}

#[test]
fn the_component_of_s1_is_that_of_the_survey_package() {
    let two_stage = expected("expected/two_stage_fpc.json");
    let first_stage = expected("expected/synth_s1_2025.json");
    on_both_urls(|database| {
        let office = Office { surveys: Some(fixture("oracle")), ..Office::on(database) };
        let table = index(&office, "synth_s1_2025", "2025", 18_546);

        let mut comparison = Comparison { n_compared: 0 };
        for domain in two_stage["S1"].as_array().unwrap().iter().take(13) {
            let name = domain["domain"].as_str().unwrap();
            let survey = match name.strip_prefix("district=") {
                None => &table["survey"],
                Some(district) => &unit(&table, district)["survey"],
            };
            let of = |figures: &str| &domain[figures]["composite_linear01"];
            comparison.same(name, &survey["value"], of("estimate"), VALUE_TOLERANCE);
            comparison.same(name, &survey["se"], of("se_two_stage"), SE_TOLERANCE);
            comparison.same(name, &survey["df"], &domain["df"], 0.0);
            comparison.same(name, &survey["n"], &domain["n"], 0.0);
        }
        let whole = &first_stage["variants"]["fpc2"]["all"];
        for (end, of) in [("low", "ci_t_low"), ("high", "ci_t_high")] {
            let reference = &whole[of]["composite_linear01"];
            comparison.same("interval of the province", &table["survey"]["interval"][end], reference, SE_TOLERANCE);
        }
        let units = table["units"].as_array().unwrap();
        assert_eq!(units.len(), 12);
        for unit in units {
            let (survey, index) = (&unit["survey"], &unit["index"]["estimate"]);
            for end in ["low", "high"] {
                let shifted = Value::from(survey["interval"][end].as_f64().unwrap() + FIXED);
                comparison.same("interval of the index", &index["interval"][end], &shifted, VALUE_TOLERANCE);
            }
            comparison.same("se of the index", &index["se"], &survey["se"], VALUE_TOLERANCE);
        }
        assert_eq!(comparison.n_compared, 13 * 4 + 2 + 12 * 3);
        assert_eq!(same_rank_sets(&table), 12 * 2);
        println!("{}: {} figures of S1 agree with the survey package", office.database, comparison.n_compared);
    });
}

/// Plans a round, imports the sheets of a survey and reads the index table back.
pub(super) fn index(office: &Office, survey: &str, year: &str, n_answers: u32) -> Value {
    let scratch = tempfile::tempdir().unwrap();
    let [areas, frame, forms, scores] = &sheets(survey).map(|(name, text)| {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    office.run(&["areas", "import", areas]);
    let plan = ["--questionnaire", "synth.v1", "--scheme", "synth-province", "--area", "P"];
    office.run(&[&["round", "create", "r"][..], &plan, &["--year", year, "--mode", "sampled"]].concat());
    office.run(&["round", "frame", "r", frame]);
    office.run(&["round", "open", "r"]);
    let said = office.run(&["responses", "import", "--round", "r", forms]);
    assert_eq!(said.trim(), format!("{n_answers} answers stored, 0 were there already."));
    let again = office.run(&["responses", "import", "--round", "r", forms]);
    assert_eq!(again.trim(), format!("0 answers stored, {n_answers} were there already."));
    office.run(&["assessments", "import", "--round", "r", scores]);
    serde_json::from_str(&office.run(&["index", "--round", "r", "--format", "json"])).unwrap()
}

/// How a unit stands, by the words of `sipas compare`.
fn standing(table: &Value, district: &Value) -> [Value; 3] {
    let standing = &unit(table, district.as_str().unwrap())["standing"];
    assert_eq!(standing["range"]["caution"], Value::Null, "{district}");
    [&standing["range"]["best"], &standing["range"]["worst"], &standing["than_mean"]["code"]].map(Value::clone)
}

/// Rank sets do not change when all units get the same points, so those of the index are those of the component. Returns how
/// many bounds agree with `csranks`, which was given the first stage only; in S1 the second moves none.
fn same_rank_sets(table: &Value) -> usize {
    let reference = &expected("expected/ranks_csranks.json")["synth_s1_2025"];
    let districts = reference["districts"].as_array().unwrap();
    for (district, theirs) in districts.iter().zip(reference["simultaneous_stepdown"].as_array().unwrap()) {
        let [best, worst, _] = standing(table, district);
        assert_eq!((&best, &worst), (&theirs[0], &theirs[1]), "{district}");
    }
    2 * districts.len()
}

/// In S2 the second stage moves bounds, and there is no reference with it; but `sipas compare` can be given both stages, and
/// its rank sets are compared with `csranks` elsewhere. It holds units against the figure of all rows together, the index against
/// the mean of the units; that decides otherwise in one district only.
#[test]
fn ranks_in_the_index_of_s2_are_those_of_compare() {
    let database = Database::sqlite();
    let office = Office { surveys: Some(fixture("oracle")), ..Office::on(&database.address()) };
    let table = index(&office, "synth_s2_2026", "2026", 17_851);
    let [file, items] =
        ["data/synth_s2_2026.csv", "data/synth_items.csv"].map(|path| oracle(path).display().to_string());
    let design = "--strata district --psu desk --weight weight --fpc1 M_h --fpc2 N_desk --inference descriptive";
    let ranks = "--rule mean_rescaled --between district --ranks --format json";
    let words: Vec<&str> = design.split(' ').chain(ranks.split(' ')).collect();
    let lines = office.run(&[&["compare", &file, "--composite", &items][..], &words].concat());
    let lines: Vec<Value> = serde_json::from_str(&lines).unwrap();
    assert_eq!(lines.len(), 12);
    let mut other_mean = Vec::new();
    for line in &lines {
        let [best, worst, than_mean] = standing(&table, &line["unit"]);
        assert_eq!((&best, &worst), (&line["rank_low"], &line["rank_high"]), "{line}");
        if than_mean != line["than_all"] {
            other_mean.push((line["unit"].clone(), than_mean));
        }
    }
    assert_eq!(other_mean, [(Value::from("D03"), Value::from("above"))]);
}

fn unit<'a>(table: &'a Value, code: &str) -> &'a Value {
    table["units"].as_array().unwrap().iter().find(|unit| unit["unit"] == code).unwrap()
}
