//! Publications and their files: written once, in the transaction that publishes, and only read afterwards.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::rounds::{self, read_digest};
use super::schema::{late_arrivals, publication_files, publications};
use crate::domain::ids::RoundCode;
use crate::domain::publication::{FrozenFile, LateArrival, LateFile, LateKind, PackedFile, Publication};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

/// Stores a publication with its files.
///
/// # Errors
/// [`StoreError::Moved`] when the round has that revision already, [`StoreError::Unknown`] when it is not there.
pub fn insert<'a>(
    connection: &mut AnyConnection,
    publication: &Publication,
    files: impl IntoIterator<Item = &'a PackedFile>,
) -> Result<(), StoreError> {
    let round = rounds::number(connection, &publication.round)?;
    connection.transact(|connection| {
        let row = (
            publications::round.eq(round),
            publications::revision.eq(write_revision(publication.revision)),
            publications::published.eq(rounds::instant(publication.published)),
            publications::note.eq(&publication.note),
            publications::changes.eq(&publication.changes),
            publications::program_version.eq(&publication.program_version),
            publications::data.eq(publication.data.0.as_slice()),
            publications::digest.eq(publication.digest.0.as_slice()),
        );
        diesel::insert_into(publications::table).values(row).execute(connection).map_err(moved)?;
        let id = number(connection, round, publication.revision)?.ok_or(StoreError::Moved)?;
        for PackedFile { file, packed } in files {
            let row = (
                publication_files::publication.eq(id),
                publication_files::path.eq(&file.path),
                publication_files::media.eq(&file.media),
                publication_files::size.eq(i64::try_from(file.size).unwrap_or(i64::MAX)),
                publication_files::digest.eq(file.digest.0.as_slice()),
                publication_files::packed.eq(packed),
            );
            diesel::insert_into(publication_files::table).values(row).execute(connection)?;
        }
        Ok(())
    })
}

fn moved(error: Error) -> StoreError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => StoreError::Moved,
        other => other.into(),
    }
}

/// Every publication of a round, in order of the revisions.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn all(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<Publication>, StoreError> {
    type Row = (i32, NaiveDateTime, String, String, String, Vec<u8>, Vec<u8>);
    let rows: Vec<Row> = publications::table
        .filter(publications::round.eq(rounds::number(connection, round)?))
        .order(publications::revision)
        .select((
            publications::revision,
            publications::published,
            publications::note,
            publications::changes,
            publications::program_version,
            publications::data,
            publications::digest,
        ))
        .load(connection)?;
    let read = |(revision, published, note, changes, program_version, data, digest): Row| {
        Ok(Publication {
            round: round.clone(),
            revision: u32::try_from(revision).map_err(|_| StoreError::corrupt("revision", revision))?,
            published: published.and_utc(),
            note,
            changes,
            program_version,
            data: read_digest(data)?,
            digest: read_digest(digest)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The files of a publication, by path.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn files(connection: &mut AnyConnection, round: &RoundCode, revision: u32) -> Result<Vec<FrozenFile>, StoreError> {
    let round = rounds::number(connection, round)?;
    let Some(id) = number(connection, round, revision)? else { return Ok(Vec::new()) };
    let rows: Vec<FileRow> =
        publication_files::table.filter(publication_files::publication.eq(id)).select(FILE_COLUMNS).load(connection)?;
    let mut files = rows.into_iter().map(read_file).collect::<Result<Vec<_>, _>>()?;
    // Sorted here, because the databases' own order of texts depends on how they were set up.
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// One file of a publication.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn file(
    connection: &mut AnyConnection,
    round: &RoundCode,
    revision: u32,
    path: &str,
) -> Result<Option<PackedFile>, StoreError> {
    let round = rounds::number(connection, round)?;
    let Some(id) = number(connection, round, revision)? else { return Ok(None) };
    let row: Option<(FileRow, Vec<u8>)> = publication_files::table
        .filter(publication_files::publication.eq(id))
        .filter(publication_files::path.eq(path))
        .select((FILE_COLUMNS, publication_files::packed))
        .first(connection)
        .optional()?;
    row.map(|(file, packed)| Ok(PackedFile { file: read_file(file)?, packed })).transpose()
}

type FileRow = (String, String, i64, Vec<u8>);
type FileColumns =
    (publication_files::path, publication_files::media, publication_files::size, publication_files::digest);
const FILE_COLUMNS: FileColumns =
    (publication_files::path, publication_files::media, publication_files::size, publication_files::digest);

fn read_file((path, media, size, digest): FileRow) -> Result<FrozenFile, StoreError> {
    Ok(FrozenFile { path, media, size: size.unsigned_abs(), digest: read_digest(digest)? })
}

/// Notes what came to a round after it was published.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn note_arrival(
    connection: &mut AnyConnection,
    round: &RoundCode,
    arrival: &LateArrival,
) -> Result<(), StoreError> {
    let row = (
        late_arrivals::round.eq(rounds::number(connection, round)?),
        late_arrivals::kind.eq(arrival.kind.code()),
        late_arrivals::file.eq(&arrival.file.name),
        late_arrivals::digest.eq(arrival.file.digest.0.as_slice()),
        late_arrivals::n.eq(i64::try_from(arrival.n).unwrap_or(i64::MAX)),
        late_arrivals::arrived.eq(rounds::instant(arrival.arrived)),
    );
    diesel::insert_into(late_arrivals::table).values(row).execute(connection)?;
    Ok(())
}

/// What came to a round after it was published, in the order in which it came.
///
/// # Errors
/// [`StoreError::Unknown`] for a round that is not there; when the database does not answer.
pub fn arrivals(connection: &mut AnyConnection, round: &RoundCode) -> Result<Vec<LateArrival>, StoreError> {
    type Row = (String, String, Vec<u8>, i64, NaiveDateTime);
    let rows: Vec<Row> = late_arrivals::table
        .filter(late_arrivals::round.eq(rounds::number(connection, round)?))
        .order((late_arrivals::arrived, late_arrivals::id))
        .select((
            late_arrivals::kind,
            late_arrivals::file,
            late_arrivals::digest,
            late_arrivals::n,
            late_arrivals::arrived,
        ))
        .load(connection)?;
    let read = |(kind, file, digest, n, arrived): Row| {
        Ok(LateArrival {
            kind: LateKind::parse(&kind).ok_or_else(|| StoreError::corrupt("kind of late arrival", kind))?,
            file: LateFile { name: file, digest: read_digest(digest)? },
            n: n.unsigned_abs(),
            arrived: arrived.and_utc(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// The number of a publication; none if the round has no such revision.
fn number(connection: &mut AnyConnection, round: i32, revision: u32) -> Result<Option<i32>, StoreError> {
    let place = publications::round.eq(round).and(publications::revision.eq(write_revision(revision)));
    Ok(publications::table.filter(place).select(publications::id).first(connection).optional()?)
}

fn write_revision(revision: u32) -> i32 {
    i32::try_from(revision).unwrap_or(i32::MAX)
}
