//! What is open where, kept in memory so that an answer needs no query before its insert.
//!
//! A watcher looks once a second whether the database's revision went up, and reads anew only then. Whoever would be
//! turned away by what is known asks it to look at once ([`Directory::renewed`]); questions that come together share a
//! look. If the database does not answer, the last picture stays: the transaction that stores an answer has the last
//! word anyway.

use super::CollectRefusal;
use crate::domain::access::Scope;
use crate::domain::device::Standing;
use crate::domain::ids::{AreaCode, Digest, RoundCode};
use crate::domain::period::Period;
use crate::domain::questionnaire::Questionnaire;
use crate::domain::round::AnyRound;
use crate::service::catalogue::Catalogue;
use crate::service::devices::KnownDevice;
use crate::store::{Connection, Store, StoreError, access, areas, devices, directory, rounds};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::oneshot;

/// How old the picture may get. A round that was just opened takes answers at other servers after at most this time.
const MAX_AGE: Duration = Duration::from_secs(1);

/// A round as collecting needs to know it.
pub(super) struct KnownRound {
    pub(super) code: RoundCode,
    /// Its state as a word.
    pub(super) state: &'static str,
    opened: Option<DateTime<Utc>>,
    /// None if the catalogue does not have it in the version and wording the round was drawn up with.
    pub(super) questionnaire: Option<Arc<Questionnaire>>,
    /// The desks that were drawn.
    pub(super) desks: HashSet<AreaCode>,
    /// The days it asks about.
    pub(super) period: Period,
}

/// Everything that was known at one moment.
#[derive(Default)]
pub(in crate::service) struct Snapshot {
    revision: i64,
    areas: HashMap<AreaCode, String>,
    parents: HashMap<AreaCode, AreaCode>,
    devices: HashMap<Digest, KnownDevice>,
    keys: HashMap<Digest, (Scope, Option<AreaCode>)>,
    rounds: HashMap<RoundCode, Arc<KnownRound>>,
    latest_at: HashMap<AreaCode, Arc<KnownRound>>,
}

impl Snapshot {
    pub(super) fn area_name(&self, area: &AreaCode) -> Option<&str> {
        self.areas.get(area).map(String::as_str)
    }

    pub(super) fn round(&self, code: &RoundCode) -> Option<&KnownRound> {
        self.rounds.get(code).map(AsRef::as_ref)
    }

    pub(super) fn state(&self, code: &RoundCode) -> Option<&'static str> {
        self.round(code).map(|round| round.state)
    }

    /// The open round at a desk, or else the one that was opened last; of two the one opened later.
    pub(super) fn latest_round_at(&self, desk: &AreaCode) -> Option<&KnownRound> {
        self.latest_at.get(desk).map(AsRef::as_ref)
    }

    /// The device whose key has this digest, if it may send.
    pub(in crate::service) fn device(&self, key: &Digest) -> Option<KnownDevice> {
        self.devices.get(key).cloned()
    }

    /// Whether the key with this digest opens a scope at an area, or anywhere if none is asked for.
    pub(in crate::service) fn opens(&self, key: &Digest, scope: Scope, area: Option<&AreaCode>) -> bool {
        let Some((opened, within)) = self.keys.get(key) else { return false };
        let up = |area: Option<&AreaCode>| std::iter::successors(area.cloned(), |area| self.parents.get(area).cloned());
        let is_there = within.as_ref().is_none_or(|within| area.is_none() || up(area).any(|area| area == *within));
        *opened == scope && is_there
    }

    fn read(connection: &mut Connection, catalogue: &Catalogue) -> Result<Self, StoreError> {
        let revision = directory::revision(connection)?;
        let mut known = Self { revision, ..Self::default() };
        for area in areas::all(connection)? {
            known.parents.extend(area.parent.map(|parent| (area.code.clone(), parent)));
            known.areas.insert(area.code, area.name);
        }
        for (device, key) in devices::all(connection)? {
            if let (Some(key), Standing::Paired) = (key, device.standing) {
                known.devices.insert(key, KnownDevice { code: device.code, kind: device.kind, desk: device.desk });
            }
        }
        let in_use = access::all(connection)?.into_iter().filter(|key| key.revoked.is_none());
        known.keys = in_use.map(|key| (key.digest, (key.scope, key.area))).collect();
        for round in rounds::all(connection)? {
            let round = Arc::new(KnownRound::read(connection, catalogue, &round)?);
            for desk in &round.desks {
                let latest = known.latest_at.entry(desk.clone()).or_insert_with(|| Arc::clone(&round));
                if round.precedence() > latest.precedence() {
                    *latest = Arc::clone(&round);
                }
            }
            known.rounds.insert(round.code.clone(), round);
        }
        Ok(known)
    }
}

