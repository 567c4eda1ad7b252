//! Mail as files in a folder.

use super::message::Email;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Ids are of letters, digits and underscores, so that they name no other folder.
pub(super) fn file_name(id: &str) -> String {
    format!("{id}.eml")
}

/// Temporary file, sync, rename, sync of the folder: a mail is there whole or not at all.
pub(super) fn write(folder: &Path, email: &Email) -> std::io::Result<String> {
    if !folder.exists() {
        DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    }
    let name = file_name(&email.id);
    let temporary = folder.join(format!(".{name}.part"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(&email.to_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, folder.join(&name))?;
    File::open(folder)?.sync_all()?;
    Ok(name)
}
