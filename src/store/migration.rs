//! Brings the tables up to this program's version. The scripts are part of the program.

use super::connection::AnyConnection;
use super::error::StoreError;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// "sipas" in ASCII: it only has to differ from what other programs on the server lock.
const TURN: i64 = 0x73_69_70_61_73;

/// Runs what is missing, all or nothing. Two servers that start at the same moment take turns: SQLite by its write
/// lock, PostgreSQL by an advisory lock.
pub(super) fn run(connection: &mut AnyConnection) -> Result<(), StoreError> {
    connection.transact(|connection| match connection {
        AnyConnection::Sqlite(sqlite) => bring_up_to_date(sqlite, SQLITE),
        AnyConnection::Pg(postgres) => {
            diesel::sql_query(format!("SELECT pg_advisory_xact_lock({TURN})")).execute(postgres)?;
            bring_up_to_date(postgres, POSTGRES)
        }
    })
}

fn bring_up_to_date<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    scripts: EmbeddedMigrations,
) -> Result<(), StoreError>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<DB>,
{
    let fault = |reason: Box<dyn std::error::Error + Send + Sync>| StoreError::Migration(reason.to_string());
    let known = diesel::migration::MigrationSource::<DB>::migrations(&scripts).map_err(fault)?;
    let last_known = known.iter().map(|script| script.name().version()).max();
    let last_applied = connection.applied_migrations().map_err(fault)?.into_iter().max();
    if let Some(applied) = last_applied.filter(|applied| last_known.is_none_or(|known| known < *applied)) {
        return Err(StoreError::Newer(applied.to_string()));
    }
    connection.run_pending_migrations(scripts).map_err(fault)?;
    Ok(())
}
