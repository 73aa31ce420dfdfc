//! The operator's page of comments: what it lists, what it changes, and who may send its form.

use super::client::{Answer, BROWSER, Client, FORM, JSON};
use crate::harness::Database;
use crate::harness::door::{DESK, Door, ROUND};
use crate::harness::province::{random_id, round_code};
use sipas::domain::access::Scope;
use sipas::domain::comment::Standing;
use sipas::service::comments;

on_both!(
    comments_are_read_and_settled_on_one_page,
    a_form_that_cannot_be_taken_changes_nothing,
    only_the_own_page_settles,
    a_long_list_is_read_page_by_page
);

fn address() -> String {
    format!("/operator/{ROUND}/comments")
}

/// Stores an answer with a comment; returns the name of its field.
fn comment(door: &Door, client: &Client, text: &str) -> String {
    let (id, answers) = (random_id(), door.answers());
    let with_comment = format!("{},\"comment\":\"{text}\"}}", answers.trim_end_matches('}'));
    let body = format!(r#"{{"id":"{id}","desk":"{DESK}","channel":"web","answers":{with_comment}}}"#);
    assert_eq!(client.send("POST", &format!("/v1/rounds/{ROUND}/responses"), &[JSON], body.as_bytes()).status, 201);
    format!("settled.{id}/comment")
}

fn n(door: &Door, standing: Standing) -> usize {
    comments::of_round(&door.store, &round_code(ROUND), Some(standing)).unwrap().len()
}

fn comments_are_read_and_settled_on_one_page(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let empty = client.get(&address());
    assert!(empty.status == 200 && empty.body.contains("Không có ý kiến nào ở đây"), "{}", empty.body);
    let kind = comment(&door, &client, "Cán bộ <b>lịch sự</b>");
    let phone = comment(&door, &client, "Gọi tôi 0912 345 678");
    let later = comment(&door, &client, "Chờ lâu");
    let page = client.get(&address());
    assert!(page.body.contains("Cán bộ &lt;b&gt;lịch sự&lt;"), "what is typed is text");
    let of_phone = page.body.split_once("0912 345 678").unwrap().1.split_once("</fieldset>").unwrap().0;
    assert!(of_phone.contains("⚠ số điện thoại"), "{of_phone}");
    assert_eq!(page.body.matches('⚠').count(), 3, "explained twice, and where one is");
    assert!(page.body.contains("Chờ đọc: 3"));
    let said = client.post_form(&address(), &format!("{kind}=approved&{phone}=rejected&{later}="));
    assert_eq!(said.status, 200, "{}", said.body);
    assert!(said.body.contains("Đã lưu 2 ý kiến") && said.body.contains("Chờ lâu"), "{}", said.body);
    assert!(!said.body.contains("lịch sự") && !said.body.contains("0912"));
    assert_eq!(Standing::ALL.map(|standing| n(&door, standing)), [1, 1, 1]);
    // Whoever finds that one should not have been shown takes it back.
    let shown = client.get(&format!("{}?standing=approved", address()));
    assert!(shown.body.contains("lịch sự") && !shown.body.contains("Chờ lâu"));
    client.post_form(&format!("{}?standing=approved", address()), &format!("{kind}=waiting"));
    assert_eq!(Standing::ALL.map(|standing| n(&door, standing)), [2, 0, 1]);
}

fn a_form_that_cannot_be_taken_changes_nothing(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let kind = comment(&door, &client, "Tốt");
    let unknown = format!("settled.{}/comment", random_id());
    let refused =
        |said: Answer, status: u16, slug: &str| assert_eq!((said.status, said.slug().as_str()), (status, slug));
    let send = |path: &str, body: &str| client.send("POST", path, &[FORM], body.as_bytes());
    refused(send(&address(), &format!("{kind}=approved&{unknown}=approved")), 404, "unknown-comment");
    refused(send(&address(), &format!("{kind}=approved&{kind}x=shown")), 400, "malformed-form");
    refused(send(&address(), &format!("{kind}=approved&other=1")), 400, "malformed-form");
    refused(send(&format!("{}?standing=x", address()), &format!("{kind}=approved")), 400, "faulty-query");
    refused(send("/operator/NO-SUCH/comments", &format!("{kind}=approved")), 404, "unknown-round");
    refused(client.send("GET", "/operator/NO-SUCH/comments", &[], b""), 404, "unknown-round");
    refused(client.send("GET", &format!("{}?after=1", address()), &[], b""), 400, "faulty-query");
    assert_eq!(n(&door, Standing::Waiting), 1);
}

fn only_the_own_page_settles(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    let field = comment(&door, &client, "Tốt");
    let body = format!("{field}=approved");
    let send = |headers: &[(&str, &str)]| {
        client.send("POST", &address(), &[&[BROWSER, FORM][..], headers].concat(), body.as_bytes()).status
    };
    let own = door.base.clone();
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://elsewhere.example"),
        ("origin", "null"),
        ("origin", ""),
    ] {
        assert_eq!(send(&[foreign]), 403, "{foreign:?}");
    }
    assert_eq!(send(&[("sec-fetch-site", "cross-site"), ("origin", &own)]), 403);
    assert_eq!(send(&[("x-forwarded-for", "203.0.113.7")]), 401, "nobody without a key");
    let of_receipts = door.service().create_key("cases", Scope::Receipts, None).unwrap();
    let bearer = format!("Bearer {}", of_receipts.reveal());
    assert_eq!(send(&[("x-forwarded-for", "203.0.113.7"), ("authorization", &bearer)]), 401, "nor with another's");
    assert_eq!(n(&door, Standing::Approved), 0);
    for ours in [("origin", own.as_str()), ("sec-fetch-site", "same-origin")] {
        assert_eq!(send(&[ours]), 200, "{ours:?}");
    }
    assert_eq!(n(&door, Standing::Approved), 1);
    let page = client.get(&address());
    assert_eq!(page.header("referrer-policy"), Some("same-origin"), "or browsers would not say where its form is from");
}

fn a_long_list_is_read_page_by_page(database: &Database) {
    let door = Door::on(database);
    let client = Client::of(&door);
    for number in 0..53 {
        comment(&door, &client, &format!("Ý kiến số {number}."));
    }
    let first = client.get(&address());
    let fields = |page: &Answer| {
        let parts = page.body.split("name=\"settled.").skip(1);
        let mut fields: Vec<String> =
            parts.map(|part| part.split_once('"').unwrap().0.replace("&#x2f;", "/")).collect();
        fields.dedup();
        fields
    };
    assert_eq!(fields(&first).len(), 50);
    let next = first.body.split_once("&amp;after=").unwrap().1.split_once('"').unwrap().0.replace("&#x2f;", "/");
    let second = client.get(&format!("{}?standing=waiting&after={next}", address()));
    let (mut all, rest) = (fields(&first), fields(&second));
    assert_eq!((rest.len(), all.last()), (3, Some(&next)));
    all.extend(rest);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 53, "each once");
    assert!(!second.body.contains("&amp;after="), "and no more");
}
