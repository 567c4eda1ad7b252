//! `snip restore`: makes a node anew from a backup.
//!
//! The files are written beside the data directory, or in a folder of it when it is there already (a mounted volume
//! cannot be renamed), checked, and get their place only when everything is right. What was under way at the moment
//! of the backup is put in doubt before (decision 0022).

use super::arguments::RestoreArguments;
use super::backup::byte_bar;
use super::output::{print_json, print_line};
use crate::app::{OpenStore, Sources};
use crate::config::Loaded;
use crate::domain::ops::restoring::{self, Doubted};
use crate::ground::limits::BACKUP_PROGRESS_POLL_MS;
use crate::ground::scope::Actor;
use crate::store::backup::key::RecoveryKey;
use crate::store::backup::progress::Progress;
use crate::store::backup::repository::{Access, Repository};
use crate::store::backup::restore::restore;
use crate::store::backup::snapshot::Snapshot;
use crate::store::directory::{self, Layout};
use crate::store::fault;
use anyhow::{Context as _, bail};
use indicatif::{HumanBytes, ProgressBar};
use serde::Serialize;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) const KEY_VARIABLE: &str = "SNIP_RECOVERY_KEY";
pub(super) const NO_KEY: &str = "the recovery key is needed, which the first backup printed; give a file that holds it with `--key-file`, \
     or the key itself in the environment variable SNIP_RECOVERY_KEY";

#[derive(Debug, Serialize)]
struct Restored {
    snapshot_id: String,
    taken_at: String,
    data_dir: PathBuf,
    files: usize,
    bytes_total: u64,
    duration_ms: u128,
    /// Mails that had not gone out; they may have since, so none goes out by itself.
    mails_in_doubt: usize,
}

/// Where the node is put together, and where it belongs.
enum Place {
    /// The directory is new: a sibling gets its name in one step.
    Beside { work: PathBuf, target: PathBuf },
    /// The directory is there, perhaps a mounted volume: its files come up one level.
    Within { work: PathBuf, target: PathBuf },
}

pub(super) fn run(loaded: &Loaded, arguments: &RestoreArguments) -> anyhow::Result<()> {
    let started = Instant::now();
    let target = std::path::absolute(&loaded.settings.data.dir)?;
    let place = Place::find(&target)?;
    let Some(key) = given_key(arguments.key_file.as_deref())? else { bail!(NO_KEY) };
    let repository = Repository::open(&arguments.from, key, Access::Read)?;
    let snapshot = repository.find_snapshot(arguments.snapshot.as_ref())?;

    let doubted = put_together(&place, &repository, &snapshot).inspect_err(|_| place.clear())?;
    place.finish()?;
    let restored = Restored {
        snapshot_id: snapshot.id.to_string(),
        taken_at: snapshot.taken_at().to_rfc3339(),
        data_dir: target,
        files: snapshot.files.len(),
        bytes_total: snapshot.size_bytes(),
        duration_ms: started.elapsed().as_millis(),
        mails_in_doubt: doubted.mails,
    };
    if arguments.json { print_json(&restored) } else { print_line(&sentence(&restored, &snapshot)) }
}

fn sentence(restored: &Restored, snapshot: &Snapshot) -> String {
    let mut lines = vec![format!(
        "Restored the node of {} into `{}`: {} in {} files, every one checked.",
        restored.taken_at,
        restored.data_dir.display(),
        HumanBytes(restored.bytes_total),
        restored.files
    )];
    if restored.mails_in_doubt > 0 {
        lines.push(format!(
            "{} mails had not been sent at that moment. They may have been since, so none is sent by itself; \
             the dashboard's page \"Mails\" lists them, to be sent again by hand.",
            restored.mails_in_doubt
        ));
    }
    if !snapshot.missing.is_empty() {
        lines.push(format!("Missing already when it was made: {}.", snapshot.missing.join(", ")));
    }
    lines.push("Start it with `snip serve`; the index is rebuilt by itself.".to_owned());
    lines.join("\n")
}

/// Writes and checks the files, brings the schema up to date, and puts in doubt what was under way.
fn put_together(place: &Place, repository: &Repository, snapshot: &Snapshot) -> anyhow::Result<Doubted> {
    let layout = Layout::new(place.work());
    let hold = directory::take(&layout)?;
    let progress = Progress::default();
    let bar = byte_bar("Restoring");
    draw_while(&bar, &progress, || restore(repository, snapshot, &layout.root, &progress))?;

    let store = OpenStore::open_held(layout, hold, Sources::of_this_machine())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let id = snapshot.id.clone();
    let doubted = runtime.block_on(async {
        let actor = Actor::System("restore");
        let doubted = store.db.write(actor, move |tx| restoring::put_in_doubt(tx, &id)).await?;
        store.db.checkpoint().await?;
        anyhow::Ok(doubted)
    })?;
    let log = store.db.path().with_extension("db-wal");
    drop(store);
    wait_until_gone(&log);
    fault::point("restore.before_name");
    Ok(doubted)
}

