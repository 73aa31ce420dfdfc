//! Drawn pages as one PDF, for printers that take no SVG and for whoever prints two hundred posters.

use crate::report::pdf::{Document, PdfFault, pdf};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// A drawn page.
pub struct Drawn {
    /// The page, A4, as SVG.
    pub svg: String,
    /// What stands on it, for whoever does not see it.
    pub alt: String,
}

#[derive(Serialize)]
struct Content<'a> {
    title: &'a str,
    sheets: Vec<Sheet>,
}

#[derive(Serialize)]
struct Sheet {
    file: String,
    alt: String,
}

/// The pages in order, as one file.
///
/// # Errors
/// As [`pdf`].
pub fn joined(title: &str, pages: Vec<Drawn>, made: DateTime<Utc>) -> Result<Vec<u8>, PdfFault> {
    let mut pictures = BTreeMap::new();
    let mut sheets = Vec::with_capacity(pages.len());
    for (place, page) in pages.into_iter().enumerate() {
        let file = format!("sheet-{}.svg", place + 1);
        sheets.push(Sheet { file: file.clone(), alt: page.alt });
        pictures.insert(file, page.svg);
    }
    pdf(Document { template: "sheets.typ", content: &Content { title, sheets }, pictures, made })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::print::page::{a4, text};

    #[test]
    fn every_page_is_in_the_file() {
        let page = |words: &str| Drawn { svg: a4(words, &text((20.0, 20.0), 5.0, "", words)), alt: words.to_owned() };
        let file = |n: usize| joined("Áp phích", vec![page("Một cửa"); n].into_iter().collect(), DateTime::UNIX_EPOCH);
        let (one, three) = (file(1).unwrap(), file(3).unwrap());
        assert!(one.starts_with(b"%PDF-") && three.len() > one.len());
    }
}