impl KnownRound {
    fn precedence(&self) -> (bool, Option<DateTime<Utc>>) {
        (self.state == "open", self.opened)
    }

    fn read(connection: &mut Connection, catalogue: &Catalogue, round: &AnyRound) -> Result<Self, StoreError> {
        let plan = round.plan();
        let (digest, _) = rounds::digests(connection, &plan.code)?;
        let questionnaire =
            catalogue.questionnaire(&plan.questionnaire).filter(|found| found.digest == digest).cloned();
        if questionnaire.is_none() {
            let (round, questionnaire) = (plan.code.as_str(), plan.questionnaire.to_string());
            tracing::error!(round, questionnaire, %digest, "the round's questionnaire is missing or was changed");
        }
        let frame = rounds::frame(connection, &plan.code)?;
        let desks = frame.iter().filter(|desk| desk.drawn).map(|desk| desk.desk.clone()).collect();
        let opened = match round {
            AnyRound::Draft(_) => None,
            AnyRound::Open(round) => Some(round.state.opened),
            AnyRound::Closed(round) => Some(round.state.opened),
            AnyRound::Published(round) => Some(round.state.opened),
        };
        let (code, state, period) = (plan.code.clone(), round.state_code(), plan.period);
        Ok(Self { code, state, opened, questionnaire, desks, period })
    }
}

/// What is open where.
pub struct Directory {
    current: Arc<RwLock<Arc<Snapshot>>>,
    looks: mpsc::Sender<oneshot::Sender<bool>>,
}

impl Directory {
    /// Reads everything once, and starts watching. The watcher ends when the directory is dropped.
    ///
    /// # Errors
    /// When the database does not answer, or there is no thread for the watcher.
    pub fn start(store: Store, catalogue: Arc<Catalogue>) -> Result<Self, StoreError> {
        let first =
            store.with(|connection| connection.snapshot(|connection| Snapshot::read(connection, &catalogue)))?;
        let current = Arc::new(RwLock::new(Arc::new(first)));
        let (looks, asked) = mpsc::channel();
        let watcher = Watcher { store, catalogue, current: Arc::clone(&current), asked };
        std::thread::Builder::new()
            .name("directory".to_owned())
            .spawn(move || watcher.watch())
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self { current, looks })
    }

    /// What is known; at most [`MAX_AGE`] old unless the database is away.
    pub(in crate::service) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What is true at some moment after the call.
    pub(in crate::service) async fn renewed(&self) -> Result<Arc<Snapshot>, CollectRefusal> {
        let looked = self.ask().await;
        self.after(looked)
    }

    /// As [`Directory::renewed`], for threads that may wait.
    pub(super) fn renewed_blocking(&self) -> Result<Arc<Snapshot>, CollectRefusal> {
        let looked = self.ask().blocking_recv();
        self.after(looked)
    }

    fn ask(&self) -> oneshot::Receiver<bool> {
        let (looked, answer) = oneshot::channel();
        // If the watcher is gone the question is dropped, and the one who waits for the answer learns it from that.
        drop(self.looks.send(looked));
        answer
    }

    fn after(&self, looked: Result<bool, oneshot::error::RecvError>) -> Result<Arc<Snapshot>, CollectRefusal> {
        if looked == Ok(true) { Ok(self.now()) } else { Err(CollectRefusal::Unavailable) }
    }
}

struct Watcher {
    store: Store,
    catalogue: Arc<Catalogue>,
    current: Arc<RwLock<Arc<Snapshot>>>,
    asked: mpsc::Receiver<oneshot::Sender<bool>>,
}

impl Watcher {
    fn watch(self) {
        loop {
            let mut waiting = Vec::new();
            match self.asked.recv_timeout(MAX_AGE) {
                Ok(first) => waiting.push(first),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            waiting.extend(self.asked.try_iter());
            let looked = self.look();
            if let Err(error) = &looked {
                tracing::warn!(error = error as &dyn std::error::Error, "what is open could not be read");
            }
            for waiting in waiting {
                let _ = waiting.send(looked.is_ok());
            }
        }
    }

    fn look(&self) -> Result<(), StoreError> {
        let known = self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner).revision;
        let changed = self.store.with(|connection| {
            if directory::revision(connection)? == known {
                return Ok(None);
            }
            // One view for all of it, or a round could be seen open without its frame.
            connection.snapshot(|connection| Snapshot::read(connection, &self.catalogue)).map(Some)
        })?;
        if let Some(snapshot) = changed {
            *self.current.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(snapshot);
        }
        Ok(())
    }
}
