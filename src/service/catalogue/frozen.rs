//! Reads `published.toml`: files that were published and must never change, each with its SHA-256.

use super::near;
use super::reader;
use super::source::File;
use super::value;
use crate::domain::fault::Fault;
use crate::domain::ids::Digest;

/// Holds the files of a folder against the list in one of them.
pub(super) fn check(list: &File, files: &[File], faults: &mut Vec<Fault>) {
    reader::read(list, faults, |mut table| {
        let mut paths = Vec::new();
        for mut entry in table.tables("frozen") {
            let path = entry.required("file", value::text);
            let digest = entry.required("sha256", value::parsed(parse_digest));
            paths.extend(path.clone());
            let Some(path) = path.map(|path| path.value) else { continue };
            let Some(file) = files.iter().find(|file| file.path == path) else {
                let hint = near::hint(&path, files.iter().map(|file| file.path.as_str()));
                let message = format!("{path} was published but is not there{hint}; put it back");
                entry.note("file", "frozen-missing", message);
                continue;
            };
            if digest.is_some_and(|digest| digest.value != file.digest) {
                let message = format!(
                    "{path} was published and has changed since (its SHA-256 is now {}); \
                     put it back as it was, and make the change in a new version: {}",
                    file.digest,
                    next_version(&path)
                );
                entry.note("sha256", "frozen-changed", message);
            }
        }
        table.findings().refuse_repeats("file", "duplicate-file", &paths);
        Some(())
    });
}

fn parse_digest(text: &str) -> Result<Digest, String> {
    Digest::parse(text).ok_or_else(|| format!("{text:?} is not a SHA-256 of 64 hexadecimal digits"))
}

/// `questionnaires/one-stop.v2.toml` for `questionnaires/one-stop.v1.toml`.
fn next_version(path: &str) -> String {
    let next = || {
        let (name, version) = path.strip_suffix(".toml")?.rsplit_once(".v")?;
        Some(format!("{name}.v{}.toml", version.parse::<u16>().ok()?.checked_add(1)?))
    };
    next().unwrap_or_else(|| "a file of another name".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_named() {
        assert_eq!(next_version("questionnaires/one-stop.v1.toml"), "questionnaires/one-stop.v2.toml");
        assert_eq!(next_version("schemes/demo.toml"), "a file of another name");
    }
}
