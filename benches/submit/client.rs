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

/// Drives `n_clients` connections for a while; each sends its next answer when the last one was acknowledged.
pub(crate) fn drive(address: &str, path: &str, bodies: &[String], n_clients: usize, lasting: Duration) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let local = tokio::task::LocalSet::new();
    let started = Instant::now();
    let clients = (0..n_clients).map(|client| {
        let requests: Vec<Vec<u8>> =
            bodies.iter().skip(client).step_by(n_clients).map(|body| request(address, path, body)).collect();
        let address = address.to_owned();
        local.spawn_local(async move { one_client(&address, requests, started, lasting).await })
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

fn request(address: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

async fn one_client(address: &str, requests: Vec<Vec<u8>>, started: Instant, lasting: Duration) -> (Vec<u32>, u64) {
    let (mut latencies, mut failed) = (Vec::with_capacity(requests.len()), 0);
    let mut connection = TcpStream::connect(address).await.expect("the server listens");
    connection.set_nodelay(true).expect("a TCP option is set");
    let mut buffer = vec![0u8; 16 * 1024];
    for request in requests {
        if started.elapsed() > lasting {
            return (latencies, failed);
        }
        let sent = Instant::now();
        match exchange(&mut connection, &request, &mut buffer).await {
            Some(201) => latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX)),
            Some(_) => failed += 1,
            None => {
                failed += 1;
                connection = TcpStream::connect(address).await.expect("the server listens");
            }
        }
    }
    panic!("the prepared answers ran out before the time was over; prepare more");
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
