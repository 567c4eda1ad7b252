//! The data directory: one owner at a time.
//!
//! Its layout is the whole truth of a node: `snip.db`, `blobs/`, `index/`, `keys/` (0600), `models/`,
//! `backups/`, and `run/` for the control socket. Copied after a stop it is a legal backup.

use super::error::Chain;
use crate::ground::crypto::MacKey;
use crate::ground::secret::Secret;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error(
        "another process ({holder}) already serves the data directory `{}`; stop it, or use another directory",
        path.display()
    )]
    Held { path: PathBuf, holder: String },
    #[error(
        "the data directory `{}` belongs to user {owner}, but this program runs as user {me}; \
         run it as the owner (for example `sudo -u '#{owner}' …`), or give the directory to this user",
        path.display()
    )]
    OtherUser { path: PathBuf, owner: u32, me: u32 },
    #[error(
        "the data directory `{}` cannot be written ({why}); check its owner and permissions, \
         and whether the disk is full or mounted read-only",
        path.display()
    )]
    NotWritable { path: PathBuf, why: String },
    #[error(
        "a restore into the data directory `{}` was not finished; empty that directory, and restore again",
        path.display()
    )]
    HalfRestored { path: PathBuf },
    #[error("the key file `{}` is damaged; restore it from your backup", path.display())]
    DamagedKey { path: PathBuf },
}

/// Where things stand in a data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub root: PathBuf,
}

impl Layout {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
    pub fn database(&self) -> PathBuf {
        self.root.join("snip.db")
    }
    pub fn blobs(&self) -> PathBuf {
        self.root.join("blobs")
    }
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }
    pub fn text_index(&self) -> PathBuf {
        self.root.join("index").join("tantivy")
    }
    pub fn vector_index(&self) -> PathBuf {
        self.root.join("index").join("lance")
    }
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }
    pub fn models(&self) -> PathBuf {
        self.root.join("models")
    }
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }
    /// Mails, where they go into a folder.
    pub fn mail(&self) -> PathBuf {
        self.root.join("mail")
    }
    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }
    /// Where a restore works when the directory itself is there already: as long as it stands, nothing else is usable.
    pub fn restoring(&self) -> PathBuf {
        self.root.join(".restoring")
    }
    pub fn control_socket(&self) -> PathBuf {
        self.root.join("run").join("control.sock")
    }
    fn lock(&self) -> PathBuf {
        self.root.join("run").join("lock")
    }
}

/// The exclusive hold of a data directory. The operating system frees it when the process ends, however it
/// ends.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
}

/// What stands in `index/README.md`, for whoever finds the folder.
const INDEX_README: &str = "# This folder is a cache\n\n\
    Everything here is derived from `snip.db` and can be deleted at any time while the server is stopped.\n\
    The server rebuilds it by itself at the next start and says so on `/healthz/ready`.\n\
    It need not be part of a backup.\n";

/// Makes the folders, checks the owner, and takes the lock. Fails at once when another process holds it.
pub fn take(layout: &Layout) -> Result<Hold, DirectoryError> {
    make_private_folder(&layout.root)?;
    check_owner(&layout.root)?;
    if layout.restoring().exists() {
        return Err(DirectoryError::HalfRestored { path: layout.root.clone() });
    }
    let folders =
        [layout.run(), layout.keys(), layout.blobs(), layout.index(), layout.models(), layout.backups()];
    for folder in folders {
        make_private_folder(&folder)?;
    }
    write_if_missing(&layout.index().join("README.md"), INDEX_README)?;

    let path = layout.lock();
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| not_writable(&layout.root, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(DirectoryError::Held { path: layout.root.clone(), holder: read_holder(&mut file) });
        }
        Err(TryLockError::Error(error)) => return Err(not_writable(&layout.root, &error)),
    }
    let holder = format!("process {}, version {}", std::process::id(), env!("CARGO_PKG_VERSION"));
    let written =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(holder.as_bytes()));
    written.map_err(|error| not_writable(&layout.root, &error))?;
    Ok(Hold { _lock: file })
}

/// Whether some process holds the directory now.
pub fn is_held(layout: &Layout) -> bool {
    let Ok(file) = File::open(layout.lock()) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Refuses a directory of another user: files written as root would lock the server out of its own data.
pub fn check_owner(root: &Path) -> Result<(), DirectoryError> {
    let meta = std::fs::metadata(root).map_err(|error| not_writable(root, &error))?;
    let me = rustix::process::geteuid().as_raw();
    if meta.uid() == me {
        Ok(())
    } else {
        Err(DirectoryError::OtherUser { path: root.to_owned(), owner: meta.uid(), me })
    }
}

/// The key of this name, made on the first call (0600). The bytes come from `new_key`.
pub fn load_or_make_key(
    layout: &Layout,
    name: &str,
    new_key: impl FnOnce() -> [u8; 32],
) -> Result<MacKey, DirectoryError> {
    let path = layout.keys().join(name);
    if !path.exists() {
        let bytes = new_key();
        write_private(&path, &bytes).map_err(|error| not_writable(&layout.root, &error))?;
        return Ok(MacKey::new(bytes));
    }
    let bytes = std::fs::read(&path).map_err(|error| not_writable(&layout.root, &error))?;
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| DirectoryError::DamagedKey { path })?;
    Ok(MacKey::new(bytes))
}

/// The secret text of this name, made on the first call (0600). Operators read it from the file.
pub fn load_or_make_text(
    layout: &Layout,
    name: &str,
    new_text: impl FnOnce() -> String,
) -> Result<Secret<String>, DirectoryError> {
    let path = layout.keys().join(name);
    if !path.exists() {
        let text = new_text();
        write_private(&path, text.as_bytes()).map_err(|error| not_writable(&layout.root, &error))?;
        return Ok(Secret::new(text));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| not_writable(&layout.root, &error))?;
    let text = text.trim().to_owned();
    if text.is_empty() { Err(DirectoryError::DamagedKey { path }) } else { Ok(Secret::new(text)) }
}

/// The secret text of this name, if it was made.
pub fn find_text(layout: &Layout, name: &str) -> Result<Option<Secret<String>>, DirectoryError> {
    let path = layout.keys().join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(Secret::new(text.trim().to_owned()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(not_writable(&layout.root, &error)),
    }
}

/// Free space for ordinary users on the directory's disk, in bytes; None when the system does not say.
pub fn free_bytes(root: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(root).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Writes a file whole: temporary name, sync, rename, so that a crash leaves the old or the new, never half.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("part");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write_if_missing(path: &Path, text: &str) -> Result<(), DirectoryError> {
    if path.exists() {
        return Ok(());
    }
    write_private(path, text.as_bytes()).map_err(|error| not_writable(path, &error))
}

fn make_private_folder(path: &Path) -> Result<(), DirectoryError> {
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)))
        .map_err(|error| not_writable(path, &error))
}

fn not_writable(path: &Path, error: &std::io::Error) -> DirectoryError {
    DirectoryError::NotWritable { path: path.to_owned(), why: Chain(error).to_string() }
}

fn read_holder(file: &mut File) -> String {
    let mut holder = String::new();
    match file.read_to_string(&mut holder) {
        Ok(_) if !holder.is_empty() => holder,
        _ => "unknown process".to_owned(),
    }
}
