//! Publications: what became different from one revision to the next, in Vietnamese and English; and the list of them, for people
//! and for programs.

use super::number::{self, Numbers};
use super::words::Wording;
use crate::domain::publication::{AreaChange, Changes, FrozenFile, LateArrival, LateKind, Moved, Publication};
use crate::domain::tongue::Tongue;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;

/// What became different from the revision before, a line in Vietnamese followed by the same in English.
#[must_use]
pub fn changes(changes: &Changes, late: &[LateArrival]) -> String {
    let mut lines: Vec<Wording> = late.iter().map(arrival).collect();
    lines.extend(changes.areas.iter().map(area));
    if changes.n_desks > 0 {
        lines.push(Wording {
            vi: format!("{} điểm có số liệu thay đổi.", changes.n_desks),
            en: format!("Desks whose figures are different: {}.", changes.n_desks),
        });
    }
    if changes.is_empty() {
        lines.push(Wording {
            vi: "Không số liệu in nào thay đổi.".to_owned(),
            en: "No printed figure is different.".to_owned(),
        });
    }
    let text: Vec<String> = lines.into_iter().map(|Wording { vi, en }| format!("{vi}\n    {en}")).collect();
    text.join("\n")
}

fn arrival(late: &LateArrival) -> Wording {
    let (n, file, digest) = (late.n, &late.file.name, late.file.digest.short());
    let (vi, en) = match late.kind {
        LateKind::Answers => (format!("thêm {} phiếu", number::count(n)), format!("{n} answers came")),
        LateKind::Scores => (format!("sửa điểm của {n} đơn vị"), format!("scores of {n} units were corrected")),
    };
    Wording {
        vi: format!("Nhập muộn: {vi} từ {file} ({digest})."), en: format!("Late: {en}, from {file} ({digest}).")
    }
}

fn area(change: &AreaChange) -> Wording {
    let decimal = |decimals| move |tongue, value: f64| Numbers(tongue).decimal(value, decimals);
    let parts = [
        ("chỉ số", "index", of(change.index, decimal(2))),
        ("hạng", "rank", of(change.rank, |_, rank: u32| rank.to_string())),
        ("điểm điều tra", "survey part", of(change.component, decimal(2))),
        ("tỷ lệ hài lòng (%)", "share satisfied (%)", of(change.satisfied, decimal(1))),
        ("số phiếu", "answers", of(change.answers, |tongue, n: u64| Numbers(tongue).count(n))),
    ];
    let told = parts.into_iter().filter_map(|(vi, en, moved)| {
        let moved = moved?;
        Some((format!("{vi} {}", moved.vi), format!("{en} {}", moved.en)))
    });
    let (vi, en): (Vec<String>, Vec<String>) = told.unzip();
    let name = &change.area.name;
    Wording { vi: format!("{name}: {}.", vi.join("; ")), en: format!("{name}: {}.", en.join("; ")) }
}

/// `86,02 → 86,10`; none for what did not move.
fn of<T: PartialEq + Copy>(moved: Moved<T>, write: impl Fn(Tongue, T) -> String) -> Option<Wording> {
    let side = |tongue, value: Option<T>| value.map_or_else(|| "–".to_owned(), |value| write(tongue, value));
    let both = |tongue| format!("{} → {}", side(tongue, moved.from), side(tongue, moved.to));
    moved.has_moved().then(|| Wording { vi: both(Tongue::Vietnamese), en: both(Tongue::English) })
}

/// The publications of a round with their digests, for people.
#[must_use]
pub fn text(publications: &[Publication]) -> String {
    let mut out = String::new();
    for publication in publications {
        let Publication { revision, published, program_version, data, digest, .. } = publication;
        let at = published.format("%Y-%m-%dT%H:%M:%SZ");
        // Writing to a string cannot fail.
        let _ = writeln!(out, "revision {revision}, {at}, sipas {program_version}\n  digest {digest}\n  data   {data}");
        for text in [&publication.note, &publication.changes] {
            text.lines().for_each(|line| {
                let _ = writeln!(out, "  {line}");
            });
        }
    }
    out
}

/// The publications of a round, for programs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PublicationsDocument {
    round: String,
    /// In order of the revisions; the last one holds.
    publications: Vec<PublicationShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct PublicationShape {
    revision: u32,
    published: String,
    /// What the operator wrote.
    note: String,
    /// What became different from the revision before, a line in Vietnamese followed by the same in English.
    changes: String,
    program_version: String,
    /// Of the answers and scores that the figures were computed from.
    data_digest: String,
    /// Of all files.
    digest: String,
    files: Vec<FileShape>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
struct FileShape {
    path: String,
    media_type: String,
    size: u64,
    sha256: String,
}

impl PublicationsDocument {
    /// The publications of a round, each with its files.
    #[must_use]
    pub fn new(round: &str, publications: &[(Publication, Vec<FrozenFile>)]) -> Self {
        let publication = |(publication, files): &(Publication, Vec<FrozenFile>)| PublicationShape {
            revision: publication.revision,
            published: publication.published.to_rfc3339(),
            note: publication.note.clone(),
            changes: publication.changes.clone(),
            program_version: publication.program_version.clone(),
            data_digest: publication.data.to_string(),
            digest: publication.digest.to_string(),
            files: files.iter().map(FileShape::from).collect(),
        };
        Self { round: round.to_owned(), publications: publications.iter().map(publication).collect() }
    }
}

impl From<&FrozenFile> for FileShape {
    fn from(file: &FrozenFile) -> Self {
        let (path, media_type, size) = (file.path.clone(), file.media.clone(), file.size);
        Self { path, media_type, size, sha256: file.digest.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::Level;
    use crate::domain::ids::{AreaCode, Digest};
    use crate::domain::publication::LateFile;
    use crate::domain::unit_report::NamedArea;
    use chrono::DateTime;

    #[test]
    fn what_became_different_is_told_from_and_to() {
        fn moved<T>(from: T, to: T) -> Moved<T> {
            Moved { from: Some(from), to: Some(to) }
        }
        let area =
            NamedArea {
                code: AreaCode::parse("D1").unwrap(), name: "Huyện Một".to_owned(), level: Level::District
            };
        let change = AreaChange {
            area,
            index: moved(86.02, 86.1),
            rank: moved(2, 2),
            component: Moved { from: None, to: Some(25.5) },
            satisfied: moved(91.2, 91.2),
            answers: moved(1_200, 1_235),
        };
        let late = LateArrival {
            kind: LateKind::Answers,
            file: LateFile { name: "muon.csv".to_owned(), digest: Digest([0xab; 32]) },
            n: 35,
            arrived: DateTime::UNIX_EPOCH,
        };
        let told = changes(&Changes { areas: vec![change], n_desks: 2, few: Vec::new() }, &[late]);
        let expected = "Nhập muộn: thêm 35 phiếu từ muon.csv (abababababab).\n    \
                        Late: 35 answers came, from muon.csv (abababababab).\n\
                        Huyện Một: chỉ số 86,02 → 86,10; điểm điều tra – → 25,50; số phiếu 1.200 → 1.235.\n    \
                        Huyện Một: index 86.02 → 86.10; survey part – → 25.50; answers 1,200 → 1,235.\n\
                        2 điểm có số liệu thay đổi.\n    Desks whose figures are different: 2.";
        assert_eq!(told, expected);
        assert!(changes(&Changes::default(), &[]).starts_with("Không số liệu in nào thay đổi."));
    }
}
