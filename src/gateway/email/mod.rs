//! Mail on its way out.
//!
//! [`EmailGateway::Directory`] is the default: each mail is a file that any mail program opens, and nothing leaves
//! the machine. Sending the same mail twice writes the same file, and a mail that may have been written is looked up
//! by its name. [`EmailGateway::Smtp`] hands mails to a server ([`smtp`]), which cannot be asked later: a mail that
//! may have been sent is sent again under the same `Message-ID`, for a code that comes twice does less harm than one
//! that never comes.

mod directory;
pub mod message;
pub mod smtp;

use message::Email;
use smtp::SmtpServer;
use std::path::PathBuf;
use std::sync::Arc;

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum EmailGateway {
    /// Files in this folder.
    Directory(PathBuf),
    /// A mail server.
    Smtp(Arc<SmtpServer>),
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EmailError {
    /// It was certainly not sent, and may be later.
    #[error("{0}")]
    NotNow(String),
    /// It was certainly not sent, and will not be.
    #[error("{0}")]
    Refused(String),
    /// It may have been sent.
    #[error("{0}")]
    Unknown(String),
}

/// What is known of a mail that may have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    Sent(String),
    NotSent,
    /// Whoever took it cannot be asked.
    Unknown,
}

impl EmailGateway {
    /// Hands the mail over; returns what the other side calls it. Blocks until it is done.
    pub fn deliver(&self, email: &Email) -> Result<String, EmailError> {
        match self {
            Self::Directory(folder) => directory::write(folder, email)
                .map_err(|error| EmailError::NotNow(format!("the mail could not be written: {error}"))),
            Self::Smtp(server) => server.deliver(email),
        }
    }

    /// Whether the mail of this id was handed over.
    pub fn look_up(&self, id: &str) -> Lookup {
        let name = directory::file_name(id);
        match self {
            Self::Directory(folder) if folder.join(&name).exists() => Lookup::Sent(name),
            Self::Directory(_) => Lookup::NotSent,
            Self::Smtp(_) => Lookup::Unknown,
        }
    }
}
