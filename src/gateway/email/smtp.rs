//! Mail to a server of the agency's own (RFC 5321), which delivers it: one connection for each mail.
//!
//! Nothing is sent, no name and no password, before the connection is encrypted as the settings say: a server that
//! does not offer it is left. Certificates are judged by Mozilla's roots and by those of `ca_file`. What a server
//! says is never repeated, for it may name the recipient: its code is.

use super::EmailError;
use super::message::Email;
use crate::gateway::network;
use crate::ground::limits::{MAIL_ANSWER_TIMEOUT_MS, MAIL_STEP_TIMEOUT_MS};
use crate::ground::secret::Secret;
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::extension::ClientId;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte (RFC 8314).
    Implicit,
    /// By the command STARTTLS, before anything else is said.
    StartTls,
    /// Not at all: for a server on this machine.
    None,
}

/// Which server takes the mail.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Empty: nobody signs in.
    pub username: String,
    pub password: Secret<String>,
    /// Certificates in PEM that the server's may come from, beside Mozilla's; empty: none.
    pub ca_file: PathBuf,
}

/// Why mail cannot be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    #[error("`mail.smtp_ca_file` cannot be read ({0}). Check its path and its rights.")]
    Unreadable(#[source] std::io::Error),
    #[error("`mail.smtp_ca_file` holds no certificate in PEM. Write the authority's certificate into it.")]
    NoCertificate,
    #[error("the encryption of mail cannot be prepared")]
    Tls(#[source] Box<dyn Error + Send + Sync>),
}

/// A server that takes mail.
pub struct SmtpServer {
    options: SmtpOptions,
    tls: TlsParameters,
    hello: ClientId,
}

impl SmtpServer {
    pub fn new(options: SmtpOptions) -> Result<Self, SmtpSetupError> {
        let mut tls = TlsParameters::builder(options.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots)
            .set_min_tls_version(TlsVersion::Tlsv12);
        if !options.ca_file.as_os_str().is_empty() {
            let pem = std::fs::read(&options.ca_file).map_err(SmtpSetupError::Unreadable)?;
            let authority = Certificate::from_pem(&pem).map_err(|_| SmtpSetupError::NoCertificate)?;
            tls = tls.add_root_certificate(authority);
        }
        let tls = tls.build_rustls().map_err(|error| SmtpSetupError::Tls(error.into()))?;
        // A name of this machine would tell the world about it; the literal is what RFC 5321 4.1.3 allows instead.
        let hello = ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
        Ok(Self { options, tls, hello })
    }

    /// Hands the mail over. Blocks while it speaks to the server.
    pub(super) fn deliver(&self, email: &Email) -> Result<String, EmailError> {
        let address = |text: &str| {
            text.parse()
                .map_err(|_| EmailError::Refused("an address has letters that no mail can".to_owned()))
        };
        let envelope = Envelope::new(Some(address(&email.from)?), vec![address(&email.to)?])
            .map_err(|_| EmailError::Refused("the mail has no recipient".to_owned()))?;
        let admitted = network::admit(&self.options.host, self.options.port);
        admitted.map_err(|refused| EmailError::NotNow(refused.to_string()))?;
        let mut connection = self.connect().map_err(|error| not_now(&error))?;
        let sent = connection
            .set_timeout(Some(Duration::from_millis(MAIL_ANSWER_TIMEOUT_MS)))
            .map_err(|error| EmailError::NotNow(error.to_string()))
            .and_then(|()| connection.send(&envelope, &email.to_bytes()).map_err(|error| refusal(&error)));
        connection.abort();
        sent.map(|_| email.id.clone())
    }

    /// A connection on which mail may be sent.
    fn connect(&self) -> Result<SmtpConnection, SmtpError> {
        let options = &self.options;
        let timeout = Some(Duration::from_millis(MAIL_STEP_TIMEOUT_MS));
        let tls = (options.encryption == Encryption::Implicit).then_some(&self.tls);
        let server = (options.host.as_str(), options.port);
        let mut connection = SmtpConnection::connect(server, timeout, &self.hello, tls, None)?;
        if options.encryption == Encryption::StartTls {
            connection.starttls(&self.tls, &self.hello)?;
        }
        if !options.username.is_empty() {
            let credentials = Credentials::new(options.username.clone(), options.password.reveal().clone());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)?;
        }
        Ok(connection)
    }
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpServer").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Before the mail itself: it was certainly not sent, and whatever is wrong can be set right.
fn not_now(error: &SmtpError) -> EmailError {
    EmailError::NotNow(match error.status() {
        Some(code) => format!("the mail server let nobody in (code {code})"),
        None => format!("the mail server could not be spoken to: {}", cause_of(error)),
    })
}

/// While the mail was handed over.
fn refusal(error: &SmtpError) -> EmailError {
    match error.status() {
        Some(code) if error.is_permanent() => {
            EmailError::Refused(format!("the mail server refused it for good (code {code})"))
        }
        Some(code) => EmailError::NotNow(format!("the mail server refused it for now (code {code})")),
        None if error.is_client() => {
            EmailError::Refused("the mail server cannot take such an address".to_owned())
        }
        None => EmailError::Unknown(format!("the mail server went away: {}", cause_of(error))),
    }
}

/// The innermost cause: of the machine or of the encryption, never a server's own words.
fn cause_of(error: &SmtpError) -> String {
    if error.is_response() {
        return "its answer is none".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
