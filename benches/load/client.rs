//! A load of sittings over keep-alive connections, each under an id of its own, and what came back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// What a run of load saw.
#[derive(Default)]
pub(crate) struct Tally {
    /// Sittings in which every step got the status it expects.
    pub(crate) done: u64,
    /// Sittings that ended with another status or a lost connection.
    pub(crate) failed: u64,
    /// From sending to the whole reply, in microseconds, for every step that went well; sorted, a list for each step.
    latencies_us: Vec<Vec<u32>>,
    /// How long the load lasted.
    pub(crate) lasted: Duration,
}

impl Tally {
    /// Sittings per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.done as f64 / self.lasted.as_secs_f64()
    }

    /// The latency that a share of a step's replies stayed below, in milliseconds.
    pub(crate) fn quantile_ms(&self, step: usize, share: f64) -> f64 {
        let latencies = self.latencies_us.get(step).map_or(&[][..], Vec::as_slice);
        let place = (latencies.len() as f64 * share) as usize;
        let place = place.min(latencies.len().saturating_sub(1));
        latencies.get(place).map_or(f64::NAN, |us| f64::from(*us) / 1000.0)
    }
}

/// What stands in a body where each sitting's own receipt code goes.
pub(crate) const CODE: &str = "____-____";

/// Receipt codes, each for one sitting.
pub(crate) struct Codes {
    list: Vec<String>,
    next: AtomicUsize,
}

impl Codes {
    /// The codes of a list.
    pub(crate) fn new(list: Vec<String>) -> Arc<Self> {
        Arc::new(Self { list, next: AtomicUsize::new(0) })
    }

    fn take(&self) -> &str {
        self.list.get(self.next.fetch_add(1, Ordering::Relaxed)).expect("there are codes for every sitting")
    }
}

/// A request of a sitting. Only its id and code are written anew each time, so that the load costs little beside the server.
#[derive(Clone)]
pub(crate) struct Step {
    bytes: Vec<u8>,
    id_at: Option<usize>,
    code_at: Option<usize>,
    codes: Option<Arc<Codes>>,
    expected: &'static str,
}

impl Step {
    /// Sends a body in which the nil id stands for the sitting's own, and expects a status.
    pub(crate) fn post(address: &str, path: &str, kind: &str, body: &str, expected: &'static str) -> Self {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        let id_at = body.find(&Uuid::nil().to_string()).map(|at| head.len() + at);
        let code_at = body.find(CODE).map(|at| head.len() + at);
        Self { bytes: (head + body).into_bytes(), id_at, code_at, codes: None, expected }
    }

    /// The same with a receipt code of its own each time.
    pub(crate) fn with(self, codes: Arc<Codes>) -> Self {
        Self { codes: Some(codes), ..self }
    }

    /// Asks for a page, with further headers as they go over the wire.
    pub(crate) fn get(address: &str, path: &str, headers: &str) -> Self {
        let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/html\r\n{headers}\r\n");
        Self { bytes: head.into_bytes(), id_at: None, code_at: None, codes: None, expected: "200" }
    }

    fn under(&mut self, id: &Uuid) -> &[u8] {
        if let Some(place) = self.id_at.and_then(|at| self.bytes.get_mut(at..at + Hyphenated::LENGTH)) {
            id.hyphenated().encode_lower(place);
        }
        let code = self.codes.as_ref().map(|codes| codes.take().as_bytes());
        let place = self.code_at.and_then(|at| self.bytes.get_mut(at..at + CODE.len()));
        if let (Some(code), Some(place)) = (code, place) {
            place.copy_from_slice(code);
        }
        &self.bytes
    }
}

/// Drives `n_clients` connections for a while; each begins its next sitting when the last one is over.
pub(crate) fn drive(address: &str, steps: &[Step], n_clients: usize, lasting: Duration) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let local = tokio::task::LocalSet::new();
    let started = Instant::now();
    let clients = (0..n_clients).map(|_| {
        let (address, steps) = (address.to_owned(), steps.to_vec());
        local.spawn_local(async move { one_client(&address, steps, started, lasting).await })
    });
    let clients: Vec<_> = clients.collect();
    let mut tally = Tally { latencies_us: vec![Vec::new(); steps.len()], ..Tally::default() };
    local.block_on(&runtime, async {
        for client in clients {
            let seen = client.await.expect("a client does not panic");
            tally.done += seen.done;
            tally.failed += seen.failed;
            tally.latencies_us.iter_mut().zip(seen.latencies_us).for_each(|(all, more)| all.extend(more));
        }
    });
    tally.lasted = started.elapsed();
    tally.latencies_us.iter_mut().for_each(|latencies| latencies.sort_unstable());
    tally
}

async fn one_client(address: &str, mut steps: Vec<Step>, started: Instant, lasting: Duration) -> Tally {
    let mut seen = Tally { latencies_us: vec![Vec::new(); steps.len()], ..Tally::default() };
    let mut connection = connect(address).await;
    let mut reply = Vec::with_capacity(256 * 1024);
    'sittings: while started.elapsed() < lasting {
        let id = Uuid::new_v4();
        for (step, latencies) in steps.iter_mut().zip(&mut seen.latencies_us) {
            let sent = Instant::now();
            let status = exchange(&mut connection, step.under(&id), &mut reply).await;
            if status.as_deref() != Some(step.expected) {
                seen.failed += 1;
                if status.is_none() {
                    connection = connect(address).await;
                }
                continue 'sittings;
            }
            latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        seen.done += 1;
    }
    seen
}

async fn connect(address: &str) -> TcpStream {
    let connection = TcpStream::connect(address).await.expect("the server listens");
    connection.set_nodelay(true).expect("a TCP option is set");
    connection
}

/// Sends a request, reads the whole reply and returns its status; `None` when the connection broke.
async fn exchange(connection: &mut TcpStream, request: &[u8], reply: &mut Vec<u8>) -> Option<String> {
    connection.write_all(request).await.ok()?;
    reply.clear();
    loop {
        connection.read_buf(reply).await.ok().filter(|n| *n > 0)?;
        let Some(head_end) = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(reply.get(..head_end)?).ok()?;
        let header = |wanted: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
        };
        let whole = match header("content-length") {
            Some(length) => reply.len() >= head_end + 4 + length.parse::<usize>().ok()?,
            // The pages are compressed while they are sent; nobody can say how long they will be.
            None => reply.ends_with(b"\r\n0\r\n\r\n"),
        };
        if whole {
            return head.get(9..12).map(str::to_owned);
        }
    }
}
