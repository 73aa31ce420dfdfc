//! This server's figures for Prometheus. Labels are rows of the address table and classes of status, so their number is
//! fixed and none of them says who asked or what was answered.

use crate::domain::outbox::MailState;
use crate::service::Service;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The media type of the text that [`Metrics::text`] gives.
pub const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

/// The figures of one server, in a registry of its own.
pub struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    mails: Family<InState, Gauge>,
}

impl Metrics {
    /// Figures that start at nothing, beside those the service keeps itself.
    #[must_use]
    pub fn new(service: Arc<Service>) -> Self {
        let mut registry = Registry::with_prefix("sipas");
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests answered, by address, method and class of status",
            requests.clone(),
        );
        let durations: Family<Route, Histogram, fn() -> Histogram> = Family::new_with_constructor(half_ms_to_8_s);
        let help = "Time from the end of a request's headers to its response";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, durations.clone());
        let under_way = Gauge::default();
        registry.register("http_requests_under_way", "Requests that have no response yet", under_way.clone());
        let mails = Family::default();
        registry.register("mails", "Mails in the queue of all servers, by how far they have come", mails.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Which program this is", build);
        registry.register_collector(Box::new(Collecting(service)));
        Self { registry, requests, durations, under_way, mails }
    }

    /// Counts a request as under way until the returned mark is dropped, also when the client goes away before.
    #[must_use]
    pub fn under_way(&self) -> UnderWay {
        self.under_way.inc();
        UnderWay(self.under_way.clone())
    }

    /// Records an answered request.
    pub fn record(&self, route: String, method: &'static str, status: u16, elapsed: Duration) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Asked { route: route.clone(), method, status }).inc();
        self.durations.get_or_create(&Route { route }).observe(elapsed.as_secs_f64());
    }

    /// Notes how many mails are in each state.
    pub fn note_mails(&self, counts: &BTreeMap<MailState, u64>) {
        for state in MailState::ALL {
            let n = counts.get(&state).copied().unwrap_or_default();
            self.mails.get_or_create(&InState { state: state.code() }).set(n.cast_signed());
        }
    }

    /// All figures as text.
    ///
    /// # Errors
    /// Never, as far as writing to a text cannot fail.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A request under way.
pub struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// From half a millisecond to eight seconds, each twice the one before.
fn half_ms_to_8_s() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 15))
}

/// The service's own figures, read when they are asked for.
struct Collecting(Arc<Service>);

impl fmt::Debug for Collecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the figures of collecting")
    }
}

impl Collector for Collecting {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let pulse = self.0.pulse();
        let counters = [
            ("responses_stored", "Responses stored", pulse.stored),
            ("responses_repeated", "Responses sent again after they were stored", pulse.repeated),
            ("batches", "Transactions that stored responses", pulse.batches),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        let reasons = [
            ("conflict", pulse.conflicts),
            ("round-not-open", pulse.not_open),
            ("not-admitted", pulse.not_admitted),
            ("busy", pulse.busy),
            ("unavailable", pulse.failed),
        ];
        let help = "Responses that were in order and not stored, by reason";
        let mut refused = encoder.encode_descriptor("responses_refused", help, None, MetricType::Counter)?;
        for (reason, value) in reasons {
            ConstCounter::new(value).encode(refused.encode_family(&[("reason", reason)])?)?;
        }
        let gauges = [
            ("queue_depth", "Responses waiting to be stored", pulse.queue_depth),
            ("queue_capacity", "Responses that may wait at once", pulse.queue_capacity),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}
