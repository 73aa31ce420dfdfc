//! The tablet at a desk, as the door sees it: paired once, known by its key, and without scripts if need be.

use super::browser::Form;
use super::client::{Answer, BROWSER, Client, FORM, JSON};
use crate::harness::Database;
use crate::harness::door::{DESK, Door};
use sipas::domain::device::DeviceKind;
use sipas::domain::ids::AreaCode;
use sipas::service::Service;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::service::collect::CollectLimits;

on_both!(
    a_code_pairs_once,
    a_device_says_what_it_has_and_hears_what_is_missing,
    a_sitting_without_scripts_is_the_tablets
);

fn service(door: &Door) -> Service {
    let catalogue = Catalogue::load(&Source::Embedded).unwrap();
    Service::start(catalogue, door.store.clone(), CollectLimits::default()).unwrap()
}

fn code(door: &Door, kind: DeviceKind) -> String {
    service(door).enrol_device(&AreaCode::parse(DESK).unwrap(), kind, "").unwrap().pairing.to_string()
}

/// Sends the one-time code as the page does.
fn pair(client: &Client, code: &str) -> Answer {
    client.post_form("/kiosk/pair", &format!("code={code}"))
}

/// The cookie of a tablet that was paired just now.
fn paired(door: &Door, client: &Client) -> String {
    let answer = pair(client, &code(door, DeviceKind::Kiosk));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/kiosk")));
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn sync(client: &Client, cookie: &str, body: &str) -> Answer {
    client.send("POST", "/v1/devices/sync", &[JSON, ("cookie", cookie)], body.as_bytes())
}

fn a_code_pairs_once(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let code = code(&door, DeviceKind::Kiosk);
    let page = client.get(&format!("/kiosk?code={code}"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("value=\"{code}\"")), "the code of the address is filled in");

    let answer = pair(&client, &code.to_lowercase().replace('-', " ").replace(' ', "+"));
    assert_eq!((answer.status, answer.header("location")), (303, Some("/kiosk")));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(["HttpOnly", "SameSite=Strict", "Path=/"].iter().all(|part| cookie.contains(part)), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let start = client.send("GET", "/kiosk", &[BROWSER, ("cookie", cookie)], b"");
    assert!(start.body.contains(&format!("href=\"/s/{DESK}\"")), "{}", start.body);
    assert!(!start.body.contains(cookie.split_once('=').unwrap().1), "the key is in no page");

    for used_or_wrong in [code.as_str(), "AAAA-AAAA", "", "x"] {
        let again = pair(&client, used_or_wrong);
        assert_eq!((again.status, again.header("set-cookie")), (422, None));
        assert!(again.body.contains("role=\"alert\"") && again.body.contains(&format!("value=\"{used_or_wrong}\"")));
    }
    let unknown = client.send("GET", "/kiosk", &[BROWSER, ("cookie", "sipas_device=00")], b"");
    assert!(unknown.status == 200 && unknown.body.contains("name=\"code\""), "a stranger may be paired");
}

#[test]
fn each_kind_of_device_is_led_to_its_page() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    for (kind, page) in [(DeviceKind::Interviewer, "/interview"), (DeviceKind::Entry, "/entry")] {
        let answer = pair(&client, &code(&door, kind));
        assert_eq!((answer.status, answer.header("location")), (303, Some(page)));
    }
}

fn a_device_says_what_it_has_and_hears_what_is_missing(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let report = r#"{"assigned":5,"waiting":1,"aside":0,"version":"abc"}"#;
    assert_eq!(client.post_json("/v1/devices/sync", report).slug(), "device-unknown");
    let cookie = paired(&door, &client);
    let faulty = sync(&client, &cookie, r#"{"assigned":-1,"waiting":1,"version":7,"colour":"red"}"#);
    assert_eq!(faulty.status, 422);
    for pointer in ["/assigned", "/aside", "/version", "/colour"] {
        assert!(faulty.body.contains(&format!("\"{pointer}\"")), "{pointer}: {}", faulty.body);
    }

    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    for sequence in [1, 3] {
        let mut body = form.as_json(&super::browser::new_id(), DESK);
        body["sequence"] = sequence.into();
        let path = format!("/v1/rounds/{}/responses", crate::harness::door::ROUND);
        let sent = client.send("POST", &path, &[JSON, ("cookie", &cookie)], body.to_string().as_bytes());
        assert_eq!(sent.status, 201, "{}", sent.body);
    }
    let heard = sync(&client, &cookie, report);
    let heard: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
    assert_eq!(heard["missing"], serde_json::json!([[2, 2], [4, 4]]), "{heard}");
    assert_eq!((&heard["desk"], &heard["kind"]), (&DESK.into(), &"kiosk".into()));
    assert_eq!(heard["round"], crate::harness::door::ROUND);
    assert_eq!((&heard["idle_seconds"], &heard["highest"]), (&30.into(), &5.into()));
    let odd = sync(&client, &cookie, r#"{"assigned":5,"waiting":1,"aside":0,"version":"a\u0000b"}"#);
    assert!(odd.status == 422 && odd.body.contains("control character"), "{}", odd.body);
    let wiped = sync(&client, &cookie, r#"{"assigned":0,"waiting":0,"aside":0,"version":"abc"}"#);
    let heard: serde_json::Value = serde_json::from_str(&wiped.body).unwrap();
    assert_eq!(heard["highest"], 5, "it goes on above what it once gave");
    assert_eq!(heard["missing"], serde_json::json!([[2, 2], [4, 5]]), "and what it lost is missing");
}

fn a_sitting_without_scripts_is_the_tablets(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let cookie = paired(&door, &client);
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}?lang=en")));
    form.fill_all();
    let sent = client.send("POST", &form.action, &[BROWSER, FORM, ("cookie", &cookie)], form.encoded().as_bytes());
    assert_eq!((sent.status, sent.header("location")), (303, Some("/kiosk/next?lang=en")), "{}", sent.body);
    assert_eq!(door.n_stored(), 1);
    let next = client.get("/kiosk/next?lang=en");
    assert!(next.body.contains("http-equiv=\"refresh\"") && next.body.contains("href=\"/kiosk\""));
}

#[test]
fn the_worker_names_the_version_and_every_file() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    let worker = client.get("/worker.js");
    assert_eq!(worker.header("service-worker-allowed"), Some("/"));
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let files = worker.body.lines().nth(1).unwrap();
    let files = files.strip_prefix("const FILES = ").unwrap().trim_end_matches(';');
    let files: Vec<String> = serde_json::from_str(files).unwrap();
    for name in ["style.css", "outbox.js", "kiosk.js"] {
        let file = files.iter().find(|file| file.starts_with(&format!("/page/{name}?v="))).expect(name);
        assert_eq!(client.get(file).status, 200);
    }
    assert!(!files.iter().any(|file| file.contains("worker.js")), "a worker is never kept by itself");
}
