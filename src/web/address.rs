//! One row of the address table. A method is given together with its description, so none is without.

use super::openapi::Operation;
use super::problem::Problem;
use super::problem::catalogue::METHOD_NOT_ALLOWED;
use actix_web::guard::{Any, Get, Guard, Head};
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder};

/// An address and what may be done there.
pub struct Address {
    path: &'static str,
    operations: Vec<(&'static str, &'static Operation)>,
    resource: Resource,
}

impl Address {
    /// An address without methods yet; `{name}` stands for one segment.
    #[must_use]
    pub fn at(path: &'static str) -> Self {
        Self { path, operations: Vec::new(), resource: web::resource(path) }
    }

    /// Reading; the same without a body for `HEAD`.
    #[must_use]
    pub fn get<F, Args>(mut self, read: F, described: &'static Operation) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operations.push(("GET", described));
        self.resource = self.resource.route(web::route().guard(get_or_head()).to(read));
        self
    }

    /// Sending.
    #[must_use]
    pub fn post<F, Args>(mut self, send: F, described: &'static Operation) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.operations.push(("POST", described));
        self.resource = self.resource.route(web::post().to(send));
        self
    }

    /// What the `Allow` header says: `GET, HEAD, POST, OPTIONS`.
    #[must_use]
    pub fn allow(&self) -> String {
        let methods = self.operations.iter().flat_map(|(method, _)| match *method {
            "GET" => vec!["GET", "HEAD"],
            method => vec![method],
        });
        methods.chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
    }

    /// The path pattern.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The path as people and OpenAPI write it: `{file}`, also where that may have slashes.
    #[must_use]
    pub fn template(&self) -> String {
        self.path.replace(":.+}", "}")
    }

    /// Its methods, each with its description.
    #[must_use]
    pub fn operations(&self) -> &[(&'static str, &'static Operation)] {
        &self.operations
    }

    /// Adds the row to an application, with the answers for `OPTIONS` and for methods it does not have.
    pub fn into_app(self, app: &mut ServiceConfig) {
        let allow = self.allow();
        let options = {
            let allow = allow.clone();
            move || {
                let answer = HttpResponse::NoContent().insert_header((header::ALLOW, allow.clone())).finish();
                std::future::ready(answer)
            }
        };
        let refuse = move || std::future::ready(Problem::of(&METHOD_NOT_ALLOWED).allowing(allow.clone()));
        let resource = self.resource.route(web::method(actix_web::http::Method::OPTIONS).to(options));
        app.service(resource.default_service(web::to(move || {
            let refused = refuse();
            async move { Err::<HttpResponse, Problem>(refused.await) }
        })));
    }
}

fn get_or_head() -> impl Guard {
    Any(Get()).or(Head())
}
