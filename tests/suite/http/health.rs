//! For whoever keeps the server running.

use super::browser::Form;
use super::client::Client;
use crate::harness::Database;
use crate::harness::door::{DESK, Door};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

on_both!(alive_and_ready, figures_count_by_row_of_the_table_and_name_nobody,);

fn alive_and_ready(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    assert_eq!(client.get("/healthz").body, "alive\n");
    assert_eq!(client.get("/readyz").body, "ready\n");
}

fn figures_count_by_row_of_the_table_and_name_nobody(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let mut form = Form::in_page(&client.get(&format!("/s/{DESK}")));
    form.fill_all();
    assert_eq!(form.send(&client).status, 303);
    assert_eq!(form.send(&client).status, 303);
    client.get("/s/someone-elses-secret");
    client.send("BREW", "/coffee/secret", &[], b"");
    let figures = client.get("/metrics").body;
    for line in [
        r#"sipas_http_requests_total{route="/s/{desk}",method="GET",status="2xx"} 1"#,
        r#"sipas_http_requests_total{route="/s/{desk}",method="POST",status="3xx"} 2"#,
        r#"sipas_http_requests_total{route="unmatched",method="other",status="4xx"} 1"#,
        "sipas_http_requests_under_way 1",
        "sipas_responses_stored_total 1",
        "sipas_responses_repeated_total 1",
        r#"sipas_mails{state="queued"} 0"#,
        r#"sipas_mails{state="uncertain"} 0"#,
        "sipas_build_info{version=",
    ] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
    assert!(figures.contains("sipas_http_request_duration_seconds_bucket") && figures.contains("sipas_queue_capacity"));
    assert!(!figures.contains("secret") && !figures.contains("K1") && !figures.contains("127.0.0.1"));
    assert!(figures.ends_with("# EOF\n"));
}

#[test]
fn a_stopping_server_finishes_what_it_began() {
    let door = Door::on(&Database::sqlite());
    let body = "response_id=x";
    let mut slow = TcpStream::connect(door.address).unwrap();
    let head = format!(
        "POST /s/{} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\nexpect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        DESK,
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    let mut begun = [0; 25];
    slow.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n", "the request is under way");
    let address = door.address;
    let stopping = std::thread::spawn(move || drop(door));
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
    slow.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    stopping.join().unwrap();
}
