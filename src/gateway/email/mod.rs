//! Mail on its way out.
//!
//! [`EmailGateway::Directory`] is the default: each mail is a file that any mail program opens, and nothing leaves
//! the machine. Sending the same mail twice writes the same file, and a mail that may have been written is looked up
//! by its name.

pub mod message;

use message::Email;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum EmailGateway {
    /// Files in this folder.
    Directory(PathBuf),
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// It was certainly not sent, and may be later.
    #[error("the mail could not be written: {0}")]
    NotNow(std::io::Error),
}

/// What is known of a mail that may have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    Sent(String),
    NotSent,
}

impl EmailGateway {
    /// Hands the mail over; returns what the other side calls it. Blocks while it writes.
    pub fn deliver(&self, email: &Email) -> Result<String, EmailError> {
        match self {
            Self::Directory(folder) => write(folder, email).map_err(EmailError::NotNow),
        }
    }

    /// Whether the mail of this id was handed over.
    pub fn look_up(&self, id: &str) -> Lookup {
        match self {
            Self::Directory(folder) if folder.join(file_name(id)).exists() => Lookup::Sent(file_name(id)),
            Self::Directory(_) => Lookup::NotSent,
        }
    }
}

/// Ids are of letters, digits and underscores, so that they name no other folder.
fn file_name(id: &str) -> String {
    format!("{id}.eml")
}

/// Temporary file, sync, rename, sync of the folder: a mail is there whole or not at all.
fn write(folder: &Path, email: &Email) -> std::io::Result<String> {
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
