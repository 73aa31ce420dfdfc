//! The counter's commands: devices, receipt codes, posters, keys.

use super::{office, refused};
use crate::harness::office::{DESK, Office, ROUND, one_stop_items};
use crate::harness::{on_both_urls, pdf, qr, tools};
use crate::http::browser::Form;
use crate::http::client::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::Range;

const PUBLIC: &str = "https://khaosat.example.vn";

/// Sends JSON to the real server and returns status and body.
fn post(base: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut request = agent.post(format!("{base}{path}")).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut reply = request.send(body.to_string()).unwrap();
    let text = reply.body_mut().read_to_string().unwrap();
    (reply.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
}

pub(super) fn response(n: u32, more: (&str, Value)) -> Value {
    let answers: Value = one_stop_items().into_iter().map(|item| (item, json!(4))).collect();
    let id = format!("7f0c2a52-6f1e-4a62-9a3a-{n:012x}");
    let mut body = json!({ "id": id, "desk": DESK, "channel": "web", "answers": answers });
    body[more.0] = more.1;
    body
}

#[test]
fn a_printed_code_admits_one_answer_at_the_real_server() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let scratch = tempfile::tempdir().unwrap();
        let (csv, sheets) = (scratch.path().join("codes.csv"), scratch.path().join("slips"));
        let (csv_path, sheet_path) = (csv.display().to_string(), sheets.display().to_string());
        let issue = ["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", "30", "--csv", &csv_path];
        let printed = [&issue[..], &["--sheet", &sheet_path]].concat();
        let said = refused(office.try_run(&printed));
        assert!(said.contains("--public-url"), "{said}");
        assert!(!office.run(&["receipts", "status", "--round", ROUND]).contains(DESK), "nothing was issued");
        office.run(&[&printed[..], &["--public-url", PUBLIC]].concat());
        let codes: Vec<String> = std::fs::read_to_string(&csv)
            .unwrap()
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap().to_owned())
            .collect();
        assert_eq!(codes.len(), 30);
        let first = std::fs::read_to_string(sheets.join("sheet-001.svg")).unwrap();
        let second = std::fs::read_to_string(sheets.join("sheet-002.svg")).unwrap();
        let scanned = [qr::on_page(&first), qr::on_page(&second)].concat();
        assert_eq!(scanned, codes.iter().map(|code| format!("{PUBLIC}/s/{DESK}?c={code}")).collect::<Vec<_>>());
        assert!(first.contains(&codes[0]) && first.contains(&codes[23]) && !first.contains(&codes[24]));
        let again = refused(office.try_run(&issue));
        assert!(again.contains("exists already"), "{again}");

        let server = office.serve();
        let path = format!("/v1/rounds/{ROUND}/responses");
        let send = |n, code: &str| post(&server.base, &path, &[], &response(n, ("receipt", json!(code))));
        assert_eq!(send(1, &codes[24]).0, 201);
        let (status, problem) = send(2, &codes[24]);
        assert_eq!((status, &problem["type"]), (409, &json!("/problems/receipt-spent")));
        let status = office.run(&["receipts", "status", "--round", ROUND]);
        let line: Vec<&str> = status.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(line[..3], [DESK, "30", "1"]);
    });
}

#[test]
fn no_code_is_issued_that_could_not_be_written_down() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name).display().to_string();
        let issue = |count: &str, more: &[&str]| {
            let asked = ["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", count];
            office.try_run(&[&asked[..], more].concat())
        };
        std::fs::write(path("sheet-002.svg"), "kept").unwrap();
        let folder = scratch.path().display().to_string();
        let csv = path("codes.csv");
        let printed = ["--csv", &csv, "--sheet", &folder, "--public-url", PUBLIC];
        assert!(refused(issue("25", &printed)).contains("sheet-002.svg exists already"));
        assert!(refused(issue("1", &["--csv", &path("no-folder/codes.csv")])).contains("cannot write"));
        assert!(refused(issue("0", &["--csv", &csv])).contains("from 1 to"));
        for address in ["khaosat.vn", "https://", "https://a.vn/?x=1", "ftp://a.vn"] {
            let printed = ["--sheet", &folder, "--public-url", address];
            assert!(refused(issue("1", &printed)).contains("is no public address"), "{address}");
        }
        assert!(!office.run(&["receipts", "status", "--round", ROUND]).contains(DESK), "nothing was issued");
        let names = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["sheet-002.svg"], "nothing is left behind");
        assert_eq!(std::fs::read_to_string(path("sheet-002.svg")).unwrap(), "kept");
        let listed = String::from_utf8(issue("2", &["--csv", "-"]).stdout).unwrap();
        assert_eq!((listed.lines().next(), listed.lines().count()), (Some("code,desk,round,valid_to"), 3));
    });
}

