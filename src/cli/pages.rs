//! Where drawn pages go: a folder of SVG files, or one PDF.

use super::failure::Failure;
use super::{create_new, make_folder, write_new};
use crate::cli::cannot_write;
use crate::report::print::sheets::{Drawn, joined};
use chrono::Utc;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where they go, looked at before they are drawn.
pub(super) enum Pages {
    /// A file for each page.
    Folder(Vec<PathBuf>),
    /// All pages in one file.
    Pdf(PathBuf),
}

impl Pages {
    /// A path that ends in `.pdf` is one file; any other is a folder, where the pages have these names.
    pub(super) fn begin(path: &Path, names: impl Iterator<Item = String>) -> Result<Self, Failure> {
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf")) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            make_folder(folder, &[path.to_owned()])?;
            return Ok(Self::Pdf(path.to_owned()));
        }
        let files: Vec<PathBuf> = names.map(|name| path.join(format!("{name}.svg"))).collect();
        make_folder(path, &files)?;
        Ok(Self::Folder(files))
    }

    /// Writes the pages.
    pub(super) fn write(self, title: &str, pages: Vec<Drawn>) -> Result<(), Failure> {
        match self {
            Self::Folder(files) => files.iter().zip(&pages).try_for_each(|(file, page)| write_new(file, &page.svg)),
            Self::Pdf(file) => {
                let pdf = joined(title, &pages, Utc::now()).map_err(|fault| Failure::message(fault.to_string()))?;
                create_new(&file)?.write_all(&pdf).map_err(|error| cannot_write(&file, &error))
            }
        }
    }
}
