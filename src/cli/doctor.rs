//! `snip doctor`: looks at a node from outside, also while it runs. Changes nothing.

use super::output::{print_json, print_line};
use crate::app::{backup_plan, embedding};
use crate::config::{BackupSettings, EmbeddingProvider, EmbeddingSettings, Loaded};
use crate::domain::ops::state::{BackupHealth, Standing};
use crate::index::embed::minilm;
use crate::store::directory::{self, Layout};
use crate::store::error::Chain;
use crate::store::inspect::inspect;
use crate::store::mounts;
use crate::store::{Clock as _, SystemClock};
use serde::Serialize;
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Ok,
    Warning,
    Failed,
}

#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    verdict: Verdict,
    /// What is, and what to do.
    detail: String,
}

impl Finding {
    pub(super) fn new(check: &'static str, verdict: Verdict, detail: impl Into<String>) -> Self {
        Self { check, verdict, detail: detail.into() }
    }
}

/// Exit code 1 when a check failed.
pub(super) fn run(loaded: &Loaded, json: bool) -> anyhow::Result<ExitCode> {
    let layout = Layout::new(&loaded.settings.data.dir);
    let findings = vec![
        Finding::new("configuration", Verdict::Ok, "It is good."),
        check_directory(&layout),
        check_keys(&layout),
        check_disk(&layout, loaded.settings.data.free_disk_min_bytes()),
        check_database(&layout),
        check_embeddings(&layout, &loaded.settings.embeddings),
        check_backups(&layout, &loaded.settings.backup),
    ];
    report(&findings, json)
}

/// Prints what was found. Exit code 1 when a check failed.
pub(super) fn report(findings: &[Finding], json: bool) -> anyhow::Result<ExitCode> {
    let has_failed = findings.iter().any(|finding| finding.verdict == Verdict::Failed);
    if json {
        print_json(&findings)?;
    } else {
        for finding in findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok     ",
                Verdict::Warning => "warning",
                Verdict::Failed => "FAILED ",
            };
            print_line(&format!("{mark}  {:<14} {}", finding.check, finding.detail))?;
        }
    }
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn check_directory(layout: &Layout) -> Finding {
    let check = "data directory";
    if !layout.root.exists() {
        let detail = format!("`{}` is not there yet; `snip serve` makes it.", layout.root.display());
        return Finding::new(check, Verdict::Warning, detail);
    }
    match directory::check_owner(&layout.root) {
        Err(error) => Finding::new(check, Verdict::Failed, error.to_string()),
        Ok(()) if directory::is_held(layout) => Finding::new(check, Verdict::Ok, "A server holds it."),
        Ok(()) => Finding::new(check, Verdict::Ok, "No server holds it."),
    }
}

fn check_keys(layout: &Layout) -> Finding {
    let check = "keys";
    let Ok(listing) = std::fs::read_dir(layout.keys()) else {
        return Finding::new(check, Verdict::Warning, "There are none yet; the first start makes them.");
    };
    for entry in listing.filter_map(Result::ok) {
        let mode = entry.metadata().map(|meta| meta.permissions().mode() & 0o077).unwrap_or(0);
        if mode != 0 {
            let detail =
                format!("`{}` can be read by others; run `chmod 600` on it.", entry.path().display());
            return Finding::new(check, Verdict::Failed, detail);
        }
    }
    Finding::new(check, Verdict::Ok, "Only the owner can read them.")
}

fn check_disk(layout: &Layout, wanted: u64) -> Finding {
    const MB: u64 = 1_048_576;
    match directory::free_bytes(&layout.root) {
        None => Finding::new("disk", Verdict::Warning, "The system does not say how much space is free."),
        Some(free) if free < wanted => {
            let detail = format!("{} MB are free; uploads are refused below {} MB.", free / MB, wanted / MB);
            Finding::new("disk", Verdict::Failed, detail)
        }
        Some(free) => match mounts::find_ephemeral(&layout.root) {
            Some(ephemeral) => Finding::new("disk", Verdict::Warning, ephemeral.advice()),
            None => Finding::new("disk", Verdict::Ok, format!("{} MB are free.", free / MB)),
        },
    }
}

/// Reads the whole model, since a damaged one would embed nonsense.
fn check_embeddings(layout: &Layout, settings: &EmbeddingSettings) -> Finding {
    let check = "embeddings";
    let folder = embedding::place_of_model(settings, &layout.models());
    let place = folder.display();
    match settings.provider {
        EmbeddingProvider::None => Finding::new(
            check,
            Verdict::Ok,
            "They are off (`embeddings.provider` is \"none\"): search goes by keywords alone.",
        ),
        EmbeddingProvider::OpenaiCompatible => {
            let detail =
                format!("They come from the endpoint `{}`, which is not asked here.", settings.base_url);
            Finding::new(check, Verdict::Ok, detail)
        }
        EmbeddingProvider::Local if !minilm::is_installed(&folder) => {
            let detail = format!(
                "There is no model in `{place}`, so search goes by keywords alone. For this machine, also without \
                 internet: {}; `snip model add URL` fetches the same file from an address of your own network.",
                embedding::how_to_import()
            );
            Finding::new(check, Verdict::Warning, detail)
        }
        EmbeddingProvider::Local => match minilm::check(&folder) {
            Ok(()) => Finding::new(check, Verdict::Ok, format!("The model in `{place}` is whole.")),
            Err(error) => Finding::new(
                check,
                Verdict::Failed,
                format!(
                    "The model in `{place}` is damaged: {}. Import it again with `snip model import`.",
                    Chain(&error)
                ),
            ),
        },
    }
}

/// How the backups went that are made by themselves.
fn check_backups(layout: &Layout, settings: &BackupSettings) -> Finding {
    let standing = Standing::of(layout, backup_plan(settings).as_ref(), SystemClock.now());
    let verdict = match standing.health {
        BackupHealth::Good => Verdict::Ok,
        BackupHealth::Off | BackupHealth::Waiting => Verdict::Warning,
        BackupHealth::Failing | BackupHealth::Late | BackupHealth::Unrestorable => Verdict::Failed,
    };
    Finding::new("backups", verdict, standing.sentence())
}

fn check_database(layout: &Layout) -> Finding {
    let check = "database";
    if !layout.database().exists() {
        return Finding::new(check, Verdict::Warning, "There is none yet; the first start makes it.");
    }
    match inspect(&layout.database()) {
        Err(error) => Finding::new(check, Verdict::Failed, Chain(&error).to_string()),
        Ok(found) if found.schema > found.known_schema => Finding::new(
            check,
            Verdict::Failed,
            format!(
                "It has schema {}, this program knows {}; use the newer program.",
                found.schema, found.known_schema
            ),
        ),
        Ok(found) if !found.damage.is_empty() => Finding::new(
            check,
            Verdict::Failed,
            format!("It is damaged: {}. Restore a backup.", found.damage.join("; ")),
        ),
        Ok(found) if found.dangling_rows > 0 => Finding::new(
            check,
            Verdict::Failed,
            format!("{} rows point to rows that are not there. Restore a backup.", found.dangling_rows),
        ),
        Ok(found) => Finding::new(check, Verdict::Ok, format!("It is whole, with schema {}.", found.schema)),
    }
}
