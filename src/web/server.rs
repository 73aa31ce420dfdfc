//! Starts the door and closes it again without losing an answer.

use super::guard::{self, Limits};
use super::pages::Pages;
use super::{Counter, Site, log, problem, routes};
use crate::service::Service;
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use tokio::sync::Notify;

/// How to serve.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Threads that answer requests; at least one.
    pub n_workers: usize,
    /// How much and how long a request may be.
    pub limits: Limits,
    /// How the counter is run.
    pub counter: Counter,
    /// Whether SIGTERM and SIGINT stop the server. A program says yes; a test that runs several servers says no.
    pub stops_on_signals: bool,
}

/// A server that is bound and about to answer.
pub struct Running {
    server: Server,
    service: Arc<Service>,
    address: SocketAddr,
    stopper: Stopper,
}

/// Stops a server from elsewhere.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<Notify>);

impl Stopper {
    /// Asks the server to stop: it takes no new connection, finishes the requests under way and stores what is queued.
    pub fn stop(&self) {
        self.0.notify_one();
    }
}

/// Prepares a server on a listener. Connections wait in the listener until [`Running::until_stopped`] takes them.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(
    listener: TcpListener,
    service: Arc<Service>,
    pages: Pages,
    settings: &Settings,
) -> std::io::Result<Running> {
    let address = listener.local_addr()?;
    let limits = settings.limits.clone();
    let site = web::Data::new(Site::new(Arc::clone(&service), pages, limits.clone(), settings.counter.clone()));
    let stopper = Stopper(Arc::new(Notify::new()));
    let stop = asked_to_stop(Arc::clone(&stopper.0), settings.stops_on_signals);
    let bounds = limits.clone();
    let server = HttpServer::new(move || {
        let bounds = bounds.clone();
        // The last one wrapped is the first one asked: observe → seal → shape → bounds → compress → the table.
        App::new()
            .app_data(site.clone())
            .configure(routes)
            .wrap(Compress::default())
            .wrap(from_fn(move |request, next| guard::bounds(bounds.clone(), request, next)))
            .wrap(from_fn(problem::shape))
            .wrap(guard::seal())
            .wrap(from_fn(log::observe))
    })
    .workers(settings.n_workers.max(1))
    .client_request_timeout(limits.head_timeout)
    .keep_alive(limits.keep_alive)
    // A compressed page goes out in two pieces; the second would wait until the first is acknowledged, which takes 40 ms.
    .tcp_nodelay(true)
    .shutdown_timeout(limits.stop_timeout.as_secs())
    .shutdown_signal(stop)
    .listen(listener)?
    .run();
    Ok(Running { server, service, address, stopper })
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Something to stop it with from another task or thread.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Answers requests until it is asked to stop, then until all of them are answered and every answer taken is stored.
    ///
    /// # Errors
    /// When the network fails.
    pub async fn until_stopped(self) -> std::io::Result<()> {
        tracing::info!(address = %self.address, "listening");
        let served = self.server.await;
        self.service.drain().await;
        tracing::info!(address = %self.address, "stopped; nothing is left in the queue");
        served
    }
}

/// Resolves when a stopper or, if wanted, a signal asks for it.
async fn asked_to_stop(stopper: Arc<Notify>, on_signals: bool) {
    use tokio::signal::unix::{SignalKind, signal};
    if !on_signals {
        return stopper.notified().await;
    }
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => tokio::select! {
            () = stopper.notified() => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        },
        _ => stopper.notified().await,
    }
}
