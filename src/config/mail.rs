//! The section `[mail]`: who takes mail to people.

use super::check::PlaceOf;
use super::problems::Problem;
use super::settings::write_mask;
use crate::ground::destination::is_own_host;
use crate::ground::limits;
use crate::ground::secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// Mail to people: codes and links to sign in, invitations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// `directory` writes each mail as a file into the folder `mail` of the data directory, and nothing is sent.
    /// `smtp` hands mails to the server at `smtp_host`.
    pub provider: MailProvider,

    /// Address that mails come from, such as `hello@example.com`. When it is empty: `no-reply` at the host under
    /// which the appliance is reached.
    #[schemars(length(max = limits::EMAIL_CHARS_MAX), extend("format" = "one-line"))]
    pub from: String,

    /// Name of the mail server, such as `smtp.example.com`.
    #[schemars(length(max = limits::SMTP_HOST_CHARS_MAX), extend("format" = "one-line"))]
    pub smtp_host: String,

    /// Port of the mail server: 587 with `starttls`, 465 with `implicit`, as a rule.
    #[schemars(range(min = 1, max = u16::MAX))]
    pub smtp_port: u16,

    /// How the connection is encrypted: `starttls` before anything is said, `implicit` from the first byte, `none`
    /// for a server on this machine only.
    pub smtp_encryption: MailEncryption,

    /// Name to sign in with; empty where the server asks for none.
    #[schemars(length(max = limits::SMTP_USERNAME_CHARS_MAX), extend("format" = "one-line"))]
    pub smtp_username: String,

    /// Password to sign in with.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::SMTP_PASSWORD_CHARS_MAX), extend("format" = "one-line"))]
    pub smtp_password: Secret<String>,

    /// File with the certificate of an authority of your own (PEM), which the server's may come from beside the
    /// public ones.
    #[schemars(with = "String", length(max = limits::CONFIG_PATH_CHARS_MAX), extend("format" = "one-line"))]
    pub smtp_ca_file: PathBuf,
}

/// Who takes mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailProvider {
    Directory,
    Smtp,
}

/// How mail is encrypted on its way to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailEncryption {
    Starttls,
    Implicit,
    None,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            provider: MailProvider::Directory,
            from: String::new(),
            smtp_host: String::new(),
            smtp_port: 587,
            smtp_encryption: MailEncryption::Starttls,
            smtp_username: String::new(),
            smtp_password: Secret::new(String::new()),
            smtp_ca_file: PathBuf::new(),
        }
    }
}

/// What a mail server needs and is not set, and what would let others read along.
pub(super) fn check(merged: &Value, place_of: &PlaceOf<'_>) -> Vec<Problem> {
    let text = |key: &str| merged.pointer(&format!("/mail/{key}")).and_then(Value::as_str).unwrap_or("");
    if text("provider") != "smtp" {
        return Vec::new();
    }
    let place = place_of(&["mail", "provider"]);
    let lacks = |key: &str, why: &str, advice: &str| {
        let path = format!("mail.{key}");
        let sentence = format!("`{path}` is empty, but {why} (from {place}); {advice}.");
        Problem::new(path, sentence)
    };
    let is_smtp = "`mail.provider` is \"smtp\"";
    let mut problems = Vec::new();
    if text("smtp_host").is_empty() {
        problems.push(lacks("smtp_host", is_smtp, "write the name of the mail server"));
    }
    if text("from").is_empty() {
        let advice = "write an address that the mail server may send from, such as \"hello@example.com\"";
        problems.push(lacks("from", is_smtp, advice));
    }
    if text("smtp_password").is_empty() && !text("smtp_username").is_empty() {
        let advice = "set it, best by the environment variable SNIP__MAIL__SMTP_PASSWORD or a file that \
                      SNIP__MAIL__SMTP_PASSWORD_FILE names";
        problems.push(lacks("smtp_password", "`mail.smtp_username` is set", advice));
    }
    let is_elsewhere = !text("smtp_host").is_empty() && !is_own_host(text("smtp_host"));
    if text("smtp_encryption") == "none" && is_elsewhere {
        let sentence = format!(
            "`mail.smtp_encryption` is \"none\" (from {}), but `mail.smtp_host` is not this machine: others could \
             read codes and passwords on the way; choose \"starttls\" or \"implicit\".",
            place_of(&["mail", "smtp_encryption"])
        );
        problems.push(Problem::new("mail.smtp_encryption", sentence));
    }
    problems
}
