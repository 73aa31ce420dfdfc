//! Flags, from the counter to the figures: told when answers come in, counted, never deleted, and left out on request.

use crate::harness::office::{Office, ROUND, fixture, one_stop_items};
use crate::harness::on_both_urls;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A Monday morning at the counter, and the night before.
const OPEN: &str = "2025-03-10T09:30:00+07:00";
const CLOSED: &str = "2025-03-09T22:30:00+07:00";

/// An answer to every item, in turn these points.
fn answers(points: &[i64]) -> Value {
    let items = one_stop_items().into_iter().zip(points.iter().cycle());
    items.map(|(item, point)| (item, json!(point))).collect::<serde_json::Map<_, _>>().into()
}

fn send(base: &str, desk: &str, answers: &Value, more: &Value) -> (u16, Value) {
    let mut body =
        json!({ "id": uuid::Uuid::new_v4().to_string(), "desk": desk, "channel": "kiosk", "answers": answers });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let url = format!("{base}/v1/rounds/{ROUND}/responses");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut reply = agent.post(url).content_type("application/json").send(body.to_string()).unwrap();
    let text = reply.body_mut().read_to_string().unwrap();
    (reply.status().as_u16(), serde_json::from_str(&text).unwrap())
}

fn flags(office: &Office) -> Value {
    serde_json::from_str(&office.run(&["quality", "--round", ROUND, "--format", "json"])).unwrap()
}

fn results(office: &Office, more: &[&str]) -> Value {
    let command = ["results", "--round", ROUND, "--format", "json"];
    serde_json::from_str(&office.run(&[&command, more].concat())).unwrap()
}

#[test]
fn answers_are_flagged_with_reasons_and_figures_had_with_and_without_them() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let server = office.serve();
        let earnest = answers(&[5, 4, 3]);
        let at_open = json!({ "seconds": 90, "device": "tablet-1", "answered_at": OPEN });
        let told = [
            json!({ "seconds": 3, "answered_at": OPEN }),
            json!({ "seconds": 90, "answered_at": CLOSED }),
            json!({ "answered_at": CLOSED, "seconds": 0 }),
        ];
        // Five answers a device gives in two minutes are no burst; the sixth and seventh are.
        for _ in 0..7 {
            assert_eq!(send(&server.base, "T1-01", &earnest, &at_open).0, 201);
        }
        for more in &told {
            assert_eq!(send(&server.base, "T1-02", &earnest, more).0, 201);
        }
        let straight = answers(&[2]);
        assert_eq!(send(&server.base, "T2-01", &straight, &json!({ "answered_at": OPEN })).0, 201);
        let found = flags(&office);
        let expected = json!({
            "speeder": 2, "burst": 2, "after-hours": 2, "straight-line": 1, "more-than-transactions": 0, "trap": 0, "identical-run": 0,
        });
        assert_eq!(found["whole"], json!({ "answers": 11, "flagged": 6, "reasons": expected }));
        assert_eq!(found["desks"].as_array().unwrap().len(), 3);
        assert!(found["notice"].as_str().unwrap().contains("not confirmed"), "{found}");
        assert_eq!(found["overall"]["all"]["n"], 11);
        assert_eq!(found["overall"]["without_flagged"]["n"], 5);
        let (all, without) = (results(&office, &[]), results(&office, &["--without-flagged"]));
        assert_eq!((&all["rows"][0]["figure"]["n"], &without["rows"][0]["figure"]["n"]), (&json!(11), &json!(5)));
        assert_eq!((&without["source"]["n_flagged"], &without["source"]["without_flagged"]), (&json!(6), &json!(true)));
        assert_eq!(office.n_stored(), 11, "nothing is deleted");
        let json = |command: &str, more: &[&str]| -> Value {
            let base = [command, "--round", ROUND, "--format", "json"];
            serde_json::from_str(&office.run(&[&base[..], more].concat())).unwrap()
        };
        let source = &json("index", &["--without-flagged"])["provenance"]["sources"][0];
        assert_eq!((&source["n_responses"], &source["without_flagged"]), (&json!(5), &json!(true)), "{source}");
        let whole = |more: &[&str]| json("breakdown", more)["figures"][0]["cells"][0]["estimate"]["n"].clone();
        assert_eq!((whole(&[]), whole(&["--without-flagged"])), (json!(11), json!(5)));
        let url = format!("{}/v1/rounds/{ROUND}/results?flagged=without", server.base);
        let text = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), without, "both doors say the same");
        let said = office.run(&["quality", "--round", ROUND]);
        assert!(said.contains("6 trên 11 phiếu (54,5 %)") && said.contains("speeder 2, after-hours 2"), "{said}");
    });
}

