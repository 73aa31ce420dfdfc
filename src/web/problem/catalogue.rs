//! Every problem this door can report. A slug is a promise: it keeps its meaning for ever and is never reused.

/// One row of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Names the problem; its type is the address `/problems/{slug}`.
    pub slug: &'static str,
    /// The HTTP status it is sent with.
    pub status: u16,
    /// What happened, in a few words; the same every time.
    pub title: &'static str,
    /// What whoever wrote the client should do.
    pub help: &'static str,
    /// Where a person who meets it on a page finds it explained: the stem of two keys of the page's words,
    /// `{words}_title` and `{words}_text`.
    pub words: &'static str,
}

macro_rules! catalogue {
    ($($name:ident $status:literal $slug:literal $words:literal $title:literal $help:literal)*) => {
        $(
            #[doc = $title]
            pub const $name: Kind = Kind { slug: $slug, status: $status, title: $title, help: $help, words: $words };
        )*
        /// The whole catalogue, in the order it is shown.
        pub const ALL: &[&Kind] = &[$(&$name),*];
    };
}

catalogue! {
    MALFORMED_REQUEST 400 "malformed-request" "unreadable"
        "The request cannot be read"
        "The request breaks the rules of HTTP, or its body ended before all of it had come. Send it again, complete."
    MALFORMED_JSON 400 "malformed-json" "unreadable"
        "The body is not JSON"
        "Send exactly one JSON document in UTF-8, without a byte order mark and with nothing after it. The detail gives line and column."
    MALFORMED_FORM 400 "malformed-form" "unreadable"
        "The form cannot be read"
        "Send the fields of the survey page as application/x-www-form-urlencoded in UTF-8. Open the page again if the form is old."
    FAULTY_QUERY 400 "faulty-query" "unreadable"
        "The query does not fit this address"
        "Remove the part of the address after the question mark, or the parameter that the detail names."
    DEVICE_UNKNOWN 401 "device-unknown" "device_unknown"
        "The device is not enrolled, or no longer"
        "Nothing was stored, and nothing is lost: keep the answers on the device. The operator enrols it anew with sipas device enrol; then send them again."
    KEY_NEEDED 401 "key-needed" "key_needed"
        "A key is needed here"
        "Send the header Authorization: Bearer with a key that the operator made with sipas key create, of the scope and the area of this address."
    FOREIGN_PAGE 403 "foreign-page" "unreadable"
        "The form was sent by a page of another site"
        "Nothing was changed. Open the page on this server, under the address it is known by, and send its form."
    NOT_FOUND 404 "not-found" "not_found"
        "There is nothing at this address"
        "Check the address for a typing error."
    UNKNOWN_DESK 404 "unknown-desk" "unknown_desk"
        "There is no such desk"
        "Check the desk's code in the address against the sign at the counter."
    DESK_NOT_OPEN 404 "desk-not-open" "no_round"
        "This desk takes no answers now"
        "The survey has not begun at this desk, or has ended."
    UNKNOWN_COMMENT 404 "unknown-comment" "not_found"
        "There is no such comment"
        "Nothing was changed. Open the page of comments again."
    UNKNOWN_PUBLICATION 404 "unknown-publication" "not_found"
        "The round has no such publication"
        "The list of a round's publications is at /v1/rounds/{round}/publications; name one by its revision, or by a day or instant at which it was public."
    UNKNOWN_ROUND 404 "unknown-round" "not_found"
        "There is no such round"
        "Check the round's code in the address."
    UNKNOWN_UNIT 404 "unknown-unit" "not_found"
        "There is no such unit in this round"
        "Check the unit's code in the query; it has to lie within the area that the round surveys."
    NOT_PUBLISHED 404 "not-published" "not_found"
        "No results are published at this address"
        "Check the address. Results that are not published yet are shown to the operator only: at the server itself, or with a key of the scope operator."
    METHOD_NOT_ALLOWED 405 "method-not-allowed" "unreadable"
        "This address does not have that method"
        "Use one of the methods that the Allow header lists."
    NOT_ACCEPTABLE 406 "not-acceptable" "unreadable"
        "No form of the answer is acceptable to the client"
        "Allow the encoding identity or gzip in Accept-Encoding."
    TOO_SLOW 408 "too-slow" "too_slow"
        "The request took too long to arrive"
        "Send the whole body at once. Sending the same response again is safe: it is stored once."
    ROUND_NOT_OPEN 409 "round-not-open" "closed"
        "The round takes no answers"
        "The round has not opened or has closed. Answers that were confirmed stay stored; do not send this one again."
    RESPONSE_CONFLICT 409 "response-conflict" "conflict"
        "Other answers are stored under this id"
        "The first answers stay. If this is another person's response, give it an id of its own."
    RECEIPT_SPENT 409 "receipt-spent" "receipt_spent"
        "This receipt code has been used"
        "Nothing was stored. A code admits one response; send it again, with the same id, without a code."
    RECEIPT_EXPIRED 409 "receipt-expired" "receipt_expired"
        "This receipt code is out of date"
        "Nothing was stored. A code is taken in the month it was issued in and the next; send the response again, with the same id, without a code."
    FIGURES_NOT_AVAILABLE 409 "figures-not-available" "failure"
        "The figures cannot be computed now"
        "The round's questionnaire, scheme, frame or scores do not fit together. The operator finds the reason in the log, or with the same request on the command line."
    BODY_TOO_LARGE 413 "body-too-large" "too_large"
        "The body is too large"
        "A response fits in 64 KiB many times over. Shorten what is sent."
    ADDRESS_TOO_LONG 414 "address-too-long" "unreadable"
        "The address is too long"
        "No address of this server has more than 2 KiB."
    UNSUPPORTED_MEDIA_TYPE 415 "unsupported-media-type" "unreadable"
        "The body is of a type this address does not take"
        "Send the content type that the detail names, in UTF-8 and without a content encoding."
    FAULTY_RESPONSE 422 "faulty-response" "unreadable"
        "The response has faults"
        "Each fault gives the place as a JSON pointer, a code and what to do. Mend all of them and send the response again."
    RECEIPT_WRONG 422 "receipt-wrong" "receipt_wrong"
        "This receipt code was not issued for this desk"
        "Nothing was stored. Correct the code, or send the response again, with the same id, without one."
    PROOF_MISSING 428 "proof-missing" "unreadable"
        "A proof of work is missing or does not fit"
        "Nothing was stored. Send the response again with a member proof: a text such that SHA-256 of its id, a colon and the proof begins with as many zero bits as the detail says."
    TOO_MANY 429 "too-many" "too_many"
        "Too many requests from one place"
        "Nothing was stored. Send the same response again, with the same id, after the time that Retry-After gives."
    HEADERS_TOO_LARGE 431 "headers-too-large" "unreadable"
        "The headers are too large"
        "Send at most 16 KiB of headers."
    SERVER_FAULT 500 "server-fault" "failure"
        "The server failed"
        "This is our fault. Sending the same response again is safe. Report the request id if it keeps happening."
    BUSY 503 "busy" "failure"
        "Too many answers are waiting to be stored"
        "Nothing was stored. Send the same response again, with the same id, after the time that Retry-After gives."
    UNAVAILABLE 503 "unavailable" "failure"
        "The database does not answer"
        "It is not known whether the response was stored. Send it again, with the same id, after the time that Retry-After gives."
}