#[test]
fn software_with_a_key_issues_codes_for_its_own_area() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let key = office.run(&["key", "create", "--name", "cases", "--scope", "receipts", "--area", "T1"]);
        let bearer = format!("Bearer {}", key.trim());
        let server = office.serve();
        let ask = |headers: &[(&str, &str)], body: Value| post(&server.base, "/v1/receipts", headers, &body);
        let body = json!({ "round": ROUND, "desk": DESK, "count": 2 });
        let public = office.serve_with(&["--public-url", &format!("{PUBLIC}/")]);
        let (_, issued) = post(&public.base, "/v1/receipts", &[("authorization", &bearer)], &body);
        let address = |n: usize| format!("{PUBLIC}/s/{DESK}?c={}", issued["codes"][n].as_str().unwrap());
        assert_eq!(issued["addresses"], json!([address(0), address(1)]), "{issued}");
        assert_eq!(ask(&[], body.clone()).0, 401);
        let with_key = [("authorization", bearer.as_str())];
        let (status, issued) = ask(&with_key, body);
        assert_eq!((status, issued["codes"].as_array().unwrap().len()), (201, 2), "{issued}");
        assert_eq!(issued["addresses"], json!([]), "the server was not told where it is reached");
        assert_eq!(ask(&with_key, json!({ "round": ROUND, "desk": "T2-01", "count": 1 })).0, 401, "another district");
        let (status, problem) = ask(&with_key, json!({ "round": "", "count": 0, "extra": 1 }));
        let places: Vec<&str> =
            problem["faults"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
        assert_eq!((status, places), (422, vec!["/extra", "/round", "/desk", "/count"]));
        let code = issued["codes"][0].as_str().unwrap();
        let path = format!("/v1/rounds/{ROUND}/responses");
        assert_eq!(post(&server.base, &path, &[], &response(7, ("receipt", json!(code)))).0, 201);
        let narrow = ["key", "create", "--name", "two", "--scope", "operator", "--area", "T1"];
        assert!(refused(office.try_run(&narrow)).contains("shows every round"), "it would open more than it says");
        office.run(&["key", "revoke", "cases"]);
        assert!(office.run(&["key", "list"]).contains("cases"));
        assert!(refused(office.try_run(&["key", "revoke", "cases"])).contains("key cases"));
    });
}

#[test]
fn devices_are_enrolled_listed_and_revoked() {
    on_both_urls(|url| enrolled_listed_and_revoked(&Office::on(url)));
}

fn enrolled_listed_and_revoked(office: &Office) {
    office.open_round();
    let enrol = ["device", "enrol", "--desk", DESK, "--public-url"];
    assert!(refused(office.try_run(&[&enrol[..], &["khaosat"]].concat())).contains("is no public address"));
    let said = office.run(&["device", "enrol", "--desk", DESK, "--label", "Quầy 1", "--public-url", PUBLIC]);
    let code = said.lines().find_map(|line| line.strip_prefix("Thiết bị / device")).unwrap().trim().to_owned();
    let address = said.lines().find_map(|line| line.strip_prefix("Địa chỉ / address")).unwrap().trim();
    assert_eq!(qr::in_terminal(&said), address);
    assert!(address.starts_with(&format!("{PUBLIC}/kiosk?code=")), "{said}");
    let list: Value = serde_json::from_str(&office.run(&["device", "list", "--format", "json"])).unwrap();
    let device = &list["devices"][0];
    assert_eq!((&device["device"], &device["standing"]), (&json!(code), &json!("awaited")), "{list}");
    assert!(office.run(&["device", "list"]).contains("Quầy 1"));
    office.run(&["device", "revoke", &code]);
    assert!(office.run(&["device", "list"]).contains("revoked"));
    assert!(refused(office.try_run(&["device", "enrol", "--desk", "NO-SUCH"])).contains("NO-SUCH"));
    assert_eq!(office.try_run(&["device", "enrol", "--desk", DESK, "--kind", "robot"]).status.code(), Some(2));
}

