//! Exports over HTTP: the same bytes as on the command line, answers for the operator only.

use super::client::{Client, JSON};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{random_id, round_code};
use sipas::domain::access::Scope;
use sipas::domain::ids::Digest;
use sipas::domain::quality::Answers;
use sipas::export::format::Format;
use sipas::service::export::{Request, TableName, export};
use sipas::service::{publish, rounds};
use std::io::Write;
use std::sync::{Arc, Mutex};

on_both!(
    files_are_those_of_the_command_line,
    answers_are_for_the_operator,
    of_a_publication_only_what_was_there_is_in_the_file,
);

/// Text formats: the client reads UTF-8.
const TEXTS: [Format; 5] = [Format::Csv, Format::ExcelCsv, Format::JsonLines, Format::Ddi, Format::Codebook];

fn path(more: &str) -> String {
    format!("/v1/rounds/{ROUND}/export{more}")
}

fn answer(door: &Door, client: &Client, n: usize) {
    for _ in 0..n {
        let id = random_id();
        let body = format!(r#"{{"id":"{id}","desk":"{DESK}","channel":"web","answers":{}}}"#, door.answers());
        assert_eq!(client.send("POST", &format!("/v1/rounds/{ROUND}/responses"), &[JSON], body.as_bytes()).status, 201);
    }
}

/// Bytes that can still be seen when their writer is gone.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn files_are_those_of_the_command_line(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 7);
    for table in TableName::ALL {
        for format in TEXTS {
            let reply = client.send("GET", &path(&format!("?format={format}&table={table}")), &[], b"");
            assert_eq!(reply.status, 200, "{}", reply.body);
            assert_eq!(reply.header("content-type"), Some(format.media_type()));
            let named = format!("attachment; filename=\"{ROUND}-{table}.{}\"", format.ending());
            assert_eq!(reply.header("content-disposition"), Some(named.as_str()));
            assert_eq!(reply.header("transfer-encoding"), Some("chunked"), "an end that can be seen");
            let request = everything_of(table);
            let service = door.service();
            let kept = Kept::default();
            let out = kept.clone();
            let asked = (&request, format);
            let manifest =
                export(service.catalogue(), service.store(), asked, |_| Ok(Box::new(out)), |_, _| {}).unwrap();
            assert!(*kept.0.lock().unwrap() == reply.body.as_bytes(), "{table} {format}");
            let told = client.get(&path(&format!("/manifest?format={format}&table={table}")));
            assert_eq!(told.status, 200);
            assert_eq!(told.body, manifest.to_json().unwrap());
            assert_eq!(told.json()["bytes"], reply.body.len());
            assert!(Digest::parse(told.json()["sha256"].as_str().unwrap()).is_some());
        }
    }
}

fn everything_of(table: TableName) -> Request {
    Request {
        round: round_code(ROUND),
        table,
        unit: None,
        answers: Answers::All,
        admission: None,
        by: Vec::new(),
        figures: Vec::new(),
        as_of: None,
    }
}

fn answers_are_for_the_operator(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 5);
    // What a reverse proxy adds: the request does not come from this machine.
    let forwarded = ("x-forwarded-for", "203.0.113.7");
    let get = |more: &str, headers: &[(&str, &str)]| client.send("GET", &path(more), headers, b"");
    for address in ["?format=csv", "/manifest?format=csv", "?format=r", "?format=codebook&table=responses"] {
        let reply = get(address, &[forwarded]);
        assert_eq!((reply.status, reply.slug().as_str()), (401, "key-needed"), "{address}");
    }
    let of_receipts = door.service().create_key("cases", Scope::Receipts, None).unwrap();
    let of_operator = door.service().create_key("operator", Scope::Operator, None).unwrap();
    let bearer = |key: &sipas::domain::access::Key| format!("Bearer {}", key.reveal());
    assert_eq!(get("?format=csv", &[forwarded, ("authorization", &bearer(&of_receipts))]).status, 401);
    let reply = get("?format=csv", &[forwarded, ("authorization", &bearer(&of_operator))]);
    assert_eq!((reply.status, reply.body.lines().count()), (200, 6));
    let tables = ["results", "breakdown", "index"].map(|table| format!("?format=csv&table={table}"));
    let statuses = |headers: &[(&str, &str)]| tables.each_ref().map(|table| get(table, headers).status);
    assert_eq!((statuses(&[forwarded]), statuses(&[])), ([401; 3], [200; 3]), "nothing is published yet");
    rounds::close(&door.store, &round_code(ROUND)).unwrap();
    publish::publish(door.service().catalogue(), &door.store, &round_code(ROUND), "", &|_| ()).unwrap();
    assert_eq!((statuses(&[forwarded]), get("?format=csv", &[forwarded]).status), ([200; 3], 401));
}

