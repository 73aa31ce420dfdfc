//! Drawn pages as one PDF, for printers that take no SVG and for whoever prints two hundred posters.

use crate::report::pdf::{PdfFault, pdf};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A drawn page.
#[derive(Serialize)]
pub struct Drawn {
    /// The page, A4, as SVG.
    pub svg: String,
    /// What stands on it, for whoever does not see it.
    pub alt: String,
}

#[derive(Serialize)]
struct Content<'a> {
    title: &'a str,
    sheets: &'a [Drawn],
}

/// The pages in order, as one file.
///
/// # Errors
/// As [`pdf`].
pub fn joined(title: &str, sheets: &[Drawn], made: DateTime<Utc>) -> Result<Vec<u8>, PdfFault> {
    pdf("sheets.typ", &Content { title, sheets }, made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::print::page::{a4, text};

    #[test]
    fn every_page_is_in_the_file() {
        let page = |words: &str| Drawn { svg: a4(words, &text((20.0, 20.0), 5.0, "", words)), alt: words.to_owned() };
        let pages = ["Một cửa A", "Một cửa B", "Một cửa C"].map(page);
        let file = |n: usize| joined("Áp phích", &pages[..n], DateTime::UNIX_EPOCH);
        let (one, three) = (file(1).unwrap(), file(3).unwrap());
        assert!(one.starts_with(b"%PDF-") && three.len() > one.len());
    }
}