#[test]
fn every_drawn_desk_has_a_poster_that_is_never_overwritten() {
    let (office, _database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("posters").display().to_string();
    let draw = ["poster", "--round", ROUND, "--out", &folder, "--public-url", PUBLIC];
    office.run(&draw);
    let one = std::fs::read_to_string(scratch.path().join(format!("posters/poster-{DESK}.svg"))).unwrap();
    let address = format!("{PUBLIC}/s/{DESK}");
    assert_eq!(qr::on_page(&one), std::slice::from_ref(&address));
    assert!(one.contains(&format!(">{address}<")) && one.contains("Quét mã"), "{one}");
    assert!(refused(office.try_run(&draw)).contains("exists already"));
    let other = scratch.path().join("others").display().to_string();
    let alone = |round: &str, desk: &str| {
        office.try_run(&["poster", "--round", round, "--desk", desk, "--out", &other, "--public-url", PUBLIC])
    };
    assert!(refused(alone(ROUND, "T1-03")).contains("T1-03"), "not drawn");
    assert!(refused(alone("NO-SUCH", DESK)).contains("NO-SUCH"));
    assert!(alone(ROUND, DESK).status.success());
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    assert!(office.run(&["paper", "status", "--round", ROUND]).contains("waiting for a second entry: 0"));
}

#[test]
fn a_code_of_the_season_before_is_refused_kindly_and_its_holder_walks_in() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let issue = ["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", "1"];
        let list = tools::days_ago(95, &mut office.command(&issue));
        let code = list.lines().nth(1).and_then(|line| line.split(',').next()).unwrap().to_owned();
        let served = office.serve();
        let path = format!("/v1/rounds/{ROUND}/responses");
        let (status, problem) = post(&served.base, &path, &[], &response(1, ("receipt", json!(code))));
        assert_eq!((status, &problem["type"]), (409, &json!("/problems/receipt-expired")), "{problem}");
        let client = Client::to(&served.base);
        let mut form = Form::in_page(&client.get(&format!("/s/{DESK}?c={code}")));
        form.fill_all();
        let again = client.post_form(&form.action, &form.encoded());
        assert_eq!(again.status, 409);
        assert!(again.body.contains("Mã này đã hết hạn"), "{}", again.body);
        assert_eq!(Form::in_page(&again).filled, form.filled, "nothing of what was typed is lost");
        assert_eq!(office.n_stored(), 0);
        form.fill("without_receipt", "1");
        assert_eq!(form.send(&client).status, 303);
        assert_eq!(office.n_stored(), 1);
        let counts = office.run(&["receipts", "status", "--round", ROUND]);
        let of_desk = counts.lines().find(|line| line.starts_with(DESK)).unwrap();
        assert_eq!(of_desk.split_whitespace().collect::<Vec<_>>(), [DESK, "1", "0", "0,0", "%"], "none is spent");
    });
}

#[test]
fn posters_and_slips_come_as_one_file_to_print() {
    let (office, _database) = office();
    office.open_round();
    let scratch = tempfile::tempdir().unwrap();
    let (posters, slips) = (scratch.path().join("posters.pdf"), scratch.path().join("in/slips.pdf"));
    let (posters_path, slips_path) = (posters.display().to_string(), slips.display().to_string());
    let draw = ["poster", "--round", ROUND, "--out", &posters_path, "--public-url", PUBLIC];
    let said = office.run(&draw);
    let n_posters = said.split_whitespace().next().unwrap();
    assert_eq!(
        (pdf::property(&posters, "Pages").as_str(), pdf::property(&posters, "Tagged").as_str()),
        (n_posters, "yes")
    );
    assert!(pdf::property(&posters, "Page size").contains("A4") && pdf::carries_its_fonts(&posters));
    assert!(pdf::words(&posters).contains("Quét mã") && pdf::words(&posters).contains(&format!("{PUBLIC}/s/{DESK}")));
    let codes: Vec<String> =
        pdf::drawn(&posters, 60).iter().map(|page| qr::in_picture(page, (0.0..1.0, 0.0..1.0))).collect();
    assert_eq!(codes.len().to_string(), n_posters);
    assert!(codes.contains(&format!("{PUBLIC}/s/{DESK}")), "{codes:?}");
    assert!(refused(office.try_run(&draw)).contains("exists already"));

    let issue = ["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", "30", "--public-url", PUBLIC];
    let list = office.run(&[&issue[..], &["--sheet", &slips_path]].concat());
    let issued: BTreeSet<String> =
        list.lines().skip(1).map(|line| format!("{PUBLIC}/s/{DESK}?c={}", line.split(',').next().unwrap())).collect();
    let pages = pdf::drawn(&slips, 200);
    let printed: BTreeSet<String> = (0..30).map(|n| qr::in_picture(&pages[n / 24], slip_at(n % 24))).collect();
    assert_eq!((issued.len(), pages.len()), (30, 2));
    assert_eq!(printed, issued);
}

