//! `snip backup`: makes, lists and checks backups.
//!
//! The process that holds the data directory makes a backup; a list and a check need only the folder and the key.

use super::admin::{self, AdminAnswer, AdminCommand};
use super::arguments::{BackupArguments, BackupCommand, NodeArguments, RepositoryArguments};
use super::output::{print_json, print_line, print_note};
use super::{control, restore};
use crate::app::backup_plan;
use crate::config::{Loaded, Settings};
use crate::domain::ops::backups::{KEY_FILE, Report};
use crate::ground::ids::SnapshotId;
use crate::ground::limits::BACKUP_PROGRESS_POLL_MS;
use crate::store::backup::key::RecoveryKey;
use crate::store::backup::progress::Progress;
use crate::store::backup::repository::{Access, Repository, SnapshotLine};
use crate::store::backup::retention::Verified;
use crate::store::directory::{self, Layout};
use anyhow::bail;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

/// Exit code 1 when the backup was not made, or is not all that the node should hold.
pub(super) fn run(
    load: impl Fn(&NodeArguments) -> anyhow::Result<Loaded>,
    command: Option<BackupCommand>,
    arguments: &BackupArguments,
) -> anyhow::Result<ExitCode> {
    match command {
        None => make(&load(&arguments.node)?, arguments),
        Some(BackupCommand::List(repository)) => {
            list(&load(&repository.node)?, &repository)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(BackupCommand::Verify { repository, snapshot }) => {
            verify(&load(&repository.node)?, &repository, snapshot.as_ref())
        }
    }
}

fn make(loaded: &Loaded, arguments: &BackupArguments) -> anyhow::Result<ExitCode> {
    let command = match (&arguments.to, backup_plan(&loaded.settings.backup)) {
        (Some(to), _) => AdminCommand::Backup {
            to: std::path::absolute(to)?,
            keep: arguments.keep,
            verify: arguments.verify,
        },
        (None, Some(plan)) => AdminCommand::Backup {
            to: plan.to,
            keep: arguments.keep.or(Some(plan.keep)),
            verify: arguments.verify,
        },
        (None, None) => bail!("say where to: `snip backup --to DIR`, best on another disk"),
    };
    let progress = Progress::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let answer = runtime.block_on(async {
        tokio::select! {
            answer = admin::run_where_held(&loaded.settings, command, progress.clone()) => answer,
            never = show(&loaded.settings, &progress) => match never {},
        }
    })?;
    let AdminAnswer::BackedUp { report } = answer else { bail!("the server gave another answer") };
    if arguments.json {
        print_json(&report)?
    } else {
        print_line(&sentence(&report))?
    }
    let is_damaged = report.verified.as_ref().is_some_and(|verified| !verified.damage.is_empty());
    Ok(if is_damaged || !report.taken.missing.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Draws how far it is, wherever it is done, until it is dropped. Nothing where nobody looks.
async fn show(settings: &Settings, local: &Progress) -> std::convert::Infallible {
    if !std::io::stderr().is_terminal() {
        return std::future::pending().await;
    }
    let bar = byte_bar("Backing up");
    let layout = Layout::new(&settings.data.dir);
    loop {
        tokio::time::sleep(Duration::from_millis(BACKUP_PROGRESS_POLL_MS)).await;
        let (mut done, mut total) = local.read();
        if total == 0
            && let Ok(AdminAnswer::BackupProgress { done: there, total: all }) =
                control::call(&layout, &AdminCommand::BackupProgress).await
        {
            (done, total) = (there, all);
        }
        bar.set_length(total);
        bar.set_position(done);
    }
}

pub(super) fn byte_bar(doing: &str) -> ProgressBar {
    let bar = ProgressBar::no_length();
    match ProgressStyle::with_template(&format!("{doing} [{{bar:30}}] {{bytes}} of {{total_bytes}}")) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

pub(super) fn sentence(report: &Report) -> String {
    let taken = &report.taken;
    let mut lines = vec![format!(
        "Made the backup {} in {:.1} s: {} new of {} in {} files.",
        taken.snapshot_id,
        Duration::from_millis(report.duration_ms).as_secs_f64(),
        HumanBytes(taken.bytes_new),
        HumanBytes(taken.bytes_total),
        taken.files
    )];
    if report.forgotten.snapshots > 0 {
        let (snapshots, bytes) = (report.forgotten.snapshots, HumanBytes(report.forgotten.bytes));
        lines.push(format!("Removed {snapshots} older ones, {bytes}."));
    }
    lines.extend(report.verified.as_ref().map(verified_text));
    if !taken.missing.is_empty() {
        lines.push(format!(
            "WARNING: the database names files that are missing: {}. Restore them from an older backup.",
            taken.missing.join(", ")
        ));
    }
    if let Some(key) = &report.recovery_key {
        lines.push(format!(
            "\n  recovery key  {key}\n\n\
             Without this key no backup can be restored. Keep it apart from this machine and from the backups: \
             in a password manager, or on paper. It stands in `keys/{KEY_FILE}` of the data directory, so later \
             backups need nothing."
        ));
    }
    lines.join("\n")
}

fn list(loaded: &Loaded, arguments: &RepositoryArguments) -> anyhow::Result<()> {
    let snapshots = open(&loaded.settings, arguments)?.list()?;
    if arguments.json {
        return print_json(&snapshots);
    }
    if snapshots.is_empty() {
        return print_line("There are no backups yet.");
    }
    let line = |it: &SnapshotLine| {
        format!(
            "{}  {}  {:>10}  {} files  version {}",
            it.id,
            it.taken_at,
            HumanBytes(it.size_bytes).to_string(),
            it.files,
            it.program
        )
    };
    print_line(&snapshots.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn verify(
    loaded: &Loaded,
    arguments: &RepositoryArguments,
    snapshot: Option<&SnapshotId>,
) -> anyhow::Result<ExitCode> {
    let repository = open(&loaded.settings, arguments)?;
    let progress = Progress::default();
    let bar = ProgressBar::no_length();
    let verified = restore::draw_while(&bar, &progress, || repository.verify(snapshot, &progress))?;
    if arguments.json {
        print_json(&verified)?
    } else {
        print_line(&verified_text(&verified))?
    }
    Ok(if verified.damage.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verified_text(verified: &Verified) -> String {
    let read = format!(
        "Read {} pieces of {} snapshots, {}",
        verified.chunks,
        verified.snapshots,
        HumanBytes(verified.bytes)
    );
    if verified.damage.is_empty() {
        return format!("{read}: all is as it was written.");
    }
    format!("{read}. DAMAGED:\n  {}", verified.damage.join("\n  "))
}

fn open(settings: &Settings, arguments: &RepositoryArguments) -> anyhow::Result<Repository> {
    let key = match restore::given_key(arguments.key_file.as_deref())? {
        Some(key) => key,
        None => match directory::find_text(&Layout::new(&settings.data.dir), KEY_FILE)? {
            Some(text) => RecoveryKey::parse(text.reveal())?,
            None => bail!(restore::NO_KEY),
        },
    };
    let repository = Repository::open(&arguments.to, key, Access::Read)?;
    if !arguments.json && repository.snapshot_ids()?.is_empty() {
        print_note("The first backup was not finished.");
    }
    Ok(repository)
}
