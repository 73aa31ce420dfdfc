//! Moves SQLite's log back into the file beside the writer, so that no answer waits while it is done.
//!
//! A commit that finds the log long does the moving itself and holds up everyone behind it. Here a thread with a
//! connection of its own does it all the time, in the passive way that waits for nobody; what a commit still finds is
//! little.

use super::pool::Connector;
use diesel::connection::SimpleConnection;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How long the log grows between two looks at it.
const PAUSE: Duration = Duration::from_millis(500);

/// The thread; it ends when this goes out of scope.
pub(super) struct Checkpointer {
    _running: mpsc::Sender<()>,
}

impl Checkpointer {
    /// Starts the thread. Without it commits do the moving, so a thread or connection that is not to be had is no fault.
    pub(super) fn start(connector: Connector) -> Self {
        let (running, ended) = mpsc::channel();
        let work = move || {
            let mut connection = None;
            while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                if connection.is_none() {
                    connection = connector.connect_once().ok();
                }
                let moved = connection.as_mut().map(|open| open.batch_execute("PRAGMA wal_checkpoint(PASSIVE)"));
                if let Some(Err(error)) = moved {
                    tracing::warn!(%error, "SQLite's log could not be moved; commits do it");
                    connection = None;
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("checkpoint".to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread to move SQLite's log; commits do it");
        }
        Self { _running: running }
    }
}
