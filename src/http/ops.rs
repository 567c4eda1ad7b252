//! Rows about the interface itself.

use super::access::Metrics;
use super::endpoint::Call;
use super::metrics::{OPEN_METRICS, render};
use super::{Anyone, File, Limit, Problem, Route, get, operation};

const TAG: &str = "Operations";

pub(super) fn routes() -> Vec<Route> {
    vec![get(
        "/metrics",
        operation("getMetrics", TAG, "Read counters and histograms for Prometheus."),
        Metrics,
        Limit::Health,
        metrics,
    )]
}

async fn metrics(call: Call<Anyone>) -> Result<File, Problem> {
    let text = render(&call.state.frame.registry).map_err(Problem::internal)?;
    Ok(File { content_type: OPEN_METRICS, bytes: text.into(), cache_control: None })
}
