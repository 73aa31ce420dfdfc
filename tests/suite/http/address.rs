//! The address table is a promise to every client, so a change to it shows here.

use super::client::Client;
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};

#[test]
fn the_table() {
    let rows: Vec<String> =
        sipas::web::table().iter().map(|row| format!("{:<34} {}", row.path(), row.allow())).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    /s/{desk}                          GET, HEAD, POST, OPTIONS
    /s/{desk}/thanks                   GET, HEAD, OPTIONS
    /kiosk                             GET, HEAD, OPTIONS
    /kiosk/pair                        POST, OPTIONS
    /kiosk/next                        GET, HEAD, OPTIONS
    /interview                         GET, HEAD, OPTIONS
    /page/{file}                       GET, HEAD, OPTIONS
    /worker.js                         GET, HEAD, OPTIONS
    /v1/rounds/{round}/responses       POST, OPTIONS
    /v1/receipts                       POST, OPTIONS
    /v1/devices/sync                   POST, OPTIONS
    /v1/rounds/{round}/index           GET, HEAD, OPTIONS
    /v1/rounds/{round}/results         GET, HEAD, OPTIONS
    /v1/rounds/{round}/breakdown       GET, HEAD, OPTIONS
    /v1/rounds/{round}/export          GET, HEAD, OPTIONS
    /v1/rounds/{round}/export/manifest GET, HEAD, OPTIONS
    /v1/rounds/{round}/publications    GET, HEAD, OPTIONS
    /v1/rounds/{round}/publications/{revision}/{file:.+} GET, HEAD, OPTIONS
    /r/{round}                         GET, HEAD, OPTIONS
    /r/{round}/{file}                  GET, HEAD, OPTIONS
    /problems                          GET, HEAD, OPTIONS
    /problems/{slug}                   GET, HEAD, OPTIONS
    /openapi.json                      GET, HEAD, OPTIONS
    /api                               GET, HEAD, OPTIONS
    /entry                             GET, HEAD, POST, OPTIONS
    /operator                          GET, HEAD, OPTIONS
    /operator/{round}                  GET, HEAD, OPTIONS
    /operator/{round}/comments         GET, HEAD, POST, OPTIONS
    /operator/{round}/mail/{unit}      GET, HEAD, OPTIONS
    /healthz                           GET, HEAD, OPTIONS
    /readyz                            GET, HEAD, OPTIONS
    /metrics                           GET, HEAD, OPTIONS
    ");
}

#[test]
fn every_address_answers_options_and_names_its_methods_to_any_other() {
    let door = Door::on(&Database::sqlite());
    let client = Client::of(&door);
    for row in sipas::web::table() {
        let path = row.path().replace("{desk}", DESK).replace("{round}", ROUND);
        let path = path.replace("{slug}", "not-found");
        let options = client.send("OPTIONS", &path, &[], b"");
        assert_eq!((options.status, options.header("allow")), (204, Some(row.allow().as_str())), "{path}");
        let delete = client.send("DELETE", &path, &[], b"");
        assert_eq!((delete.status, delete.header("allow")), (405, Some(row.allow().as_str())), "{path}");
        assert_eq!(delete.slug(), "method-not-allowed");
        if row.allow().contains("HEAD") {
            let (head, get) = (client.send("HEAD", &path, &[], b""), client.send("GET", &path, &[], b""));
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        }
    }
}
