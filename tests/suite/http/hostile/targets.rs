//! Hostile addresses and methods.

use super::InOrder;
use super::wire::{Wire, ask, post};

/// Addresses that are not there, must not be there, or cannot be read.
const NOWHERE: &[&str] = &[
    "/",
    "//",
    "/.",
    "/..",
    "/../",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/..%5c..%5cwindows",
    "/....//....//etc/passwd",
    "/page/../style.css",
    "/page/%2e%2e/style.css",
    "/page/..%2fstyle.css",
    "/page//style.css",
    "/page/style.css/",
    "/page/style.css%00",
    "/page/style.css%00.html",
    "/page/survey.html",
    "/page/",
    "/page",
    "/s",
    "/s/",
    "/s//",
    "/s/K1/",
    "/s//K1",
    "/s/K1/thanks/",
    "/s/K1/thanks/x",
    "/s/%",
    "/s/%%",
    "/s/%zz",
    "/s/%2",
    "/s/%00",
    "/s/%ff",
    "/s/%c0%80",
    "/s/%ed%a0%80",
    "/s/%E2%80%AEK1",
    "/s/k1",
    "/s/K1%20x",
    "/s/K1%0d%0aset-cookie:%20a=b",
    "/s/K1;jsessionid=1",
    "/s/-K1",
    "/s/.",
    "/s/..",
    "/s/..%2fK1",
    "/s/K1%2fthanks",
    "/s/'%20OR%201=1--",
    "/s/{desk}",
    "/s/%7Bdesk%7D",
    "/s/{{7*7}}",
    "/s/<script>",
    "/s/%3Cscript%3E",
    "/s/$%7Bjndi:ldap:%2f%2f127.0.0.1%7D",
    "/problems/",
    "/problems/none",
    "/problems/%00",
    "/problems/../problems",
    "/problems/busy/",
    "/v1",
    "/v1/",
    "/v1/rounds",
    "/v1/rounds/",
    "/v1/rounds//responses",
    "/v1/rounds/R2025",
    "/v1/rounds/R2025/",
    "/v1/rounds/R2025/response",
    "/v1/rounds/R2025/responses/",
    "/v1/rounds/R2025/responses/1",
    "/v2/rounds/R2025/responses",
    "/V1/rounds/R2025/responses",
    "/healthz/",
    "/HEALTHZ",
    "/readyz%20",
    "/metrics/x",
    "/.env",
    "/.git/config",
    "/wp-login.php",
    "/admin",
    "/cgi-bin/test.cgi",
    "/server-status",
    "/actuator/env",
    "/favicon.ico",
    "/robots.txt",
    "http://[::1",
    "http://example.org/none",
    "*",
    "healthz",
    "?",
    "/%",
    "/\u{7f}",
    "/\u{1}",
    "/đường",
];

/// Tries methods that no address has, and those that others have.
pub(super) fn methods(wire: &Wire) {
    let strange =
        ["DELETE", "PUT", "PATCH", "TRACE", "QUERY", "PROPFIND", "MKCOL", "BREW", "get", "Post", "X", "A-B", "_"];
    for row in sipas::web::table() {
        let target = row.path().replace("{desk}", "K1").replace("{round}", "R2025").replace("{slug}", "busy");
        for method in strange {
            wire.refuses(&ask(method, &target), &[405]);
        }
        let has_post = row.allow().contains("POST");
        let other = if has_post { ask("PUT", &target) } else { ask("POST", &target) };
        wire.refuses(&other, &[405]);
    }
    wire.refuses(&ask("CONNECT", "example.org:443"), &[400, 404, 405]);
    for method in ["", " ", "GE T", "G\u{0}T", "GET\t", "(GET)", "G\u{e9}T", "\"GET\"", "GET\r\nX:"] {
        wire.refuses(&ask(method, "/healthz"), &[400, 404, 405]);
    }
}

/// Tries [`NOWHERE`], addresses nobody thought of, and addresses too long.
pub(super) fn addresses(wire: &Wire, in_order: &InOrder) {
    for target in NOWHERE {
        wire.refuses(&ask("GET", target), &[400, 404]);
    }
    wire.refuses_all(200, &"/[ -~]{0,80}", |target| ask("GET", &target.replace(' ', "%20")), &[400, 404]);
    wire.refuses_all(100, &"/s/[a-jl-z%._~-]{1,70}", |target| ask("GET", target), &[400, 404]);
    let json = "content-type: application/json\r\n";
    let door = |round: &String| post(&format!("/v1/rounds/{round}/responses"), json, in_order.json.as_bytes());
    wire.refuses_all(100, &"[A-Qa-z%._~-]{1,70}", door, &[400, 404]);
    for query in ["?", "?a", "?a=1", "?lang=en", "?%", "?%00", "?a=1&a=2", "?x=<script>"] {
        let request = post(&format!("/v1/rounds/R2025/responses{query}"), json, b"{}");
        wire.refuses(&request, if query == "?" { &[400, 422] } else { &[400] });
    }
    for n_bytes in [2_048, 3_000, 10_000, 60_000] {
        wire.refuses(&ask("GET", &format!("/s/{}", "a".repeat(n_bytes))), &[414]);
        wire.refuses(&ask("GET", &format!("/s/K1?{}", "a=1&".repeat(n_bytes / 4))), &[414]);
    }
    wire.refuses(&ask("GET", &format!("/s/{}", "a".repeat(70_000))), &[400, 414, 431]);
    wire.refuses(&ask("GET", &format!("/s/{}", "a".repeat(300_000))), &[400, 414, 431]);
}
