//! A load of answers over keep-alive connections, each with its own id, and what came back.

use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a run of load saw.
pub(crate) struct Tally {
    /// Acknowledged with 201.
    pub(crate) stored: u64,
    /// Any other reply, or a lost connection.
    pub(crate) failed: u64,
    /// From sending to the whole reply, in microseconds, for every 201; sorted.
    pub(crate) latencies_us: Vec<u32>,
    /// How long the load lasted.
    pub(crate) lasted: Duration,
}

impl Tally {
    /// Acknowledged answers per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.stored as f64 / self.lasted.as_secs_f64()
    }

    /// The latency that a share of the replies stayed below, in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let place = (self.latencies_us.len() as f64 * share) as usize;
        let place = place.min(self.latencies_us.len().saturating_sub(1));
        self.latencies_us.get(place).map_or(f64::NAN, |us| f64::from(*us) / 1000.0)
    }
}

/// Drives `n_clients` connections for a while; each sends its next answer when the last one was acknowledged. `body`
/// makes the body of a response with an id.
pub(crate) fn drive(
    address: &str,
    path: &str,
    body: &dyn Fn(&str) -> String,
    n_clients: usize,
    lasting: Duration,
) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let local = tokio::task::LocalSet::new();
    let started = Instant::now();
    let clients = (0..n_clients).map(|_| {
        let (address, request) = (address.to_owned(), Request::new(address, path, body));
        local.spawn_local(async move { one_client(&address, request, started, lasting).await })
    });
    let clients: Vec<_> = clients.collect();
    let mut tally = Tally { stored: 0, failed: 0, latencies_us: Vec::new(), lasted: Duration::ZERO };
    local.block_on(&runtime, async {
        for client in clients {
            let (latencies, failed) = client.await.expect("a client does not panic");
            tally.stored += latencies.len() as u64;
            tally.failed += failed;
            tally.latencies_us.extend(latencies);
        }
    });
    tally.lasted = started.elapsed();
    tally.latencies_us.sort_unstable();
    tally
}

/// A request whose id is written anew each time; the rest stays, so that the load costs little beside the server.
struct Request {
    bytes: Vec<u8>,
    id_at: usize,
}

impl Request {
    fn new(address: &str, path: &str, body: &dyn Fn(&str) -> String) -> Self {
        let id = uuid::Uuid::nil().to_string();
        let body = body(&id);
        let (length, kind) = (body.len(), "content-type: application/json");
        let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n");
        let id_at = head.len() + body.find(&id).expect("the body has the id");
        Self { bytes: (head + &body).into_bytes(), id_at }
    }

    /// The same request with another id.
    fn next(&mut self) -> &[u8] {
        let id = uuid::Uuid::new_v4();
        let place = self.bytes.get_mut(self.id_at..self.id_at + uuid::fmt::Hyphenated::LENGTH);
        id.hyphenated().encode_lower(place.expect("the id lies in the request"));
        &self.bytes
    }
}

async fn one_client(address: &str, mut request: Request, started: Instant, lasting: Duration) -> (Vec<u32>, u64) {
    let (mut latencies, mut failed) = (Vec::new(), 0);
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    connection.set_nodelay(true).expect("a TCP option is set");
    let mut buffer = vec![0u8; 16 * 1024];
    while started.elapsed() < lasting {
        let sent = Instant::now();
        match exchange(&mut connection, request.next(), &mut buffer).await {
            Some(201) => latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX)),
            Some(_) => failed += 1,
            None => {
                failed += 1;
                connection = TcpStream::connect(address).await.expect("the server listens");
            }
        }
    }
    (latencies, failed)
}

/// Sends a request, reads the whole reply and returns its status; `None` when the connection broke.
async fn exchange(connection: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> Option<u16> {
    connection.write_all(request).await.ok()?;
    let mut filled = 0;
    loop {
        let n = connection.read(buffer.get_mut(filled..)?).await.ok().filter(|n| *n > 0)?;
        filled += n;
        let reply = buffer.get(..filled)?;
        let Some(head_end) = reply.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(reply.get(..head_end)?).ok()?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        })?;
        if filled >= head_end + 4 + length {
            return head.get(9..12)?.parse().ok();
        }
    }
}
