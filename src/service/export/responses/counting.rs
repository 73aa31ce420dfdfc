//! Reads a round once: while one thread takes rows from the database, another judges and counts them and lets them wait.

use super::super::super::quality::Sieve;
use super::super::{ExportRefusal, Task};
use super::{Frame, Key, Person, Question, Sheet, Spool, Tally};
use crate::domain::channel::Channel;
use crate::domain::frame::FrameDesk;
use crate::domain::ids::{AreaCode, Digest};
use crate::domain::quality::{Answers, QualityRules, Reasons};
use crate::domain::questionnaire::Questionnaire;
use crate::store::responses::{Cut, Identity, Row};
use crate::store::{self, StoreError};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Rows that go from one thread to the other at once.
const ROWS_PER_BATCH: usize = 4_096;
/// Batches that may wait.
const MAX_WAITING: usize = 2;

/// What is found.
pub(super) struct Counted {
    pub(super) frame: Frame,
    /// Desks with more answers than transactions, by place in the frame.
    pub(super) excess: Vec<bool>,
    /// Sheets that count, by place of the desk in the frame.
    pub(super) n_rows: Vec<u64>,
    pub(super) n_flagged: u64,
    pub(super) tally: Tally,
    pub(super) spool: Spool,
    pub(super) cut: Digest,
}

/// What rows are judged by.
pub(super) struct Judging<'a> {
    pub(super) rules: Option<&'a QualityRules>,
    pub(super) questionnaire: &'a Questionnaire,
    pub(super) questions: &'a [Question],
}

/// Rows on their way, with their answers one after the other. A batch that was judged goes back to be filled again: memory that is
/// new to the process costs more than what is put into it.
#[derive(Default)]
struct Batch {
    heads: Vec<Head>,
    packed: Vec<u8>,
}

impl Batch {
    fn cleared(mut self) -> Self {
        self.heads.clear();
        self.packed.clear();
        self
    }
}

struct Head {
    identity: Identity,
    desk: u32,
    channel: Channel,
    has_receipt: bool,
    flags: Reasons,
    weight: Option<f64>,
    n_bytes: usize,
}

/// What the second thread makes of them.
struct Judged {
    tally: Tally,
    spool: Spool,
    n_all: Vec<u64>,
    n_flagged: Vec<u64>,
    cut: Cut,
}

/// Reads and counts a round in one view of the database.
pub(super) fn count(task: &Task, judging: &Judging, keys: Vec<Key>) -> Result<Counted, ExportRefusal> {
    let read = |connection: &mut store::Connection| {
        let frame = store::rounds::frame(connection, &task.request.round)?;
        let (batches, received) = sync_channel(MAX_WAITING);
        let (give_back, emptied) = channel();
        let (sent, judged) = std::thread::scope(|threads| {
            let judged = threads.spawn(|| judging.judge(&frame, (received, give_back), Tally::new(keys)));
            let sent = send_rows(connection, task, &frame, (batches, emptied));
            (sent, judged.join().unwrap_or_else(|_| Err(io::Error::other("counting has come to grief"))))
        });
        // Whoever stops the reading by ending early says why.
        let judged = judged?;
        sent?;
        Ok::<_, ExportRefusal>((frame, judged))
    };
    // A refusal is no failure of the database.
    let (frame, judged) = task.store.with(|connection| Ok(connection.snapshot(read)))??;
    let Judged { tally, spool, n_all, mut n_flagged, cut } = judged;
    let is_excess = |(desk, n): (&FrameDesk, &u64)| {
        judging.rules.is_some() && desk.transactions.is_some_and(|most| *n > u64::from(most))
    };
    let excess: Vec<bool> = frame.iter().zip(&n_all).map(is_excess).collect();
    for ((flagged, n), _) in n_flagged.iter_mut().zip(&n_all).zip(&excess).filter(|(_, excess)| **excess) {
        *flagged = *n;
    }
    let n_rows = match task.request.answers {
        Answers::All => n_all,
        Answers::Unflagged => n_all.iter().zip(&n_flagged).map(|(n, flagged)| n - flagged).collect(),
    };
    Ok(Counted { n_flagged: n_flagged.iter().sum(), frame, excess, n_rows, tally, spool, cut: cut.digest() })
}

/// Takes the rows from the database.
fn send_rows(
    connection: &mut store::Connection,
    task: &Task,
    frame: &Frame,
    (batches, emptied): (SyncSender<Batch>, Receiver<Batch>),
) -> Result<(), ExportRefusal> {
    let places: HashMap<&AreaCode, u32> = frame.iter().map(|desk| &desk.desk).zip(0..).collect();
    let place = |desk: &AreaCode| {
        let place = places.get(desk).copied();
        place.ok_or_else(|| StoreError::corrupt("desk outside the frame", desk).into())
    };
    let nobody_counts = |_| ExportRefusal::Write(io::Error::other("counting ended too early"));
    let mut batch = Batch::default();
    store::responses::rows_apart(connection, (&task.request.round, task.as_of()), place, |row| {
        let Row { identity, channel, has_receipt, flags, weight, packed, desk } = *row;
        batch.heads.push(Head { identity, desk, channel, has_receipt, flags, weight, n_bytes: packed.len() });
        batch.packed.extend_from_slice(packed);
        if batch.heads.len() == ROWS_PER_BATCH {
            let next = emptied.try_recv().unwrap_or_default();
            batches.send(std::mem::replace(&mut batch, next)).map_err(nobody_counts)?;
        }
        Ok::<_, ExportRefusal>(())
    })?;
    batches.send(batch).map_err(nobody_counts)
}

impl Judging<'_> {
    /// Judges and counts rows until there are no more.
    fn judge(
        &self,
        frame: &Frame,
        (received, give_back): (Receiver<Batch>, Sender<Batch>),
        mut tally: Tally,
    ) -> io::Result<Judged> {
        let mut sieve = Sieve::new(self.rules, self.questionnaire);
        // Whether a desk has more answers than transactions is known when all are counted.
        sieve.know(frame, &BTreeMap::new());
        let mut n_all = vec![0_u64; frame.iter().count()];
        let mut n_flagged = n_all.clone();
        let (mut spool, mut cut) = (Spool::new()?, Cut::default());
        for batch in received {
            let mut rest = batch.packed.as_slice();
            for &Head { identity, desk, channel, has_receipt, flags, weight, n_bytes } in &batch.heads {
                let (packed, after) = rest.split_at_checked(n_bytes).unwrap_or((rest, &[]));
                rest = after;
                cut.add(&identity);
                let reasons = sieve.judge(desk as usize, packed, flags);
                let group = tally.add(desk, &Person { packed, channel, has_receipt, reasons }, self.questions);
                for (counts, holds) in [(&mut n_all, true), (&mut n_flagged, !reasons.is_empty())] {
                    if let Some(n) = counts.get_mut(desk as usize).filter(|_| holds) {
                        *n += 1;
                    }
                }
                spool.push(&Sheet { desk, group, channel, has_receipt, reasons, weight, packed })?;
            }
            // Whoever fills batches may have sent the last one.
            let _ = give_back.send(batch.cleared());
        }
        Ok(Judged { tally, spool, n_all, n_flagged, cut })
    }
}