#[test]
fn figures_without_a_handful_of_flagged_answers_are_not_shown() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let server = office.serve();
        for point in 0..9 {
            let more = json!({ "seconds": if point < 2 { 1 } else { 99 }, "answered_at": OPEN });
            assert_eq!(send(&server.base, "T1-01", &answers(&[5, 4]), &more).0, 201);
        }
        let without = results(&office, &["--without-flagged"]);
        for row in without["rows"].as_array().unwrap() {
            let why = row["figure"]["missing"].as_str().unwrap();
            assert!(why.starts_with("hidden: fewer than 5 answers") && row["figure"]["hidden"].is_string(), "{row}");
        }
        // The other doors to the same figures keep them as well: 7 of 9 people would tell about 2.
        let json = |command: &str| -> Value {
            let arguments = [command, "--round", ROUND, "--format", "json", "--without-flagged"];
            serde_json::from_str(&office.run(&arguments)).unwrap()
        };
        let (index, breakdown) = (json("index"), json("breakdown"));
        assert!(index["survey"].is_null(), "{index}");
        for cell in breakdown["figures"][0]["cells"].as_array().unwrap() {
            assert!(cell["estimate"].is_null(), "{cell}");
        }
        for (path, document) in [("index", &index), ("breakdown", &breakdown)] {
            let url = format!("{}/v1/rounds/{ROUND}/{path}?flagged=without", server.base);
            let text = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), *document, "both doors say the same");
        }
        assert_eq!(results(&office, &[])["rows"][0]["figure"]["n"], 9);
    });
}

#[test]
fn what_is_told_about_an_answer_is_checked() {
    let database = crate::harness::Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let server = office.serve();
    let (status, problem) = send(
        &server.base,
        "T1-01",
        &answers(&[5]),
        &json!({ "seconds": 100_000, "device": "a b", "answered_at": "yesterday" }),
    );
    assert_eq!(status, 422);
    let places: Vec<&str> =
        problem["faults"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/seconds", "/device", "/answered_at"]);
    assert_eq!(office.n_stored(), 0);
}

/// Imports answers of one desk from a sheet with times and devices.
fn import(office: &Office, desk: &str, n: usize, more: &str) {
    let items = one_stop_items();
    let mut sheet = format!("form,desk,{},seconds,device,answered_at,channel\n", items.join(","));
    for form in 0..n {
        let points: Vec<&str> = (0..items.len()).map(|item| if (item + form) % 2 == 0 { "5" } else { "4" }).collect();
        writeln!(sheet, "{desk}-{form},{desk},{},{more}", points.join(",")).unwrap();
    }
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("answers.csv");
    std::fs::write(&file, sheet).unwrap();
    office.run(&["responses", "import", "--round", ROUND, &file.display().to_string()]);
}

#[test]
fn people_who_chose_to_answer_get_rates_and_a_range_instead_of_a_margin() {
    on_both_urls(|url| {
        let office = Office::on(url);
        let path = |file: &str| fixture(file).display().to_string();
        office.run(&["areas", "import", &path("office/areas.csv")]);
        let plan = ["--questionnaire", "one-stop.v1", "--scheme", "demo-province", "--area", "T"];
        let kind = ["--year", "2025", "--mode", "self-selected"];
        office.run(&[&["round", "create", ROUND][..], &plan, &kind].concat());
        let scratch = tempfile::tempdir().unwrap();
        let frame = scratch.path().join("frame.csv");
        std::fs::write(&frame, "desk,transactions,stratum,drawn\nT1-01,40,T1,yes\nT1-02,100,T1,yes\nT2-01,8,T2,yes\n")
            .unwrap();
        office.run(&["round", "frame", ROUND, &frame.display().to_string()]);
        office.run(&["round", "open", ROUND]);
        import(&office, "T1-01", 20, ",,,");
        import(&office, "T1-02", 10, &format!("2,,{OPEN},phone"));
        import(&office, "T2-01", 12, ",,,");
        let found = results(&office, &[]);
        let selection = &found["selection"];
        assert_eq!(selection["answers"], 42);
        assert!((selection["response_rate"].as_f64().unwrap() - 42.0 / 148.0).abs() < 1e-15);
        let desks: Vec<&str> =
            selection["desks"].as_array().unwrap().iter().map(|desk| desk["desk"].as_str().unwrap()).collect();
        assert_eq!(desks, ["T1-02", "T1-01", "T2-01"]);
        let share = found["rows"][0]["satisfied"]["value"].as_f64().unwrap();
        for range in selection["sensitivity"].as_array().unwrap() {
            let r = range["readiness"].as_f64().unwrap();
            assert!((range["share"].as_f64().unwrap() - share / (share + r * (1.0 - share))).abs() < 1e-12);
        }
        assert_eq!(selection["sensitivity"].as_array().unwrap().len(), 4);
        let said = office.run(&["results", "--round", ROUND]);
        for part in [
            "42 người tự chọn trả lời (28,4 % lượt giao dịch). Họ không phải mẫu ngẫu nhiên",
            "42 people chose to answer (28,4 % of transactions). They are not a random sample",
            "r = 1/2:",
            "không phải sai số chọn mẫu",
        ] {
            assert!(said.contains(part), "{part} is missing in:\n{said}");
        }
        for word in ["sai số biên", "margin of error", "khoảng tin cậy", "confidence interval"] {
            assert!(!said.contains(word), "{word} in:\n{said}");
        }
        let flags = flags(&office);
        assert_eq!(flags["whole"]["reasons"]["more-than-transactions"], 12);
        assert_eq!(flags["whole"]["reasons"]["speeder"], 10);
    });
}
