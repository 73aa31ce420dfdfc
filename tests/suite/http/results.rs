//! Result pages over HTTP: a preview for the operator, and nothing for strangers before anything is published.

use super::client::{BROWSER, Client};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{random_id, round_code};
use sipas::domain::comment::{CommentRef, Standing};
use sipas::domain::publication::AsOf;
use sipas::service::publish::Terms;
use sipas::service::{comments, publish, rounds};

on_both!(
    the_operator_sees_a_preview_and_strangers_nothing,
    comments_are_shown_when_approved_and_not_before,
    everybody_sees_what_was_published_byte_by_byte,
);

const FORWARDED: (&str, &str) = ("x-forwarded-for", "203.0.113.7");

/// Sends complete responses from the desk, each with a comment.
fn answer(door: &Door, client: &Client, n: usize) {
    let answers = door.answers();
    let with_comment = format!("{},\"comment\":\"Cán bộ lịch sự\"}}", answers.trim_end_matches('}'));
    for _ in 0..n {
        let id = random_id();
        let body = format!(r#"{{"id":"{id}","desk":"{DESK}","channel":"web","answers":{with_comment}}}"#);
        let reply = client.post_json(&format!("/v1/rounds/{ROUND}/responses"), &body);
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
}

fn the_operator_sees_a_preview_and_strangers_nothing(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 6);
    let whole = client.get(&format!("/r/{ROUND}"));
    assert_eq!((whole.status, whole.header("location")), (303, Some(&*format!("/r/{ROUND}/P.html"))));
    let page = client.send("GET", &format!("/r/{ROUND}/P.html"), &[BROWSER], b"");
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Bản xem trước") && page.body.contains("6 phiếu"), "{}", page.body);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let english = client.get(&format!("/r/{ROUND}/P?lang=en"));
    assert_eq!(english.body, client.get(&format!("/r/{ROUND}/P.en.html")).body);
    assert!(english.body.contains("Preview: not published"));
    let desk = client.get(&format!("/r/{ROUND}/{DESK}.html"));
    assert!(desk.status == 200 && desk.body.contains("Bộ phận Một cửa"), "{}", desk.status);
    let table = client.get(&format!("/r/{ROUND}/P.csv"));
    assert!(table.body.starts_with("round,year,area,grain,"), "{}", table.body);

    for path in
        [format!("/r/{ROUND}"), format!("/r/{ROUND}/P.html"), format!("/r/{ROUND}/P.csv"), "/r/NONE/P.html".to_owned()]
    {
        let refused = client.send("GET", &path, &[FORWARDED, ("accept", "application/json")], b"");
        assert_eq!((refused.status, refused.slug().as_str()), (404, "not-published"), "{path}");
        assert!(!refused.body.contains("phiếu"));
    }
    assert_eq!(client.get(&format!("/r/{ROUND}/NOWHERE.html")).status, 404);
    assert_eq!(client.get("/r/NONE/P.html").status, 404);
}

fn comments_are_shown_when_approved_and_not_before(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 6);
    let store = door.service().store();
    let waiting = comments::of_round(store, &round_code(ROUND), Some(Standing::Waiting)).unwrap();
    assert!(!waiting.is_empty());
    let text = waiting[0].comment.text.clone();
    let shown = unit_comments(&door);
    assert!(shown.is_empty(), "nobody has read them");
    let meant = CommentRef { response: waiting[0].comment.response, item: waiting[0].comment.item.clone() };
    comments::settle(store, &round_code(ROUND), &[(meant, Standing::Approved)]).unwrap();
    let shown = unit_comments(&door);
    assert_eq!(shown, [DESK, "D1", "P"].map(|area| (area.to_owned(), vec![text.clone()])).into());
}

/// The comments of each area's page.
fn unit_comments(door: &Door) -> std::collections::BTreeMap<String, Vec<String>> {
    let service = door.service();
    let reports =
        sipas::service::unit_report::of_round(service.catalogue(), service.store(), &round_code(ROUND)).unwrap();
    let all = comments::of_round(service.store(), &round_code(ROUND), None).unwrap();
    let shown = comments::shown(&reports, &all);
    shown.into_iter().filter(|(_, texts)| !texts.is_empty()).map(|(area, texts)| (area.to_string(), texts)).collect()
}

fn everybody_sees_what_was_published_byte_by_byte(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    answer(&door, &client, 6);
    let (service, round) = (door.service(), round_code(ROUND));
    rounds::close(service.store(), &round).unwrap();
    let first = publish::publish(service.catalogue(), service.store(), &round, "lần đầu", &|_| ()).unwrap();
    let stranger =
        |path: &str, more: &[(&str, &str)]| client.send("GET", path, &[&[FORWARDED][..], more].concat(), b"");
    let address = format!("/r/{ROUND}/P.html");
    assert_eq!(stranger(&format!("/r/{ROUND}"), &[]).header("location"), Some(&*address));
    let page = stranger(&address, &[]);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("bản 1") && page.body.contains("Ghi chú: lần đầu"), "{}", page.body);
    assert!(!page.body.contains("Bản xem trước"));
    assert!(page.header("content-security-policy").unwrap().contains("style-src 'sha256-"));
    let bytes = publish::read_file(service.store(), &first, "pages/P.html").unwrap();
    assert_eq!(page.body.as_bytes(), bytes, "the page is the one that was frozen");
    let tag = page.header("etag").unwrap();
    assert_eq!(stranger(&address, &[("if-none-match", tag)]).status, 304);
    let english = stranger(&format!("/r/{ROUND}/P?lang=en"), &[]);
    assert!(english.body.contains("revision 1"), "{}", english.body);
    assert_eq!(stranger(&format!("/r/{ROUND}/P.json"), &[]).json()["subject"]["area"]["code"], "P");
    assert!(stranger(&format!("/r/{ROUND}/{DESK}.csv"), &[]).body.starts_with("round,year,area"));
    assert_eq!(stranger(&format!("/r/{ROUND}/NOWHERE.html"), &[]).slug(), "not-published");

    let verify = || publish::verify(service.catalogue(), service.store(), &round, AsOf::Latest, &|_| ()).unwrap();
    assert!(verify().holds(), "{:?}", verify().different);
    let waiting = comments::of_round(service.store(), &round, None).unwrap().remove(0).comment;
    let meant = CommentRef { response: waiting.response, item: waiting.item };
    comments::settle(service.store(), &round, &[(meant, Standing::Approved)]).unwrap();
    assert!(verify().holds(), "a comment approved since is no figure: {:?}", verify().different);
    assert_eq!(stranger(&address, &[]).body, page.body, "and comes with the next revision only");
    let terms = Terms { note: "thêm ý kiến", although_few: false };
    publish::revise(service.catalogue(), service.store(), &round, terms, &|_| ()).unwrap();
    let revised = publish::find(service.store(), &round, AsOf::Latest).unwrap();
    let bytes = publish::read_file(service.store(), &revised, "pages/P.html").unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("bản 2") && text.contains("Cán bộ lịch sự"), "{text}");
    assert!(verify().holds(), "{:?}", verify().different);
}
