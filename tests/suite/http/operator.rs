//! The operator's pages: what they show, and to whom.

use super::client::{Client, JSON};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{area_code, random_id, round_code};
use sipas::domain::access::Scope;
use sipas::domain::device::DeviceKind;

on_both!(a_round_is_shown_with_its_answers_devices_and_receipts, only_the_operator_is_let_in);

/// What a reverse proxy adds: the request does not come from this machine.
const FORWARDED: (&str, &str) = ("x-forwarded-for", "203.0.113.7");

fn a_round_is_shown_with_its_answers_devices_and_receipts(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let code = door.service().issue_receipts(&round_code(ROUND), &area_code(DESK), 4).unwrap().codes[0];
    for more in [String::new(), format!(r#","receipt":"{code}""#), r#","trap":"http://example.com""#.to_owned()] {
        let id = random_id();
        let body = format!(r#"{{"id":"{id}","desk":"{DESK}","channel":"web","answers":{}{more}}}"#, door.answers());
        assert_eq!(client.send("POST", &format!("/v1/rounds/{ROUND}/responses"), &[JSON], body.as_bytes()).status, 201);
    }
    door.service().enrol_device(&area_code(DESK), DeviceKind::Kiosk, "Quầy <1>").unwrap();

    let rounds = client.get("/operator");
    assert_eq!(rounds.status, 200);
    assert!(rounds.body.contains(&format!("href=\"/operator/{ROUND}\"")), "{}", rounds.body);
    let page = client.get(&format!("/operator/{ROUND}"));
    assert_eq!(page.status, 200, "{}", page.body);
    let line = page.body.split_once(&format!("href=\"/s/{DESK}\"")).unwrap().1.split_once("</tr>").unwrap().0;
    let cells: Vec<&str> =
        line.split("<td class=\"figure\">").skip(1).map(|cell| cell.split_once('<').unwrap().0).collect();
    assert_eq!((cells[0], cells[4]), ("3", "1 &#x2f; 4"), "answers, and codes used of those issued: {cells:?}");
    assert!(
        page.body.contains("<svg class=\"chart\"") && page.body.contains("role=\"img\" aria-label=\"Phiếu theo ngày")
    );
    assert!(page.body.contains("Quầy &lt;1&gt;") && page.body.contains("chờ ghép đến"), "what is typed is text");
    let trap = page.body.split_once("trap</span></th>").unwrap().1;
    assert!(trap.starts_with("<td class=\"figure\">1<"), "{trap}");
    assert_eq!(client.get("/operator/NO-SUCH").status, 404);
}

fn only_the_operator_is_let_in(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let address = format!("/operator/{ROUND}");
    let status = |headers: &[(&str, &str)]| client.send("GET", &address, headers, b"").status;
    assert_eq!(status(&[]), 200, "at the server itself");
    assert_eq!(status(&[FORWARDED]), 401, "through a proxy");
    assert_eq!(status(&[("host", "survey.example.vn")]), 401, "under a name that others have, too");
    let of_receipts = door.service().create_key("cases", Scope::Receipts, None).unwrap();
    let of_operator = door.service().create_key("operator", Scope::Operator, None).unwrap();
    let bearer = |key: &sipas::domain::access::Key| format!("Bearer {}", key.reveal());
    assert_eq!(status(&[FORWARDED, ("authorization", &bearer(&of_receipts))]), 401, "of another scope");
    assert_eq!(status(&[FORWARDED, ("authorization", &bearer(&of_operator))]), 200);

    let entered = client.send("GET", &format!("{address}?key={}", of_operator.reveal()), &[FORWARDED], b"");
    assert_eq!((entered.status, entered.header("location")), (303, Some(&*address)), "the key leaves the address");
    let cookie = entered.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert_eq!(status(&[FORWARDED, ("cookie", cookie.split(';').next().unwrap())]), 200);
    assert_eq!(client.send("GET", &format!("{address}?key=00"), &[FORWARDED], b"").status, 401);
    door.service().revoke_key("operator").unwrap();
    let renewed = client.send("GET", "/readyz", &[], b"");
    assert_eq!(renewed.status, 200, "which looks at the database anew");
    assert_eq!(status(&[FORWARDED, ("authorization", &bearer(&of_operator))]), 401, "a revoked key opens nothing");
}
