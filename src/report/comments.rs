//! Comments for whoever decides whether they may be shown.

use crate::domain::comment::{CommentRef, Sign, Standing, signs};
use crate::domain::ids::{AreaCode, ItemId, ResponseId};
use serde::Serialize;
use std::fmt::Write as _;

/// A comment with what in it may lead to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommentShape {
    comment: String,
    desk: String,
    standing: &'static str,
    signs: Vec<&'static str>,
    text: String,
}

impl CommentShape {
    /// A comment to an item at a desk.
    #[must_use]
    pub fn new(response: &ResponseId, (item, desk): (&ItemId, &AreaCode), standing: Standing, text: &str) -> Self {
        let reference = CommentRef { response: *response, item: item.clone() };
        Self {
            comment: reference.to_string(),
            desk: desk.to_string(),
            standing: standing.code(),
            signs: signs(text).into_iter().map(Sign::code).collect(),
            text: text.to_owned(),
        }
    }
}

/// One below the other, the words last; control characters cannot steer the reader's terminal.
#[must_use]
pub fn text(comments: &[CommentShape]) -> String {
    let mut out = String::new();
    for one in comments {
        let warned = match one.signs.as_slice() {
            [] => String::new(),
            signs => format!("  ⚠ {}", signs.join(", ")),
        };
        let words: String = one.text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}  {}  {}{warned}", one.comment, one.desk, one.standing);
        words.lines().for_each(|line| _ = writeln!(out, "    {line}"));
    }
    let n_warned = comments.iter().filter(|one| !one.signs.is_empty()).count();
    let _ = writeln!(
        out,
        "{} ý kiến, {n_warned} có dấu hiệu dữ liệu cá nhân (⚠) / comments, {n_warned} with signs of personal data. Tên người không tự phát \
         hiện được, phải đọc / names are not found, read each.",
        comments.len()
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_listed_with_what_may_lead_to_a_person() {
        let response = ResponseId::parse("7f0c2a52-6f1e-4a62-9a3a-000000000001").unwrap();
        let (item, desk) = (ItemId::parse("comment").unwrap(), AreaCode::parse("D01-001").unwrap());
        let shape = CommentShape::new(&response, (&item, &desk), Standing::Waiting, "Gọi 0912345678\u{1b}[2J\nnhé");
        let listed = text(&[shape]);
        assert!(listed.starts_with("7f0c2a52-6f1e-4a62-9a3a-000000000001/comment  D01-001  waiting  ⚠ phone\n    Gọi 0912345678 [2J\n    nhé\n"), "{listed}");
    }
}
