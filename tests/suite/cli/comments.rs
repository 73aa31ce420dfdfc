//! `sipas comments`: what it refuses, and that a refusal changes nothing.

use super::refused;
use crate::harness::office::{Office, ROUND};
use crate::harness::on_both_urls;

#[test]
fn a_comment_that_is_not_there_changes_nothing() {
    on_both_urls(|url| {
        let office = Office::on(url);
        office.open_round();
        let nobody = "7f0c2a52-6f1e-4a62-9a3a-000000000001/comment";
        let said = refused(office.try_run(&["comments", "approve", "--round", ROUND, nobody]));
        assert!(said.contains(nobody), "{said}");
        for (mistyped, told) in [
            (&["comments", "reject", "--round", ROUND, "no-comment"], "RESPONSE/ITEM"),
            (&["comments", "list", "--round", ROUND, "--standing=read"], "waiting, approved, rejected, all"),
        ] {
            let output = office.try_run(mistyped);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && said.contains(told), "{said}");
        }
        let said = refused(office.try_run(&["comments", "list", "--round", "NONE"]));
        assert!(said.contains("NONE"), "{said}");
        assert!(office.run(&["comments", "list", "--round", ROUND]).starts_with("0 ý kiến"));
        assert_eq!(office.run(&["comments", "list", "--round", ROUND, "--format", "json"]).trim(), "[]");
    });
}
