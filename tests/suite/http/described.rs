//! Holds every answer that a test gets against the description of its address: an answer that is not told is a fault of the
//! one or the other.

use super::client::Answer;
use sipas::web::openapi::Operation;

/// Checks status, media type and problem of an answer. What is not in the table of addresses is described by nothing.
pub(super) fn hold(method: &str, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    let (place, status) = (format!("{method} {path} ({})", operation.id), answer.status);
    assert!(operation.statuses().contains(&status), "{place}: {status} is not told: {}", answer.body);
    let media_type = answer.header("content-type").map(|value| value.split(';').next().unwrap_or_default());
    match media_type {
        Some("application/problem+json") => {
            // The answer to HEAD has no body to look into.
            let slug = if answer.body.is_empty() { String::new() } else { answer.slug() };
            let is_told = slug.is_empty() || operation.problems().any(|kind| kind.slug == slug);
            assert!(is_told, "{place}: the problem {slug} is not told");
        }
        Some(media_type) => {
            let gives = operation.gives.iter().filter(|gives| gives.status == status);
            let mut contents = gives.flat_map(|gives| gives.content);
            let is_problem = operation.problems().any(|kind| kind.status == status) && media_type == "text/html";
            let is_told = is_problem || contents.any(|content| content.media_type == media_type);
            assert!(is_told, "{place}: {status} as {media_type} is not told");
        }
        None => assert!(answer.body.is_empty(), "{place}: a body of no media type: {}", answer.body),
    }
}

fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    let method = if method == "HEAD" { "GET" } else { method };
    let asked: Vec<&str> = path.split('?').next()?.split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        let may_have_slashes = pattern.ends_with(":.+}");
        (parts.len() == asked.len() || may_have_slashes && parts.len() < asked.len())
            && parts.iter().zip(&asked).all(|(part, asked)| part.starts_with('{') || part == asked)
    };
    let table = sipas::web::table();
    let address = table.iter().find(|address| fits(address.path()))?;
    address.operations().iter().find(|(known, _)| *known == method).map(|(_, operation)| *operation)
}
