//! For whoever keeps the server running: is it alive, may it be sent work, and how is it doing?

use super::Site;
use super::metrics::OPENMETRICS;
use super::openapi::{Access, Both, Content, Gives, Group, Operation, Takes};
use super::problem::Problem;
use super::problem::catalogue::{BUSY, UNAVAILABLE};
use crate::service::collect::Pulse;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A batch takes milliseconds. A queue that has not moved for this long is stuck, not slow.
pub const STUCK_AFTER: Duration = Duration::from_secs(10);
const RETRY_AFTER_S: u32 = 5;
/// How long figures wait for the database.
const DATABASE_LIMIT: Duration = Duration::from_secs(1);

/// `GET /healthz`
pub const ALIVE: Operation = Operation {
    id: "isAlive",
    group: Group::Keepers,
    does: Both { vi: "Chương trình có chạy không", en: "Whether the process answers" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Có", en: "It does" }, content: &[Content::text("text/plain")] }],
    refuses: &[],
};

/// `GET /healthz`: the process answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("alive\n")
}

/// `GET /readyz`
pub const READY: Operation = Operation {
    id: "isReady",
    group: Group::Keepers,
    does: Both { vi: "Có nhận việc được không", en: "Whether the database answers and the queue moves" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives { status: 200, what: Both { vi: "Có", en: "They do" }, content: &[Content::text("text/plain")] }],
    refuses: &[&BUSY, &UNAVAILABLE],
};

/// `GET /readyz`: the database answers and the queue moves.
///
/// # Errors
/// `unavailable` or `busy`, for the load balancer to look elsewhere.
pub async fn ready(site: Data<Site>) -> Result<HttpResponse, Problem> {
    if !site.service.database_answers().await {
        return Err(Problem::of(&UNAVAILABLE).retry_after(RETRY_AFTER_S));
    }
    if site.watch.is_stuck(site.service.pulse(), Instant::now()) {
        return Err(Problem::of(&BUSY).retry_after(RETRY_AFTER_S));
    }
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8")).body("ready\n"))
}

/// `GET /metrics`
pub const METRICS: Operation = Operation {
    id: "getMetrics",
    group: Group::Keepers,
    does: Both { vi: "Số đo cho Prometheus", en: "Figures for Prometheus" },
    access: Access::Anyone,
    parameters: &[],
    takes: Takes::Nothing,
    gives: &[Gives {
        status: 200,
        what: Both { vi: "Số đo", en: "The figures" },
        content: &[Content::text("application/openmetrics-text")],
    }],
    refuses: &[],
};

/// `GET /metrics`: this server's figures for Prometheus.
///
/// # Errors
/// When they cannot be written.
pub async fn metrics(site: Data<Site>) -> Result<HttpResponse, Problem> {
    // A database that does not answer must not keep the other figures from whoever looks for the cause.
    if let Ok(Ok(counts)) = tokio::time::timeout(DATABASE_LIMIT, site.service.mail_counts()).await {
        site.metrics.note_mails(&counts);
    }
    let text = site.metrics.text().map_err(Problem::server_fault)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, OPENMETRICS)).body(text))
}

/// Remembers when the queue last moved, as far as it was looked at.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Option<(u64, Instant)>>);

impl Watch {
    /// Whether responses have been waiting since [`STUCK_AFTER`] without a batch being stored.
    #[must_use]
    pub fn is_stuck(&self, pulse: Pulse, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *last {
            _ if pulse.queue_depth == 0 => *last = None,
            Some((batches, since)) if batches == pulse.batches => return now.duration_since(since) >= STUCK_AFTER,
            _ => *last = Some((pulse.batches, now)),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_stuck_when_it_is_full_of_the_same_for_long() {
        let watch = Watch::default();
        let start = Instant::now();
        let waiting = |batches| Pulse { queue_depth: 3, batches, ..Pulse::default() };
        assert!(!watch.is_stuck(waiting(1), start));
        assert!(!watch.is_stuck(waiting(1), start + STUCK_AFTER / 2));
        assert!(watch.is_stuck(waiting(1), start + STUCK_AFTER));
        assert!(!watch.is_stuck(waiting(2), start + STUCK_AFTER), "it moved");
        assert!(!watch.is_stuck(Pulse::default(), start + STUCK_AFTER * 2), "it is empty");
        assert!(!watch.is_stuck(waiting(2), start + STUCK_AFTER * 3), "it was empty in between");
    }
}
