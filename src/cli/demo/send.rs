//! Sends sittings through the real HTTP door, many at a time.

use super::people::Sitting;
use awc::http::{StatusCode, header};
use futures_util::StreamExt;
use futures_util::stream;
use indicatif::ProgressBar;
use std::time::Duration;

/// Connections kept busy at a time.
const N_CONNECTIONS: usize = 32;
/// Tries of one answer before the demo gives up; a busy server is asked again after a moment.
const MAX_TRIES: u32 = 8;

/// Why the demo could not send everything.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendFailure {
    /// The server refused an answer that should be right.
    #[error("the server answered {status} to an answer of the demo: {body}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// What it said.
        body: String,
    },
    /// The server could not be reached.
    #[error("the server could not be reached: {0}")]
    Unreachable(String),
}

/// Sends every sitting and waits until each was acknowledged.
///
/// # Errors
/// At the first answer that is refused, or when the server stays unreachable.
pub(super) fn run(base: &str, sittings: Vec<Sitting>, progress: &ProgressBar) -> Result<(), SendFailure> {
    actix_web::rt::System::new().block_on(send_all(base, sittings, progress))
}

async fn send_all(base: &str, sittings: Vec<Sitting>, progress: &ProgressBar) -> Result<(), SendFailure> {
    let connector = awc::Connector::new().limit(N_CONNECTIONS);
    let client = awc::Client::builder().connector(connector).timeout(Duration::from_secs(30)).finish();
    let mut replies =
        stream::iter(sittings).map(|sitting| send(&client, base, sitting)).buffer_unordered(N_CONNECTIONS);
    while let Some(reply) = replies.next().await {
        reply?;
        progress.inc(1);
    }
    Ok(())
}

async fn send(client: &awc::Client, base: &str, sitting: Sitting) -> Result<(), SendFailure> {
    let address = format!("{base}/v1/rounds/{}/responses", sitting.round);
    let mut failure = SendFailure::Unreachable(String::new());
    for attempt in 0..MAX_TRIES {
        let request = client.post(&address).insert_header((header::CONTENT_TYPE, "application/json"));
        match request.send_body(sitting.body.clone()).await {
            Ok(reply) if matches!(reply.status(), StatusCode::CREATED | StatusCode::OK) => return Ok(()),
            Ok(mut reply) => {
                let status = reply.status();
                let body = reply.body().await.unwrap_or_default();
                let body = String::from_utf8_lossy(&body).into_owned();
                failure = SendFailure::Refused { status, body };
                if status != StatusCode::SERVICE_UNAVAILABLE {
                    return Err(failure);
                }
            }
            Err(error) => failure = SendFailure::Unreachable(error.to_string()),
        }
        tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
    }
    Err(failure)
}
