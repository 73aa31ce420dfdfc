//! The yardstick: reads and checks a request with the same code, stores nothing and answers 201; and gives out a page that
//! is always the same. It stands behind the same layers as the product's handlers (limits, problems, log), or behind none.

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer, Scope};
use sipas::domain::answers::AnswerSheet;
use sipas::domain::ids::QuestionnaireRef;
use sipas::domain::questionnaire::Questionnaire;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::web::guard::{self, Limits};
use sipas::web::wire::{ReceiptBody, SentResponse};
use sipas::web::{log, problem};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What stands between the network and the handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layers {
    /// All the product has.
    Product,
    /// None.
    Nothing,
}

impl Layers {
    fn flag(self) -> &'static str {
        match self {
            Self::Product => "--bare-server-behind-the-layers",
            Self::Nothing => "--bare-server-behind-nothing",
        }
    }
}

/// Serves until it is killed, if this process was started as the bare server; says otherwise that it was not.
pub(crate) fn served() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    let asked = [Layers::Product, Layers::Nothing].into_iter().find(|layers| arguments.contains(&layers.flag().into()));
    let (Some(layers), [.., address, page]) = (asked, arguments.as_slice()) else { return false };
    serve(address, layers, std::fs::read(page).expect("the page can be read").into());
    true
}

fn serve(address: &str, layers: Layers, page: Bytes) {
    let catalogue = Catalogue::load(&Source::Embedded).expect("the built-in surveys are sound");
    let reference = QuestionnaireRef::parse("one-stop.v1").expect("a reference");
    let questionnaire = web::Data::new(Arc::clone(catalogue.questionnaire(&reference).expect("it is built in")));
    let n_workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let routes = move || {
        let page = page.clone();
        let constant = move || {
            let page = page.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page) }
        };
        Scope::new("")
            .route("/v1/rounds/{round}/responses", web::post().to(parse_only))
            .route("/s/{desk}", web::get().to(constant))
    };
    let system = actix_web::rt::System::new();
    let served = match layers {
        Layers::Nothing => {
            let app = move || App::new().app_data(questionnaire.clone()).service(routes());
            let server =
                HttpServer::new(app).workers(n_workers).tcp_nodelay(true).bind(address).expect("the port is free");
            system.block_on(server.run())
        }
        Layers::Product => {
            let filter = tracing_subscriber::EnvFilter::new("info");
            let log = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter);
            log.with_writer(std::io::stderr).init();
            let app = move || {
                let bounds = |request, next| guard::bounds(Limits::default(), request, next);
                App::new()
                    .app_data(questionnaire.clone())
                    .service(routes())
                    .wrap(Compress::default())
                    .wrap(from_fn(bounds))
                    .wrap(from_fn(problem::shape))
                    .wrap(guard::seal())
                    .wrap(from_fn(log::observe))
            };
            let server =
                HttpServer::new(app).workers(n_workers).tcp_nodelay(true).bind(address).expect("the port is free");
            system.block_on(server.run())
        }
    };
    served.expect("the server runs");
}

async fn parse_only(questionnaire: web::Data<Arc<Questionnaire>>, body: Bytes) -> HttpResponse {
    let Ok(sent) = SentResponse::read(&body) else { return HttpResponse::BadRequest().finish() };
    match AnswerSheet::parse(&questionnaire, &sent.answers) {
        Ok(_) => HttpResponse::Created().json(ReceiptBody { id: sent.id.to_string(), status: "stored" }),
        Err(_) => HttpResponse::UnprocessableEntity().finish(),
    }
}

/// The bare server in a process of its own; it is killed when this goes out of scope.
pub(crate) struct Bare {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
}

/// Starts this program again as the bare server, on a free port, with a file for its page.
pub(crate) fn start(layers: Layers, page: &Path) -> Bare {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port").to_string();
    let program = std::env::current_exe().expect("this program has a path");
    let child = Command::new(program).args([layers.flag(), &address]).arg(page).stderr(Stdio::null()).spawn();
    let child = child.expect("the bare server starts");
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(&address).is_err() {
        assert!(Instant::now() < deadline, "the bare server does not listen");
        std::thread::yield_now();
    }
    Bare { child, address }
}

impl Bare {
    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
