//! The yardstick: reads and checks a request with the same code, stores nothing and answers 201.

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use sipas::domain::answers::AnswerSheet;
use sipas::domain::ids::QuestionnaireRef;
use sipas::domain::questionnaire::Questionnaire;
use sipas::service::catalogue::{Catalogue, Source};
use sipas::web::wire::{ReceiptBody, SentResponse};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

const FLAG: &str = "--bare-server";

/// The address to serve on, if this process was started as the bare server.
pub(crate) fn asked_for() -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != FLAG);
    arguments.next().and_then(|_| arguments.next())
}

/// Serves until it is killed.
pub(crate) fn serve(address: &str) {
    let catalogue = Catalogue::load(&Source::Embedded).expect("the built-in surveys are sound");
    let reference = QuestionnaireRef::parse("one-stop.v1").expect("a reference");
    let questionnaire = web::Data::new(Arc::clone(catalogue.questionnaire(&reference).expect("it is built in")));
    let app = move || {
        let route = web::post().to(parse_only);
        App::new().app_data(questionnaire.clone()).route("/v1/rounds/{round}/responses", route)
    };
    let n_workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let server = HttpServer::new(app).workers(n_workers).bind(address).expect("the port is free");
    actix_web::rt::System::new().block_on(server.run()).expect("the server runs");
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

/// Starts this program again as the bare server, on a free port.
pub(crate) fn start() -> Bare {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port").to_string();
    let program = std::env::current_exe().expect("this program has a path");
    let child = Command::new(program).args([FLAG, &address]).spawn().expect("the bare server starts");
    let deadline = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(&address).is_err() {
        assert!(Instant::now() < deadline, "the bare server does not listen");
        std::thread::yield_now();
    }
    Bare { child, address }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
