//! How connections are made and kept.

use super::connection::AnyConnection;
use super::error::StoreError;
use super::url::DatabaseUrl;
use diesel::connection::{Connection, SimpleConnection, TransactionManager};
use diesel::result::{ConnectionError, Error};
use diesel::{PgConnection, QueryResult, SqliteConnection};
use std::time::Duration;

/// Connections kept at most. One writes; the others read figures and settle what officials do.
const MAX_CONNECTIONS: u32 = 8;
/// How long a caller waits for a connection. A citizen's page that has not answered by then is better told to try
/// again.
const WAIT: Duration = Duration::from_secs(5);

/// How often a new connection tries to have its turn at SQLite's file. Each time another one has had its turn.
const TURNS: u32 = 100;

/// `synchronous = FULL` syncs the log at every commit: a 201 must survive a power cut. The log is moved back into
/// the file by a thread of its own; only if it has grown beyond 64 MB all the same does a commit help. Of the file the
/// operating system keeps what is read often; a connection keeps 8 MB, as eight of them may be open.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA cache_size = -8192;";

/// Whoever set the server up for speed did not mean the answers; other settings of `synchronous_commit` are left alone.
const POSTGRES_SETTINGS: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'";

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectFault {
    #[error(transparent)]
    Connect(#[from] ConnectionError),
    #[error(transparent)]
    Query(#[from] Error),
}

/// Makes connections of the variant that the URL's scheme names. Trying one variant after the other, as
/// `AnyConnection::establish` would, could turn an outage of PostgreSQL into an empty SQLite file.
#[derive(Clone)]
pub(super) struct Connector {
    url: DatabaseUrl,
}

/// A connection of the pool.
pub(super) struct Pooled {
    connection: AnyConnection,
    /// Still true on return only if the work panicked; such a connection may be in the middle of anything.
    at_work: bool,
}

impl Pooled {
    pub(super) fn while_at_work<T>(
        &mut self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.at_work = true;
        let outcome = work(&mut self.connection);
        self.at_work = false;
        outcome
    }
}

impl Connector {
    pub(super) fn new(url: DatabaseUrl) -> Self {
        Self { url }
    }

    pub(super) fn connect_once(&self) -> Result<AnyConnection, ConnectFault> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => {
                let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
                settle(&mut connection)?;
                Ok(AnyConnection::Sqlite(connection))
            }
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url)?;
                connection.batch_execute(POSTGRES_SETTINGS)?;
                Ok(AnyConnection::Pg(connection))
            }
        }
    }
}

/// Makes SQLite's settings, in turn with others. SQLite waits `busy_timeout` for a lock, except where two that wait could wait
/// for each other: whoever turns a file to its log (WAL) beside another one is refused at once. Who begins a transaction
/// waits, so that is done in between.
fn settle(connection: &mut SqliteConnection) -> QueryResult<()> {
    for _ in 1..TURNS {
        match connection.batch_execute(SQLITE_SETTINGS) {
            Err(Error::DatabaseError(_, fault)) if fault.message() == "database is locked" => {
                connection.batch_execute("BEGIN EXCLUSIVE; COMMIT")?;
            }
            settled => return settled,
        }
    }
    connection.batch_execute(SQLITE_SETTINGS)
}

impl r2d2::ManageConnection for Connector {
    type Connection = Pooled;
    type Error = ConnectFault;

    fn connect(&self) -> Result<Pooled, ConnectFault> {
        Ok(Pooled { connection: self.connect_once()?, at_work: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), ConnectFault> {
        Ok(pooled.connection.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.at_work
            || AnyConnection::is_broken_transaction_manager(&mut pooled.connection)
            || pooled.connection.is_in_transaction()
    }
}

/// Says in the log why a connection could not be made; callers only learn that none came in time.
#[derive(Debug)]
struct LogFaults;

impl r2d2::HandleError<ConnectFault> for LogFaults {
    fn handle_error(&self, fault: ConnectFault) {
        tracing::warn!(error = %fault, "no connection to the database");
    }
}

pub(super) fn build(connector: Connector) -> Result<r2d2::Pool<Connector>, r2d2::Error> {
    r2d2::Pool::builder()
        .max_size(MAX_CONNECTIONS)
        .min_idle(Some(1))
        .connection_timeout(WAIT)
        .error_handler(Box::new(LogFaults))
        .build(connector)
}
