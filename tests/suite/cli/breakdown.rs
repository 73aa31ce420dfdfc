//! Breakdowns through both doors: what is shown, and that what is hidden stays so however it is asked for.

use super::counter::{exported, response};
use super::{office, refused};
use crate::harness::office::{DESK, Office, ROUND, one_stop_items};
use crate::harness::on_both_urls;
use crate::http::client::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Imports answers: (desk, sex, how many), all of them satisfied except the first of each.
fn import(office: &Office, groups: &[(&str, &str, usize)]) {
    let items = one_stop_items();
    let mut sheet = format!("form,desk,{},sex\n", items.join(","));
    let mut form = 0;
    for (desk, sex, n) in groups {
        for place in 0..*n {
            form += 1;
            let answers = vec![if place == 0 { "2" } else { "5" }; items.len()].join(",");
            writeln!(sheet, "{form},{desk},{answers},{sex}").unwrap();
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("answers.csv");
    std::fs::write(&file, sheet).unwrap();
    office.run(&["responses", "import", "--round", ROUND, &file.display().to_string()]);
}

/// Two men at one desk; everybody else is in company.
fn filled(office: &Office) {
    office.open_round();
    import(
        office,
        &[
            ("T1-01", "female", 12),
            ("T1-01", "male", 2),
            ("T1-02", "female", 9),
            ("T1-02", "male", 8),
            ("T2-01", "female", 8),
            ("T2-01", "male", 11),
            ("T2-02", "male", 7),
            ("T2-02", "", 6),
        ],
    );
}

/// The cells of the first figure by what they are broken down by.
fn cells(document: &Value) -> BTreeMap<String, Value> {
    let cells = document["figures"][0]["cells"].as_array().unwrap();
    let name = |cell: &Value| {
        let labels = cell["domain"].as_array().unwrap();
        let labels =
            labels.iter().map(|l| format!("{}={}", l["by"].as_str().unwrap(), l["value"].as_str().unwrap_or("?")));
        labels.collect::<Vec<_>>().join("&")
    };
    cells.iter().map(|cell| (name(cell), cell.clone())).collect()
}

fn run(office: &Office, more: &[&str]) -> Value {
    let said = office.run(&[&["breakdown", "--round", ROUND, "--format", "json"][..], more].concat());
    serde_json::from_str(&said).unwrap()
}

#[test]
fn small_cells_are_hidden_with_all_that_would_give_them_away() {
    on_both_urls(|url| {
        let office = Office::on(url);
        filled(&office);
        let all = cells(&run(&office, &["--item", "TC1"]));
        assert_eq!(all[""]["estimate"]["n"], 63);
        assert_eq!(all["district=T1"]["estimate"]["n"], 31);
        assert_eq!(all["district=T2&sex=male"]["estimate"]["n"], 18);
        // Nobody is in a cell of two men, but T1's ten men are the two of one desk and the eight of the other; those
        // desks by sex are no declared breakdown, so nothing has to be hidden for them.
        assert_eq!(all["district=T1&sex=male"]["estimate"]["n"], 10);
        assert!(all.values().all(|cell| cell["hidden"].is_null()), "{all:?}");
    });
}

#[test]
fn what_is_hidden_does_not_depend_on_the_question() {
    let (office, _database) = office();
    office.open_round();
    import(&office, &[("T1-01", "female", 12), ("T1-01", "male", 2), ("T2-01", "female", 8), ("T2-01", "male", 11)]);
    let all = cells(&run(&office, &[]));
    assert_eq!(all["district=T1&sex=male"]["hidden"], "small-or-protecting");
    for (name, cell) in all.iter().filter(|(_, cell)| !cell["hidden"].is_null()) {
        assert!(cell["estimate"].is_null() && cell["reason"].is_null(), "{name} shows more than that it is hidden");
    }
    // The two men would be what is left of the district without its women, or of the men without those of T2.
    for told in ["district=T1&sex=female", "district=T2&sex=male"] {
        assert_eq!(all[told]["hidden"], "small-or-protecting", "{told}");
    }
    let crossed = cells(&run(&office, &["--by", "sex*district"]));
    for (name, cell) in &crossed {
        assert_eq!(cell["hidden"], all[name]["hidden"], "{name}");
        assert_eq!(cell["estimate"], all[name]["estimate"], "{name}");
    }
    let text = office.run(&["breakdown", "--round", ROUND, "--by", "district*sex"]);
    assert!(text.contains("(ẩn)") && text.contains("Huyện Một × Nam"), "{text}");
    let csv = office.run(&["breakdown", "--round", ROUND, "--by", "district*sex", "--format", "csv"]);
    let hidden = csv.lines().find(|line| line.contains("T1*male")).unwrap();
    assert_eq!(hidden, ",district*sex,T1*male,Huyện Một × Nam,,,,,,,,,,,,small-or-protecting");
}

#[test]
fn only_declared_breakdowns_and_known_figures_are_given() {
    let (office, _database) = office();
    filled(&office);
    let said = refused(office.try_run(&["breakdown", "--round", ROUND, "--by", "desk*sex"]));
    assert!(said.contains("desk*sex is not a declared breakdown") && said.contains("district*sex"), "{said}");
    let said = refused(office.try_run(&["breakdown", "--round", ROUND, "--item", "sex"]));
    assert!(said.contains("sex is neither an item nor an element"), "{said}");
    let served = office.serve();
    let get = |query: &str| {
        let url = format!("{}/v1/rounds/{ROUND}/breakdown{query}", served.base);
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut reply = agent.get(&url).header("accept", "application/json").call().unwrap();
        (reply.status().as_u16(), reply.body_mut().read_to_string().unwrap())
    };
    let (status, body) = get("?by=sex&element=access");
    assert_eq!(status, 200, "{body}");
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(cells(&document), cells(&run(&office, &["--by", "sex", "--element", "access"])));
    for query in ["?by=desk*sex", "?item=NONE", "?sex=male"] {
        let (status, body) = get(query);
        assert_eq!(status, 400, "{query}: {body}");
    }
}

/// Imports answers at one desk: so many with receipt codes, so many without.
fn admit(office: &Office, first: u32, n_receipts: usize, n_walk_ins: usize) {
    let issued =
        office.run(&["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", &n_receipts.to_string()]);
    let codes = issued.lines().skip(1).map(|line| Some(line.split(',').next().unwrap().to_owned()));
    let all = codes.chain(std::iter::repeat_n(None, n_walk_ins)).zip(first..);
    let body = |(code, n): (Option<String>, u32)| match code {
        Some(code) => response(n, ("receipt", json!(code))),
        None => response(n, ("channel", json!("web"))),
    };
    let lines: String = all.map(|answer| exported(ROUND, None, &body(answer))).collect();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("outbox.jsonl");
    std::fs::write(&file, lines).unwrap();
    office.run(&["responses", "import", &file.display().to_string()]);
}

#[test]
fn walk_ins_stand_apart_where_a_round_has_codes() {
    on_both_urls(|url| {
        let office = Office::on(url);
        filled(&office);
        let by_admission = ["breakdown", "--round", ROUND, "--by", "admission"];
        assert!(refused(office.try_run(&by_admission)).contains("admission is not a declared breakdown"));
        let results = ["results", "--round", ROUND, "--admission", "walk-in"];
        assert!(refused(office.try_run(&results)).contains("used no receipt codes"));
        admit(&office, 1, 12, 3);
        let all = cells(&run(&office, &["--item", "TC1"]));
        let n = |cell: &str| all[cell]["estimate"]["n"].as_u64();
        assert_eq!((n("admission=receipt"), n("admission=walk-in"), n("")), (Some(12), Some(66), Some(78)));
        // Twelve with a code at one desk are the twelve of its district: everybody else there walked in.
        assert_eq!(n("district=T1&admission=receipt"), Some(12));
        // The same through results, whole and by district, in both doors.
        let results = |more: &[&str]| {
            let said = office.run(&[&["results", "--round", ROUND, "--format", "json"][..], more].concat());
            serde_json::from_str::<Value>(&said).unwrap()
        };
        let (coded, walked) = (results(&["--admission", "receipt"]), results(&["--admission", "walk-in"]));
        let n = |document: &Value| document["rows"][0]["figure"]["n"].as_u64();
        assert_eq!((n(&coded), n(&walked)), (Some(12), Some(66)));
        assert_eq!(coded["admitted"], json!({ "with_code": 12, "walk_ins": 66 }));
        assert_eq!((&coded["admission"], &results(&[])["admission"]), (&json!("receipt"), &Value::Null));
        assert_eq!(n(&results(&["--admission", "receipt", "--unit", "T1"])), Some(12));
        let said = office.run(&["results", "--round", ROUND]);
        assert!(said.contains("12 phiếu có mã, 66 phiếu không có mã"), "{said}");
        let of_desk = ["results", "--round", ROUND, "--admission", "receipt", "--unit", DESK];
        assert!(refused(office.try_run(&of_desk)).contains("are not declared by admission"));
        walk_ins_are_exported(&office);
        let served = office.serve();
        let client = Client::to(&served.base);
        let get = |query: &str| client.send("GET", &format!("/v1/rounds/{ROUND}/results?{query}"), &[], b"");
        assert_eq!(n(&get("admission=walk-in").json()), Some(66));
        for query in ["admission=other", &format!("admission=receipt&unit={DESK}")] {
            assert_eq!((get(query).status, get(query).slug().as_str()), (400, "faulty-query"), "{query}");
        }
        let text = office.run(&by_admission);
        assert!(text.contains("có mã biên nhận") && text.contains("không có mã"), "{text}");
        // Published, they are files as all other figures are.
        let told = |document: &Value| (document["rows"].clone(), document["admitted"].clone());
        let before = told(&coded);
        office.run(&["round", "close", ROUND]);
        office.run(&["round", "publish", ROUND]);
        assert_eq!(told(&results(&["--admission", "receipt"])), before);
        assert_eq!(told(&get("admission=receipt").json()), before);
        assert_eq!(n(&results(&["--admission", "receipt", "--unit", "T1", "--as-of", "1"])), Some(12));
        let missing = get(&format!("admission=receipt&unit={DESK}"));
        assert_eq!(missing.status, 400);
        assert!(missing.body.contains("by admission were published"), "{}", missing.body);
        let together = ["breakdown", "--round", ROUND, "--item", "TC1", "--item", "TC2"];
        assert!(refused(office.try_run(&together)).contains("--anew computes them together"));
        office.run(&[&together[..], &["--anew"]].concat());
    });
}

/// Results by admission as a file: of the areas they are declared for, and of nobody's answers.
fn walk_ins_are_exported(office: &Office) {
    let export = |more: &[&str]| {
        office.try_run(&[&["export", "--round", ROUND, "--format", "jsonl", "--out", "-"][..], more].concat())
    };
    let walk_ins = ["--table", "results", "--admission", "walk-in"];
    let exported = export(&[&walk_ins[..], &["--item", "TC1"]].concat());
    let text = String::from_utf8(exported.stdout).unwrap();
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<[&Value; 3]> = rows
        .iter()
        .filter(|row| row["measure"] == "figure")
        .map(|row| ["unit_level", "admission", "n"].map(|name| &row[name]))
        .collect();
    assert_eq!(found.first(), Some(&[&json!("province"), &json!("walk-in"), &json!(66)]), "{text}");
    assert!(found.len() > 1 && found.iter().all(|row| *row[0] != "desk"), "districts too, and no desk: {text}");
    assert!(refused(export(&[&walk_ins[..], &["--unit", DESK]].concat())).contains("are not declared by admission"));
    assert!(refused(export(&walk_ins[2..])).contains("the table responses has no filter admission"));
}

#[test]
fn a_few_with_codes_are_hidden_with_all_that_would_give_them_away() {
    on_both_urls(|url| {
        let office = Office::on(url);
        filled(&office);
        admit(&office, 1, 3, 4);
        let all = cells(&run(&office, &["--item", "TC1"]));
        assert_eq!(all[""]["estimate"]["n"], 70, "the round as a whole is told");
        for cell in ["admission=receipt", "admission=walk-in", "district=T1&admission=receipt"] {
            assert!(all[cell]["estimate"].is_null() && !all[cell]["hidden"].is_null(), "{cell}: {}", all[cell]);
        }
        for admission in ["receipt", "walk-in"] {
            let said = office.run(&["results", "--round", ROUND, "--format", "json", "--admission", admission]);
            let document: Value = serde_json::from_str(&said).unwrap();
            assert!(document["admitted"].is_null(), "{admission}: how many they are would be told");
            for row in document["rows"].as_array().unwrap() {
                assert!(!row["figure"]["hidden"].is_null(), "{admission}: {row}");
            }
        }
    });
}