/// The writer's thread closes the database by itself, and removes its log last; before that nothing is renamed.
fn wait_until_gone(log: &Path) {
    for _ in 0..500 {
        if !log.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Place {
    /// Refuses a directory in which something is.
    fn find(target: &Path) -> anyhow::Result<Self> {
        let listing = match fs::read_dir(target) {
            Ok(listing) => listing,
            Err(error) if error.kind() == ErrorKind::NotFound => return Self::beside(target),
            Err(error) => {
                return Err(error).with_context(|| format!("`{}` cannot be used", target.display()));
            }
        };
        let mut names = listing.filter_map(Result::ok).map(|entry| entry.file_name());
        if let Some(name) = names.find(|name| name != "lost+found") {
            bail!(
                "`{}` is not empty (it holds `{}`); restore into a new or an empty directory, so that nothing is overwritten",
                target.display(),
                name.display()
            );
        }
        directory::check_owner(target)?;
        let work = Layout::new(target).restoring();
        Ok(Self::Within { work, target: target.to_owned() })
    }

    fn beside(target: &Path) -> anyhow::Result<Self> {
        let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
            bail!("`{}` is no name of a directory", target.display());
        };
        if !folder.is_dir() {
            bail!("`{}` is not there; make it first, or check `--data-dir`", folder.display());
        }
        let work = folder.join(format!(".{}.restoring", name.to_string_lossy()));
        // A former restore that was interrupted: nobody has used it.
        match fs::remove_dir_all(&work) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("`{}` cannot be removed", work.display()))
            }
            _ => Ok(Self::Beside { work, target: target.to_owned() }),
        }
    }

    fn work(&self) -> &Path {
        match self {
            Self::Beside { work, .. } | Self::Within { work, .. } => work,
        }
    }

    /// Leaves nothing of a restore that failed.
    fn clear(&self) {
        // What cannot be removed is refused by the next start, which says what to do.
        let _ = fs::remove_dir_all(self.work());
    }

    /// Gives everything its place; the node is usable after the last step, and not before.
    fn finish(&self) -> anyhow::Result<()> {
        match self {
            Self::Beside { work, target } => {
                fs::rename(work, target)
                    .with_context(|| format!("`{}` cannot be named", target.display()))?;
                sync_folder(target.parent().unwrap_or(target))
            }
            Self::Within { work, target } => {
                sync_folder(work)?;
                for entry in fs::read_dir(work)? {
                    let from = entry?.path();
                    let Some(name) = from.file_name() else { continue };
                    fs::rename(&from, target.join(name))
                        .with_context(|| format!("`{}` cannot be moved", from.display()))?;
                }
                sync_folder(target)?;
                // While this folder stood, no server took the directory.
                fs::remove_dir(work)?;
                sync_folder(target)
            }
        }
    }
}

fn sync_folder(path: &Path) -> anyhow::Result<()> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("`{}` cannot be brought to disk", path.display()))
}

/// The key of the file, or of the environment.
pub(super) fn given_key(file: Option<&Path>) -> anyhow::Result<Option<RecoveryKey>> {
    let text = match file {
        Some(path) => Some(
            fs::read_to_string(path)
                .with_context(|| format!("the key file `{}` cannot be read", path.display()))?,
        ),
        None => std::env::var(KEY_VARIABLE).ok().filter(|text| !text.trim().is_empty()),
    };
    Ok(text.map(|text| RecoveryKey::parse(&text)).transpose()?)
}

/// Does the work on this thread, and draws beside it how far it is.
pub(super) fn draw_while<T>(bar: &ProgressBar, progress: &Progress, work: impl FnOnce() -> T) -> T {
    let (told, done) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let pause = Duration::from_millis(BACKUP_PROGRESS_POLL_MS);
            while let Err(std::sync::mpsc::RecvTimeoutError::Timeout) = done.recv_timeout(pause) {
                let (at, total) = progress.read();
                bar.set_length(total);
                bar.set_position(at);
            }
            bar.finish_and_clear();
        });
        let result = work();
        drop(told);
        result
    })
}
