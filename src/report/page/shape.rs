//! What the template of a page shows, worded.

use crate::domain::tongue::Tongue;
use crate::report::figure::{NARROW, Picture, WIDE};
use crate::report::table::{Align, Table};
use serde::Serialize;

/// What a page says, worded: its template and that of the PDF show nothing else.
#[derive(Debug, Serialize)]
pub struct PageShape {
    pub(super) title: String,
    /// What the area is, and which round and days the figures are from.
    pub(super) subtitle: Vec<String>,
    pub(super) trail: Vec<LinkShape>,
    pub(super) other_language: LinkShape,
    pub(super) standing: Vec<String>,
    pub(super) is_preview: bool,
    pub(super) warnings: Vec<String>,
    pub(super) facts: Vec<FactShape>,
    pub(super) sections: Vec<SectionShape>,
    pub(super) data: Vec<LinkShape>,
}

#[derive(Debug, Serialize)]
pub(super) struct LinkShape {
    pub(super) href: String,
    pub(super) words: String,
    pub(super) lang: Option<&'static str>,
}

/// A figure of the summary with what qualifies it.
#[derive(Debug, Serialize)]
pub(super) struct FactShape {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) more: Vec<String>,
}

/// A part of the page under a heading of its own.
#[derive(Debug, Default, Serialize)]
pub(super) struct SectionShape {
    /// Its place in the page's address.
    pub(super) id: &'static str,
    pub(super) heading: String,
    pub(super) notes: Vec<String>,
    pub(super) lists: Vec<ListShape>,
    pub(super) figures: Vec<FigureShape>,
    pub(super) tables: Vec<TableShape>,
    /// What citizens wrote.
    pub(super) quotes: Vec<String>,
}

/// Points under a sentence.
#[derive(Debug, Serialize)]
pub(super) struct ListShape {
    pub(super) heading: String,
    pub(super) points: Vec<String>,
}

/// A picture at both widths, with its finding and its table.
#[derive(Debug, Serialize)]
pub(super) struct FigureShape {
    title: String,
    finding: String,
    note: String,
    narrow: String,
    wide: String,
    table: TableShape,
}

#[derive(Debug, Serialize)]
pub(super) struct TableShape {
    pub(super) caption: String,
    columns: Vec<ColumnShape>,
    rows: Vec<Vec<CellShape>>,
}

#[derive(Debug, Serialize)]
struct ColumnShape {
    heading: String,
    is_number: bool,
}

#[derive(Debug, Serialize)]
struct CellShape {
    words: String,
    href: Option<String>,
    is_number: bool,
}

impl FigureShape {
    /// A picture with what has to be said of how it is read.
    pub(super) fn of(picture: &dyn Picture, tongue: Tongue, note: String) -> Self {
        let title = picture.title(tongue);
        Self {
            finding: picture.finding(tongue),
            note,
            narrow: picture.svg(tongue, NARROW),
            wide: picture.svg(tongue, WIDE),
            table: TableShape::of(title.clone(), &picture.table(tongue)),
            title,
        }
    }
}

impl TableShape {
    /// A table as it is.
    pub(super) fn of(caption: String, table: &Table) -> Self {
        let columns = table.columns();
        let cell = |(words, (_, align)): (&String, &(String, Align))| CellShape {
            words: words.clone(),
            href: None,
            is_number: *align == Align::Right,
        };
        Self {
            caption,
            columns: columns
                .iter()
                .map(|(heading, align)| ColumnShape { heading: heading.clone(), is_number: *align == Align::Right })
                .collect(),
            rows: table.rows().iter().map(|row| row.iter().zip(columns).map(cell).collect()).collect(),
        }
    }

    /// The same with the first cell of each row as a link.
    pub(super) fn linked(mut self, hrefs: impl Iterator<Item = String>) -> Self {
        for (row, href) in self.rows.iter_mut().zip(hrefs) {
            row.iter_mut().take(1).for_each(|cell| cell.href = Some(href.clone()));
        }
        self
    }
}
