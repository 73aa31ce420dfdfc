//! One writer and its queue. Whatever waits when a commit ends goes into the next one, so under load many answers share
//! the price of one sync, and a lonely answer waits for nobody.

use crate::store::responses::{self, Insertion, Intake, NewResponse};
use crate::store::{Store, StoreError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use tokio::sync::{mpsc, oneshot, watch};

/// When to come back to a full queue. A full queue of the usual length is written in about half a second.
pub(super) const RETRY_AFTER_S: u32 = 1;

/// How much is taken on at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollectLimits {
    /// Answers that may wait to be stored; at least 1. More would only wait longer than a client does.
    pub queue: usize,
    /// Answers stored in one transaction at most; at least 1. More would make the first wait for the last.
    pub batch: usize,
}

impl Default for CollectLimits {
    fn default() -> Self {
        Self { queue: 4_096, batch: 512 }
    }
}

/// How collecting is doing. Counters run from the start of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pulse {
    /// Answers waiting now.
    pub queue_depth: u64,
    /// Answers that may wait.
    pub queue_capacity: u64,
    /// Answers stored.
    pub stored: u64,
    /// Repetitions of stored answers.
    pub repeated: u64,
    /// Other answers under a stored id.
    pub conflicts: u64,
    /// Answers whose round was not open.
    pub not_open: u64,
    /// Answers whose receipt code was wrong or spent.
    pub not_admitted: u64,
    /// Answers turned away because the queue was full.
    pub busy: u64,
    /// Answers whose batch failed.
    pub failed: u64,
    /// Transactions tried.
    pub batches: u64,
}

/// Why the queue did not settle an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueFault {
    /// No room.
    Full,
    /// The database failed; the answer may or may not be stored.
    Failed,
    /// Nothing is taken any more.
    Draining,
}

struct Waiting {
    response: NewResponse,
    settled: oneshot::Sender<Result<Insertion, QueueFault>>,
}

#[derive(Default)]
struct Counters {
    stored: AtomicU64,
    repeated: AtomicU64,
    conflicts: AtomicU64,
    not_open: AtomicU64,
    not_admitted: AtomicU64,
    busy: AtomicU64,
    failed: AtomicU64,
    batches: AtomicU64,
}

fn add(counter: &AtomicU64, n: u64) {
    // Counters are read for display only; nothing is ordered by them.
    counter.fetch_add(n, Ordering::Relaxed);
}

/// The queue and its writer.
pub struct Collector {
    /// None once draining has begun.
    intake: RwLock<Option<mpsc::Sender<Waiting>>>,
    /// Closes when the writer has ended.
    writer: watch::Receiver<()>,
    counters: Arc<Counters>,
    capacity: usize,
}

impl Collector {
    /// Starts the writer's thread.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(store: Store, limits: CollectLimits) -> Result<Self, StoreError> {
        let capacity = limits.queue.max(1);
        let (intake, queue) = mpsc::channel(capacity);
        let (at_work, writer) = watch::channel(());
        let counters = Arc::new(Counters::default());
        let mut write = Writer { store, queue, batch: limits.batch.max(1), counters: Arc::clone(&counters) };
        std::thread::Builder::new()
            .name("answers".to_owned())
            .spawn(move || {
                write.until_drained();
                drop(at_work);
            })
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self { intake: RwLock::new(Some(intake)), writer, counters, capacity })
    }

    /// Queues a response and waits until it is settled.
    pub(super) async fn store(&self, response: NewResponse) -> Result<Insertion, QueueFault> {
        let (settled, outcome) = oneshot::channel();
        self.enqueue(Waiting { response, settled })?;
        // No outcome means that the writer ended without one; whether the answer is stored is not known then.
        outcome.await.unwrap_or(Err(QueueFault::Failed))
    }

    fn enqueue(&self, waiting: Waiting) -> Result<(), QueueFault> {
        let intake = self.intake.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        match intake.as_ref().ok_or(QueueFault::Draining)?.try_send(waiting) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => {
                add(&self.counters.busy, 1);
                Err(QueueFault::Full)
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Err(QueueFault::Failed),
        }
    }

    pub(super) fn pulse(&self) -> Pulse {
        let intake = self.intake.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let free = intake.as_ref().map_or(self.capacity, mpsc::Sender::capacity);
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Pulse {
            queue_depth: (self.capacity - free) as u64,
            queue_capacity: self.capacity as u64,
            stored: count(&self.counters.stored),
            repeated: count(&self.counters.repeated),
            conflicts: count(&self.counters.conflicts),
            not_open: count(&self.counters.not_open),
            not_admitted: count(&self.counters.not_admitted),
            busy: count(&self.counters.busy),
            failed: count(&self.counters.failed),
            batches: count(&self.counters.batches),
        }
    }

    /// Closes the intake and waits until the writer has settled everything that was queued.
    pub(super) async fn drain(&self) {
        self.intake.write().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let mut writer = self.writer.clone();
        // Nothing is ever sent; the error is the news that the writer has ended.
        while writer.changed().await.is_ok() {}
    }
}

struct Writer {
    store: Store,
    queue: mpsc::Receiver<Waiting>,
    batch: usize,
    counters: Arc<Counters>,
}

impl Writer {
    fn until_drained(&mut self) {
        let mut waiting = Vec::with_capacity(self.batch);
        while self.queue.blocking_recv_many(&mut waiting, self.batch) > 0 {
            let (batch, settled): (Vec<_>, Vec<_>) = waiting.drain(..).map(|w| (w.response, w.settled)).unzip();
            let outcome = self.store.with(|connection| responses::insert_batch(connection, &batch, Intake::Open));
            add(&self.counters.batches, 1);
            match outcome {
                Ok(insertions) => self.report(settled, insertions),
                Err(error) => self.report_failure(settled, &error),
            }
        }
    }

    fn report(&self, settled: Vec<oneshot::Sender<Result<Insertion, QueueFault>>>, insertions: Vec<Insertion>) {
        for (settled, insertion) in settled.into_iter().zip(insertions) {
            let counter = match insertion {
                Insertion::Stored => &self.counters.stored,
                Insertion::AlreadyStored => &self.counters.repeated,
                Insertion::Conflict => &self.counters.conflicts,
                Insertion::RoundNotOpen => &self.counters.not_open,
                Insertion::ReceiptUnknown | Insertion::ReceiptSpent | Insertion::ReceiptExpired => {
                    &self.counters.not_admitted
                }
            };
            add(counter, 1);
            // Whoever has gone away finds out when the answer is sent again.
            let _ = settled.send(Ok(insertion));
        }
    }

    /// Nothing of the batch is known to be stored; everyone in it is told to send again, which is safe.
    fn report_failure(&self, settled: Vec<oneshot::Sender<Result<Insertion, QueueFault>>>, error: &StoreError) {
        let n_answers = settled.len();
        add(&self.counters.failed, n_answers as u64);
        tracing::error!(n_answers, error = error as &dyn std::error::Error, "a batch of answers could not be stored");
        for settled in settled {
            let _ = settled.send(Err(QueueFault::Failed));
        }
    }
}
