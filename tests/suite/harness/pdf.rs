//! Reads PDF files with poppler, which shares nothing with what wrote them.

use super::browser::screenshots;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The words of a file, page after page.
pub(crate) fn words(file: &Path) -> String {
    said("pdftotext", &["-layout".as_ref(), file.as_os_str(), "-".as_ref()])
}

/// What poppler says of a file, by name: `Pages`, `Tagged`, `Title`.
pub(crate) fn property(file: &Path, name: &str) -> String {
    let all = said("pdfinfo", &[file.as_os_str()]);
    let found = all.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| *key == name);
    found.unwrap_or_else(|| panic!("no {name} in {all}")).1.trim().to_owned()
}

/// Whether every font lies in the file, with a way back to letters.
pub(crate) fn carries_its_fonts(file: &Path) -> bool {
    let table = said("pdffonts", &[file.as_os_str()]);
    let fonts: Vec<&str> = table.lines().skip(2).collect();
    // The columns before the object's number are emb, sub and uni.
    let is_whole = |font: &&str| font.split_whitespace().rev().skip(2).take(3).all(|word| word == "yes");
    !fonts.is_empty() && fonts.iter().all(is_whole)
}

/// A page as it is seen.
pub(crate) struct Picture {
    /// Dots from left to right.
    pub(crate) width: usize,
    /// The brightness of each dot.
    pub(crate) dots: Vec<u8>,
}

impl Picture {
    /// The share of dark dots between two places from the left edge at 0 to the right one at 1.
    pub(crate) fn ink(&self, across: Range<f64>) -> f64 {
        const DARK: u8 = 128;
        let place = |part: f64| (part * self.width as f64).round() as usize;
        let columns = self.dots.chunks(self.width).flat_map(|line| &line[place(across.start)..place(across.end)]);
        let (mut n_dark, mut n_all) = (0.0, 0.0);
        for dot in columns {
            n_dark += f64::from(u8::from(*dot < DARK));
            n_all += 1.0;
        }
        n_dark / n_all
    }
}

/// Keeps a picture of each page with the pictures of pages, to be looked at.
pub(crate) fn keep_pictures(file: &Path, name: &str) {
    std::fs::create_dir_all(screenshots()).unwrap();
    let root = screenshots().join(name);
    // Of a run in which the file was longer.
    let earlier = |path: &PathBuf| path.to_string_lossy().strip_prefix(&*root.to_string_lossy()).is_some_and(is_page);
    let entries = std::fs::read_dir(screenshots()).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(earlier).for_each(|path| std::fs::remove_file(path).unwrap());
    said("pdftoppm", &["-png".as_ref(), "-r".as_ref(), "70".as_ref(), file.as_os_str(), root.as_os_str()]);
}

/// Whether a name ends as a page's picture does: `-12.png`.
fn is_page(ending: &str) -> bool {
    let number = ending.strip_prefix('-').and_then(|rest| rest.strip_suffix(".png"));
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Draws the pages at so many dots an inch.
pub(crate) fn drawn(file: &Path, dots: u32) -> Vec<Picture> {
    let folder = tempfile::tempdir().unwrap();
    let (dots, root) = (dots.to_string(), folder.path().join("page"));
    said("pdftoppm", &["-gray".as_ref(), "-r".as_ref(), dots.as_ref(), file.as_os_str(), root.as_os_str()]);
    let mut pages: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages.iter().map(|page| graymap(&std::fs::read(page).unwrap())).collect()
}

/// `P5 width height 255`, then a byte for each dot.
fn graymap(file: &[u8]) -> Picture {
    let head: Vec<&[u8]> = file.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
    assert_eq!(head[0], b"P5");
    let width: usize = std::str::from_utf8(head[1]).unwrap().parse().unwrap();
    let height: usize = std::str::from_utf8(head[2]).unwrap().parse().unwrap();
    Picture { width, dots: file[file.len() - width * height..].to_vec() }
}

fn said(program: &str, arguments: &[&std::ffi::OsStr]) -> String {
    let output = Command::new(program).args(arguments).output().expect("poppler-utils are installed");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
