//! The log: readable lines or JSON, on standard error. What goes into it is ids, never personal data.

use crate::config::{LogFormat, LogSettings};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging for this process. Later calls change nothing.
pub fn start(settings: &LogSettings) {
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    let started = match settings.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    // A test process starts many servers; the first one's log serves all.
    let _ = started;
}