/// Where a slip lies on its page, in parts of the page: three beside each other, 6 mm from its edges.
fn slip_at(place: usize) -> (Range<f64>, Range<f64>) {
    let part = |n: usize, of: f64, edge: f64| {
        let at = |n: usize| (6.0 + n as f64 * (edge - 12.0) / of) / edge;
        at(n)..at(n + 1)
    };
    (part(place % 3, 3.0, 210.0), part(place / 3, 8.0, 297.0))
}

/// A line of the file that a device exports.
pub(super) fn exported(round: &str, device: Option<&str>, body: &Value) -> String {
    format!("{}\n", json!({ "round": round, "device": device, "body": body }))
}

#[test]
fn what_a_broken_tablet_had_is_imported_once_and_closes_its_gap() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let said = office.run(&["device", "enrol", "--desk", DESK]);
        let device = said.lines().find_map(|line| line.strip_prefix("Thiết bị / device")).unwrap().trim().to_owned();
        office.run(&["device", "revoke", &device]);
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("sipas-outbox.jsonl");
        let lines: Vec<String> =
            (1..=3).map(|n| exported(ROUND, Some(&device), &response(n, ("sequence", json!(n))))).collect();
        std::fs::write(&file, lines.concat()).unwrap();
        let path = file.display().to_string();
        assert_eq!(office.run(&["responses", "import", &path]), "3 answers stored, 0 were there already.\n");
        assert_eq!(office.run(&["responses", "import", &path]), "0 answers stored, 3 were there already.\n");
        assert_eq!(office.n_stored(), 3);
        let list: Value = serde_json::from_str(&office.run(&["device", "list", "--format", "json"])).unwrap();
        assert_eq!((&list["devices"][0]["arrived"], &list["devices"][0]["missing"]), (&json!(3), &json!("")));
    });
}

