//! Where the files come from: the folder built into the program, or one on disk.

use crate::domain::fault::{Fault, Place};
use crate::domain::ids::Digest;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The `surveys/` folder as it was when the program was built.
static SURVEYS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/surveys");

/// Folders deeper than this are not read; `surveys/` has one level, and a link back to its own folder would never end.
const MAX_DEPTH: usize = 4;

/// A folder of questionnaires, texts and schemes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The one built into the program.
    Embedded,
    /// One on disk, laid out like the embedded one.
    Folder(PathBuf),
}

/// One file of the folder, read whole.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Its path inside the folder, with `/` between the parts.
    pub(super) path: String,
    /// Its path as the user would name it.
    pub(super) shown: String,
    /// Its content.
    pub(super) bytes: Vec<u8>,
    /// SHA-256 of its content.
    pub(super) digest: Digest,
}

impl File {
    fn new(path: String, shown: String, bytes: Vec<u8>) -> Self {
        let digest = Digest(Sha256::digest(&bytes).into());
        Self { path, shown, bytes, digest }
    }

    /// A fault of the file as a whole, placed at its first character.
    pub(super) fn fault(&self, code: &'static str, message: impl Into<String>) -> Fault {
        fault_in(&self.shown, code, message)
    }

    /// The file's name without its folder and `.toml`.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit_once('/').map_or(self.path.as_str(), |(_, name)| name);
        name.strip_suffix(".toml").unwrap_or(name)
    }
}

fn fault_in(shown: &str, code: &'static str, message: impl Into<String>) -> Fault {
    let place = Place::Line { file: shown.to_owned(), line: 1, column: 1 };
    Fault { place, code, message: message.into() }
}

impl Source {
    /// Every file of the folder, by path. `page/`, which holds no data, and hidden files are left out. Files that cannot
    /// be read are faults.
    pub(super) fn files(&self, faults: &mut Vec<Fault>) -> Vec<File> {
        let mut files = match self {
            Self::Embedded => embedded(&SURVEYS),
            Self::Folder(root) => {
                let mut files = Vec::new();
                on_disk(root, String::new(), 0, &mut files, faults);
                files
            }
        };
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// A path inside the folder as the user would name it.
    pub(super) fn shown(&self, path: &str) -> String {
        match self {
            Self::Embedded => format!("surveys/{path}"),
            Self::Folder(root) => root.join(path).display().to_string(),
        }
    }
}

fn embedded(folder: &Dir<'_>) -> Vec<File> {
    let own = folder.files().map(|file| {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let shown = Source::Embedded.shown(&path);
        File::new(path, shown, file.contents().to_vec())
    });
    let data_folders = folder.dirs().filter(|inner| inner.path() != Path::new("page"));
    own.chain(data_folders.flat_map(embedded)).collect()
}

/// Reads the folder `inside` the root and what lies below it.
fn on_disk(root: &Path, inside: String, depth: usize, files: &mut Vec<File>, faults: &mut Vec<Fault>) {
    let here = if inside.is_empty() { root.to_owned() } else { root.join(&inside) };
    let mut unreadable = |path: &Path, error: &io::Error| {
        let message = format!("cannot be read: {error}; name a folder laid out like surveys/ that this user may read");
        faults.push(fault_in(&path.display().to_string(), "unreadable", message));
    };
    let entries = match fs::read_dir(&here) {
        Ok(entries) => entries,
        Err(error) => return unreadable(&here, &error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                unreadable(&here, &error);
                continue;
            }
        };
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if inside.is_empty() { name.clone() } else { format!("{inside}/{name}") };
        if name.starts_with('.') || path == "page" {
            continue;
        }
        if entry.path().is_dir() {
            folders.push(path);
            continue;
        }
        match fs::read(entry.path()) {
            Ok(bytes) => files.push(File::new(path, entry.path().display().to_string(), bytes)),
            Err(error) => unreadable(&entry.path(), &error),
        }
    }
    for folder in folders.into_iter().filter(|_| depth < MAX_DEPTH) {
        on_disk(root, folder, depth + 1, files, faults);
    }
}
