//! A closed network, and what the settings want to reach all the same.

use super::providers;
use crate::config::{EmbeddingProvider, MailProvider, Settings};
use crate::gateway::network;
use std::fmt;

/// Servers that the settings name and that `network.airgap` keeps out: the node would seem to have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfReach(Vec<String>);

impl fmt::Display for OutOfReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the network is closed to what the configuration names: {}", self.0.join("; "))
    }
}

impl std::error::Error for OutOfReach {}

/// Closes the network if the settings say so. Called before anything can connect.
pub fn close_network(settings: &Settings) {
    if settings.network.airgap {
        network::close(settings.network.allow.clone());
    }
}

/// Every server that will be spoken to may be.
pub(super) fn check(settings: &Settings) -> Result<(), OutOfReach> {
    let mut refused = Vec::new();
    let mut note = |name: &str, admitted: Result<(), network::Refused>| {
        refused.extend(admitted.err().map(|refusal| format!("{name}: {refusal}")));
    };
    for provider in providers(settings) {
        note(&format!("the language model `{}`", provider.provider), network::admit_url(&provider.base_url));
    }
    let embeddings = &settings.embeddings;
    if embeddings.provider == EmbeddingProvider::OpenaiCompatible {
        note("`embeddings.base_url`", network::admit_url(&embeddings.base_url));
    }
    if settings.mail.provider == MailProvider::Smtp {
        note("`mail.smtp_host`", network::admit(&settings.mail.smtp_host, settings.mail.smtp_port));
    }
    if refused.is_empty() { Ok(()) } else { Err(OutOfReach(refused)) }
}