#[test]
fn every_fault_of_an_exported_file_has_its_line_and_the_rest_can_be_taken() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let said = office.run(&["device", "enrol", "--desk", DESK]);
        let device = said.lines().find_map(|line| line.strip_prefix("Thiết bị / device")).unwrap().trim().to_owned();
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name).display().to_string();
        let (file, rejects, codes) = (path("outbox.jsonl"), path("rejects.jsonl"), path("codes.csv"));
        office.run(&["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", "1", "--csv", &codes]);
        let issued = std::fs::read_to_string(&codes).unwrap();
        let code = issued.lines().nth(1).unwrap().split(',').next().unwrap();

        let of_device = |body: &Value| exported(ROUND, Some(&device), body);
        let with_code = |n| exported(ROUND, None, &response(n, ("receipt", json!(code))));
        let mut odd = response(4, ("sequence", json!(4)));
        odd["answers"]["TC1"] = json!(6);
        let mut worse = odd.clone();
        worse["sequence"] = json!(0);
        let twice = of_device(&response(9, ("sequence", json!(9)))).replace("\"TC1\":4", "\"TC1\":4,\"TC1\":5");
        let bad = [
            "{\n".to_owned(),
            exported(ROUND, Some("NOBODY"), &response(5, ("sequence", json!(5)))),
            of_device(&worse),
            of_device(&odd),
            exported("no-such", None, &response(6, ("seconds", json!(60)))),
            twice,
            with_code(8),
        ];
        std::fs::write(&file, [&[with_code(7)], &bad[..]].concat().concat()).unwrap();
        let said = refused(office.try_run(&["responses", "import", &file]));
        for place in [
            ":2: The body is not JSON",
            ":3: /device: ",
            ":4: /body/sequence: ",
            ":4: /body/answers/TC1: ",
            ":5: /body/answers/TC1: ",
            ":6: /round: ",
            ":7: /body/answers/TC1: ",
            ":8: /body/receipt: ",
        ] {
            assert!(said.contains(&format!("{file}{place}")), "{place} is missing in:\n{said}");
        }
        assert_eq!(office.n_stored(), 0);

        let rest = ["responses", "import", &file, "--accept-valid", "--rejects", &rejects];
        let output = office.try_run(&rest);
        assert_eq!(output.status.code(), Some(1), "some were not taken");
        assert_eq!(office.n_stored(), 1);
        let status = office.run(&["receipts", "status", "--round", ROUND]);
        let line: Vec<&str> = status.lines().last().unwrap().split_whitespace().collect();
        assert_eq!(line[..3], [DESK, "1", "1"], "its code is spent");
        let back = std::fs::read_to_string(&rejects).unwrap();
        let told = |line: &&str| line.starts_with("{\"faults\":");
        let lines: Vec<String> = back.lines().filter(|line| !told(line)).map(|line| format!("{line}\n")).collect();
        assert_eq!(lines, bad, "the others come back to the letter");
        assert_eq!(back.lines().filter(told).count(), bad.len());

        std::fs::write(&rejects, back.replace("NOBODY", &device).replace("\"TC1\":6", "\"TC1\":2")).unwrap();
        office.try_run(&["responses", "import", &rejects, "--accept-valid", "--rejects", &path("more.jsonl")]);
        assert_eq!(office.n_stored(), 3, "what was mended is taken, below the lines that said what was wrong");
        let list: Value = serde_json::from_str(&office.run(&["device", "list", "--format", "json"])).unwrap();
        assert_eq!(list["devices"][0]["missing"], json!("1-3"));
        assert!(
            refused(office.try_run(&["responses", "import", &file, "--round", ROUND])).contains("leave --round out")
        );
    });
}

#[test]
fn call_backs_are_drawn_at_random_and_held_against_what_is_stored() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let said = office.run(&["device", "enrol", "--desk", DESK, "--kind", "interviewer"]);
        let device = said.lines().find_map(|line| line.strip_prefix("Thiết bị / device")).unwrap().trim().to_owned();
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join("interviews.jsonl");
        let lines: Vec<String> = (1..=20)
            .map(|n| {
                let mut body = response(n, ("sequence", json!(n)));
                body["channel"] = json!("interviewer");
                exported(ROUND, Some(&device), &body)
            })
            .collect();
        std::fs::write(&file, lines.concat()).unwrap();
        office.run(&["responses", "import", &file.display().to_string()]);
        let draw = |seed: &str| office.run(&["callback", "draw", "--round", ROUND, "--share", "0.2", "--seed", seed]);
        let drawn = draw("7");
        assert_eq!((drawn.lines().count(), draw("7") == drawn, draw("8") == drawn), (5, true, false), "{drawn}");
        assert!(drawn.lines().skip(1).all(|line| line.starts_with(&format!("{device}-00"))), "{drawn}");

        let sheet = scratch.path().join("again.csv");
        let rows = format!(
            "form,contact,TC1,TC2\n{device}-0001,reached,4,4\n{device}-0002,reached,4,1\n{device}-0003,denied,,\n{device}-0004,not-reached,,\n"
        );
        std::fs::write(&sheet, rows).unwrap();
        let path = sheet.display().to_string();
        let said = office.run(&["callback", "compare", "--round", ROUND, &path]);
        let line = |start: &str| said.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{said}"));
        assert!(line("Có phỏng vấn").contains("66,7 % (9,4–99,2)"), "exact interval of 2 of 3: {said}");
        assert!(line("Cả phiếu khớp").contains("50,0 %"), "{said}");
        assert!(line("TC1").contains("100,0 %") && line("TC2").contains("50,0 %"), "{said}");
        std::fs::write(&sheet, "form,contact,TC1\nNOBODY-0001,perhaps,9\n").unwrap();
        let said = refused(office.try_run(&["callback", "compare", "--round", ROUND, &path]));
        for place in ["row 2, column form", "row 2, column contact", "row 2, column TC1"] {
            assert!(said.contains(place), "{place} is missing in:\n{said}");
        }
    });
}
