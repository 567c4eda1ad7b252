//! What the appliance tells Prometheus about its requests.
//!
//! Labels come from the route table and from enums, never from a caller: a path that no row knows counts under
//! `(none)`, a method that HTTP does not know under `other`.

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// The media type of the OpenMetrics text format, which [`render`] writes.
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper borders in seconds: from a cached answer to the request time limit.
const BUCKETS_S: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// A request as it is counted: route pattern, method, class of status.
type Labels = [(&'static str, String); 3];

/// Counter and histogram of requests. Clones share their numbers.
#[derive(Debug, Clone)]
pub struct HttpMetrics {
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
}

impl HttpMetrics {
    /// Makes the metrics and registers them. Once per registry.
    pub fn register(registry: &mut Registry) -> Self {
        let new_histogram: fn() -> Histogram = || Histogram::new(BUCKETS_S);
        let metrics =
            Self { requests: Family::default(), seconds: Family::new_with_constructor(new_histogram) };
        // The encoder appends `_total` to counters.
        registry.register("snip_http_requests", "Answered requests", metrics.requests.clone());
        registry.register(
            "snip_http_request_seconds",
            "Seconds until the answer began",
            metrics.seconds.clone(),
        );
        metrics
    }

    pub(super) fn observe(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let labels = [
            ("route", route.to_owned()),
            ("method", method_label(method).to_owned()),
            ("status", class_of(status).to_owned()),
        ];
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }
}

/// Everything registered, in the OpenMetrics text format.
pub fn render(registry: &Registry) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    encode(&mut text, registry)?;
    Ok(text)
}

pub(super) fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn class_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        0..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_pattern_method_and_class_of_status() {
        let mut registry = Registry::default();
        let metrics = HttpMetrics::register(&mut registry);

        metrics.observe("/api/faqs/{id}", &Method::GET, StatusCode::NOT_FOUND, Duration::from_millis(3));
        metrics.observe("(none)", &Method::from_bytes(b"BREW").unwrap(), StatusCode::OK, Duration::ZERO);

        let text = render(&registry).unwrap();
        let line = r#"snip_http_requests_total{route="/api/faqs/{id}",method="GET",status="4xx"} 1"#;
        assert!(text.contains(line), "{text}");
        let other = r#"snip_http_request_seconds_count{route="(none)",method="other",status="2xx"} 1"#;
        assert!(text.contains(other), "{text}");
    }
}
