//! What the commands print: results on standard output, everything else on standard error.

use anyhow::Context as _;
use serde::Serialize;
use std::io::Write as _;

pub fn print_line(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{line}").context("standard output is closed")
}

pub fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("the answer is no JSON")?;
    print_line(&text)
}

/// For people who wait; never part of a result.
pub fn print_note(note: &str) {
    // Standard error may be closed; there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{note}");
}

/// The error and its causes, one per line.
pub fn print_error(error: &anyhow::Error) {
    print_note(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        print_note(&format!("  because: {cause}"));
    }
}