fn of_a_publication_only_what_was_there_is_in_the_file(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 7);
    let forwarded = ("x-forwarded-for", "203.0.113.7");
    let get = |more: &str, headers: &[(&str, &str)]| client.send("GET", &path(more), headers, b"");
    rounds::close(&door.store, &round_code(ROUND)).unwrap();
    publish::publish(door.service().catalogue(), &door.store, &round_code(ROUND), "", &|_| ()).unwrap();
    let office = client.get(&format!("/operator/{ROUND}")).body;
    assert!(
        office.contains("Như lần công bố 1") && office.contains("format=xlsx&amp;table=index&amp;as-of=1\""),
        "{office}"
    );
    let then = TableName::ALL.map(|table| get(&format!("?format=csv&table={table}"), &[]).body);
    door.answer_late(3);
    for (table, then) in TableName::ALL.into_iter().zip(&then) {
        let asked = format!("?format=csv&table={table}");
        assert_ne!(&get(&asked, &[]).body, then, "{table}: what came late counts now");
        let found = get(&format!("{asked}&as-of=1"), &[]);
        assert_eq!((found.status, &found.body), (200, then), "{table}");
        let of_revision = format!("attachment; filename=\"{ROUND}-{table}-r1.csv\"");
        assert_eq!(found.header("content-disposition"), Some(of_revision.as_str()));
        // What was published is everybody's, what came since the operator's; so are answers at any time.
        let is_public = table != TableName::Responses;
        assert_eq!(get(&asked, &[forwarded]).status, 401, "{table}");
        let public = get(&format!("{asked}&as-of=1"), &[forwarded]).status;
        assert_eq!(public, if is_public { 200 } else { 401 }, "{table}");
        let told = get(&format!("/manifest{asked}&as-of=1"), &[]).json();
        assert_eq!(told["as_of"]["revision"], 1, "{told}");
        assert!(
            !told["warnings"].to_string().contains("came after")
                && told["notes"].to_string().contains("As of revision 1"),
            "{told}"
        );
    }
    let unknown = get("?format=csv&table=results&as-of=2", &[]);
    assert_eq!((unknown.status, unknown.slug().as_str()), (404, "unknown-publication"));
    assert_eq!(get("?format=csv&as-of=yesterday", &[]).slug(), "faulty-query");
    // Answers that cannot be told apart from those of then are not passed off as them.
    database.side_connection().execute("DELETE FROM late_responses");
    let others = get("?format=csv&table=results&as-of=1", &[]);
    assert_eq!((others.status, others.slug().as_str()), (409, "figures-not-available"), "{}", others.body);
    assert!(others.body.contains("are others now"), "{}", others.body);
}

#[test]
fn what_is_not_there_is_said_so() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    for (path, status, slug) in [
        ("/v1/rounds/NONE/export?format=csv", 404, "unknown-round"),
        ("/v1/rounds/NONE/export/manifest?format=csv", 404, "unknown-round"),
        ("/v1/rounds/R2025/export?format=csv&unit=NONE", 404, "unknown-unit"),
        ("/v1/rounds/R2025/export", 400, "faulty-query"),
        ("/v1/rounds/R2025/export?format=doc", 400, "faulty-query"),
        ("/v1/rounds/R2025/export?format=csv&table=comments", 400, "faulty-query"),
        ("/v1/rounds/R2025/export?format=csv&by=sex", 400, "faulty-query"),
        ("/v1/rounds/R2025/export?format=csv&table=breakdown&by=x", 400, "faulty-query"),
        ("/v1/rounds/R2025/export?format=r&table=index", 400, "faulty-query"),
    ] {
        let reply = client.send("GET", path, &[("accept", "application/json")], b"");
        assert_eq!((reply.status, reply.slug().as_str()), (status, slug), "{path}");
    }
}
