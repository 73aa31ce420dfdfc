//! A crowd behind one address, and somebody who stuffs or guesses among them.

use crate::harness::Database;
use crate::harness::office::{DESK, Office, ROUND, Served, one_stop_items};
use crate::harness::on_both_urls;
use crate::http::browser::{Form, new_id};
use crate::http::client::{Client, FORM};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use ureq::Agent;

/// Two offices, each behind an address of its own.
const HERE: &str = "203.0.113.7";
const NEIGHBOUR: &str = "203.0.113.8";
const ELSEWHERE: &str = "198.51.100.7";

/// What came back: status, problem, and when to come again.
type Reply = (u16, Value, Option<String>);

fn send(base: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
    let address = format!("{base}/v1/rounds/{ROUND}/responses");
    let mut request = agent.post(address).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut reply = request.send(body.to_string()).unwrap();
    let again = reply.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let text = reply.body_mut().read_to_string().unwrap();
    (reply.status().as_u16(), serde_json::from_str(&text).unwrap_or_default(), again)
}

/// Answers that differ from number to number, so that they are no run.
fn answers(n: u32) -> Value {
    let score = |place: usize| (n as usize / 5_usize.pow(place as u32 % 4) + place) % 5 + 1;
    one_stop_items().into_iter().enumerate().map(|(place, item)| (item, json!(score(place)))).collect()
}

fn response(n: u32) -> Value {
    json!({ "id": format!("7f0c2a52-6f1e-4a62-9a3a-{n:012x}"), "desk": DESK, "channel": "web", "answers": answers(n) })
}

#[test]
fn a_place_is_limited_and_a_device_is_not_limited_with_it() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let server = office.serve_with(&["--behind-proxy", "--per-prefix", "3"]);
        let from = |address: &str, n: u32| send(&server.base, &[("x-forwarded-for", address)], &response(n));
        let first: Vec<u16> = [(1, HERE), (2, NEIGHBOUR), (3, HERE)].map(|(n, address)| from(address, n).0).into();
        assert_eq!(first, [201, 201, 201]);
        let (status, problem, again) = from(NEIGHBOUR, 4);
        assert_eq!((status, &problem["type"], again.as_deref()), (429, &json!("/problems/too-many"), Some("5")));
        assert_eq!(from(ELSEWHERE, 5).0, 201, "another place has its own allowance");
        let told = format!("{ELSEWHERE}, {HERE}");
        assert_eq!(from(&told, 6).0, 429, "what the proxy was told is not what it says");
        assert_eq!(office.n_stored(), 4, "what was refused is not stored");
    });
}

#[test]
fn guessing_codes_costs_work_and_locks_nobody_out() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let list = office.run(&["receipts", "issue", "--round", ROUND, "--desk", DESK, "--count", "3"]);
        let codes: Vec<&str> = list.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        let server = office.serve_with(&["--behind-proxy"]);
        let with_code = |address: &str, n: u32, code: &str, proof: Option<String>| {
            let mut body = response(n);
            body["receipt"] = json!(code);
            if let Some(proof) = proof {
                body["proof"] = json!(proof);
            }
            send(&server.base, &[("x-forwarded-for", address)], &body)
        };
        // Codes of another desk are well formed, and wrong here.
        let other = office.run(&["receipts", "issue", "--round", ROUND, "--desk", "T2-01", "--count", "600"]);
        let wrong = other.lines().skip(1).map(|line| line.split(',').next().unwrap());
        // One a second is given back, so it takes a few more than sixty, and on a slow machine many more.
        let guesses = (100..).zip(wrong).map(|(n, code)| with_code(HERE, n, code, None).0);
        let unpunished: Vec<u16> = guesses.take_while(|status| *status != 428).collect();
        assert!(unpunished.iter().all(|status| *status == 422), "{unpunished:?}");
        assert!((60..600).contains(&unpunished.len()), "{} guesses were free", unpunished.len());

        let (status, problem, _) = with_code(HERE, 1, codes[0], None);
        assert_eq!((status, &problem["type"]), (428, &json!("/problems/proof-missing")));
        assert!(problem["detail"].as_str().unwrap().starts_with("16 "), "{problem}");
        let id = response(1)["id"].as_str().unwrap().to_owned();
        let fits = |proof: &String| Sha256::digest(format!("{id}:{proof}"))[..2] == [0, 0];
        let proof = (0..).map(|n: u32| n.to_string()).find(fits);
        assert_eq!(with_code(HERE, 1, codes[0], proof).0, 201, "whoever has a right code gets in for a second's work");
        assert_eq!(with_code(ELSEWHERE, 2, codes[1], None).0, 201, "and everybody else as before");
        assert_eq!(send(&server.base, &[("x-forwarded-for", HERE)], &response(3)).0, 201, "walk-ins too");
    });
}

#[test]
fn a_form_without_scripts_is_not_a_way_around_the_work() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let server = office.serve_with(&["--behind-proxy", "--proof-of-work", "16"]);
    let client = Client::to(&server.base);
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    let mut send = |address: &str| {
        form.fill("response_id", &new_id());
        let headers = [FORM, ("x-forwarded-for", address)];
        let reply = client.send("POST", &form.action, &headers, form.encoded().as_bytes());
        if reply.status == 503 {
            assert_eq!(Form::in_page(&reply).filled, form.filled, "nothing of what was typed is lost");
            assert_eq!(reply.header("retry-after"), Some("10"));
        }
        reply.status
    };
    // One in ten seconds is given back, so on a slow machine a few more than six pass.
    let free = (0..60).take_while(|_| send(HERE) == 303).count();
    assert!((6..20).contains(&free), "{free} forms passed");
    assert_eq!(send(ELSEWHERE), 303, "whoever has no scripts gets in elsewhere");
    assert_eq!(office.n_stored(), free + 1);
}

#[test]
fn a_server_that_strangers_reach_asks_the_operator_for_a_key() {
    let database = Database::sqlite();
    let office = Office::on(&database.address());
    office.open_round();
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
    let status =
        |server: &Served| agent.get(format!("{}/operator/{ROUND}", server.base)).call().unwrap().status().as_u16();
    assert_eq!(status(&office.serve()), 200, "alone on its machine");
    // A proxy on the same machine that says nothing of itself looks like the operator.
    for public in [&["--public-url", "https://khaosat.example.vn"][..], &["--behind-proxy"]] {
        assert_eq!(status(&office.serve_with(public)), 401, "{public:?}");
    }
}

#[test]
fn a_run_of_identical_answers_is_flagged_and_kept() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let server = office.serve();
        for n in 0..15 {
            let mut body = response(n);
            body["answers"] = answers(7);
            assert_eq!(send(&server.base, &[], &body).0, 201);
        }
        assert_eq!(send(&server.base, &[], &response(99)).0, 201);
        let said = office.run(&["quality", "--round", ROUND, "--format", "json"]);
        let found: Value = serde_json::from_str(&said).unwrap();
        let whole = &found["whole"];
        assert_eq!((&whole["answers"], &whole["reasons"]["identical-run"]), (&json!(16), &json!(4)), "{whole}");
    });
}
